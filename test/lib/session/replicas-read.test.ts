/** Of proxies with the same resources the first one's are looked up, and what is a pod's own stays its own. */
import type { ProxyConfig } from '../../../src/lib/envoy/proxy-config';
import { ReplicasRead } from '../../../src/lib/session/replicas-read';
import { corpusProxies } from '../../helpers/corpora';
import { configFromText } from '../../helpers/proxy-config';

const text = corpusProxies().find(({ name }) => name.startsWith('productpage'))?.configDump ?? '';
const named = async (pod: string, name = 'x'): Promise<ProxyConfig> =>
  await configFromText(
    text
      .replaceAll(/sidecar~[\d.]+~[^~"]+~/g, `sidecar~10.0.0.${pod.length}~${pod}.shop~`)
      .replaceAll(/"last_updated": ?"[^"]*"/g, `"last_updated": "${pod}"`)
      .replaceAll('"BlackHoleCluster"', `"BlackHole${name}"`),
  );

it('shares resources of replicas, and neither names, addresses nor what has another configuration', async () => {
  const replicas = new ReplicasRead(128);
  // The first few are taken as they are.
  for (let n = 0; n < 8; n += 1) expect(replicas.of(await named('few'))).toHaveProperty('ip', '10.0.0.3');
  const [one, other, third] = [await named('one'), await named('other'), await named('third', 'y')];
  const [first, second, different] = [one, other, third].map((config) => replicas.of(config)) as [
    ProxyConfig,
    ProxyConfig,
    ProxyConfig,
  ];
  expect(first).toBe(one);
  expect(second.resources).toBe(first.resources);
  expect(second.servingListeners).toBe(first.servingListeners);
  expect([second.id, second.ip]).toEqual([{ name: 'other', namespace: 'shop' }, '10.0.0.5']);
  expect(second.dump).toBe(other.dump);
  expect(different).toBe(third);
});

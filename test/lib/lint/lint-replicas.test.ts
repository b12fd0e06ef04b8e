/** Replicas with the same configuration are looked over once, and what is not the same is never taken for it. */
import fc from 'fast-check';
import { ConfigDump } from '../../../src/lib/envoy/config-dump';
import { FINGERPRINTED, fingerprintOf } from '../../../src/lib/envoy/fingerprint';
import { lint } from '../../../src/lib/lint/lint';
import { lintOfReplicas } from '../../../src/lib/lint/lint-replicas';
import { MctlError } from '../../../src/lib/errors';
import { corpusProxies } from '../../helpers/corpora';
import { configFromText } from '../../helpers/proxy-config';

const dumps = corpusProxies().flatMap(({ scenario, name, configDump }) =>
  configDump === null ? [] : [{ name: `${scenario}/${name}`, text: configDump }],
);
const small = dumps.filter(({ text }) => text.length < 400_000);
const textOf = (wanted: string): string => dumps.find(({ name }) => name.startsWith(wanted))?.text ?? '';

async function fingerprint(text: string): Promise<string> {
  const { dump, statuses } = await configFromText(text);
  return fingerprintOf(dump, statuses);
}

/** Places of a document whose value is a text, a number or a truth value. */
function leaves(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, child]) =>
    leaves(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function changed(document: any, path: readonly (string | number)[]): string {
  const copy = structuredClone(document);
  const place = path.slice(0, -1).reduce((at, key) => at[key], copy);
  const key = path.at(-1) ?? '';
  place[key] = typeof place[key] === 'number' ? place[key] + 1 : `${place[key]}-x`;
  return JSON.stringify(copy);
}

const isFingerprinted = (type: string): boolean => FINGERPRINTED.some((name) => type.endsWith(`.${name}ConfigDump`));

it('changes with every value of an entry but when it came, and with nothing of the bootstrap', async () => {
  const document = JSON.parse(textOf('bookinfo/productpage'));
  const places = leaves(document).filter(([, , list]) => list !== '@type' && list !== 'version_info');
  const own = await fingerprint(JSON.stringify(document));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), async (path) => {
      const [, section, list] = path as [string, number, string];
      const isTime = path.at(-1) === 'last_updated' || path.at(-1) === 'version_info';
      const isKept =
        isFingerprinted(document.configs[section]['@type']) && Array.isArray(document.configs[section][list]);
      const other = await fingerprint(changed(document, path));
      expect(other !== own).toBe(isKept && !isTime);
    }),
    { numRuns: 150 },
  );
});

it('does not take words in a text for the time of a resource', async () => {
  const dump = (text: string): string =>
    JSON.stringify({
      configs: [
        {
          '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
          static_clusters: [{ cluster: { name: text }, last_updated: 'now' }],
        },
      ],
    });
  const inText = (time: string): string => dump(`a "last_updated": "${time}" b`);
  expect(await fingerprint(inText('1'))).not.toBe(await fingerprint(inText('2')));
});

it('takes words of the metadata of a resource for its configuration', async () => {
  const dump = (metadata: object, time: string): string =>
    JSON.stringify({
      configs: [
        {
          '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
          dynamic_active_clusters: [
            {
              version_info: time,
              cluster: { name: 'a', metadata: { filter_metadata: { 'envoy.lb': metadata } } },
              last_updated: time,
            },
          ],
        },
      ],
    });
  for (const field of ['version_info', 'versionInfo', 'last_updated', 'lastUpdated']) {
    const one = await fingerprint(dump({ [field]: '1' }, '1'));
    expect(await fingerprint(dump({ [field]: '2' }, '1'))).not.toBe(one);
    expect(await fingerprint(dump({ [field]: '1' }, '2'))).toBe(one);
  }
});

it('has all that lint looks at', async () => {
  const asked = new Set<string>();
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { section } = ConfigDump.prototype;
  const spy = jest.spyOn(ConfigDump.prototype, 'section').mockImplementation(function (this: ConfigDump, name) {
    asked.add(name);
    return section.call(this, name);
  });
  try {
    for (const { text } of small) {
      const config = await configFromText(text).catch(() => null);
      try {
        if (config !== null) lint(config);
      } catch (error) {
        if (!(error instanceof MctlError)) throw error;
      }
    }
  } finally {
    spy.mockRestore();
  }
  expect(asked).toContain('Listeners');
  // Envoy's version, which stands in the bootstrap, is a part of the key by itself.
  const others = [...asked].filter((name) => !FINGERPRINTED.some((one) => one === name));
  expect(others).toEqual(['Bootstrap']);
});

it('finds the same as lint, of replicas, of others, and where /clusters differs', async () => {
  const lintOnce = lintOfReplicas();
  const first = textOf('bookinfo/productpage');
  const later = first.replaceAll(/"last_updated": ?"[^"]*"/g, '"last_updated":"2030-01-01T00:00:00Z"');
  expect(later).not.toBe(first);
  const texts = [first, later, textOf('ingress/'), textOf('mixed/'), first];
  for (const text of texts) {
    const config = await configFromText(text);
    expect(lintOnce(config).findings).toEqual(lint(config));
  }
  expect(lintOnce(await configFromText(first))).toBe(lintOnce(await configFromText(later)));
  const host = { address: { socket_address: { address: '10.0.0.1', port_value: 80 } } };
  const counted = (value: string): object => ({ ...host, stats: [{ name: 'rq_total', value }] });
  const named = 'outbound|9080||reviews.bookinfo.svc.cluster.local';
  const withHosts = async (hosts: readonly object[]): Promise<unknown> =>
    lintOnce(await configFromText(first, [{ name: named, host_statuses: hosts }]));
  const once = await withHosts([counted('1')]);
  expect(await withHosts([counted('2')])).toBe(once);
  expect(await withHosts([])).not.toBe(once);
});

it('leaves out of an entry when its resource came, and nothing beside it', async () => {
  const dump = (member: string): string =>
    JSON.stringify({
      configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', static_clusters: ['MEMBER'] }],
    }).replace('"MEMBER"', `{"cluster": {"name": "c"}, ${member}, "last_updated" :\t"now"}`);
  const of = async (member: string): Promise<string> => await fingerprint(dump(member));
  expect(await of('"x": {"version_info": "1\\\\", "y": "1"}')).toBe(
    await of('"x": {"version_info": "2\\"", "y": "1"}'),
  );
  expect(await of('"x": {"version_info": "1\\\\", "y": "1"}')).not.toBe(
    await of('"x": {"version_info": "1\\\\", "y": "2"}'),
  );
  // A number is no version, and a text that ends like a name is none.
  expect(await of('"version_info": 1')).not.toBe(await of('"version_info": 2'));
  expect(await of('"x": "version_info", "y": "1"')).not.toBe(await of('"x": "version_info", "y": "2"'));
  expect(await of('"last_updated": "version_info", "y": "1"')).not.toBe(await of('"last_updated": "", "y": "2"'));
});

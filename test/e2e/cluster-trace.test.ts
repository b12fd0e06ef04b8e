/** A trace through a cluster is the trace through a capture of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { eventually } from '../helpers/kube-api/eventually';
import { type Access, KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const SAMPLE = join(__dirname, '../../sample');
const NAMES = [
  'details-v1-79f774bdb9-6jl84',
  'productpage-v1-6b746f74dc-9stvs',
  'ratings-v1-b6994bb9-2jqmk',
  'reviews-v2-7bf8c9648f-rzfp6',
  'reviews-v3-84779c7bbc-57sqk',
];
const [, PRODUCTPAGE = '', , V2 = ''] = NAMES;
const LUFFY = ['http://reviews:9080/reviews/0', '-H', 'end-user: luffy', '-o', 'json'];

const directory = temporaryDirectory();
const envoys = new Map<string, CannedEnvoy>();
let api: KubeApi;
let kubeconfig: string;

function sample(path: string): string {
  return gunzipSync(readFileSync(join(SAMPLE, `${path}.gz`))).toString('utf8');
}

function items(list: string): readonly Record<string, any>[] {
  return (JSON.parse(sample(`kubernetes/${list}.json`)) as { items: Record<string, any>[] }).items;
}

beforeAll(async () => {
  api = await KubeApi.start();
  api.addNamespace('bookinfo');
  for (const pod of items('pods')) {
    // The log is what says which rules there are, so the pod has the container that writes it.
    api.add('/api/v1', 'pods', { ...pod, spec: { ...pod['spec'], initContainers: [{ name: 'istio-init' }] } });
  }
  for (const service of items('services')) api.add('/api/v1', 'services', service);
  for (const slice of items('endpointslices')) api.add('/apis/discovery.k8s.io/v1', 'endpointslices', slice);
  for (const node of items('nodes')) api.add('/api/v1', 'nodes', node);
  for (const name of NAMES) {
    const proxy = `proxies/bookinfo/${name}`;
    const envoy = await CannedEnvoy.start({
      configDump: sample(`${proxy}/config_dump.json`),
      clusters: sample(`${proxy}/clusters.json`),
    });
    envoys.set(name, envoy);
    const log = `2026-01-01T00:00:00Z\tinfo\tRunning command: iptables-save\nCommand output:\n${sample(`${proxy}/iptables.txt`)}`;
    api.setBackend({ name, namespace: 'bookinfo' }, { port: envoy.port, logs: { 'istio-init': log } });
  }
  kubeconfig = directory.write('kubeconfig', api.kubeconfig({ context: { namespace: 'bookinfo' } }));
});

beforeEach(() => {
  api.deny = () => false;
});

afterAll(async () => {
  for (const envoy of envoys.values()) await envoy.close();
  await api.close();
  directory.remove();
});

async function live(...argv: readonly string[]): Promise<CliRun> {
  return await runCli(['pc', 'trace', ...argv], { env: { KUBECONFIG: kubeconfig } });
}

it('goes through both pods, each asked over one connection, and leaves none', async () => {
  for (const envoy of envoys.values()) envoy.made = 0;
  const run = await live(PRODUCTPAGE, ...LUFFY);
  const captured = await runCli(['pc', 'trace', `${PRODUCTPAGE}.bookinfo`, ...LUFFY, '--snapshot', SAMPLE]);
  expect(run).toMatchObject({ status: captured.status, listening: [] });
  const trace = JSON.parse(run.stdout) as { verdict: string; hops: { proxy: string }[] };
  expect(trace).toEqual(JSON.parse(captured.stdout));
  expect(trace.verdict).toBe('delivered');
  expect(trace.hops.map(({ proxy }) => proxy)).toEqual([`${PRODUCTPAGE}.bookinfo`, `${V2}.bookinfo`]);
  expect([...envoys].flatMap(([name, { made }]) => (made > 0 ? [[name, made]] : []))).toEqual([
    [PRODUCTPAGE, 1],
    [V2, 1],
  ]);
  const open = (): number => [...envoys.values()].reduce((sum, envoy) => sum + envoy.open, 0);
  expect(await eventually(open, (sum) => sum === 0)).toBe(0);
});

it('asks the containers for the rules, where exec is a way and the log has none', async () => {
  const captured = await runCli(['pc', 'trace', `${PRODUCTPAGE}.bookinfo`, ...LUFFY, '--snapshot', SAMPLE]);
  for (const [name, envoy] of envoys) {
    const commands = { 'iptables-save': sample(`proxies/bookinfo/${name}/iptables.txt`) };
    api.setBackend({ name, namespace: 'bookinfo' }, { port: envoy.port, commands });
  }
  const run = await live(PRODUCTPAGE, ...LUFFY, '--via', 'exec');
  expect(JSON.parse(run.stdout)).toEqual(JSON.parse(captured.stdout));
});

it('says what may not be read, and goes as far as it can', async () => {
  api.deny = ({ resource, name, namespace }: Access) =>
    resource === 'nodes' || namespace === '' || (resource === 'pods/portforward' && name !== PRODUCTPAGE);
  const run = await live(PRODUCTPAGE, ...LUFFY);
  expect(run.stderr).toMatch(/Only the pods of namespace bookinfo may be read/);
  expect(run.stderr).toMatch(/The nodes may not be read/);
  const trace = JSON.parse(run.stdout) as { verdict: string; hops: object[] };
  expect(run.status).toBe(trace.verdict === 'delivered' ? 0 : 1);
  expect(trace.hops).toHaveLength(1);
  expect(run.stdout).toMatch(/cannot get resource \\"pods\/portforward\\"/);
});

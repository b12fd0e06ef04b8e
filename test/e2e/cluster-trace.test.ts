/** A trace through a cluster is the trace through a capture of it. */
import { BookinfoCluster, PROXY_NAMES, SAMPLE, sampleText } from '../helpers/kube-api/bookinfo-cluster';
import { eventually } from '../helpers/kube-api/eventually';
import type { Access } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const [, PRODUCTPAGE = '', , V2 = ''] = PROXY_NAMES;
const LUFFY = ['http://reviews:9080/reviews/0', '-H', 'end-user: luffy', '-o', 'json'];

const directory = temporaryDirectory();
let cluster: BookinfoCluster;
let kubeconfig: string;

beforeAll(async () => {
  cluster = await BookinfoCluster.start();
  kubeconfig = directory.write('kubeconfig', cluster.api.kubeconfig({ context: { namespace: 'bookinfo' } }));
});

beforeEach(() => {
  cluster.api.deny = () => false;
});

afterAll(async () => {
  await cluster.close();
  directory.remove();
});

async function live(...argv: readonly string[]): Promise<CliRun> {
  return await runCli(['pc', 'trace', ...argv], { env: { KUBECONFIG: kubeconfig } });
}

it('goes through both pods, each asked over one connection, and leaves none', async () => {
  for (const envoy of cluster.envoys.values()) envoy.made = 0;
  const run = await live(PRODUCTPAGE, ...LUFFY);
  const captured = await runCli(['pc', 'trace', `${PRODUCTPAGE}.bookinfo`, ...LUFFY, '--snapshot', SAMPLE]);
  expect(run).toMatchObject({ status: captured.status, listening: [] });
  const trace = JSON.parse(run.stdout) as { verdict: string; hops: { proxy: string }[] };
  expect(trace).toEqual(JSON.parse(captured.stdout));
  expect(trace.verdict).toBe('delivered');
  expect(trace.hops.map(({ proxy }) => proxy)).toEqual([`${PRODUCTPAGE}.bookinfo`, `${V2}.bookinfo`]);
  expect([...cluster.envoys].flatMap(([name, { made }]) => (made > 0 ? [[name, made]] : []))).toEqual([
    [PRODUCTPAGE, 1],
    [V2, 1],
  ]);
  const open = (): number => [...cluster.envoys.values()].reduce((sum, envoy) => sum + envoy.open, 0);
  expect(await eventually(open, (sum) => sum === 0)).toBe(0);
});

it('asks the containers for the rules, where exec is a way and the log has none', async () => {
  const captured = await runCli(['pc', 'trace', `${PRODUCTPAGE}.bookinfo`, ...LUFFY, '--snapshot', SAMPLE]);
  for (const [name, envoy] of cluster.envoys) {
    const commands = { 'iptables-save': sampleText(`proxies/bookinfo/${name}/iptables.txt`) };
    cluster.api.setBackend({ name, namespace: 'bookinfo' }, { port: envoy.port, commands });
  }
  const run = await live(PRODUCTPAGE, ...LUFFY, '--via', 'exec');
  expect(JSON.parse(run.stdout)).toEqual(JSON.parse(captured.stdout));
});

it('says what may not be read, and goes as far as it can', async () => {
  cluster.api.deny = ({ resource, name, namespace }: Access) =>
    resource === 'nodes' || namespace === '' || (resource === 'pods/portforward' && name !== PRODUCTPAGE);
  const run = await live(PRODUCTPAGE, ...LUFFY);
  expect(run.stderr).toMatch(/Only the pods of namespace bookinfo may be read/);
  // A trace does not read them.
  expect(run.stderr).not.toMatch(/nodes may not be read/);
  const trace = JSON.parse(run.stdout) as { verdict: string; hops: object[] };
  expect(run.status).toBe(trace.verdict === 'delivered' ? 0 : 1);
  expect(trace.hops).toHaveLength(1);
  expect(run.stdout).toMatch(/cannot get resource \\"pods\/portforward\\"/);
});

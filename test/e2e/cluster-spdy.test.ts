/** Roles with `create` on pods/portforward and nothing else: the port-forward goes over SPDY, as kubectl's and istioctl's does. */
import { corpusFiles } from '../helpers/corpora';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { eventually } from '../helpers/kube-api/eventually';
import { type Access, KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
const dump = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json'] ?? '';
let api: KubeApi;
let envoy: CannedEnvoy;
let kubeconfig: string;

const isForward = ({ resource }: Access): boolean => resource === 'pods/portforward';
/** What a Role with `create` alone refuses. */
const withoutGet = (access: Access): boolean => isForward(access) && access.verb === 'get';

beforeAll(async () => {
  api = await KubeApi.start();
  envoy = await CannedEnvoy.start({ configDump: dump });
  for (const name of ['web-1', 'web-2']) {
    api.addPod({ name, namespace: 'shop', labels: { app: 'web' } }, { port: envoy.port });
  }
  kubeconfig = directory.write('kubeconfig', api.kubeconfig({ context: { namespace: 'shop' } }));
});

beforeEach(() => {
  api.deny = withoutGet;
  api.requests.length = 0;
  api.setBackend({ name: 'web-1', namespace: 'shop' }, { port: envoy.port });
});

afterAll(async () => {
  await envoy.close();
  await api.close();
  directory.remove();
});

async function mctl(...argv: readonly string[]): Promise<CliRun> {
  return await runCli([...argv, '-c', kubeconfig]);
}

const forwards = (): readonly string[] =>
  api.requests.map(({ url }) => url).filter((url) => url.includes('portforward'));

it('says what a WebSocket says, and leaves nothing open', async () => {
  for (const argv of [
    ['pc', 'listener', 'web-1'],
    ['pc', 'all', 'web-1', '-o', 'json'],
    ['ps', 'web-1', '-o', 'json'],
  ]) {
    const spdy = await mctl(...argv);
    api.deny = () => false;
    const webSocket = await mctl(...argv);
    api.deny = withoutGet;
    expect(spdy).toEqual(webSocket);
    expect(spdy.status).toBe(0);
  }
  expect(
    await eventually(
      () => envoy.open,
      (open) => open === 0,
    ),
  ).toBe(0);
});

it('is refused as a WebSocket once, whatever the number of pods', async () => {
  const run = await mctl('pc', 'listener', '-l', 'app=web', '--port', '15001', '-o', 'name', '--concurrency', '1');
  expect(run.status).toBe(0);
  expect(run.stdout.match(/virtualOutbound/g)).toHaveLength(2);
  const bare = '/api/v1/namespaces/shop/pods/web-';
  expect(forwards().filter((url) => url.includes('?ports='))).toHaveLength(1);
  expect(forwards().filter((url) => url.startsWith(bare) && url.endsWith('/portforward'))).toHaveLength(2);
});

it('names the verb where both are missing, and how else it can be done', async () => {
  api.deny = isForward;
  const run = await mctl('pc', 'listener', 'web-1');
  expect(run).toMatchObject({ status: 69, stdout: '' });
  expect(run.stderr).toMatch(/cannot get resource "pods\/portforward"/);
  expect(run.stderr).toMatch(/The verb "get" on pods\/portforward is missing/);
  expect(run.stderr).toMatch(/--via exec/);
});

it('names `create` where only that is missing', async () => {
  api.deny = (access) => isForward(access) && access.verb === 'create';
  const run = await mctl('pc', 'listener', 'web-1');
  expect(run.status).toBe(69);
  expect(run.stderr).toMatch(/The verb "create" on pods\/portforward is missing/);
});

it('goes by exec with --via auto where neither is allowed', async () => {
  api.deny = isForward;
  const run = await mctl('pc', 'listener', 'web-1', '--port', '15001', '-o', 'name', '--via', 'auto');
  expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n' });
  expect(run.stderr).toMatch(/Asking pod web-1\.shop by exec/);
});

describe('tells of what breaks as of a WebSocket', () => {
  it.each([
    ['nothing listens', { port: null }, /nothing listens on its port 15000/],
    ['the server resets', { fault: { kind: 'reset', after: 5000 } }, /connection reset by peer/],
    ['the server ends', { fault: { kind: 'ends', after: 5000 } }, /Error: /],
    ['the node dies', { fault: { kind: 'dies', after: 5000 } }, /Error: /],
    ['nothing more comes', { fault: { kind: 'silence', after: 5000 } }, /no byte came/],
  ] as const)('%s', async (_name, backend, message) => {
    api.setBackend({ name: 'web-1', namespace: 'shop' }, { port: envoy.port, ...backend });
    const run = await mctl('pc', 'listener', 'web-1', '--timeout', '2');
    expect(run).toMatchObject({ status: 69, stdout: '' });
    expect(run.stderr).toMatch(message);
  });
});

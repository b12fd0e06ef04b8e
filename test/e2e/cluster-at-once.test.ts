/** A view of a pod that is named in full connects to it without looking it up first, and says of a failure what others say. */
import { corpusFiles } from '../helpers/corpora';
import type { Fault } from '../helpers/kube-api/backend';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { type Access, KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
const POD = { name: 'web-6b746f74dc-9stvs', namespace: 'shop' };
const TARGET = `${POD.name}.${POD.namespace}`;
const dump = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json'] ?? '';

let api: KubeApi;
let envoy: CannedEnvoy;

beforeAll(async () => {
  api = await KubeApi.start();
  envoy = await CannedEnvoy.start({ configDump: dump });
  api.addPod(POD, { port: envoy.port });
  api.addPod({ name: 'waiting', namespace: 'shop', phase: 'Pending' });
  api.addPod({ name: 'done', namespace: 'shop', phase: 'Succeeded' });
  api.addPod({ name: 'plain', namespace: 'shop', containers: ['app', 'db'] });
  api.addPod({ name: 'crashing', namespace: 'shop', status: waits('CrashLoopBackOff') });
  api.addPod({ name: 'dotted.shop', namespace: 'default' }, { port: envoy.port });
  api.add('/api/v1', 'nodes', {
    metadata: { name: 'node-1' },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  directory.write('kubeconfig', api.kubeconfig());
});

function waits(reason: string): object {
  return { containerStatuses: [{ name: 'istio-proxy', state: { waiting: { reason } } }] };
}

beforeEach(() => {
  api.deny = () => false;
  api.busy = { left: 0, retryAfter: null };
  api.setBackend(POD, { port: envoy.port });
  api.requests.length = 0;
});

afterAll(async () => {
  await envoy.close();
  await api.close();
  directory.remove();
});

async function run(...argv: readonly string[]): Promise<CliRun> {
  return await runCli(['pc', ...argv, '--timeout', '2'], { env: { KUBECONFIG: `${directory.path}/kubeconfig` } });
}

const asked = (): readonly string[] => api.requests.map(({ url }) => url.replace(/^\/api\/v1\/namespaces\//, ''));

test('its connection is all that is asked of the API server', async () => {
  const { status, stderr, stdout } = await run('listener', TARGET, '-o', 'name');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('listener/virtualOutbound\n');
  expect(asked()).toEqual([`shop/pods/${POD.name}/portforward?ports=15000`]);
});

test('who may only forward ports needs no more than that', async () => {
  api.deny = ({ resource }: Access) => resource !== 'pods/portforward';
  expect((await run('cluster', TARGET, '-o', 'name')).status).toBe(0);
});

test('a name with a dot in it is found by its second reading', async () => {
  const { status, stderr } = await run('listener', 'dotted.shop', '-o', 'name');
  expect([status, stderr]).toEqual([0, '']);
});

const lacks = (resource: string, ...verbs: readonly string[]): ((access: Access) => boolean) => {
  return (access) => access.resource === resource && (verbs.length === 0 || verbs.includes(access.verb));
};
const faulty = (fault: Fault) => (): void => {
  api.setBackend(POD, { port: envoy.port, fault });
};

/** What is wrong, of which pod, and how it comes about. */
const FAILURES: readonly [what: string, target: string, arrange: () => void][] = [
  ['there is no such pod', 'wob.shop', () => undefined],
  ['there is no such namespace', 'web.shopp', () => undefined],
  ['the pod waits', 'waiting.shop', () => undefined],
  ['the pod has ended', 'done.shop', () => undefined],
  ['the pod has no proxy', 'plain.shop', () => undefined],
  ['the proxy does not run', 'crashing.shop', () => undefined],
  [
    'nothing listens',
    TARGET,
    () => {
      api.setBackend(POD, { port: null });
    },
  ],
  [
    'ports may not be forwarded',
    TARGET,
    () => {
      api.deny = lacks('pods/portforward');
    },
  ],
  [
    'neither may pods be read',
    TARGET,
    () => {
      api.deny = (access) => access.resource.startsWith('pods');
    },
  ],
  [
    'pods may not be read, and it is not there',
    'wob.shop',
    () => {
      api.deny = lacks('pods', 'get', 'list');
    },
  ],
  [
    'the node does not answer',
    TARGET,
    faulty({ kind: 'dial-fails', status: 502, message: 'error dialing backend: dial tcp 10.0.0.1:10250: i/o timeout' }),
  ],
  ['the connection hangs', TARGET, faulty({ kind: 'dial-hangs' })],
  ['the node dies', TARGET, faulty({ kind: 'dies', after: 1000 })],
  ['Envoy resets', TARGET, faulty({ kind: 'reset', after: 1000 })],
  ['Envoy goes away', TARGET, faulty({ kind: 'ends', after: 1000 })],
  ['nothing more comes', TARGET, faulty({ kind: 'silence', after: 1000 })],
];

test.each(FAILURES)('%s: the message is that of a command that looks the pod up', async (_what, target, arrange) => {
  arrange();
  const [view, other] = [await run('listener', target), await run('bootstrap', target)];
  expect(view.status).toBe(other.status);
  expect(view.status).not.toBe(0);
  // Each asks for what it shows, so that the head of the answer has another length.
  const plain = ({ stderr }: CliRun): string =>
    stderr.replaceAll(/mask=\w+(?:,\w+)*/g, 'mask=…').replace(/lost after \d+ bytes/, 'lost after … bytes');
  expect(plain(view)).toBe(plain(other));
});

test('credentials that do not hold are told once, and nothing else is asked', async () => {
  api.accepts = () => false;
  const { status, stderr } = await run('listener', TARGET);
  api.accepts = (token) => token === api.token;
  expect(status).toBe(69);
  expect(stderr).toContain('401 Unauthorized');
  expect(asked()).toHaveLength(1);
});

test('where the API server has too much to do, the connection is asked for again', async () => {
  api.busy = { left: 2, retryAfter: '0' };
  expect((await run('listener', TARGET, '-o', 'name')).status).toBe(0);
});

/** Ambient mode through a cluster is what it is through a capture: views, traces, captures, log levels. */
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { AMBIENT_SAMPLE, AmbientCluster, NODE, ZTUNNEL } from '../helpers/kube-api/ambient-cluster';
import { eventually } from '../helpers/kube-api/eventually';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const SLEEP = 'sleep-7656cf8794-lxcmx.default';
const LEGACY = 'legacy-client-6d5f4.legacy';
const NAME = `${ZTUNNEL.name}.${ZTUNNEL.namespace}`;

const directory = temporaryDirectory();
let cluster: AmbientCluster;
let kubeconfig: string;

beforeAll(async () => {
  cluster = await AmbientCluster.start();
  kubeconfig = directory.write('kubeconfig', cluster.api.kubeconfig({}));
});

beforeEach(() => {
  cluster.api.deny = () => false;
  cluster.ztunnel.asked = [];
});

afterAll(async () => {
  await cluster.close();
  directory.remove();
});

async function live(...argv: readonly string[]): Promise<CliRun> {
  return await runCli(argv, { env: { KUBECONFIG: kubeconfig } });
}

async function saved(...argv: readonly string[]): Promise<CliRun> {
  return await runCli([...argv, '--snapshot', AMBIENT_SAMPLE]);
}

async function noneOpen(): Promise<number> {
  return await eventually(
    () => cluster.ztunnel.open + cluster.waypoint.open,
    (sum) => sum === 0,
  );
}

describe('ztunnel-config', () => {
  test.each(['workload', 'service', 'policy', 'certificate', 'connections', 'all'])('%s', async (view) => {
    const [run, expected] = [await live('zc', view, NAME, '-o', 'json'), await saved('zc', view, NAME, '-o', 'json')];
    expect([run.status, run.stdout]).toEqual([expected.status, expected.stdout]);
    expect(run.stdout.length).toBeGreaterThan(2);
    expect(await noneOpen()).toBe(0);
  });

  test.each([
    ['its name where Istio is', [ZTUNNEL.name]],
    ['its node', ['--node', NODE]],
    ['a pod that it serves', [PRODUCTPAGE]],
    ['a pod in the namespace of -n', ['sleep-7656cf8794-lxcmx', '-n', 'default']],
  ])('is named by %s', async (_how, target) => {
    const run = await live('zc', 'service', ...target);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('reviews');
    expect(cluster.ztunnel.asked).toEqual(['GET /config_dump']);
  });

  test('a node without one is told', async () => {
    const run = await live('zc', 'workload', '--node', 'n2');
    expect(run.status).toBe(69);
    expect(run.stderr).toContain('there is no ztunnel on node n2');
  });

  test('what may not be done is named', async () => {
    cluster.api.deny = ({ resource }) => resource === 'pods/portforward';
    const run = await live('zc', 'workload', NAME);
    expect(run.status).toBe(69);
    expect(run.stderr).toMatch(/pods\/portforward/);
  });

  test('log sets levels of the running ztunnel', async () => {
    const run = await live('zc', 'log', NAME, '--level', 'access:debug,info');
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain(`${NAME}:`);
    expect(cluster.ztunnel.asked).toEqual(['POST /logging?level=access%3Ddebug%2Cinfo']);
  });

  test('log of a pod that a ztunnel serves is wrong usage', async () => {
    const run = await live('zc', 'log', PRODUCTPAGE);
    expect(run.status).toBe(64);
    expect(run.stderr).toContain(`Its ztunnel is ${NAME}`);
    expect(cluster.ztunnel.asked).toEqual([]);
  });
});

describe('a trace', () => {
  test.each([
    [PRODUCTPAGE, 'http://reviews:9080/reviews/0', ['-H', 'end-user: luffy']],
    [SLEEP, 'http://ratings.bookinfo:9080/', []],
    [LEGACY, 'http://10.244.0.13:9080/', []],
  ])('of %s to %s', async (pod, url, more) => {
    const argv = ['pc', 'trace', pod, url, ...more, '-o', 'json'];
    const [run, expected] = [await live(...argv), await saved(...argv)];
    expect(run.status).toBe(expected.status);
    expect(JSON.parse(run.stdout)).toEqual(JSON.parse(expected.stdout));
    expect(await noneOpen()).toBe(0);
  });
});

describe('a trace asks for at most 5 objects', () => {
  test.each([
    ['through a waypoint', PRODUCTPAGE, 'http://reviews:9080/reviews/0'],
    ['into another namespace', SLEEP, 'http://ratings.bookinfo:9080/'],
    ['by the address of a pod', LEGACY, 'http://10.244.0.13:9080/'],
    ['of a name that nobody has', PRODUCTPAGE, 'http://nobody/'],
  ])('%s', async (_kind, pod, url) => {
    cluster.api.requests.length = 0;
    const run = await live('pc', 'trace', pod, url, '-o', 'json');
    expect(run.status).not.toBe(69);
    const objects = cluster.api.requests.filter(({ url: path }) => !/\/(?:log|portforward)\?/.test(path));
    expect(objects.length).toBeLessThanOrEqual(5);
  });

  test('and finds a ztunnel whose pods have labels of their own', async () => {
    const { api } = cluster;
    const own = api.relabel('pods', ZTUNNEL, { app: 'my-ztunnel' });
    api.add('/apis/apps/v1', 'daemonsets', {
      metadata: { name: 'ztunnel', namespace: 'istio-system' },
      spec: { selector: { matchLabels: { app: 'my-ztunnel' } } },
    });
    const argv = ['pc', 'trace', PRODUCTPAGE, 'http://reviews:9080/reviews/0', '-o', 'json'];
    const [run, expected] = [await live(...argv), await saved(...argv)];
    api.removeAll('/apis/apps/v1', 'daemonsets');
    own();
    expect(JSON.parse(run.stdout)).toEqual(JSON.parse(expected.stdout));
  });
});

describe('NetworkPolicies of the cluster', () => {
  const API = '/apis/networking.k8s.io/v1';
  const TRACE = ['pc', 'trace', PRODUCTPAGE, 'http://reviews:9080/reviews/0', '-o', 'json'];

  function policiesAsked(): readonly string[] {
    const paths = cluster.api.requests.map(({ url }) => url.split('?')[0] ?? '');
    return paths.filter((path) => path.includes('networkpolicies'));
  }

  function stepsOf(
    run: CliRun,
  ): readonly { readonly outcome: string; readonly name: string; readonly because: string }[] {
    const { hops } = JSON.parse(run.stdout) as {
      hops: { steps: { stage: string; name: string; outcome: string }[] }[];
    };
    const steps = hops.flatMap((hop) => hop.steps.filter(({ stage }) => stage === 'hbone'));
    return steps.filter(({ name }) => /policies|^np/i.test(name)) as never;
  }

  afterEach(() => {
    cluster.api.removeAll(API, 'networkpolicies');
  });

  test('are asked for in the namespaces at both ends of a tunnel, and named where they would stop port 15008', async () => {
    const spec = { podSelector: { matchLabels: { app: 'reviews' } }, ingress: [{ ports: [{ port: 9080 }] }] };
    cluster.api.add(API, 'networkpolicies', {
      kind: 'NetworkPolicy',
      metadata: { name: 'np', namespace: 'bookinfo' },
      spec,
    });
    cluster.api.requests.length = 0;
    const run = await live(...TRACE);
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(stepsOf(run)).toMatchObject([{ outcome: 'noted', name: 'np.bookinfo' }]);
    expect(policiesAsked()).toEqual([`${API}/namespaces/bookinfo/networkpolicies`]);
  });

  test('are not asked for where nothing goes through a tunnel', async () => {
    cluster.api.requests.length = 0;
    const run = await live('pc', 'trace', LEGACY, 'http://10.244.0.13:9080/', '-o', 'json');
    expect(run.stderr).toBe('');
    expect(policiesAsked()).toEqual([]);
  });

  test('that may not be read are named, and are no error', async () => {
    cluster.api.deny = ({ resource }) => resource === 'networkpolicies';
    const run = await live(...TRACE);
    expect([run.status, run.stderr]).toEqual([0, '']);
    const [step, ...others] = stepsOf(run);
    expect(step).toMatchObject({ outcome: 'not-evaluated', name: 'NetworkPolicies of bookinfo' });
    expect(step?.because).toContain('may not be read (list networkpolicies of networking.k8s.io)');
    expect(others.every(({ outcome }) => outcome === 'not-evaluated')).toBe(true);
  });
});

describe('the whole mesh', () => {
  test('a ztunnel is no Envoy, though its container has the name of one', async () => {
    const run = await live('ps');
    expect([run.status, run.stderr]).toEqual([0, '']);
    const rows = run.stdout.split('\n').flatMap((line) => (line.includes(ZTUNNEL.name) ? [line] : []));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(/^ztunnel-7c4kd\.istio-system +- +-/);
    expect(cluster.ztunnel.asked.every((path) => path === 'GET /config_dump')).toBe(true);
  });

  test('is captured, and traces as it does itself', async () => {
    const target = join(directory.path, 'all');
    const run = await live('capture', target, '-A');
    expect(run.stderr).toContain('Saved 2 of 2 proxies');
    expect(existsSync(join(target, 'proxies', ZTUNNEL.namespace))).toBe(false);
    const argv = ['pc', 'trace', PRODUCTPAGE, 'http://reviews:9080/reviews/0', '-o', 'json'];
    const [own, expected] = [await runCli([...argv, '--snapshot', target]), await live(...argv)];
    expect(JSON.parse(own.stdout)).toEqual(JSON.parse(expected.stdout));
  });

  test.each([
    ['a pod that a ztunnel serves', SLEEP],
    ['a ztunnel', NAME],
  ])('%s is captured by its name', async (what, name) => {
    const target = join(directory.path, what);
    const run = await live('capture', target, name);
    expect([run.status, run.stderr]).toMatchObject([0, expect.stringContaining('Saved 1 of 1 proxies')]);
    expect(existsSync(join(target, 'ztunnels', ZTUNNEL.namespace, ZTUNNEL.name, 'config_dump.json'))).toBe(true);
    expect(existsSync(join(target, 'proxies'))).toBe(false);
  });
});

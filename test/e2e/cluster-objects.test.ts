/** Of a cluster's objects a trace asks for those that its question needs, and no list of the whole. */
import { BookinfoCluster, PROXY_NAMES, SAMPLE } from '../helpers/kube-api/bookinfo-cluster';
import { podObject } from '../helpers/kube-api/objects';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const [, PRODUCTPAGE = '', RATINGS = '', V2 = ''] = PROXY_NAMES;
const LUFFY = ['http://reviews:9080/reviews/0', '-H', 'end-user: luffy'];
/** Pods of the cluster beside those of the sample, each with its Service and EndpointSlice. */
const OTHERS = 5000;

const directory = temporaryDirectory();
let cluster: BookinfoCluster;
let kubeconfig: string;

beforeAll(async () => {
  cluster = await BookinfoCluster.start();
  const { api } = cluster;
  api.addNamespace('shop');
  for (let index = 0; index < OTHERS; index += 1) {
    const name = `web-${index}`;
    const ip = `10.99.${index >> 8}.${index & 255}`;
    api.add('/api/v1', 'pods', podObject({ name, namespace: 'shop', labels: { app: name }, ip }));
    api.add('/api/v1', 'services', {
      metadata: { name, namespace: 'shop' },
      spec: { clusterIP: `10.98.${index >> 8}.${index & 255}`, selector: { app: name }, ports: [{ port: 80 }] },
    });
    api.add('/apis/discovery.k8s.io/v1', 'endpointslices', {
      metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
      endpoints: [{ addresses: [ip], targetRef: { kind: 'Pod', name, namespace: 'shop' } }],
      ports: [{ port: 80 }],
    });
  }
  api.add('/api/v1', 'services', {
    metadata: { name: 'outside', namespace: 'bookinfo' },
    spec: { type: 'ExternalName', externalName: 'example.com' },
  });
  api.add('/api/v1', 'services', {
    metadata: { name: 'alias', namespace: 'bookinfo' },
    spec: { type: 'ExternalName', externalName: 'reviews.bookinfo.svc.cluster.local' },
  });
  api.add('/api/v1', 'services', {
    metadata: { name: 'headless', namespace: 'bookinfo' },
    spec: { clusterIP: 'None', selector: { app: 'reviews' }, ports: [{ port: 9080 }] },
  });
  kubeconfig = directory.write('kubeconfig', api.kubeconfig({ context: { namespace: 'bookinfo' } }));
});

const fields = (): BookinfoCluster['api']['fields'] => cluster.api.fields;
let allFields: ReturnType<typeof fields>;

beforeEach(() => {
  allFields = fields();
  cluster.api.requests.length = 0;
  cluster.api.bytes = 0;
});

afterEach(() => {
  cluster.api.fields = allFields;
});

afterAll(async () => {
  await cluster.close();
  directory.remove();
});

async function live(...argv: readonly string[]): Promise<CliRun> {
  return await runCli(['pc', 'trace', ...argv, '-o', 'json'], { env: { KUBECONFIG: kubeconfig } });
}

async function captured([pod = '', ...argv]: readonly string[]): Promise<CliRun> {
  return await runCli(['pc', 'trace', `${pod}.bookinfo`, ...argv, '-o', 'json', '--snapshot', SAMPLE]);
}

/** Paths that were asked for; the logs and port-forwards of pods are the proxies' own business. */
function objectsAsked(): readonly string[] {
  return cluster.api.requests.map(({ url }) => url).filter((url) => !/\/(?:log|portforward)\?/.test(url));
}

it('asks for at most 5 objects and 100 kB for a trace between two pods', async () => {
  const run = await live(PRODUCTPAGE, ...LUFFY);
  expect(JSON.parse(run.stdout)).toEqual(JSON.parse((await captured([PRODUCTPAGE, ...LUFFY])).stdout));
  const asked = objectsAsked();
  expect(asked).toHaveLength(3);
  expect(asked[0]).toBe(`/api/v1/namespaces/bookinfo/pods/${PRODUCTPAGE}`);
  expect(asked[1]).toBe('/api/v1/namespaces/bookinfo/services/reviews');
  expect(asked[2]).toMatch(/^\/api\/v1\/pods\?fieldSelector=status\.podIP%3D/);
  expect(cluster.api.bytes).toBeLessThan(100_000);
  // With the log of istio-init and a port-forward for each of both pods.
  expect(cluster.api.requests).toHaveLength(7);
});

describe('asks for at most 5 objects and 100 kB where the request goes to', () => {
  const kinds: readonly (readonly [kind: string, objects: number, call: readonly string[]])[] = [
    ['every endpoint of a Service', 4, [PRODUCTPAGE, 'http://reviews:9080/', '--all-branches']],
    ['a Service of another namespace', 4, [PRODUCTPAGE, 'http://web-7.shop/']],
    ['the address of a Service', 5, [PRODUCTPAGE, 'http://10.98.0.7/']],
    ['the address of a pod', 2, [PRODUCTPAGE, 'http://10.99.0.7/']],
    ['a pod by its name', 3, [PRODUCTPAGE, `http://${V2}:9080/`]],
    ['a headless Service', 4, [PRODUCTPAGE, 'http://headless:9080/']],
    ['an ExternalName of another Service', 5, [PRODUCTPAGE, 'http://alias:9080/']],
    ['an ExternalName of a host outside', 3, [PRODUCTPAGE, 'http://outside/']],
    ['a name that nobody has', 3, [PRODUCTPAGE, 'http://nobody/']],
    ['a name that nobody has in another namespace', 4, [PRODUCTPAGE, 'http://nobody.shop/']],
    ['a host outside', 2, [PRODUCTPAGE, 'http://nobody.example.com/']],
    ['the pod itself', 2, [RATINGS, 'http://ratings:9080/ratings/0', '--mode', 'inbound']],
    ['a Service, from a pod of a workload', 5, ['svc/productpage', 'http://reviews:9080/']],
  ];
  it.each(kinds)('%s', async (_kind, objects, call) => {
    const run = await live(...call);
    expect(run.status).not.toBe(69);
    expect(run.stderr).not.toMatch(/may not be read|bug/);
    expect(objectsAsked()).toHaveLength(objects);
    expect(cluster.api.bytes).toBeLessThan(100_000);
  });
});

it('says of an ExternalName what it stands for, and of a name nobody has what the proxy knows instead', async () => {
  const [outside, misspelt] = [
    await live(PRODUCTPAGE, 'http://outside/'),
    await live(PRODUCTPAGE, 'http://reveiws:9080/'),
  ];
  expect([outside.status, misspelt.status]).toEqual([64, 64]);
  expect(outside.stderr).toMatch(/outside is a Service of type ExternalName: it stands for example\.com/);
  expect(misspelt.stderr).toMatch(/Did you mean reviews/);
});

describe('gives what the lists give', () => {
  const calls: readonly (readonly string[])[] = [
    [PRODUCTPAGE, 'http://reviews:9080/reviews/0'],
    [PRODUCTPAGE, 'http://reviews.bookinfo.svc.cluster.local:9080/'],
    [PRODUCTPAGE, 'http://details:9080/details/0'],
    [V2, 'http://ratings:9080/ratings/0'],
    [PRODUCTPAGE, 'http://nobody.example.com/'],
    [PRODUCTPAGE, 'http://10.244.0.250:9080/'],
    [PRODUCTPAGE, 'tcp://10.109.133.236:9080'],
    [RATINGS, 'http://ratings:9080/ratings/0', '--mode', 'inbound'],
    [PRODUCTPAGE, 'http://reviews:9080/', '--one-hop', '--all-branches'],
    [PRODUCTPAGE, 'http://localhost:9080/'],
    [PRODUCTPAGE, `http://${V2}:9080/`],
  ];
  it.each(calls)('%s %s %s %s', async (...call: readonly string[]) => {
    const [own, saved] = [await live(...call), await captured(call)];
    expect(own.status).toBe(saved.status);
    if (saved.stdout === '') expect(own.stderr).toContain('is not a Service, pod or host in this source');
    else expect(JSON.parse(own.stdout)).toEqual(JSON.parse(saved.stdout));
  });
});

it('takes the lists where the API server does not know the fields', async () => {
  const { 'metadata.name': name } = allFields;
  if (name === undefined) throw new Error('no such field');
  cluster.api.fields = { 'metadata.name': name };
  const run = await live(PRODUCTPAGE, ...LUFFY);
  expect(JSON.parse(run.stdout)).toEqual(JSON.parse((await captured([PRODUCTPAGE, ...LUFFY])).stdout));
});

it('lists the one Service where only `list` is allowed', async () => {
  cluster.api.deny = ({ resource, verb }) => resource === 'services' && verb === 'get';
  try {
    const run = await live(PRODUCTPAGE, ...LUFFY);
    expect(JSON.parse(run.stdout)).toEqual(JSON.parse((await captured([PRODUCTPAGE, ...LUFFY])).stdout));
    expect(run.stderr).not.toMatch(/may not be read/);
    expect(objectsAsked()).toContain(
      '/api/v1/namespaces/bookinfo/services?fieldSelector=metadata.name%3Dreviews&limit=500',
    );
  } finally {
    cluster.api.deny = () => false;
  }
});

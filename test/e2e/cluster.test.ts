/** The built program against a cluster: an API server of the tests' own, and recorded Envoys behind its pods. */
import { corpusFiles } from '../helpers/corpora';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { eventually } from '../helpers/kube-api/eventually';
import { type Access, KubeApi } from '../helpers/kube-api/kube-api';
import { type CliOptions, type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs';
const V2 = 'reviews-v2-7bf8c9648f-rzfp6';
const V3 = 'reviews-v3-84779c7bbc-57sqk';
const fileOf = (pod: string, kind: string): string => corpusFiles()[`bookinfo/${pod}.${kind}.json`] ?? '';

let api: KubeApi;
let kubeconfig: string;
const envoys = new Map<string, CannedEnvoy>();

async function addPod(name: string, labels: Record<string, string>, more: object = {}, old = false): Promise<void> {
  const envoy = await CannedEnvoy.start({
    configDump: fileOf(name, 'config_dump') || fileOf(V2, 'config_dump'),
    clusters: fileOf(name, 'clusters'),
    old,
  });
  envoys.set(name, envoy);
  api.addPod({ name, namespace: 'bookinfo', labels, ...more }, { port: envoy.port });
}

beforeAll(async () => {
  api = await KubeApi.start();
  const owner = (name: string): object => ({ owner: { kind: 'ReplicaSet', name } });
  await addPod(PRODUCTPAGE, { app: 'productpage' }, { ip: '10.244.0.10' });
  await addPod(V2, { app: 'reviews', version: 'v2' }, owner('reviews-v2-7bf8c9648f'));
  await addPod(V3, { app: 'reviews', version: 'v3' }, owner('reviews-v3-84779c7bbc'));
  await addPod('old-envoy', { app: 'old' }, {}, true);
  await addPod('dotted.name', { app: 'dotted' });
  await addPod(
    'native',
    { app: 'native' },
    {
      phase: 'Pending',
      containers: ['app'],
      initContainers: [{ name: 'istio-proxy', restartPolicy: 'Always' }],
      status: { initContainerStatuses: [{ name: 'istio-proxy', state: { running: {} } }] },
    },
  );
  await addPod('waypoint-1', { 'gateway.networking.k8s.io/gateway-name': 'waypoint' });
  const labels = (matchLabels: object): object => ({ spec: { selector: { matchLabels } } });
  const named = (name: string, more: object): object => ({ metadata: { name, namespace: 'bookinfo' }, ...more });
  api.add('/apis/apps/v1', 'deployments', named('reviews-v3', labels({ app: 'reviews', version: 'v3' })));
  api.add('/apis/apps/v1', 'statefulsets', named('web', labels({ app: 'productpage' })));
  api.add('/apis/apps/v1', 'daemonsets', named('agent', labels({ app: 'productpage' })));
  api.add('/apis/apps/v1', 'replicasets', named('reviews-v3-84779c7bbc', labels({ app: 'reviews', version: 'v3' })));
  api.add('/apis/batch/v1', 'jobs', named('job', labels({ app: 'productpage' })));
  api.add('/api/v1', 'services', named('reviews', { spec: { selector: { app: 'reviews' } } }));
  api.add('/api/v1', 'services', named('outside', { spec: { type: 'ExternalName' } }));
  kubeconfig = directory.write('kubeconfig', api.kubeconfig());
});

beforeEach(() => {
  api.deny = () => false;
  api.requests.length = 0;
  api.connections = 0;
  for (const envoy of envoys.values()) Object.assign(envoy, { asked: [], made: 0 });
});

afterAll(async () => {
  for (const envoy of envoys.values()) await envoy.close();
  await api.close();
  directory.remove();
});

async function mctl(argv: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return await runCli(argv, { ...options, env: { KUBECONFIG: kubeconfig, ...options.env } });
}

const asked = (pod: string): readonly string[] => envoys.get(pod)?.asked ?? [];
const listener = ['pc', 'listener', '--port', '15001', '-o', 'name'];
const denies =
  (...resources: readonly string[]) =>
  ({ resource }: Access): boolean =>
    resources.includes(resource);

describe('one view of one pod', () => {
  it('is what the file says, over one connection, with no port opened and nothing left', async () => {
    const run = await mctl(['pc', 'listener', `${PRODUCTPAGE}.bookinfo`]);
    const file = directory.write('dump.json', fileOf(PRODUCTPAGE, 'config_dump'));
    const fromFile = await runCli(['pc', 'listener', '-f', file]);
    expect(run).toEqual({ status: 0, stdout: fromFile.stdout, stderr: fromFile.stderr, listening: [] });
    expect(asked(PRODUCTPAGE)).toEqual(['GET /config_dump?mask=static_listeners,dynamic_listeners']);
    expect(api.connections).toBe(1);
    expect(
      await eventually(
        () => envoys.get(PRODUCTPAGE)?.open,
        (open) => open === 0,
      ),
    ).toBe(0);
    expect(api.open).toBe(0);
  });

  it('asks Envoy for what the filters leave, and for the rest only to say what there is', async () => {
    const reviews = 'reviews.bookinfo.svc.cluster.local';
    const run = await mctl(['pc', 'cluster', `${PRODUCTPAGE}.bookinfo`, '--fqdn', reviews, '-o', 'name']);
    expect(run.stdout.trim().split('\n')).toHaveLength(5);
    const mask = '/config_dump?mask=static_clusters,dynamic_active_clusters,dynamic_warming_clusters';
    const regex = (text: string): string => `&name_regex=${encodeURIComponent(`.*${text.replaceAll('.', '\\.')}.*`)}`;
    expect(asked(PRODUCTPAGE)).toEqual([`GET ${mask}${regex(reviews)}`]);
    const empty = await mctl(['pc', 'cluster', `${PRODUCTPAGE}.bookinfo`, '--fqdn', 'review.bookinfo']);
    expect(empty).toMatchObject({ status: 0, stderr: expect.stringMatching(/nearest: reviews\.bookinfo/) });
    expect(asked(PRODUCTPAGE).slice(1)).toEqual([`GET ${mask}${regex('review.bookinfo')}`, `GET ${mask}`]);
    expect(envoys.get(PRODUCTPAGE)?.made).toBe(2);
  });

  it('asks an older Envoy again for the whole', async () => {
    const run = await mctl([...listener, 'old-envoy.bookinfo']);
    expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n', stderr: '' });
    expect(asked('old-envoy')).toEqual([
      'GET /config_dump?mask=static_listeners,dynamic_listeners',
      'GET /config_dump',
    ]);
  });

  it('reads endpoints from /clusters, and names of pods only for the wide table', async () => {
    const run = await mctl(['pc', 'endpoint', `${PRODUCTPAGE}.bookinfo`, '--status', 'HEALTHY']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(asked(PRODUCTPAGE)).toEqual(['GET /clusters?format=json']);
    expect(api.requests.filter(({ url }) => url.startsWith('/api/v1/pods'))).toEqual([]);
    const wide = await mctl(['pc', 'endpoint', `${PRODUCTPAGE}.bookinfo`, '-o', 'wide']);
    expect(wide.stdout).toContain(`${PRODUCTPAGE}.bookinfo`);
    expect(api.requests.map(({ url }) => url).filter((url) => /nodes|services/.test(url))).toEqual([]);
  });

  it('says what was asked and how many bytes came', async () => {
    const run = await mctl([...listener, `${PRODUCTPAGE}.bookinfo`, '--show-requests']);
    expect(run.stderr).toMatch(/^GET https:.*portforward\?ports=15000: 101, 0 bytes$/m);
    expect(run.stderr).toMatch(/^GET pod productpage-\S+ \/config_dump\?mask=\S+: 200, \d{5} bytes$/m);
  });

  it('works without the right to read pods', async () => {
    api.deny = denies('pods');
    const run = await mctl([...listener, `${PRODUCTPAGE}.bookinfo`]);
    expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n', stderr: '' });
  });

  it('ends at Ctrl-C with status 130 and nothing left', async () => {
    api.setBackend(
      { name: 'native', namespace: 'bookinfo' },
      { port: envoys.get('native')?.port ?? 0, fault: { kind: 'silence', after: 100 } },
    );
    const run = await mctl([...listener, 'native.bookinfo'], {
      meanwhile: (interrupt) =>
        void eventually(
          () => api.open,
          (open) => open > 0,
          10_000,
        ).then(() => setTimeout(interrupt, 200)),
    });
    expect(run).toMatchObject({ status: 130, stdout: '' });
    expect(
      await eventually(
        () => api.open,
        (open) => open === 0,
      ),
    ).toBe(0);
    api.setBackend({ name: 'native', namespace: 'bookinfo' }, { port: envoys.get('native')?.port ?? 0 });
  });
});

describe('a target', () => {
  test.each([
    ['POD -n NAMESPACE', [PRODUCTPAGE, '-n', 'bookinfo'], PRODUCTPAGE],
    ['NAMESPACE/POD', [`bookinfo/${PRODUCTPAGE}`], PRODUCTPAGE],
    ['pod/POD.NAMESPACE', [`pod/${PRODUCTPAGE}.bookinfo`], PRODUCTPAGE],
    ['a name with a dot', ['dotted.name.bookinfo'], 'dotted.name'],
    ['a name with a dot and -n', ['dotted.name', '-n', 'bookinfo'], 'dotted.name'],
    ['deploy/NAME.NAMESPACE', ['deploy/reviews-v3.bookinfo'], V3],
    ["a workload's NAME.NAMESPACE", ['reviews-v3.bookinfo'], V3],
    ['deployments.v1.apps/NAME', ['deployments.v1.apps/reviews-v3', '-n', 'bookinfo'], V3],
    ['sts/NAME', ['sts/web.bookinfo'], PRODUCTPAGE],
    ['daemonset/NAME', ['daemonset/agent.bookinfo'], PRODUCTPAGE],
    ['rs/NAME', ['rs/reviews-v3-84779c7bbc.bookinfo'], V3],
    ['job/NAME', ['job/job.bookinfo'], PRODUCTPAGE],
    ['svc/NAME', ['svc/reviews.bookinfo'], V2],
    ['gateway/NAME', ['gateway/waypoint.bookinfo'], 'waypoint-1'],
    ['a native sidecar in a pending pod', ['native.bookinfo'], 'native'],
  ])('%s', async (_form, target, pod) => {
    const run = await mctl([...listener, ...target]);
    expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n' });
    expect(asked(pod)).toHaveLength(1);
  });

  it('is named on stderr when there was a choice', async () => {
    const run = await mctl([...listener, 'svc/reviews.bookinfo']);
    expect(run.stderr).toBe(`Took ${V2}.bookinfo of 2 pods of svc/reviews.bookinfo; --all-replicas takes all.\n`);
  });

  it('is found by owners where the workload may not be read', async () => {
    api.deny = denies('deployments');
    const run = await mctl([...listener, 'deploy/reviews-v2.bookinfo']);
    expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n' });
    expect(run.stderr).toMatch(/cannot get resource "deployments".*taking the pods by their owners/);
    expect(asked(V2)).toHaveLength(1);
  });

  it('must be named where nobody can be asked', async () => {
    const run = await mctl(['pc', 'listener']);
    expect(run).toMatchObject({ status: 64, stdout: '' });
    expect(run.stderr).toMatch(/requires pod name or --file/);
  });
});

describe('many replicas', () => {
  it('are shown each, with what differs', async () => {
    const run = await mctl(['pc', 'listener', 'svc/reviews.bookinfo', '--all-replicas', '--port', '15001']);
    expect(run.status).toBe(0);
    expect(run.stdout.match(/^reviews-\S+:$/gm)).toEqual([`${V2}.bookinfo:`, `${V3}.bookinfo:`]);
    expect(run.stderr).toBe('All 2 replicas show the same.\n');
    const routes = await mctl(['pc', 'cluster', '-l', 'app in (reviews,productpage)', '-n', 'bookinfo', '-o', 'json']);
    const value = JSON.parse(routes.stdout) as Record<string, readonly unknown[]>;
    expect(Object.keys(value).sort()).toEqual([`${PRODUCTPAGE}.bookinfo`, `${V2}.bookinfo`, `${V3}.bookinfo`]);
  });

  it('are all shown but the one that fails, and the status is 69', async () => {
    api.setBackend({ name: V2, namespace: 'bookinfo' }, { port: null });
    const run = await mctl(['pc', 'listener', 'svc/reviews.bookinfo', '--all-replicas', '--port', '15001']);
    api.setBackend({ name: V2, namespace: 'bookinfo' }, { port: envoys.get(V2)?.port ?? 0 });
    expect(run.status).toBe(69);
    expect(run.stdout.match(/^reviews-\S+:$/gm)).toEqual([`${V3}.bookinfo:`]);
    expect(run.stderr).toMatch(new RegExp(`^Error: pod ${V2}\\.bookinfo: nothing listens on its port 15000`, 'm'));
  });

  it('are every pod with a proxy of a namespace, where none is named', async () => {
    const run = await mctl([...listener, '--all-replicas', '-n', 'bookinfo']);
    expect(run.stdout.match(/^\S+:$/gm)).toHaveLength(envoys.size);
  });
});

describe('by exec', () => {
  it('reads what a port-forward reads', async () => {
    const forward = await mctl(['pc', 'route', `${PRODUCTPAGE}.bookinfo`, '-o', 'json']);
    api.deny = denies('pods/portforward');
    const run = await mctl(['pc', 'route', `${PRODUCTPAGE}.bookinfo`, '-o', 'json', '--via', 'exec']);
    expect(run).toEqual(forward);
    const filtered = await mctl([...listener, 'old-envoy.bookinfo', '--via', 'exec']);
    expect(filtered).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n' });
    expect(api.open).toBe(0);
  });

  it('is the second way of auto', async () => {
    api.deny = denies('pods/portforward');
    const run = await mctl([...listener, `${PRODUCTPAGE}.bookinfo`, '--via', 'auto']);
    expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n' });
    expect(run.stderr).toMatch(/^Asking pod productpage-\S+ by exec: .*cannot get resource "pods\/portforward"/);
    api.deny = () => false;
    expect(await mctl([...listener, `${PRODUCTPAGE}.bookinfo`, '--via', 'auto'])).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});

/** A capture of a cluster: whole, with faults, broken off and gone on with; and what is traced in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { type Access, KubeApi } from '../helpers/kube-api/kube-api';
import { type CliOptions, type CliRun, runCli } from '../helpers/run-cli';
import { type TemporaryDirectory, temporaryDirectory } from '../helpers/temporary-directory';

const SAMPLE = join(__dirname, '../../sample');
const NAMES = [
  'details-v1-79f774bdb9-6jl84',
  'productpage-v1-6b746f74dc-9stvs',
  'ratings-v1-b6994bb9-2jqmk',
  'reviews-v2-7bf8c9648f-rzfp6',
  'reviews-v3-84779c7bbc-57sqk',
];
const [DETAILS = '', PRODUCTPAGE = '', RATINGS = '', V2 = ''] = NAMES;

const envoys = new Map<string, CannedEnvoy>();
let api: KubeApi;
let directory: TemporaryDirectory;
let mesh: string;
let kubeconfig: string;

const sample = (path: string): string => gunzipSync(readFileSync(join(SAMPLE, `${path}.gz`))).toString('utf8');
const items = (list: string): readonly any[] => JSON.parse(sample(`kubernetes/${list}.json`)).items;

beforeAll(async () => {
  api = await KubeApi.start();
  api.addNamespace('bookinfo');
  for (const pod of items('pods')) {
    const isCaptured = NAMES.includes(pod.metadata.name);
    const containers = [
      { name: 'app', env: [{ name: 'TOKEN', value: 'SECRET' }] },
      ...(isCaptured ? [{ name: 'istio-proxy' }] : []),
    ];
    // Of the others there is no dump: in this cluster they have no sidecar.
    const { 'security.istio.io/tlsMode': mode, ...labels } = pod.metadata.labels ?? {};
    const metadata = isCaptured ? pod.metadata : { ...pod.metadata, labels };
    expect([undefined, 'istio']).toContain(mode);
    api.add('/api/v1', 'pods', {
      ...pod,
      metadata,
      spec: { ...pod.spec, containers, initContainers: [{ name: 'istio-init' }] },
    });
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
  }
});

beforeEach(() => {
  directory = temporaryDirectory();
  mesh = join(directory.path, 'mesh');
  kubeconfig = directory.write('kubeconfig', api.kubeconfig());
  api.deny = () => false;
  for (const name of NAMES) heal(name);
});

afterEach(() => {
  directory.remove();
});

afterAll(async () => {
  for (const envoy of envoys.values()) await envoy.close();
  await api.close();
});

type Backend = Parameters<KubeApi['setBackend']>[1];

function heal(name: string, more: Partial<Backend> = {}): void {
  const log = `2026-01-01T00:00:00Z\tinfo\tRunning command: iptables-save\nCommand output:\n${sample(`proxies/bookinfo/${name}/iptables.txt`)}`;
  api.setBackend(
    { name, namespace: 'bookinfo' },
    { port: envoys.get(name)?.port ?? null, logs: { 'istio-init': log }, ...more },
  );
}

const capture = async (args: readonly string[], options: CliOptions = {}): Promise<CliRun> =>
  await runCli(['capture', mesh, ...args], { ...options, env: { KUBECONFIG: kubeconfig } });
const whole = (name: string): boolean => existsSync(join(mesh, 'proxies/bookinfo', name, 'config_dump.json'));
const trace = async (source: readonly string[], env = {}): Promise<any> => {
  const argv = [
    'pc',
    'trace',
    `${PRODUCTPAGE}.bookinfo`,
    'http://reviews:9080/reviews/0',
    '-H',
    'end-user: luffy',
    '-o',
    'json',
  ];
  return JSON.parse((await runCli([...argv, ...source], { env })).stdout);
};

it('saves every proxy, and traces in it as in the cluster', async () => {
  const run = await capture(['-A']);
  expect(run).toMatchObject({ status: 0, stdout: '', listening: [] });
  expect(run.stderr).toContain(`Saved 5 of 5 proxies in ${mesh}.`);
  expect(NAMES.filter(whole)).toEqual(NAMES);
  const pods = readFileSync(join(mesh, 'kubernetes/pods.json'), 'utf8');
  expect(pods).not.toMatch(/SECRET|managedFields/);
  expect(await trace(['--snapshot', mesh])).toEqual(await trace([], { KUBECONFIG: kubeconfig }));
  expect(await trace(['--snapshot', mesh])).toEqual(await trace(['--snapshot', SAMPLE]));
}, 60_000);

it('lists what dies, hangs or is forbidden, keeps the rest, and fetches only that when it is run again', async () => {
  heal(DETAILS, { fault: { kind: 'dies', after: 100_000 } });
  heal(RATINGS, { fault: { kind: 'silence', after: 50_000 } });
  api.deny = ({ resource, name }: Access) => resource === 'pods/portforward' && name === V2;
  const run = await capture(['-A', '--timeout', '2s']);
  expect(run.status).toBe(69);
  expect(run.stderr).toContain('Saved 2 of 5 proxies');
  for (const name of [DETAILS, RATINGS, V2]) expect(run.stderr).toContain(`  ${name}.bookinfo config_dump.json: `);
  expect([whole(DETAILS), whole(RATINGS), whole(V2), whole(PRODUCTPAGE)]).toEqual([false, false, false, true]);
  expect(JSON.parse(readFileSync(join(mesh, 'snapshot.json'), 'utf8')).missing).toHaveLength(3);
  for (const name of NAMES) heal(name);
  api.deny = () => false;
  for (const envoy of envoys.values()) envoy.asked = [];
  const again = await capture(['-A']);
  expect(again).toMatchObject({ status: 0 });
  expect(again.stderr).toContain('Saved 5 of 5 proxies in ' + mesh + ', 2 of them by an earlier run.');
  expect(
    [...envoys]
      .filter(([, envoy]) => envoy.asked.length > 0)
      .map(([name]) => name)
      .sort(),
  ).toEqual([DETAILS, RATINGS, V2].sort());
  expect(await trace(['--snapshot', mesh])).toEqual(await trace(['--snapshot', SAMPLE]));
}, 90_000);

it('goes on after Ctrl-C, and is no snapshot until then', async () => {
  heal(V2, { fault: { kind: 'silence', after: 50_000 } });
  const run = await capture(['-A', '--parallel', '2'], {
    meanwhile: (interrupt) => {
      const timer = setInterval(() => {
        if (NAMES.filter(whole).length < 4) return;
        clearInterval(timer);
        setTimeout(interrupt, 200);
      }, 50);
    },
  });
  expect(run.status).toBe(130);
  expect(run.stderr).toContain('Interrupted. Run the same command again');
  const refused = await runCli(['pc', 'listener', `${PRODUCTPAGE}.bookinfo`, '--snapshot', mesh]);
  expect(refused).toMatchObject({ status: 65, stdout: '' });
  expect(refused.stderr).toContain('is a capture that is not finished');
  expect(
    readdirSync(mesh, { recursive: true })
      .map(String)
      .filter((name) => name.includes('draft')),
  ).toEqual([]);
  heal(V2);
  const again = await capture(['-A']);
  expect([again.status, again.stderr]).toEqual([0, expect.stringContaining('of them by an earlier run')]);
  expect(NAMES.filter(whole)).toEqual(NAMES);
  expect(await trace(['--snapshot', mesh])).toEqual(await trace(['--snapshot', SAMPLE]));
}, 90_000);

it('takes proxies by name, by selector, by namespace, and refuses to guess', async () => {
  const saved = (): string[] => readdirSync(join(mesh, 'proxies/bookinfo')).sort();
  for (const [args, wanted] of [
    [
      [`${V2}.bookinfo`, `pod/${DETAILS}.bookinfo`],
      [DETAILS, V2],
    ],
    [['-n', 'bookinfo', '-l', 'app=reviews'], NAMES.slice(3)],
    [['-n', 'bookinfo'], NAMES],
  ] as const) {
    const run = await capture([...args, '--force']);
    expect([args, run.status, run.stderr]).toEqual([args, 0, expect.stringContaining(`Saved ${wanted.length} of`)]);
    expect(saved()).toEqual([...wanted]);
  }
  for (const args of [[], ['-A', '-n', 'bookinfo'], ['-A', 'x.y'], ['-A', '--redact-map', 'f']]) {
    expect([args, (await capture([...args, '--force'])).status]).toEqual([args, 64]);
  }
}, 90_000);

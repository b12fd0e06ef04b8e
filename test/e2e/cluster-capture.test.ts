/** A capture of a cluster: whole, with faults, broken off and gone on with; and what is traced in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BookinfoCluster, PROXY_NAMES, SAMPLE } from '../helpers/kube-api/bookinfo-cluster';
import type { Access } from '../helpers/kube-api/kube-api';
import { type CliOptions, type CliRun, runCli } from '../helpers/run-cli';
import { type TemporaryDirectory, temporaryDirectory } from '../helpers/temporary-directory';

const [DETAILS = '', PRODUCTPAGE = '', RATINGS = '', V2 = ''] = PROXY_NAMES;

let cluster: BookinfoCluster;
let directory: TemporaryDirectory;
let mesh: string;
let kubeconfig: string;

beforeAll(async () => {
  cluster = await BookinfoCluster.start((pod) => {
    const { name, labels: all = {} } = pod['metadata'];
    const isCaptured = PROXY_NAMES.some((one) => one === name);
    const containers = [
      { name: 'app', env: [{ name: 'TOKEN', value: 'SECRET' }] },
      ...(isCaptured ? [{ name: 'istio-proxy' }] : []),
    ];
    // Of the others there is no dump: in this cluster they have no sidecar.
    const { 'security.istio.io/tlsMode': mode, ...labels } = all;
    expect([undefined, 'istio']).toContain(mode);
    const metadata = isCaptured ? pod['metadata'] : { ...pod['metadata'], labels };
    return { ...pod, metadata, spec: { ...pod['spec'], containers } };
  });
});

beforeEach(() => {
  directory = temporaryDirectory();
  mesh = join(directory.path, 'mesh');
  kubeconfig = directory.write('kubeconfig', cluster.api.kubeconfig());
  cluster.api.deny = () => false;
  for (const name of PROXY_NAMES) cluster.setBackend(name);
});

afterEach(() => {
  directory.remove();
});

afterAll(async () => {
  await cluster.close();
});

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
  expect(PROXY_NAMES.filter(whole)).toEqual(PROXY_NAMES);
  const pods = readFileSync(join(mesh, 'kubernetes/pods.json'), 'utf8');
  expect(pods).not.toMatch(/SECRET|managedFields/);
  expect(await trace(['--snapshot', mesh])).toEqual(await trace([], { KUBECONFIG: kubeconfig }));
  expect(await trace(['--snapshot', mesh])).toEqual(await trace(['--snapshot', SAMPLE]));
}, 60_000);

it('lists what dies, hangs or is forbidden, keeps the rest, and fetches only that when it is run again', async () => {
  cluster.setBackend(DETAILS, { fault: { kind: 'dies', after: 100_000 } });
  cluster.setBackend(RATINGS, { fault: { kind: 'silence', after: 50_000 } });
  cluster.api.deny = ({ resource, name }: Access) => resource === 'pods/portforward' && name === V2;
  const run = await capture(['-A', '--timeout', '2s']);
  expect(run.status).toBe(69);
  expect(run.stderr).toContain('Saved 2 of 5 proxies');
  for (const name of [DETAILS, RATINGS, V2]) expect(run.stderr).toContain(`  ${name}.bookinfo config_dump.json: `);
  expect([whole(DETAILS), whole(RATINGS), whole(V2), whole(PRODUCTPAGE)]).toEqual([false, false, false, true]);
  expect(JSON.parse(readFileSync(join(mesh, 'snapshot.json'), 'utf8')).missing).toHaveLength(3);
  for (const name of PROXY_NAMES) cluster.setBackend(name);
  cluster.api.deny = () => false;
  for (const envoy of cluster.envoys.values()) envoy.asked = [];
  const again = await capture(['-A']);
  expect(again).toMatchObject({ status: 0 });
  expect(again.stderr).toContain('Saved 5 of 5 proxies in ' + mesh + ', 2 of them by an earlier run.');
  expect(
    [...cluster.envoys]
      .filter(([, envoy]) => envoy.asked.length > 0)
      .map(([name]) => name)
      .sort(),
  ).toEqual([DETAILS, RATINGS, V2].sort());
  expect(await trace(['--snapshot', mesh])).toEqual(await trace(['--snapshot', SAMPLE]));
}, 90_000);

it('goes on after Ctrl-C, and is not a snapshot until then', async () => {
  cluster.setBackend(V2, { fault: { kind: 'silence', after: 50_000 } });
  const run = await capture(['-A', '--parallel', '2'], {
    meanwhile: (interrupt) => {
      const timer = setInterval(() => {
        if (PROXY_NAMES.filter(whole).length < 4) return;
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
  cluster.setBackend(V2);
  const again = await capture(['-A']);
  expect([again.status, again.stderr]).toEqual([0, expect.stringContaining('of them by an earlier run')]);
  expect(PROXY_NAMES.filter(whole)).toEqual(PROXY_NAMES);
  expect(await trace(['--snapshot', mesh])).toEqual(await trace(['--snapshot', SAMPLE]));
}, 90_000);

it('takes proxies by name, by selector, by namespace, and refuses to guess', async () => {
  const saved = (): string[] => readdirSync(join(mesh, 'proxies/bookinfo')).sort();
  for (const [args, wanted] of [
    [
      [`${V2}.bookinfo`, `pod/${DETAILS}.bookinfo`],
      [DETAILS, V2],
    ],
    [['-n', 'bookinfo', '-l', 'app=reviews'], PROXY_NAMES.slice(3)],
    [['-n', 'bookinfo'], PROXY_NAMES],
  ] as const) {
    const run = await capture([...args, '--force']);
    expect([args, run.status, run.stderr]).toEqual([args, 0, expect.stringContaining(`Saved ${wanted.length} of`)]);
    expect(saved()).toEqual([...wanted]);
  }
  for (const args of [[], ['-A', '-n', 'bookinfo'], ['-A', 'x.y'], ['-A', '--redact-map', 'f']]) {
    expect([args, (await capture([...args, '--force'])).status]).toEqual([args, 64]);
  }
}, 90_000);

/** `mctl diff` of ztunnels: files, snapshots, and what is no ztunnel's. */
import Diff from '../../src/commands/diff';
import { corpusFiles } from '../helpers/corpora';
import { service, type SmallMesh, workload, writeMesh, ztunnelDump } from '../helpers/mixed-mesh';
import { runCommand } from '../helpers/run-command';

const APP = workload('app', '10.0.0.1');
const BEFORE: SmallMesh = {
  workloads: [APP, workload('gone', '10.0.0.4')],
  services: [service('app', '10.96.0.1', [APP])],
  policies: [{ name: 'p', namespace: 'shop', scope: 'Namespace', action: 'Allow', rules: [] }],
  captured: ['app'],
};
const AFTER: SmallMesh = {
  workloads: [workload('new', '10.0.0.5'), { ...APP, protocol: 'TCP' }],
  services: [service('app', '10.96.0.1', [APP])],
  policies: [{ name: 'p', namespace: 'shop', scope: 'Namespace', action: 'Deny', rules: [] }],
  captured: ['app'],
};

const before = writeMesh(BEFORE);
const after = writeMesh(AFTER);
afterAll(() => {
  before.remove();
  after.remove();
});
const diff = async (...args: readonly string[]): ReturnType<typeof runCommand> => await runCommand(Diff, args);

const POLICY = ['  ~ policy/shop/p', '        action: "Allow" -> "Deny"'];
const CHANGES = [
  '  - workload/Kubernetes//Pod/shop/gone',
  '  + workload/Kubernetes//Pod/shop/new',
  '  ~ workload/Kubernetes//Pod/shop/app',
  '        protocol: "HBONE" -> "TCP"',
  ...POLICY,
  '',
].join('\n');

test('two snapshots of ztunnels alone', async () => {
  const run = await diff(before.path, after.path);
  expect([run.exitCode, run.stdout]).toEqual([1, `ztunnel-a.istio-system:\n${CHANGES}`]);
});

test('two files, one view of them, and none', async () => {
  const [one, other] = [
    before.write('one.json', JSON.stringify(ztunnelDump(BEFORE))),
    after.write('other.json', JSON.stringify(ztunnelDump(AFTER))),
  ];
  expect((await diff(one, other)).stdout).toContain(CHANGES);
  const run = await diff(one, other, '--view', 'policy', '-o', 'json');
  expect(JSON.parse(run.stdout).proxies[0].views.map((view: any) => view.view)).toEqual(['policy']);
  expect((await diff(one, one)).exitCode).toBe(0);
  const turned = { ...ztunnelDump(BEFORE), workloads: [...BEFORE.workloads].reverse() };
  expect((await diff(one, before.write('turned.json', JSON.stringify(turned)))).exitCode).toBe(0);
});

test("a ztunnel's and an Envoy's are not compared", async () => {
  const one = before.write('one.json', JSON.stringify(ztunnelDump(BEFORE)));
  const name = 'bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json';
  const envoy = before.write('envoy.json', corpusFiles()[name] ?? '');
  const run = await diff(one, envoy);
  expect(run.exitCode).toBe(65);
  expect(run.stderr).toContain("is a ztunnel's config_dump");
  expect((await diff(envoy, envoy, '--view', 'policy')).exitCode).toBe(64);
});

test('the ambient sample: its waypoint and its ztunnel are the same as themselves', async () => {
  const run = await diff('sample:ambient', 'sample:ambient');
  expect([run.exitCode, run.stderr]).toEqual([0, expect.stringContaining('2 proxies compared, 0 differ')]);
});

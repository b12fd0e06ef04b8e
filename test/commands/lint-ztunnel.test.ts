/** `mctl lint` where there are ztunnels: a file, a named one, a whole snapshot. */
import LintCommand from '../../src/commands/lint';
import { service, type SmallMesh, workload, writeMesh, ztunnelDump } from '../helpers/mixed-mesh';
import { runCommand } from '../helpers/run-command';

const APP = workload('app', '10.0.0.1');
const MESH: SmallMesh = {
  workloads: [APP],
  services: [service('app', '10.96.0.1', [APP], { waypoint: { destination: 'shop/gone.shop.svc.cluster.local' } })],
  captured: ['app'],
};
const FINDING = {
  severity: 'error',
  rule: 'missing-waypoint',
  resource: 'service shop/app.shop.svc.cluster.local',
  owner: { kind: 'Service', name: 'app', namespace: 'shop' },
  config: '/services/0',
};

const directory = writeMesh(MESH);
afterAll(() => {
  directory.remove();
});

test('-f of a ztunnel', async () => {
  const file = directory.write('ztunnel.json', JSON.stringify(ztunnelDump(MESH)));
  const run = await runCommand(LintCommand, ['-f', file, '-o', 'json']);
  expect(run.exitCode).toBe(1);
  expect(JSON.parse(run.stdout)).toEqual([
    expect.objectContaining({ proxy: null, ...FINDING, owner: expect.objectContaining(FINDING.owner) }),
  ]);
});

test('a map in place of a list, as old ztunnels write it: the pointer is one into it', async () => {
  const dump = { ...ztunnelDump(MESH), services: { '/10.96.0.1': MESH.services?.[0] } };
  const file = directory.write('map.json', JSON.stringify(dump));
  const run = await runCommand(LintCommand, ['-f', file, '-o', 'json']);
  expect(JSON.parse(run.stdout)).toEqual([expect.objectContaining({ config: '/services/~110.96.0.1' })]);
});

test('a snapshot of ztunnels alone, and one that is named', async () => {
  for (const args of [[], ['--all-replicas'], ['ztunnel-a.istio-system']]) {
    const run = await runCommand(LintCommand, [...args, '--snapshot', directory.path, '-o', 'json']);
    expect(JSON.parse(run.stdout)).toEqual([
      expect.objectContaining({
        proxy: 'ztunnel-a.istio-system',
        ...FINDING,
        owner: expect.objectContaining(FINDING.owner),
      }),
    ]);
  }
});

test('the ambient sample, its waypoint and its ztunnel', async () => {
  const all = await runCommand(LintCommand, ['--sample=ambient', '--all-replicas', '-o', 'json']);
  const rules = JSON.parse(all.stdout).map((one: any) => [one.proxy, one.rule]);
  expect(rules.every(([proxy]: readonly (string | null)[]) => proxy !== null)).toBe(true);
  const alone = await runCommand(LintCommand, ['--sample=ambient', 'ztunnel-7c4kd.istio-system']);
  expect([alone.exitCode, alone.stderr]).toEqual([0, 'Nothing found.\n']);
});

test('a ztunnel that is not there', async () => {
  const run = await runCommand(LintCommand, ['--snapshot', directory.path, 'ztunnel-b.istio-system']);
  expect(run.exitCode).toBe(69);
  expect(run.stderr).toContain('ztunnel-a.istio-system');
});

import LintCommand from '../../src/commands/lint';
import { corpusFiles } from '../helpers/corpora';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

describe('mctl lint', () => {
  it('prints findings and exits 1', async () => {
    const run = await runCommand(LintCommand, ['productpage-v1-6b746f74dc-9stvs.bookinfo', '--sample']);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(
      /^SEVERITY +RULE +RESOURCE +OWNER +MESSAGE\nwarning +subset-without-endpoints +cluster outbound\|9080\|v2-mysql/,
    );
  });

  it('says which virtual hosts are too large to be examined for routes that several take together', async () => {
    const routes = Array.from({ length: 201 }, (_unused, index) => ({
      match: { prefix: `/${index}` },
      direct_response: { status: 200 },
    }));
    const dump = directory.write(
      'large.json',
      JSON.stringify({
        configs: [
          { '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump' },
          { '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump' },
          {
            '@type': 'type.googleapis.com/envoy.admin.v3.RoutesConfigDump',
            dynamic_route_configs: [
              { route_config: { name: '80', virtual_hosts: [{ name: 'all', domains: ['*'], routes }] } },
            ],
          },
        ],
      }),
    );
    const run = await runCommand(LintCommand, ['-f', dump]);
    expect(run.stderr).toContain('Not examined: virtual host all has 201 routes');
  });

  it('names the proxy of each row where there are several', async () => {
    const run = await runCommand(LintCommand, ['--sample', '--all-replicas']);
    expect(run.stdout).toMatch(/^PROXY +SEVERITY.*\ndetails-v1-79f774bdb9-6jl84\.bookinfo +warning/);
    const names = await runCommand(LintCommand, ['--sample', '--all-replicas', '-o', 'name']);
    expect(names.stdout).toContain('details-v1-79f774bdb9-6jl84.bookinfo');
  });

  it('prints one JSON list for several proxies', async () => {
    const run = await runCommand(LintCommand, ['--sample', '--all-replicas', '-o', 'json']);
    const findings = JSON.parse(run.stdout);
    expect(new Set(findings.map((one: any) => one.proxy)).size).toBe(5);
    expect(findings[0]).toMatchObject({
      proxy: 'details-v1-79f774bdb9-6jl84.bookinfo',
      rule: 'subset-without-endpoints',
      severity: 'warning',
      owner: { kind: 'DestinationRule', namespace: 'bookinfo' },
      config: expect.stringMatching(/^\/configs\/\d+\/dynamic_active_clusters\/\d+\/cluster$/),
    });
  });

  it('exits 0 where nothing is found, and takes severities and rules', async () => {
    const target = ['productpage-v1-6b746f74dc-9stvs.bookinfo', '--sample'];
    for (const flags of [
      ['--severity', 'error'],
      ['--rule', 'shadowed-route'],
    ]) {
      const run = await runCommand(LintCommand, [...target, ...flags]);
      expect([run.exitCode, run.stderr]).toEqual([0, 'Nothing found.\n']);
    }
    expect((await runCommand(LintCommand, [...target, '--rule', 'shadowed'])).exitCode).toBe(64);
  });

  it('exits 65 for a dump that lacks a section', async () => {
    const dump = directory.write(
      'dump.json',
      corpusFiles()['quirks/no-ClustersConfigDump.config_dump.json'] ?? '{"configs":[]}',
    );
    expect((await runCommand(LintCommand, ['-f', dump])).exitCode).toBe(65);
  });
});

it('reports more findings than a call takes arguments', async () => {
  const route = { match: { path: '/' }, direct_response: { status: 200 } };
  const routes = Array.from({ length: 130_000 }, () => route);
  const type = (name: string): string => `type.googleapis.com/envoy.admin.v3.${name}ConfigDump`;
  const route_config = { name: 'r', virtual_hosts: [{ name: 'v', domains: ['*'], routes }] };
  const configs = [
    { '@type': type('Listeners') },
    { '@type': type('Clusters') },
    { '@type': type('Routes'), dynamic_route_configs: [{ route_config }] },
  ];
  const run = await runCommand(LintCommand, ['-f', directory.write('many.json', JSON.stringify({ configs }))]);
  expect(run.exitCode).toBe(1);
  expect(run.stdout.split('\n').length).toBeGreaterThan(129_999);
});

/** Resources that do not serve: marked in `wide`, said on standard error otherwise, and absent from istioctl's columns. */
import All from '../../src/commands/proxy-config/all';
import Cluster from '../../src/commands/proxy-config/cluster';
import Endpoint from '../../src/commands/proxy-config/endpoint';
import Eds from '../../src/commands/proxy-config/eds';
import Listener from '../../src/commands/proxy-config/listener';
import Route from '../../src/commands/proxy-config/route';
import { corpusFiles } from '../helpers/corpora';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});
const file = directory.write('states.json', corpusFiles()['quirks/states.config_dump.json'] ?? '');
const POD = 'productpage-v1-6b746f74dc-9stvs.bookinfo';

test.each<[what: string, command: Parameters<typeof runCommand>[0], wide: RegExp, note: RegExp]>([
  [
    'a rejected listener',
    Listener,
    /^only-error +rejected: boom +-/m,
    /^listener only-error was rejected by Envoy: boom/m,
  ],
  [
    'a warming listener',
    Listener,
    /^10\.97\.0\.1_8443 +warming /m,
    /^listener 10\.97\.0\.1_8443 has a warming version/m,
  ],
  [
    'a rejected update of routes',
    Route,
    /^7070 +active, update rejected: rerr /m,
    /^route 7070 was rejected by Envoy: rerr/m,
  ],
  ['a warming cluster', Cluster, / warming +CLUSTER_PROVIDED/, /^cluster inbound\|8080\|\| has a warming version/m],
])('%s', async (_what, command, wide, note) => {
  expect((await runCommand(command, ['-f', file, '-o', 'wide'])).stdout).toMatch(wide);
  const short = await runCommand(command, ['-f', file]);
  expect(short.stderr).toMatch(note);
  expect(short.stdout).not.toMatch(/warming|rejected|only-error/);
  expect((await runCommand(All, ['-f', file])).stderr).toMatch(note);
});

test('wide joins the hosts of /clusters with what EDS delivered', async () => {
  const { stdout } = await runCommand(Endpoint, [POD, '--sample', '-o', 'wide', '--subset', 'v3']);
  expect(stdout).toMatch(/^ENDPOINT .* POD +EDS$/m);
  expect(stdout).toMatch(/^10\.244\.0\.16:9080 +HEALTHY +FAILED .* UNHEALTHY$/m);
  const clusters = JSON.parse(corpusFiles()[`bookinfo/${POD.replace('.bookinfo', '')}.clusters.json`] ?? '');
  for (const status of clusters.cluster_statuses) {
    status.host_statuses = (status.host_statuses ?? []).filter(
      (host: any) => host.address.socket_address?.address !== '10.244.0.14',
    );
  }
  const dump = corpusFiles()[`bookinfo/${POD.replace('.bookinfo', '')}.config_dump.json`] ?? '';
  const files = [
    '-f',
    directory.write('clusters.json', JSON.stringify(clusters)),
    '-f',
    directory.write('dump.json', dump),
  ];
  const joined = await runCommand(Endpoint, [...files, '-o', 'wide', '--subset', 'v3', '--direction', 'outbound']);
  expect(joined.stdout).toMatch(/^10\.244\.0\.14:9080 +NOT IN USE +- +outbound\|9080\|v3\|/m);
});

test('filters of endpoints by what a cluster’s name says', async () => {
  const names = async (...args: readonly string[]): Promise<number> =>
    (await runCommand(Endpoint, [POD, '--sample', '-o', 'name', ...args])).stdout.split('\n').length - 1;
  expect(await names('--subset', 'v3')).toBe(2);
  expect(await names('--subset', 'v')).toBe(0);
  expect(await names('--direction', 'OUTBOUND', '--fqdn', 'details')).toBe(1);
  expect(await names('--direction', 'bound')).toBe(0);
});

test.each<[args: readonly string[], says: RegExp]>([
  [['--direction', 'outbund'], /Warning: --direction outbund is none of inbound, outbound/],
  [['--status', 'healty'], /--status healty; nearest: HEALTHY/],
])('%s', async (args, says) => {
  for (const command of [Endpoint, Eds]) {
    const run = await runCommand(command, [POD, '--sample', ...args]);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(says);
  }
});

test('eds says that an address wants its port', async () => {
  const { stderr } = await runCommand(Eds, [POD, '--sample', '--address', '10.244.0.11']);
  expect(stderr).toMatch(/--address 10\.244\.0\.11; nearest: 10\.244\.0\.11:9080/);
});

test('a cluster’s direction is told with its small letters', async () => {
  const run = await runCommand(Cluster, [POD, '--sample', '--direction', 'OUTBOUND']);
  expect(run.stdout.split('\n')).toHaveLength(2);
  expect(run.stderr).toMatch(/Warning: --direction OUTBOUND is none of inbound, outbound, inbound-vip/);
});

test('a JSONPath that is code is refused before anything is read', async () => {
  const run = await runCommand(Listener, ['-f', '/nowhere', '-o', 'jsonpath={[(@.length-1)]}']);
  expect(run.exitCode).toBe(64);
});

test('eds of a dump that was saved without endpoints says so, and how to have them', async () => {
  const { exitCode, stderr } = await runCommand(Eds, ['-f', directory.write('none.json', '{"configs": []}')]);
  expect(exitCode).toBe(0);
  expect(stderr).toBe('The dump has no EndpointsConfigDump: endpoints are in /config_dump?include_eds.\n');
});

/** `pc endpoint` of a dump without EndpointsConfigDump: https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto (load_assignment) */
import Endpoint from '../../src/commands/proxy-config/endpoint';
import { runCommand } from '../helpers/run-command';
import { smallDump } from '../helpers/small-dump';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

function run(clusters: readonly string[], ...args: readonly string[]): ReturnType<typeof runCommand> {
  const file = directory.write('dump.json', JSON.stringify(smallDump({ virtualHosts: [], clusters })));
  return runCommand(Endpoint, ['-f', file, ...args]);
}

it('shows the endpoints that stand in clusters themselves, and says where the others are', async () => {
  const { stdout, stderr, exitCode } = await run(['b', 'a']);
  const rows = stdout.trimEnd().split('\n');
  expect(rows[0]).toMatch(/^ENDPOINT +STATUS +OUTLIER CHECK +CLUSTER$/);
  expect(rows.slice(1).map((row) => row.split(/ +/).at(-1))).toEqual(['a', 'b']);
  expect(stderr).toContain('config_dump?include_eds');
  expect(exitCode).toBe(0);
});

it('takes the filters of the view, in a table and in JSON', async () => {
  expect((await run(['b', 'a'], '--cluster', 'b')).stdout).toMatch(/^ENDPOINT.*\n\S+:\d+ .* b\n$/);
  const json = JSON.parse((await run(['b', 'a'], '--cluster', 'b', '-o', 'json')).stdout) as readonly object[];
  expect(json).toMatchObject([{ clusterName: 'b', endpoints: [{}] }]);
});

it('is a wrong input where no cluster has any', async () => {
  const { stderr, exitCode } = await run([]);
  expect(exitCode).toBe(65);
  expect(stderr).toContain('EndpointsConfigDump');
});

/** Paths of a log whose format writes them as they were sent on, without their query, or between texts that they hold, too. */
import ExplainCommand from '../../src/commands/explain';
import ReplayCommand from '../../src/commands/replay';
import type { ReplayResult } from '../../src/lib/access-log/replay-result';
import { runCommand } from '../helpers/run-command';
import { smallDump } from '../helpers/small-dump';
import { temporaryDirectory } from '../helpers/temporary-directory';

const files = temporaryDirectory();

afterAll(() => {
  files.remove();
});

const dump = files.write(
  'dump.json',
  JSON.stringify(
    smallDump({
      clusters: ['a', 'b', 'c'],
      virtualHosts: [
        {
          name: 'h',
          domains: ['x.example.com'],
          routes: [
            { name: 'api', match: { prefix: '/api/' }, route: { cluster: 'a', prefix_rewrite: '/' } },
            {
              name: 'asked',
              match: { prefix: '/', query_parameters: [{ name: 'v', string_match: { exact: '2' } }] },
              route: { cluster: 'b' },
            },
            { name: 'rest', match: { prefix: '/' }, route: { cluster: 'c' } },
          ],
        },
      ],
    }),
  ),
);

const REST =
  '%REQ(:AUTHORITY)%|%RESPONSE_CODE%|%RESPONSE_FLAGS%|%UPSTREAM_HOST%|%UPSTREAM_CLUSTER%|%DOWNSTREAM_LOCAL_ADDRESS%|%ROUTE_NAME%';

async function replayed(format: string, line: string): Promise<ReplayResult> {
  const log = files.write('log', `${line}\n`);
  const run = await runCommand(ReplayCommand, [log, '-f', dump, '--format', format, '-o', 'json']);
  return JSON.parse(run.stdout) as ReplayResult;
}

const line = (path: string, cluster: string, route: string): string =>
  `GET|${path}|x.example.com|200|-|10.9.9.9:80|${cluster}|10.0.0.1:8080|${route}`;

test.each([
  ['a rewritten path', '%REQ(:PATH)%', line('/v1', 'a', 'api'), 'the path /api/v1, which Envoy rewrote'],
  ['a path that stayed', '%REQ(:PATH)%', line('/v1', 'c', 'rest'), null],
  [
    '%PATH% of the one that was sent on',
    '%PATH(WQ:PATH)%',
    line('/v1', 'a', 'api'),
    'the path /api/v1, which Envoy rewrote',
  ],
  ['the one that was sent', '%PATH(WQ)%', line('/api/v1', 'a', 'api'), null],
  ['no query', '%PATH(NQ)%', line('/x', 'b', 'asked'), 'the query ?v=2'],
  [
    'no query, by the formatter',
    '%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%',
    line('/x', 'b', 'asked'),
    'the query ?v=2',
  ],
  ['a bar in the path', '%REQ(:PATH)%', line('/a|b', 'c', 'rest'), null],
  [
    'an original path, where there was none',
    '%REQ(X-ENVOY-ORIGINAL-PATH)%|%REQ(:PATH)%',
    line('-|/v1', 'c', 'rest'),
    null,
  ],
])('%s', async (_what, path, text, needs) => {
  const { groups } = await replayed(`%REQ(:METHOD)%|${path}|${REST}`, text);
  expect(groups).toMatchObject([{ kind: 'agree', needs }]);
});

test('a path that the route would have sent on otherwise differs', async () => {
  const { groups } = await replayed(`%REQ(:METHOD)%|%REQ(:PATH)%|${REST}`, line('v1', 'a', 'api'));
  expect(groups).toMatchObject([{ kind: 'differ' }]);
});

test('of several ways to read a line the one counts that the configuration explains', async () => {
  const format = `%REQ(:METHOD)%|%REQ(:PATH)%|%REQ(X-A)%|${REST}`;
  const text = line('/api/v1|b|c', 'a', 'api');
  const { groups } = await replayed(format.replace('%REQ(:PATH)%', '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%'), text);
  expect(groups).toMatchObject([{ kind: 'agree', needs: null }]);
  const run = await runCommand(ExplainCommand, [text, '-f', dump, '--format', format]);
  expect(run.stderr).toBe('');
  expect(run.stdout).toMatch(/which Envoy rewrote|does what the line says/);
});

test("an empty authority in Istio's JSON is empty, and not missing", async () => {
  const logged = {
    ...{ method: 'GET', path: '/', protocol: 'HTTP/1.1', authority: '', response_code: 404, response_flags: 'NR' },
    ...{ response_code_details: 'route_not_found', upstream_cluster: null, upstream_host: null, route_name: null },
    ...{ downstream_local_address: '10.0.0.1:8080', downstream_remote_address: '10.1.1.1:999' },
  };
  const log = files.write('json', `${JSON.stringify(logged)}\n`);
  const run = await runCommand(ReplayCommand, [log, '-f', dump, '-o', 'json']);
  expect(JSON.parse(run.stdout)).toMatchObject({ groups: [{ kind: 'agree', needs: null }] });
});

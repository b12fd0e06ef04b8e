/** Statistics of an admin interface, and of saved documents. */
import Stats from '../../src/commands/proxy-config/stats';
import { type AdminServer, adminServer } from '../helpers/admin-server';
import { runCommand } from '../helpers/run-command';

const CLUSTERS = 'a::10.0.0.1:80::cx_total::1\nb::10.0.0.2:80::cx_total::2\nb::added_via_api::true\n';
const PROM =
  '# TYPE envoy_a counter\nenvoy_a{x="1"} 1\n# TYPE envoy_b gauge\n# HELP envoy_b b\nenvoy_b{cluster="c"} 2\nenvoy_b{cluster="d"} 3\n';
let server: AdminServer;
beforeAll(async () => {
  server = await adminServer((_method, path) => {
    if (path === '/clusters') return CLUSTERS;
    if (path.startsWith('/stats/prometheus')) return PROM;
    if (path.startsWith('/stats')) return path.includes('json') ? '{"stats":[{"name":"a","value":1}]}' : 'a: 1\n';
    return null;
  });
});
afterAll(async () => {
  await server.close();
});
const stats = async (...args: readonly string[]): ReturnType<typeof runCommand> =>
  await runCommand(Stats, ['--admin', server.url, ...args]);

test.each<[args: readonly string[], asked: string, out: string]>([
  [[], 'GET /stats', 'a: 1\n'],
  [['--name', 'b.c|d', '--used-only'], 'GET /stats?usedonly&filter=b%5C.c%5C%7Cd', 'a: 1\n'],
  [
    ['--filter', '^a$', '-o', 'json'],
    'GET /stats?format=json&filter=%5Ea%24',
    '{\n    "stats": [\n        {\n            "name": "a",\n            "value": 1\n        }\n    ]\n}\n',
  ],
  [['-o', 'yaml'], 'GET /stats?format=json', 'stats:\n  - name: a\n    value: 1\n'],
  [['-o', 'jsonpath={.stats[*].value}'], 'GET /stats?format=json', '1\n'],
  [
    ['-o', 'prom', '--name', '"d"'],
    'GET /stats/prometheus',
    '# TYPE envoy_b gauge\n# HELP envoy_b b\nenvoy_b{cluster="d"} 3\n',
  ],
  [['-o', 'prom', '--name', 'envoy_a'], 'GET /stats/prometheus', '# TYPE envoy_a counter\nenvoy_a{x="1"} 1\n'],
  [['-o', 'prom-merged'], 'GET /stats/prometheus', PROM],
  [['-t', 'clusters', '--name', 'b'], 'GET /clusters', 'b::10.0.0.2:80::cx_total::2\nb::added_via_api::true\n'],
])('%s asks %s', async (args, asked, out) => {
  const run = await stats(...args);
  expect(server.asked.at(-1)).toBe(asked);
  expect(run).toMatchObject({ exitCode: 0, stdout: out });
});

test('hosts of a saved document as Envoy would write them', async () => {
  const run = await runCommand(Stats, [
    'deploy/productpage-v1.bookinfo',
    '--sample',
    '-t',
    'cluster',
    '--name',
    'v1|ratings',
  ]);
  expect(run.stdout).toMatch(/^outbound\|9080\|v1\|ratings\.\S+::added_via_api::true\n/);
  expect(run.stdout).toMatch(/::10\.244\.0\.15:9080::rq_total::\d+\n/);
  expect(run.stdout).toMatch(/::health_flags::healthy\n/);
});

test.each<[args: readonly string[], says: RegExp]>([
  [['--sample', 'deploy/productpage-v1.bookinfo'], /asks a running Envoy/],
  [['--sample', 'svc/reviews.bookinfo'], /asks a running Envoy/],
  [['--sample', 'x', '-t', 'nothing'], /it is one of server, cluster/],
  [['--sample', 'x', '-t', 'cluster', '-o', 'prom'], /not supported for cluster/],
  [['--sample', 'x', '--name', 'a', '--filter', 'b'], /two filters/],
  [['--sample', 'x', '-t', 'cluster', '--used-only'], /--used-only/],
])('%s is wrong usage', async (args, says) => {
  const run = await runCommand(Stats, args);
  expect(run).toMatchObject({ exitCode: 64, stdout: '' });
  expect(run.stderr).toMatch(says);
});

test.each<[path: string, answer: string, args: readonly string[], says: RegExp]>([
  ['/stats', '{"stats":[{"na', ['-o', 'json'], /answered \/stats\?format=json with something else than JSON/],
  ['/stats', '5', ['-o', 'yaml'], /with JSON that is no object/],
  ['/clusters', '{"cluster_statuses":5}', ['-t', 'cluster', '-o', 'json'], /\/cluster_statuses .* is not a list/],
  ['/clusters', '[]', ['-t', 'cluster', '-o', 'json'], /is not a JSON object/],
  [
    '/clusters',
    '{"cluster_statuses":[{"name":{}}]}',
    ['-t', 'cluster', '-o', 'json', '--name', 'a'],
    /\/cluster_statuses\/0\/name is an object/,
  ],
])('%s answered with %s', async (path, answer, args, says) => {
  const odd = await adminServer((_method, asked) => (asked.startsWith(path) ? answer : null));
  try {
    const run = await runCommand(Stats, ['--admin', odd.url, ...args]);
    expect(run).toMatchObject({ exitCode: 65, stdout: '' });
    expect(run.stderr).toMatch(says);
  } finally {
    await odd.close();
  }
});

test('a counter beyond 2^53 stands as Envoy wrote it', async () => {
  const counters = await adminServer(() => '{"stats":[{"name":"a","value":18446744073709551615}]}');
  try {
    const run = await runCommand(Stats, ['--admin', counters.url, '-o', 'jsonpath={..value}']);
    expect(run).toMatchObject({ exitCode: 0, stdout: '18446744073709551615\n' });
  } finally {
    await counters.close();
  }
});

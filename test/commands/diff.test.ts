/** Two captures of the sample, one with a changed VirtualService; files, replicas, and what cannot be compared. */
import { gzipSync } from 'node:zlib';
import Diff from '../../src/commands/diff';
import { captureSample, luffyToV3, pushedAgain } from '../helpers/changed-sample';
import { corpusFiles } from '../helpers/corpora';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
const [before, after, again] = ['before', 'after', 'again'].map((name) => `${directory.path}/${name}`) as [
  string,
  string,
  string,
];
const POD = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const requests = directory.write(
  'requests.yaml',
  [
    'proxy: productpage-v1.bookinfo',
    'checks:',
    '  - name: luffy reads reviews',
    '    request: {url: http://reviews:9080/reviews/0, headers: {end-user: luffy}}',
    '  - name: others read reviews',
    '    request: {url: http://reviews:9080/reviews/0}',
    '  - {name: listeners, view: listener, expect: {count: 1}}',
    '',
  ].join('\n'),
);

beforeAll(() => {
  captureSample(before);
  captureSample(after, luffyToV3);
  captureSample(again, pushedAgain);
});
afterAll(() => {
  directory.remove();
});
const diff = async (...args: readonly string[]): ReturnType<typeof runCommand> => await runCommand(Diff, args);

test('a changed VirtualService, proxies that changed alike together', async () => {
  const { exitCode, stdout, stderr } = await diff(before, after);
  const host = 'virtualHosts[reviews.bookinfo.svc.cluster.local:9080].routes[0].route';
  expect(exitCode).toBe(1);
  expect(stdout).toBe(
    [
      'details-v1-79f774bdb9-6jl84.bookinfo,',
      `${POD},`,
      'ratings-v1-b6994bb9-2jqmk.bookinfo,',
      'reviews-v2-7bf8c9648f-rzfp6.bookinfo,',
      'reviews-v3-84779c7bbc-57sqk.bookinfo:',
      '  ~ route/9080',
      `        ${host}.cluster: "outbound|9080|v2|reviews.bookinfo.svc.cluster.local" -> "outbound|9080|v3|reviews.bookinfo.svc.cluster.local"`,
      `        ${host}.timeout: "1s" -> "2s"`,
      `        ${host}.maxGrpcTimeout: "1s" -> "2s"`,
      '',
    ].join('\n'),
  );
  expect(stderr).toContain('5 proxies compared, 5 differ.\n');
});

test('another order, later versions and times are no difference', async () => {
  const { exitCode, stdout } = await diff(before, again);
  expect([exitCode, stdout]).toEqual([0, '']);
});

test('requests that end otherwise, and only these', async () => {
  const { exitCode, stdout, stderr } = await diff(before, after, '--requests', requests);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^request luffy reads reviews: delivered by outbound\|9080\|v2\|\S+ -> delivered by outbound\|9080\|v3\|/,
  );
  expect(stdout).not.toContain('others read');
  expect(stdout).toContain('hops[0].settings.timeout: "1s" -> "2s"');
  expect(stderr).toContain('listeners is no request: it was left out');
  expect(stderr).toContain('2 requests compared, 1 ends otherwise.\n');
  expect((await diff(before, again, '--requests', requests)).exitCode).toBe(0);
});

test('as JSON, of one proxy and one view, with requests', async () => {
  const { exitCode, stdout } = await diff(
    `${before}#${POD}`,
    `${after}#${POD}`,
    '--view',
    'route',
    '--requests',
    requests,
    '-o',
    'json',
  );
  expect(exitCode).toBe(1);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    same: false,
    onlyInA: [],
    proxies: [{ a: POD, b: POD, views: [{ view: 'route', added: [], removed: [], changed: [{ name: '9080' }] }] }],
    requests: [
      { name: 'luffy reads reviews', same: false },
      { name: 'others read reviews', same: true },
    ],
  });
});

test('files of one proxy', async () => {
  const file = (mesh: string): string => `${mesh}/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs/config_dump.json.gz`;
  expect((await diff(file(before), file(again))).exitCode).toBe(0);
  const changed = await diff(file(before), file(after));
  expect(changed.exitCode).toBe(1);
  expect(changed.stdout).toContain('~ route/9080');
  expect((await diff('-f', file(before), '-f', file(after), '--view', 'cluster')).exitCode).toBe(0);
  expect((await diff(`${before}#${POD}`, file(again))).exitCode).toBe(0);
});

test('added and removed resources, and proxies on one side', async () => {
  const listeners = (...names: readonly string[]): object => ({
    '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
    dynamic_listeners: names.map((name) => ({ name, active_state: { listener: { name } } })),
  });
  const write = (path: string, ...names: readonly string[]): string =>
    directory.write(path, gzipSync(JSON.stringify({ configs: [listeners(...names)] })));
  write('one/proxies/ns/web-7d9f8b6c5d-aaaaa/config_dump.json.gz', 'a', 'b');
  write('one/proxies/ns/gone/config_dump.json.gz', 'a');
  write('two/proxies/ns/web-5c6d7e8f9a-bbbbb/config_dump.json.gz', 'b', 'c');
  write('two/proxies/ns/fresh/config_dump.json.gz', 'a');
  const { stdout, exitCode } = await diff(`${directory.path}/one`, `${directory.path}/two`);
  expect(exitCode).toBe(1);
  expect(stdout).toBe(
    [
      '- proxy/gone.ns',
      '',
      '+ proxy/fresh.ns',
      '',
      'web-7d9f8b6c5d-aaaaa.ns and web-5c6d7e8f9a-bbbbb.ns:',
      '  - listener/a',
      '  + listener/c',
      '',
    ].join('\n'),
  );
});

test('a section that one side lacks is said, not taken for removed', async () => {
  const dump = corpusFiles()['quirks/no-EndpointsConfigDump.config_dump.json'] ?? '';
  const whole = corpusFiles()['mixed/client-7d9f8b6c5-aaaaa.config_dump.json'] ?? '';
  const files = [directory.write('a.json', whole), directory.write('b.json', dump)] as const;
  const run = await diff(...files, '--view', 'endpoint', '--view', 'ecds', '--view', 'bootstrap');
  expect(run).toMatchObject({ exitCode: 0, stdout: '' });
  expect(run.stderr).toContain('has no endpoint section: it was not compared');
  const alone = await diff(...files, '--view', 'endpoint');
  expect(alone).toMatchObject({ exitCode: 65, stdout: '' });
  expect(alone.stderr).toContain('b.json has none of the sections to compare: EndpointsConfigDump');
});

test('dumps of which no section can be compared are not said to be the same', async () => {
  const untyped = (name: string): string => JSON.stringify({ configs: [{ dynamic_listeners: [{ name }] }] });
  const whole = corpusFiles()['mixed/client-7d9f8b6c5-aaaaa.config_dump.json'] ?? '';
  const [a, b] = [directory.write('untyped-a.json', untyped('a')), directory.write('untyped-b.json', untyped('b'))];
  const files = [a, b, directory.write('nothing.json', '{"configs": []}')];
  for (const [left, right] of [files, [files[2], directory.write('whole.json', whole)]]) {
    const run = await diff(left ?? '', right ?? '');
    expect(run).toMatchObject({ exitCode: 65, stdout: '' });
    expect(run.stderr).toContain('has none of the sections to compare: ListenersConfigDump');
  }
  // Envoy writes the section of discovered filters only where there are any.
  expect(await diff(a, b, '--view', 'ecds')).toMatchObject({ exitCode: 0 });
});

test('a request that cannot be judged has the status of its cause', async () => {
  const file = directory.write(
    'lost.yaml',
    'checks: [{name: lost, proxy: nobody.nowhere, request: {url: "http://x/"}}]',
  );
  const run = await diff(before, after, '--requests', file);
  expect(run.exitCode).toBe(69);
  expect(run.stderr).toMatch(/request lost cannot be judged: .*nobody/);
});

test('renewed certificates are no difference, other roots are', async () => {
  const run = await diff('deploy/reviews-v2.bookinfo', 'deploy/ratings-v1.bookinfo', '--sample', '--view', 'secret');
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatch(/certificateChain\[.*uris.*sa\/bookinfo-reviews/);
  expect(run.stdout).not.toContain('notAfter');
});

test.each<[what: string, args: () => readonly string[], status: number, says: RegExp]>([
  ['one side', () => [before], 64, /requires two/],
  ['a mesh and a proxy', () => [before, `${after}#${POD}`], 64, /has 5 proxies/],
  ['an unknown view', () => [before, after, '--view', 'listners'], 64, /Did you mean listener/],
  ['no such directory', () => ['./nowhere/', after], 69, /nowhere/],
  ['no such check file', () => [before, after, '--requests', './nowhere.yaml'], 69, /nowhere/],
])('%s', async (_what, args, status, says) => {
  const run = await diff(...args());
  expect(run).toMatchObject({ exitCode: status, stdout: '' });
  expect(run.stderr).toMatch(says);
});

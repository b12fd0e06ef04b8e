import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import CheckCommand from '../../src/commands/check';
import { corpusFiles } from '../helpers/corpora';
import { runCommand, type RunOptions } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

const POD = 'productpage-v1-6b746f74dc-9stvs';
const V2 = 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local';
const V3 = 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local';
const dump = directory.write('mesh/dump.json', corpusFiles()[`bookinfo/${POD}.config_dump.json`] ?? '');

const file = (name: string, text: string): string => directory.write(name, text);
const check = async (args: readonly string[], options: RunOptions = {}) =>
  await runCommand(CheckCommand, args, options);
const json = async (args: readonly string[], options: RunOptions = {}) => {
  const run = await check([...args, '-o', 'json'], options);
  return { ...JSON.parse(run.stdout), exitCode: run.exitCode };
};

const GOOD = `
proxy: productpage-v1.bookinfo
checks:
  - name: luffy meets v2
    request: {url: http://reviews:9080/reviews/0, method: GET, headers: {end-user: luffy}}
    expect: {verdict: delivered, cluster: ${V2}, hops: [{}, {listener: virtualInbound, direction: inbound}]}
  - name: others meet v3
    request: {url: http://reviews:9080/reviews/0}
    expect: {clusters: {"${V3}": 1}, pods: [reviews-v3-84779c7bbc-57sqk], not: {cluster: ${V2}}}
  - name: outbound capture is in place
    view: listener
    filter: {port: 15001}
    expect: {count: 1, jsonpath: {"$[0].name": virtualOutbound}}
`;

describe('mctl check', () => {
  it('judges requests and views of the sample', async () => {
    const report = await json([file('good.yaml', GOOD), '--sample']);
    expect(report).toMatchObject({ passed: 3, failed: 0, unjudged: 0, exitCode: 0 });
    expect(report.checks.map((one: any) => [one.name, one.passed, one.error, one.failures])).toEqual([
      ['luffy meets v2', true, null, []],
      ['others meet v3', true, null, []],
      ['outbound capture is in place', true, null, []],
    ]);
    expect(report.checks[0].trace).toMatchObject({
      verdict: 'delivered',
      hops: [{ proxy: `${POD}.bookinfo` }, { direction: 'inbound' }],
    });
    expect(report.checks[2].trace).toBeNull();
  });

  it('exits 1 for an unmet expectation, and tells what came', async () => {
    const path = file(
      'bad.yaml',
      `checks:\n  - {proxy: ${POD}.bookinfo, request: {url: http://reviews:9080/}, expect: {cluster: ${V2}, status: 404}}`,
    );
    const report = await json([path, '--sample']);
    expect(report).toMatchObject({ passed: 0, failed: 1, unjudged: 0, exitCode: 1 });
    expect(report.checks[0]).toMatchObject({
      passed: false,
      failures: [
        { key: 'status', expected: 404, actual: null },
        { key: 'cluster', expected: V2, actual: V3 },
      ],
      trace: { verdict: 'delivered' },
    });
  });

  it('goes on after a check that cannot be judged, and exits 69 or 65', async () => {
    const path = file(
      'lost.yaml',
      `checks:\n  - {name: lost, proxy: gone.bookinfo, request: {url: http://a/}}\n  - {name: there, proxy: ${POD}.bookinfo, request: {url: http://reviews:9080/}}`,
    );
    const lost = await json([path, '--sample']);
    expect(lost).toMatchObject({ passed: 1, failed: 0, unjudged: 1, exitCode: 69 });
    expect(lost.checks[0].error).toContain('no pod of the snapshot');
    const unnamed = file('unnamed.yaml', 'checks:\n  - request: {url: http://reviews:9080/}');
    expect(await json([unnamed, '--sample'])).toMatchObject({ unjudged: 1, exitCode: 65 });
    expect(await json([unnamed, '-f', join(directory.path, 'nothing.json')])).toMatchObject({
      unjudged: 1,
      exitCode: 69,
    });
    expect(await json([unnamed, '-f', file('text.json', 'hello')])).toMatchObject({ unjudged: 1, exitCode: 65 });
    const badUrl = file('url.yaml', 'checks:\n  - request: {url: "nonsense://"}');
    expect(await json([badUrl, '-f', dump])).toMatchObject({ unjudged: 1, exitCode: 65 });
  });

  it('reads a dump with -f, whatever proxy the file names', async () => {
    const [first, , third] = (await json([file('good.yaml', GOOD), '-f', dump])).checks;
    expect([first.trace.hops[0].clusters[0].name, third.passed]).toEqual([V2, true]);
  });

  it('takes the source of the file, beside it, unless the command line or another file names one', async () => {
    const inFile = file(
      'mesh/own.yaml',
      'source: {file: dump.json}\nchecks:\n  - request: {url: http://reviews:9080/}',
    );
    expect(await json([inFile])).toMatchObject({ passed: 1, exitCode: 0 });
    expect(await json([inFile], { env: { MCTL_SNAPSHOT: '/nowhere' } })).toMatchObject({ passed: 1, exitCode: 0 });
    expect(await json([inFile, '-f', '/nowhere'])).toMatchObject({ unjudged: 1, exitCode: 69 });
    const sample = file(
      'mesh/sample.yaml',
      `source: {sample: true}\nproxy: ${POD}.bookinfo\nchecks:\n  - request: {url: http://reviews:9080/}`,
    );
    expect(await json([inFile, sample])).toMatchObject({ passed: 2, exitCode: 0 });
    const two = file(
      'two.yaml',
      'source: {sample: true, snapshot: x}\nchecks:\n  - request: {url: http://reviews:9080/}',
    );
    expect(await json([two])).toMatchObject({ unjudged: 1, exitCode: 65 });
  });

  it('refuses a bad file before anything is judged, and a bad command line', async () => {
    const bad = await check([file('good.yaml', GOOD), file('typo.yaml', 'checks:\n  - requst: {}'), '--sample']);
    expect([bad.exitCode, bad.stdout]).toEqual([65, '']);
    expect(bad.stderr).toMatch(/typo\.yaml:2:5 checks\.0 has the unknown key requst: did you mean request\?/);
    expect((await check(['/nowhere.yaml'])).exitCode).toBe(69);
    for (const args of [[], ['x', '-o', 'html'], ['x', '--report', 'junit'], ['x', '--shard', '3/2'], ['x', 'x']]) {
      expect((await check(args)).exitCode).toBe(64);
    }
    expect((await check([file('good.yaml', GOOD), '--sample', '--grep', 'nothing'])).exitCode).toBe(64);
  });

  it('reads standard input, matrices and variables', async () => {
    const text = `proxy: ${POD}.bookinfo
checks:
  - matrix: {user: [luffy, zoro]}
    request: {url: "http://\${HOST}:9080/", headers: {end-user: "\${{ user }}"}}`;
    const report = await json(['-', '--sample'], { stdin: text, env: { HOST: 'reviews' } });
    expect(report.checks.map((one: any) => one.trace.hops[0].clusters[0].name)).toEqual([V2, V3]);
  });

  it('writes reports beside the printed one, whole or not at all', async () => {
    const reports = join(directory.path, 'reports');
    mkdirSync(reports);
    const flags = ['junit', 'tap', 'json', 'pretty'].flatMap((format) => [
      '--report',
      `${format}=${join(reports, format)}`,
    ]);
    const run = await check([file('good.yaml', GOOD), '--sample', '-o', 'tap', ...flags]);
    expect(readdirSync(reports).sort()).toEqual(['json', 'junit', 'pretty', 'tap']);
    expect(readFileSync(join(reports, 'tap'), 'utf8')).toBe(run.stdout);
    expect(readFileSync(join(reports, 'junit'), 'utf8')).toContain(
      '<testsuites name="mctl check" tests="3" failures="0" errors="0"',
    );
    const nowhere = ['--report', `json=${join(directory.path, 'no/such/file')}`];
    expect((await check([file('good.yaml', GOOD), '--sample', ...nowhere])).exitCode).toBe(69);
  });

  it('shares checks over shards and merges their reports', async () => {
    const text = `proxy: ${POD}.bookinfo\nchecks:\n${[1, 2, 3, 4, 5].map((number) => `  - {name: "c${number}", request: {url: "http://reviews:9080/"}, expect: {route: ${number === 4 ? 0 : 1}}}`).join('\n')}`;
    const path = file('five.yaml', text);
    const parts = [1, 2, 3].map((index) => join(directory.path, `part-${index}.json`));
    for (const [index, part] of parts.entries()) {
      await check([path, '--sample', '--coverage', '--shard', `${index + 1}/3`, '--report', `json=${part}`]);
    }
    const merged = await json(['--merge', ...parts]);
    expect(merged).toMatchObject({ passed: 4, failed: 1, unjudged: 0, exitCode: 1 });
    expect(merged.checks.map((one: any) => one.name)).toEqual(['c1', 'c2', 'c3', 'c4', 'c5']);
    const whole = await json([path, '--sample', '--coverage']);
    expect({ ...merged, exitCode: 1 }).toEqual(whole);
    expect((await check(['--merge', path])).exitCode).toBe(65);
  });

  it('tells what no check meets', async () => {
    const run = await check([file('good.yaml', GOOD), '--sample', '--coverage']);
    expect(run.stdout).toContain(`Coverage of ${POD}.bookinfo`);
    expect(run.stdout).toContain('9080 ratings.bookinfo.svc.cluster.local:9080 #0');
    expect(run.stdout).not.toContain('9080 reviews.bookinfo.svc.cluster.local:9080 #1');
    expect((await json([file('good.yaml', GOOD), '--sample'])).coverage).toBeUndefined();
  });

  it('annotates a GitHub Actions job on standard error', async () => {
    const path = file(
      'bad2.yaml',
      `proxy: ${POD}.bookinfo\nchecks:\n  - {name: bad, request: {url: http://reviews:9080/}, expect: {route: 0}}`,
    );
    const run = await check([path, '--sample', '-o', 'json'], { env: { GITHUB_ACTIONS: 'true' } });
    expect(run.stderr).toContain(`::error file=${path},line=3,title=bad::route: expected 0%0A`);
    expect(() => JSON.parse(run.stdout)).not.toThrow();
  });

  it('names files from the root of the working copy, and sums up on the page of the job', async () => {
    const root = join(directory.path, 'copy');
    mkdirSync(join(root, 'checks'), { recursive: true });
    const path = file(
      'copy/checks/bad.yaml',
      `proxy: ${POD}.bookinfo\nchecks:\n  - {name: "<b>|bad\\n", request: {url: http://reviews:9080/}, expect: {route: 0}}\n  - {name: bad, request: {url: http://reviews:9080/}}`,
    );
    const summary = join(root, 'summary.md');
    writeFileSync(summary, 'before\n');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: root, GITHUB_STEP_SUMMARY: summary };
    const run = await check([path, '--sample', '-o', 'junit'], { env });
    expect(run.stderr).toContain('::error file=checks/bad.yaml,line=3,');
    expect(run.stdout).toMatch(/classname="checks\/bad" file="checks\/bad.yaml" line="3" time="\d+\.\d{3}"/);
    const text = readFileSync(summary, 'utf8');
    expect(text).toContain('before\n### ❌ mctl check: 1 passed, 1 failed\n');
    expect(text).toContain(
      '<summary>❌ &lt;b&gt;|bad\\x0a <code>checks/bad.yaml:3</code></summary>\n<pre>route: expected 0\n',
    );
    expect((await check([path, '--sample'], { env: { GITHUB_STEP_SUMMARY: join(root, 'no', 'x') } })).exitCode).toBe(
      69,
    );
  });

  it('stops at the first that does not pass with --bail, and takes some by name with --grep', async () => {
    const text = `proxy: ${POD}.bookinfo\nchecks:\n${['a', 'b', 'ab'].map((name) => `  - {name: ${name}, request: {url: "http://reviews:9080/"}, expect: {route: 0}}`).join('\n')}`;
    const path = file('bail.yaml', text);
    expect((await json([path, '--sample', '--bail'])).checks).toHaveLength(1);
    expect((await json([path, '--sample', '--grep', 'b'])).checks.map((one: any) => one.name)).toEqual(['b', 'ab']);
  });

  it('judges hundreds of requests over one load of a dump', async () => {
    const requests = Array.from({ length: 500 }, (_, index) => ({
      request: { url: `http://reviews:9080/reviews/${index}`, headers: index % 2 === 0 ? { 'end-user': 'luffy' } : {} },
      expect: { cluster: index % 2 === 0 ? V2 : V3 },
    }));
    const path = file('many.json', JSON.stringify({ proxy: `${POD}.bookinfo`, checks: requests }));
    expect(await json([path, '--sample'])).toMatchObject({ passed: 500, failed: 0, unjudged: 0, exitCode: 0 });
  });

  it('makes what a terminal would obey visible', async () => {
    const path = file(
      'esc.yaml',
      `proxy: ${POD}.bookinfo\nchecks:\n  - {name: "\\e[31mred", request: {url: http://reviews:9080/}}`,
    );
    const run = await check([path, '--sample'], { terminal: 100 });
    expect(run.stdout).toContain('\\x1b[31mred');
  });
});

describe('mctl check --generate', () => {
  it('writes a file that passes on the mesh that it came from', async () => {
    const made = await check(['--generate', 'deploy/productpage-v1.bookinfo', '--sample']);
    expect([made.exitCode, made.stderr]).toEqual([0, '8 checks.\n']);
    expect(made.stdout).toContain('proxy: deploy/productpage-v1.bookinfo');
    const [schema = ''] = made.stdout.split('\n');
    const path = /^# yaml-language-server: \$schema=(.+)$/.exec(schema)?.[1] ?? '';
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ title: 'mctl check file' });
    const report = await json([file('generated.yaml', made.stdout), '--sample', '--coverage']);
    expect(report).toMatchObject({ passed: 8, failed: 0, unjudged: 0 });
    expect(report.coverage[0].routes.missed).toEqual([]);
  });

  it('writes JSON, too, and takes one proxy', async () => {
    const made = await check(['--generate', '-f', dump, '-o', 'json']);
    expect(JSON.parse(made.stdout).checks).toHaveLength(8);
    expect(await json([file('generated.json', made.stdout)])).toMatchObject({ passed: 8, failed: 0 });
    const ambient = await check(['--generate', '--sample=ambient', 'waypoint-64b5d-xyz.bookinfo']);
    expect(ambient.stdout).toContain('source:\n  sample: ambient\n');
    expect((await check(['--generate', 'a', 'b', '--sample'])).exitCode).toBe(64);
  });

  it.each([
    [
      ['-o', 'tap'],
      'invalid argument "tap" for "--output" flag: check --generate writes a check file\nFormats with --generate: yaml, json.',
    ],
    [['-o', 'junit'], 'invalid argument "junit" for "--output" flag'],
    [['--report', 'junit=report.xml'], '--report is for checks that are judged'],
  ])('refuses formats of reports: %j', async (words, told) => {
    const made = await check(['--generate', '-f', dump, ...words]);
    expect([made.exitCode, made.stdout]).toEqual([64, '']);
    expect(made.stderr).toContain(told);
  });

  it('writes YAML where that is asked for, as where nothing is', async () => {
    const [plain, yaml] = [
      await check(['--generate', '-f', dump]),
      await check(['--generate', '-f', dump, '-o', 'yaml']),
    ];
    expect(yaml.stdout).toBe(plain.stdout);
  });
});

describe('what is a mistake, and not a result', () => {
  const one = (expect: string): string =>
    `source: {sample: true}\nproxy: deploy/productpage-v1.bookinfo\nchecks:\n- request: {url: "http://reviews:9080/"}\n  expect: ${expect}\n`;

  it.each([
    ['no check', 'source: {sample: true}\nchecks: []\n', 'the file holds no check'],
    ['a misspelt reason', one('{not: {reason: no-vhost}}'), 'must be one of'],
    ['a misspelt verdict', one('{verdict: deliverd}'), 'did you mean delivered?'],
  ])('a file with %s', async (_what, text, message) => {
    const run = await check([file('mistake.yaml', text)]);
    expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining(message)]);
  });

  it('a merge without a shard, with one twice, or of two runs', async () => {
    const checks = file('shards.yaml', one('{verdict: delivered}').replace(/(- request.*\n.*\n)/, '$1$1$1'));
    const shard = async (name: string, part: string): Promise<string> => {
      const path = `${directory.path}/${name}`;
      expect((await check([checks, '--shard', part, '--report', `json=${path}`])).exitCode).toBe(0);
      return path;
    };
    expect(await check(['--merge', checks, checks])).toMatchObject({ exitCode: 65 });
    const [a, b, c] = [await shard('a.json', '1/3'), await shard('b.json', '2/3'), await shard('c.json', '3/3')];
    expect((await check(['--merge', c, a, b])).exitCode).toBe(0);
    expect(await check(['--merge', a, c])).toMatchObject({
      exitCode: 65,
      stderr: expect.stringContaining('shard 2 of 3 is missing'),
    });
    expect((await check(['--merge', a, b, c, a])).stderr).toContain('shard 1 of 3 is there twice');
    expect((await check(['--merge', a, await shard('d.json', '2/2')])).stderr).toContain(
      'cut into 3 and into 2 shards',
    );
  });
});

describe('mctl check --generate', () => {
  it('names the source, so that the file runs as it is', async () => {
    const made = await check(['--generate', 'deploy/productpage-v1.bookinfo', '--sample']);
    expect(made.stdout).toContain('source:\n  sample: true\n');
    expect((await check([file('generated.yaml', made.stdout)])).exitCode).toBe(0);
    const saved = await check(['--generate', '-f', dump, '-o', 'json']);
    expect(JSON.parse(saved.stdout).source).toEqual({ file: [dump] });
  }, 60_000);

  it('takes --mode, which nothing else does', async () => {
    const made = await check(['--generate', '-f', dump, '--mode', 'inbound', '-o', 'json']);
    for (const { request } of JSON.parse(made.stdout).checks) expect(request.mode).toBe('inbound');
    expect((await check([file('a.yaml', GOOD), '--mode', 'inbound'])).exitCode).toBe(64);
  }, 60_000);
});

test('manifests name the line of YAML below a check that failed', async () => {
  const manifests = temporaryDirectory();
  manifests.write(
    'routes.yaml',
    'kind: VirtualService\nmetadata: {name: reviews, namespace: bookinfo}\nspec:\n  http:\n    - match: [{headers: {end-user: {exact: luffy}}}]\n',
  );
  const request = "request: {url: 'http://reviews:9080/', headers: {end-user: luffy}, originalDst: '10.0.0.1:9080'}";
  const path = file('manifests.yaml', `checks:\n  - name: luffy\n    ${request}\n    expect: {cluster: nope}\n`);
  const run = await check([path, '-f', dump, '--manifests', manifests.path]);
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain(`VirtualService reviews: ${manifests.path}/routes.yaml:5 (spec.http[0].match[0])`);
  expect((await check([path, '-f', dump])).stdout).not.toContain('routes.yaml');
});

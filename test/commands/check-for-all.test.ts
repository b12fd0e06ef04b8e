/** `forAll` in check files: the same of every request, with a counterexample. */
import CheckCommand from '../../src/commands/check';
import { githubAnnotations } from '../../src/lib/check/report/github-report';
import { jsonReportText, parseJsonReport } from '../../src/lib/check/report/json-report';
import { reportOf } from '../../src/lib/check/result';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

const V2 = 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local';
const V3 = 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local';

async function judged(checks: readonly object[]) {
  const file = directory.write(
    'checks.json',
    JSON.stringify({ proxy: 'productpage-v1-6b746f74dc-9stvs.bookinfo', checks }),
  );
  const run = await runCommand(CheckCommand, [file, '--sample', '-o', 'json']);
  return { exitCode: run.exitCode, ...JSON.parse(run.stdout) };
}

it("holds of luffy's rule that it touches nobody else", async () => {
  const request = { url: 'http://reviews:9080' };
  const { exitCode, checks } = await judged([
    { forAll: { request, where: ['!header:end-user=luffy'] }, expect: { cluster: V3 } },
    { forAll: { request: { ...request, headers: { 'End-User': 'luffy' } } }, expect: { cluster: V2 } },
    { forAll: { request: { url: 'http://reviews:9080/reviews/*', method: 'GET' } }, expect: { verdict: 'delivered' } },
    { forAll: {}, expect: null },
  ]);
  expect(exitCode).toBe(0);
  for (const one of checks) {
    expect(one).toMatchObject({ passed: true, failures: [], trace: null });
    expect(one).not.toHaveProperty('counterexample');
  }
});

it('shows a request that is otherwise, with its trace', async () => {
  const forAll = { request: { url: 'http://reviews:9080' } };
  const { exitCode, checks } = await judged([{ forAll, expect: { cluster: V3 } }]);
  expect(exitCode).toBe(1);
  expect(checks).toEqual([
    expect.objectContaining({
      name: 'every request http://reviews:9080',
      passed: false,
      error: null,
      failures: [{ key: 'cluster', expected: V3, actual: V2 }],
      counterexample: { url: 'http://reviews:9080/', headers: { 'end-user': 'luffy' } },
      trace: expect.objectContaining({ verdict: 'delivered' }),
    }),
  ]);
});

it('tells the counterexample in annotations and reports for people', () => {
  const result = {
    name: 'all',
    passed: false,
    error: null,
    failures: [{ key: 'status', expected: 403, actual: 200 }],
    trace: null,
    counterexample: { url: 'http://a:80/\u001b[31m', headers: { x: "it's" } },
    file: 'checks.yaml',
    line: 3,
    proxy: null,
    exitStatus: null,
    seconds: 0,
  };
  const report = reportOf([result], null);
  const [annotation] = githubAnnotations(report);
  expect(annotation).toContain("counterexample: $'http://a:80/\\033[31m' -H 'x: it'\\''s'");
  expect(parseJsonReport('report', [...jsonReportText(report)].join('')).checks[0]).toMatchObject({
    counterexample: result.counterexample,
  });
});

it('is not judged where no request meets the conditions, or they are none', async () => {
  const { exitCode, checks } = await judged([
    { forAll: { where: ['host=a', 'host=b'] }, expect: { verdict: 'delivered' } },
    { forAll: { where: ['hots=a'] }, expect: { verdict: 'delivered' } },
    { forAll: { request: { url: 'reviews' } }, expect: { verdict: 'delivered' } },
  ]);
  expect(exitCode).toBe(65);
  expect(checks.map(({ error }: { error: string }) => error)).toEqual([
    expect.stringContaining('no request meets the conditions of forAll'),
    expect.stringContaining('hots=a is not a condition'),
    expect.stringContaining('http://HOST[:PORT][/PATH]'),
  ]);
});

it('fails where a bound keeps requests from being divided', async () => {
  const { exitCode, checks } = await judged([
    { forAll: { maxClasses: 1, where: ['port=9080'] }, expect: { verdict: 'delivered' } },
  ]);
  expect(exitCode).toBe(1);
  expect(checks[0].failures[0]).toMatchObject({ key: 'forAll', expected: 'every request is divided' });
});

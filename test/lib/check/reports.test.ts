import fc from 'fast-check';
import { Parser } from 'tap-parser';
import { githubAnnotations } from '../../../src/lib/check/report/github-report';
import { jsonReport, jsonReportText, mergeReports, parseJsonReport } from '../../../src/lib/check/report/json-report';
import { junitReport } from '../../../src/lib/check/report/junit-report';
import { prettyReport } from '../../../src/lib/check/report/pretty-report';
import { tapReport } from '../../../src/lib/check/report/tap-report';
import { type CheckReport, type CheckResult, exitStatusOf, reportOf } from '../../../src/lib/check/result';
import { InputError } from '../../../src/lib/errors';
import { renderJson } from '../../../src/lib/render/structured';
import { readJunit } from '../../helpers/junit';
import { fakeTrace } from '../../helpers/fake-trace';

const passed: CheckResult = {
  name: 'good',
  passed: true,
  error: null,
  failures: [],
  trace: fakeTrace(),
  file: 'a.yaml',
  line: 2,
  proxy: 'web-1.shop',
  exitStatus: null,
  seconds: 0.25,
};
const failed: CheckResult = {
  ...passed,
  name: 'bad # "one" <two> & \\three\nlines',
  passed: false,
  failures: [
    { key: 'cluster', expected: 'outbound|9080|v1|reviews', actual: ['a', 'b'] },
    { key: 'not.verdict', expected: 'delivered', actual: 'delivered' },
  ],
  line: 7,
};
const unjudged: CheckResult = {
  ...passed,
  name: 'lost',
  passed: false,
  error: 'no cluster: 50% ]]> \u0007\u001b[31m',
  trace: null,
  file: 'b,c.yaml',
  proxy: null,
  exitStatus: 69,
};
const report = reportOf([passed, failed, unjudged], null);

describe('JUnit', () => {
  it('is read back by a parser', () => {
    const suites = readJunit(junitReport(report));
    expect(suites).toMatchObject({ name: 'mctl check', tests: 3, failures: 1, errors: 1 });
    expect(suites.testsuite).toMatchObject([
      { name: 'a.yaml', tests: 2, failures: 1, errors: 0 },
      { name: 'b,c.yaml', tests: 1, failures: 0, errors: 1 },
    ]);
    const [one, two] = suites.testsuite[0].testcase;
    expect(one).toMatchObject({ name: 'good', classname: 'a', time: 0.25 });
    expect(one.failure).toBeUndefined();
    expect(two.name).toBe(failed.name.replace('\n', '\\x0a'));
    expect(two.failure[0].message).toContain('cluster: expected outbound|9080|v1|reviews, actual ["a","b"]');
    expect(two.failure[0].inner).toContain('web-1.shop: route matched: prefix / holds');
    const [three] = suites.testsuite[1].testcase;
    expect(three.error[0].message).toBe('no cluster: 50% ]]> \\x07\\x1b[31m');
  });

  it('is well-formed whatever the texts hold', () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), 100);
    const checks = texts.map((name) => ({ ...unjudged, name, error: name, file: 'x' }));
    expect(readJunit(junitReport(reportOf(checks, null))).testsuite[0].testcase).toHaveLength(100);
  });
});

describe('TAP', () => {
  it('is read back by a parser', () => {
    const events = Parser.parse(tapReport(report), { strict: true });
    const points = events.filter((event: any) => event[0] === 'assert').map((event: any) => event[1]);
    expect(points).toMatchObject([
      { ok: true, id: 1, name: 'good' },
      {
        ok: false,
        id: 2,
        name: 'bad # "one" <two> & \\three\\x0alines',
        diag: { severity: 'fail', at: { file: 'a.yaml', line: 7 } },
      },
      { ok: false, id: 3, name: 'lost', diag: { severity: 'error', message: unjudged.error } },
    ]);
    expect(points[1].diag.failures).toEqual(failed.failures);
    const complete: any = events.find((event: any) => event[0] === 'complete')?.[1];
    expect(complete).toMatchObject({ count: 3, pass: 1, fail: 2, bailout: false });
    expect(complete.failures.filter((one: any) => one.tapError)).toEqual([]);
  });

  it('holds whatever the texts hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const events = Parser.parse(tapReport(reportOf([{ ...unjudged, name: text, error: text }, passed], null)), {
          strict: true,
        });
        const complete: any = events.find((event: any) => event[0] === 'complete')?.[1];
        expect(complete).toMatchObject({ count: 2, pass: 1, fail: 1 });
        const point: any = events.find((event: any) => event[0] === 'assert')?.[1];
        expect([point.todo, point.skip]).toEqual([false, false]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('JSON', () => {
  it('is what the documentation says', () => {
    const value = JSON.parse(JSON.stringify(jsonReport(report)));
    expect(Object.keys(value)).toEqual(['passed', 'failed', 'unjudged', 'checks']);
    expect(value).toMatchObject({ passed: 1, failed: 1, unjudged: 1 });
    expect(Object.keys(value.checks[0]).slice(0, 5)).toEqual(['name', 'passed', 'error', 'failures', 'trace']);
  });

  it('is written a check at a time, as one text would be', () => {
    const coverage = [
      {
        proxy: 'p<',
        virtualHosts: { total: 1, missed: ['a'] },
        routes: { total: 0, missed: [] },
        clusters: { total: 0, missed: [] },
      },
    ];
    for (const one of [report, reportOf([], null), reportOf([passed], coverage), reportOf([], coverage)]) {
      expect([...jsonReportText(one)].join('')).toBe(renderJson(jsonReport(one)));
    }
  });

  it('is read back, and several merge into one', () => {
    const covered = (missed: string[]) => ({ total: 3, missed });
    const coverage = (missed: string[]) => [
      { proxy: 'p', virtualHosts: covered(missed), routes: covered(missed), clusters: covered(missed) },
    ];
    const parts = [reportOf([passed, unjudged], coverage(['a', 'b'])), reportOf([failed], coverage(['b', 'c']))];
    const read = parts.map((part) => parseJsonReport('r.json', JSON.stringify(jsonReport(part))));
    const timeless = ({ checks, ...rest }: CheckReport) => ({
      ...rest,
      checks: checks.map((one) => ({ ...one, seconds: 0 })),
    });
    expect(read).toEqual(parts.map(timeless));
    const shard = reportOf([passed, failed], null, { index: 1, count: 1 });
    const text = [...jsonReportText(shard)].join('');
    expect(text).toBe(renderJson(jsonReport(shard)));
    expect(parseJsonReport('r.json', text)).toEqual(shard);
    const merged = mergeReports(read);
    expect(merged).toMatchObject({ passed: 1, failed: 1, unjudged: 1, coverage: coverage(['b']) });
    expect(exitStatusOf(merged)).toBe(69);
  });

  it.each(['', '[]', '{}', '{"checks": [{"name": 1}]}'])('refuses %j', (text) => {
    expect(() => parseJsonReport('r.json', text)).toThrow(InputError);
  });
});

describe('pretty', () => {
  it('shows the part of the trace that differs', () => {
    expect(prettyReport(report, { colour: false })).toBe(`a.yaml
  ✓ good
  ✗ bad # "one" <two> & \\three\\x0alines  a.yaml:7
      cluster: expected outbound|9080|v1|reviews
                 actual ["a","b"]
      not.verdict: delivered must not be
      The request is delivered.
      web-1.shop: route matched: prefix / holds
        not luffy: header end-user luffy wanted
        and 2 more

b,c.yaml
  ! lost  b,c.yaml:2
      no cluster: 50% ]]> \\x07\\x1b[31m

1 passed, 1 failed, 1 could not be judged
`);
  });

  it('colours only where asked to', () => {
    expect(prettyReport(report, { colour: true })).toContain('\u001b[31m✗');
  });
});

describe('GitHub annotations', () => {
  it('escape what would end them', () => {
    const [first, second] = githubAnnotations(report);
    expect(first).toMatch(
      /^::error file=a\.yaml,line=7,title=bad # "one" <two> & \\three\\x0alines::cluster: expected/,
    );
    expect(second).toMatch(/^::error file=b%2Cc\.yaml,line=2,title=not judged%3A lost::no cluster: 50%25 /);
    expect(githubAnnotations(report)).toHaveLength(2);
  });
});

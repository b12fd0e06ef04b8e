import fc from 'fast-check';
import { CoverageCollector } from '../../../src/lib/check/coverage';
import { parseCheckFile } from '../../../src/lib/check/parse-check-file';
import { exitStatusOf, reportOf } from '../../../src/lib/check/result';
import { type Judge, runChecks, type RunOptions } from '../../../src/lib/check/run-checks';
import { parseShard, shardOf } from '../../../src/lib/check/shard';
import { InputError, UnavailableError, UsageError } from '../../../src/lib/errors';
import type { TraceQuery } from '../../../src/lib/trace/request/query';
import { fakeTrace } from '../../helpers/fake-trace';
import { corpusConfig } from '../../helpers/proxy-config';

const asked: TraceQuery[] = [];

async function judge(more: Partial<Judge> = {}): Promise<Judge> {
  return {
    proxy: 'web-1.shop',
    config: await corpusConfig('bookinfo', 'productpage-v1-6b746f74dc-9stvs'),
    trace: (query) => {
      asked.push(query);
      return Promise.resolve(fakeTrace());
    },
    ...more,
  };
}

const quiet: RunOptions = { bail: null, prover: null, keepTraces: true, onResult: () => undefined };

async function run(text: string, judgeOf: () => Promise<Judge> = () => judge(), options = quiet) {
  const { checks } = parseCheckFile('checks.yaml', text, {});
  return reportOf(await runChecks(checks, judgeOf, options), null);
}

describe('runChecks', () => {
  it('passes, fails, and passes without an expectation', async () => {
    const report = await run(`checks:
  - {name: good, request: {url: http://a/}, expect: {verdict: delivered}}
  - {name: bad, request: {url: http://a/}, expect: {verdict: denied}}
  - {name: told, request: {url: http://a/}}`);
    expect(report).toMatchObject({ passed: 2, failed: 1, unjudged: 0 });
    expect(report.checks[1]).toEqual({
      name: 'bad',
      passed: false,
      error: null,
      failures: [{ key: 'verdict', expected: 'denied', actual: 'delivered' }],
      trace: fakeTrace(),
      file: 'checks.yaml',
      line: 3,
      proxy: 'web-1.shop',
      exitStatus: null,
      seconds: expect.any(Number),
    });
    expect(exitStatusOf(report)).toBe(1);
  });

  it.each([
    [new UnavailableError('no cluster', { hint: 'Start it.' }), 'no cluster. Start it.', 69],
    [new InputError('not a dump'), 'not a dump', 65],
    [new UsageError('must be named'), 'must be named', 65],
    [new TypeError('x is undefined'), 'mctl itself failed: x is undefined', 70],
  ])('goes on after %s, and never takes it for an unmet expectation', async (thrown, error, status) => {
    let first = true;
    const report = await run(
      'checks:\n  - request: {url: http://a/}\n  - {request: {url: http://b/}, expect: {verdict: denied}}',
      async () => {
        if (!first) return await judge();
        first = false;
        throw thrown;
      },
    );
    expect(report).toMatchObject({ passed: 0, failed: 1, unjudged: 1 });
    expect(report.checks[0]).toMatchObject({ passed: false, error, failures: [], trace: null, exitStatus: status });
    expect(exitStatusOf(report)).toBe(status);
  });

  it('hands the request over as trace takes it', async () => {
    asked.length = 0;
    await run(`checks:
  - request:
      url: http://a/
      headers: [[Host, x], [a, 1], [a, true]]
      httpVersion: 1.0
      originalDst: "[::1]:80"
      resolve: "a:80:1.2.3.4"
      alpn: "h2, http/1.1,"
      sni: ""
      claim: {sub: 5}
      claims: ["iss=a=b"]`);
    expect(asked[0]).toEqual({
      url: 'http://a/',
      headers: [
        ['Host', 'x'],
        ['a', '1'],
        ['a', 'true'],
      ],
      httpVersion: '1.0',
      originalDst: { ip: '::1', port: 80 },
      resolve: [{ host: 'a', port: 80, ip: '1.2.3.4' }],
      alpn: ['h2', 'http/1.1'],
      sni: '',
      claims: { iss: 'a=b', sub: '5' },
    });
    const report = await run('checks:\n  - request: {url: http://a/, originalDst: nowhere}');
    expect(report.checks[0]?.error).toContain('is not an address and port');
    expect(exitStatusOf(report)).toBe(65);
  });

  it('judges views by count and JSONPath', async () => {
    const report = await run(`checks:
  - {view: listener, filter: {port: 15001}, expect: {count: 1, jsonpath: {"$[0].name": virtualOutbound, "{[*].address.socketAddress.portValue}": 15001}}}
  - {view: cluster, filter: {fqdn: reviews.bookinfo, direction: outbound}, expect: {count: 5, jsonpath: {"$[*].name": ["outbound|9080||reviews.bookinfo.svc.cluster.local", "outbound|9080|v1|reviews.bookinfo.svc.cluster.local", "outbound|9080|v2|reviews.bookinfo.svc.cluster.local", "outbound|9080|v3|reviews.bookinfo.svc.cluster.local", "outbound|9080|v9|reviews.bookinfo.svc.cluster.local"]}}}
  - {view: route, filter: {name: "9080"}, expect: {count: 2, jsonpath: {"$[0].nothing": null, "$[5]": [], "$[0].name": "80"}}}
  - {view: endpoint, filter: {cluster: "outbound|9080|v2|reviews.bookinfo.svc.cluster.local"}, expect: {count: 1}}
  - {view: route, expect: {jsonpath: {"$[(@.length - 1)]": 1}}}`);
    expect(report.checks.map((check) => check.failures)).toEqual([
      [],
      [],
      [
        { key: 'count', expected: 2, actual: 1 },
        { key: 'jsonpath $[0].name', expected: '80', actual: '9080' },
      ],
      [],
      [],
    ]);
    expect(report.checks.map((check) => check.trace)).toEqual([null, null, null, null, null]);
    expect(report.checks[4]?.error).toContain('JSONPath');
  });

  it('stops after the first that did not pass, where asked to', async () => {
    const seen: number[] = [];
    const options = { bail: 1, keepTraces: false, onResult: (_result: unknown, done: number) => seen.push(done) };
    const text = `checks:\n${'  - {request: {url: http://a/}, expect: {verdict: denied}}\n'.repeat(3)}`;
    expect((await run(text, () => judge(), options as never)).checks).toHaveLength(1);
    expect(seen).toEqual([1]);
  });

  it('covers what traces meet', async () => {
    const { config } = await judge();
    const collector = new CoverageCollector();
    const name = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
    const host = 'reviews.bookinfo.svc.cluster.local:9080';
    const [hop] = fakeTrace().hops;
    const cluster = 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local';
    collector.add(
      fakeTrace({
        hops: [
          {
            ...hop!,
            proxy: name,
            virtualHost: { name: host, domain: 'reviews' },
            clusters: [{ name: cluster, share: 1, type: 'EDS', endpoints: [] }],
          },
        ],
      }),
    );
    const [coverage] = collector.of(new Map([[name, config]]));
    expect(coverage?.virtualHosts.missed).not.toContain(`9080 ${host}`);
    expect(coverage?.virtualHosts.missed).toContain('9080 ratings.bookinfo.svc.cluster.local:9080');
    expect(coverage?.routes.missed).toContain(`9080 ${host} #0`);
    expect(coverage?.routes.missed).not.toContain(`9080 ${host} #1`);
    expect(coverage?.clusters.missed).not.toContain(cluster);
    expect(coverage?.clusters.missed).toHaveLength((coverage?.clusters.total ?? 0) - 1);
    expect(coverage?.clusters.missed).not.toContain('prometheus_stats');
  });
});

it('hands over each result, and waits for whoever prints it, before the next check is judged', async () => {
  const events: string[] = [];
  const judgeOf = async (): Promise<Judge> => {
    events.push('judged');
    return await judge();
  };
  await run('checks: [{name: a, request: {url: http://a/}}, {name: b, request: {url: http://b/}}]', judgeOf, {
    ...quiet,
    keepTraces: false,
    onResult: async (result, done, total, kept) => {
      expect([result.trace === null, kept.trace]).toEqual([false, null]);
      await new Promise(setImmediate);
      events.push(`printed ${kept.name}, ${done} of ${total}`);
    },
  });
  expect(events).toEqual(['judged', 'printed a, 1 of 2', 'judged', 'printed b, 2 of 2']);
});

describe('shards', () => {
  it('share every check once', () => {
    const items = Array.from({ length: 11 }, (_, index) => index);
    for (const count of [1, 2, 3, 11, 20]) {
      const parts = Array.from({ length: count }, (_, index) => shardOf(items, { index: index + 1, count }));
      expect(parts.flat()).toEqual(items);
      expect(
        Math.max(...parts.map((part) => part.length)) - Math.min(...parts.map((part) => part.length)),
      ).toBeLessThan(2);
    }
  });

  it('keep the checks of a proxy together, whatever stands between them', () => {
    const items = ['a1', 'b1', 'a2', 'b2', 'a3', 'b3'];
    const parts = [1, 2].map((index) => shardOf(items, { index, count: 2 }, (item) => item.charAt(0)));
    expect(parts).toEqual([
      ['a1', 'a2', 'a3'],
      ['b1', 'b2', 'b3'],
    ]);
  });

  it('never divide the checks of one proxy where that leaves parts nearly even, and share every check once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        (sizes, count) => {
          const items = sizes.flatMap((size, proxy) => Array.from({ length: size }, (_, n) => `${proxy} ${n}`));
          const proxyOf = (item: string): string => item.split(' ')[0] ?? '';
          const parts = Array.from({ length: count }, (_, n) => shardOf(items, { index: n + 1, count }, proxyOf));
          expect([...parts.flat()].sort()).toEqual([...items].sort());
          const size = items.length / count;
          for (const part of parts) expect(Math.abs(part.length - size)).toBeLessThanOrEqual(size + 1);
          if (size <= Math.max(...sizes)) return;
          const jobs = parts.flatMap((part) => [...new Set(part.map(proxyOf))]);
          expect(jobs).toHaveLength(sizes.length);
        },
      ),
    );
  });

  it.each(['0/2', '3/2', '1', 'a/b', '1/0', '1/2/3'])('refuses %s', (text) => {
    expect(() => parseShard(text)).toThrow(UsageError);
  });
});

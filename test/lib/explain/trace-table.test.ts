import fc from 'fast-check';
import { renderTrace, streamedTraceJson } from '../../../src/lib/explain/render-trace';
import { traceJson } from '../../../src/lib/explain/trace-json';
import { traceTable } from '../../../src/lib/explain/trace-table';
import type { Trace } from '../../../src/lib/trace/model';
import { hostileTrace } from '../../helpers/hostile';
import { traceOf, WEIGHTED_CLUSTERS } from '../../helpers/traces';

const OPTIONS = { width: 80, colour: false, explain: false };

describe('a trace as a table', () => {
  it('has a row for each step, a verdict for each walk', () => {
    const { rows } = traceTable(WEIGHTED_CLUSTERS);
    const steps = [WEIGHTED_CLUSTERS, ...WEIGHTED_CLUSTERS.branches].flatMap(({ hops }) =>
      hops.flatMap((hop) => hop.steps),
    );
    expect(rows).toHaveLength(steps.length + 6);
    expect(rows.filter(([, stage]) => stage === 'verdict').map((row) => row[3])).toEqual(['failed', 'failed']);
  });

  it('fits the terminal', async () => {
    const lines = (await renderTrace(WEIGHTED_CLUSTERS, 'table', OPTIONS)).trimEnd().split('\n');
    expect(lines.every((line) => Array.from(line).length <= 80)).toBe(true);
  });

  it('lets no control character of a dump through', async () => {
    await fc.assert(
      fc.asyncProperty(hostileTrace, async (trace) => {
        expect(await renderTrace(trace, 'table', OPTIONS)).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
        );
      }),
      { numRuns: 20 },
    );
  });
});

describe('a trace as JSON', () => {
  it('is the trace', async () => {
    expect(JSON.parse(await renderTrace(WEIGHTED_CLUSTERS, 'json', OPTIONS))).toEqual(
      JSON.parse(JSON.stringify(WEIGHTED_CLUSTERS)),
    );
  });

  it('has no facts of its steps, wherever it is printed', () => {
    expect(JSON.stringify(traceOf())).not.toContain('facts');
    expect(JSON.stringify({ ...traceOf().hops[0]?.steps[0] })).not.toContain('facts');
  });

  it('has its fields in the documented order, others behind them', () => {
    const shuffled = Object.fromEntries([...Object.entries({ ...traceOf(), more: 1 })].reverse()) as unknown as Trace;
    expect(Object.keys(traceJson(shuffled))).toEqual([
      'request',
      'verdict',
      'reason',
      'status',
      'responseFlags',
      'location',
      'policy',
      'summary',
      'hops',
      'branches',
      'more',
    ]);
  });
});

describe('a trace as YAML', () => {
  it('is the trace', async () => {
    const { parse } = await import('yaml');
    expect(parse(await renderTrace(WEIGHTED_CLUSTERS, 'yaml', OPTIONS))).toEqual(
      JSON.parse(JSON.stringify(WEIGHTED_CLUSTERS)),
    );
  });
});

it('gives the JSON of a route to thousands of clusters in pieces, which are the same text', async () => {
  const [hop, ...others] = WEIGHTED_CLUSTERS.hops;
  const [cluster] = hop?.clusters ?? [];
  if (hop === undefined || cluster === undefined) throw new Error('the trace has no cluster');
  const clusters = Array.from({ length: 5000 }, (_unused, n) => ({ ...cluster, name: `c${n}` }));
  const trace = { ...WEIGHTED_CLUSTERS, hops: [{ ...hop, clusters }, ...others] };
  const pieces = [...streamedTraceJson(trace)];
  expect(pieces.join('')).toBe(await renderTrace(trace, 'json', OPTIONS));
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(200_000);
});

import fc from 'fast-check';
import { renderDot } from '../../../src/lib/explain/graph/dot';
import { renderMermaid } from '../../../src/lib/explain/graph/mermaid';
import { traceGraph } from '../../../src/lib/explain/graph/trace-graph';
import { step } from '../../helpers/told';
import { DOT_LINE, MERMAID_LINE } from '../../helpers/graph-lines';
import { expectGolden } from '../../helpers/golden';
import { hostileTrace } from '../../helpers/hostile';
import { ALL, clusterOf, OUTBOUND, traceOf, WEIGHTED_CLUSTERS } from '../../helpers/traces';

describe('the graph of a trace', () => {
  it('is as in its golden files', () => {
    expectGolden('explain/weighted-clusters.mmd', renderMermaid(traceGraph(WEIGHTED_CLUSTERS)));
    expectGolden('explain/weighted-clusters.dot', renderDot(traceGraph(WEIGHTED_CLUSTERS)));
  });

  it('draws what branches share once, and writes the share where they part', () => {
    const { groups, edges } = traceGraph(WEIGHTED_CLUSTERS);
    const nodes = groups.flatMap((group) => group.nodes);
    expect(nodes.filter(({ lines }) => lines[0] === 'virtual host')).toHaveLength(1);
    expect(nodes.filter(({ kind }) => kind === 'end').map(({ lines }) => lines[0])).toEqual([
      'delivered',
      'failed (no-healthy-endpoint) 503 UH',
    ]);
    expect(edges.filter(({ text }) => /^\d+%/.test(text)).map(({ text }) => text)).toEqual([
      '90%: EDS, LEAST_REQUEST',
      '10%',
    ]);
  });

  it('draws the main way, which has a share as a trace gives it, in whole lines and without the share', () => {
    const own = traceGraph({ ...WEIGHTED_CLUSTERS, share: 0.9 });
    expect(own).toEqual(traceGraph(WEIGHTED_CLUSTERS));
    expect(own.edges[0]).toMatchObject({ isBranch: false });
    expect(own.edges[0]?.text).not.toMatch(/^\d+%/);
  });

  it('draws three endpoints of a cluster and counts the rest', () => {
    const endpoints = Array.from({ length: 9 }, (_, index) => ({
      address: `10.244.0.${37 + index}`,
      port: 9080,
      health: 'HEALTHY',
      share: 1 / 9,
      pod: null,
    }));
    const { groups } = traceGraph(traceOf({ hops: [{ ...OUTBOUND, clusters: [{ ...clusterOf('v2'), endpoints }] }] }));
    const drawn = groups.flatMap(({ nodes }) => nodes).filter(({ kind }) => kind === 'endpoint');
    expect(drawn).toHaveLength(4);
    expect(drawn.at(-1)?.lines).toEqual(['6 more endpoints']);
  });

  it('cuts thousands of clusters, endpoints and other ways, and says how many are left', () => {
    const clusters = Array.from({ length: 3000 }, (_, index) => clusterOf(`v${index}`, 1 / 3000));
    const trace = traceOf({ hops: [{ ...OUTBOUND, clusters: [clusterOf('v2', 0), ...clusters] }] });
    const branches = Array.from({ length: 3000 }, (_, index) => ({
      ...trace,
      share: 1 / 3000,
      because: 'by chance',
      hops: [{ ...OUTBOUND, proxy: `p${index}` }],
    }));
    const { groups, edges } = traceGraph({ ...trace, branches });
    const nodes = groups.flatMap((group) => group.nodes);
    expect(nodes.length).toBeLessThan(60);
    expect(nodes.map(({ lines }) => lines[0])).toContain('2998 more ways it can go');
    const ids = nodes.map(({ id }) => id);
    expect(edges.every(({ from, to }) => ids.includes(from) && ids.includes(to))).toBe(true);
  });

  it('joins every node, and names each once', () => {
    for (const trace of Object.values(ALL)) {
      const { groups, edges } = traceGraph(trace);
      const ids = groups.flatMap(({ nodes }) => nodes.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      const reached = new Set(edges.map(({ to }) => to));
      expect(ids.filter((id) => !reached.has(id))).toHaveLength(1);
      expect(edges.every(({ from, to }) => ids.includes(from) && ids.includes(to))).toBe(true);
    }
  });

  it('is Mermaid in which no text of a dump ends its label', () => {
    fc.assert(
      fc.property(hostileTrace, (trace) => {
        for (const line of renderMermaid(traceGraph(trace)).trimEnd().split('\n')) expect(line).toMatch(MERMAID_LINE);
      }),
    );
  });

  it('is DOT in which no text of a dump ends its string', () => {
    fc.assert(
      fc.property(hostileTrace, (trace) => {
        const lines = renderDot(traceGraph(trace)).trimEnd().split('\n');
        for (const line of lines) expect(line).toMatch(DOT_LINE);
        expect(lines.filter((line) => /&(?!amp;)/.test(line))).toEqual([]);
      }),
    );
  });
});

describe('a hop that goes through clusters of its own', () => {
  it('has other ways only where it leaves', () => {
    const steps = [
      step('cluster', 'matched', 'main_internal', 'named by the route'),
      step('listener', 'matched', 'main_internal', 'the internal listener of that name'),
      step('cluster', 'matched', clusterOf('v2').name, 'named by the route'),
    ];
    const { groups } = traceGraph(traceOf({ hops: [{ ...OUTBOUND, steps, clusters: [clusterOf('v2')] }] }));
    const clusters = groups.flatMap(({ nodes }) => nodes).filter(({ kind }) => kind === 'cluster');
    expect(clusters.map(({ lines }) => lines[1])).toEqual(['main_internal', clusterOf('v2').name]);
  });

  it('warns of what is not known, even where the request is delivered', () => {
    const steps = [step('listener', 'unknown', 'x.ns', 'the walk stops before x.ns')];
    const { groups } = traceGraph(traceOf({ hops: [{ ...OUTBOUND, steps, clusters: [] }] }));
    expect(groups.flatMap(({ nodes }) => nodes).map(({ mood }) => mood)).toEqual(['plain', 'warn', 'warn']);
  });
});

test('a cluster that the proxy lacks is drawn once, and its way goes on from there', () => {
  const missing = { ...clusterOf('v7', 0.4), type: null, endpoints: [] };
  const clusters = [clusterOf('v2', 0.6), missing];
  const before = step('route', 'matched', 'default', 'prefix /');
  const steps = [before, step('cluster', 'matched', clusterOf('v2').name, 'by weight')];
  const lost = [before, step('cluster', 'missed', missing.name, 'no cluster of that name')];
  const branch = { ...traceOf({ verdict: 'failed' }), share: 0.4, because: 'cluster v7' };
  const { groups, edges } = traceGraph({
    ...traceOf({ hops: [{ ...OUTBOUND, steps, clusters }] }),
    branches: [{ ...branch, hops: [{ ...OUTBOUND, steps: lost, clusters }] }],
  });
  const drawn = groups.flatMap(({ nodes }) => nodes).filter(({ lines }) => lines[1] === missing.name);
  expect(drawn.map(({ mood }) => mood)).toEqual(['bad']);
  expect(edges.filter(({ from }) => from === drawn[0]?.id)).toHaveLength(1);
});

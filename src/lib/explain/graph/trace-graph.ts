/** A trace as a graph: who decides what on the way, where else the request can go, and how each way ends. */
import type { Branch, Hop, Step, Trace } from '../../trace/model';
import { requestName } from '../summary/verdict-sentence';
import { endMood, moodOf, percent, stageText, verdictText } from '../words';
import { endpointName, otherClusters } from '../summary/chosen-upstream';
import { type CutShares, cutShares } from '../cut';
import { type Graph, type GraphNode, shortened } from './graph';
import { shortEntries } from '../short/entries';
import { GraphBuilder } from './graph-builder';

/** How many endpoints of a cluster are drawn, and how many clusters: the rest is counted with its share, as a page has room for so many. */
const ENDPOINTS = 3;
const CLUSTERS = 3;
/** How many ways are drawn, the main one included: the likeliest. */
const WAYS = 3;

/** The main walk first, so that its nodes and edges come first; then each branch from where it leaves it. */
export function traceGraph(trace: Trace): Graph {
  const builder = new GraphBuilder();
  const { request } = trace;
  const caller = request.source.proxy ?? request.source.ip ?? 'caller';
  const start = builder.node('start', '', { lines: [caller, requestName(request)], kind: 'caller', mood: 'plain' });
  drawWalk(builder, start, trace, null);
  const likeliest = [...trace.branches].sort((a, b) => b.share - a.share);
  const ways = cutShares(likeliest, WAYS - 1, 'ways it can go');
  for (const branch of ways.shown) drawWalk(builder, start, branch, branch.share);
  drawRest(builder, start, ways, { identity: 'ways', group: '', kind: 'end' });
  return builder.toGraph();
}

/** The steps that the short tree tells, but for notes. */
function decidingSteps(hop: Hop, walk: Trace | Branch): readonly Step[] {
  return shortEntries(hop, walk)
    .map(({ step }) => step)
    .filter(({ outcome }) => outcome !== 'noted');
}

interface Pen {
  readonly builder: GraphBuilder;
  /** Of a branch, its chance; null on the main way, which has one, too, and is drawn without it. */
  readonly share: number | null;
  /** Everything decided so far: the identity of the place. */
  readonly way: string;
  readonly at: string;
  /** Whether a share has been written on the branch's way. */
  readonly left: boolean;
}

/** A hop of the graph. */
interface Spot {
  readonly group: string;
  readonly index: number;
}

function drawWalk(builder: GraphBuilder, start: string, walk: Trace | Branch, share: number | null): void {
  let pen: Pen = { builder, share, way: '', at: start, left: false };
  walk.hops.forEach((hop, index) => {
    pen = drawHop(pen, hop, index, walk);
  });
  const end = builder.node(`${pen.way}end`, '', { lines: [verdictText(walk)], kind: 'end', mood: moodOf(walk) });
  builder.edge(pen.at, end, '', share !== null);
}

function drawHop(from: Pen, hop: Hop, index: number, walk: Trace | Branch): Pen {
  const spot: Spot = { group: `${index + 1} ${hop.direction} at ${hop.proxy ?? 'this proxy'}`, index };
  let pen = from;
  for (const step of decidingSteps(hop, walk)) {
    const before = pen;
    pen = drawStep(before, step, hop, spot, walk);
    if (step.stage === 'cluster') drawOtherClusters(before, hop, step, spot);
    if (step.stage === 'endpoint') drawOtherEndpoints(before, hop, step, spot);
  }
  return pen;
}

function drawStep(pen: Pen, step: Step, hop: Hop, { group, index }: Spot, walk: Trace | Branch): Pen {
  // A cluster that is missing may stand there already, as another that could have been taken.
  const outcome = step.stage === 'cluster' && step.outcome === 'missed' ? 'matched' : step.outcome;
  const way = `${pen.way}${index} ${step.stage} ${outcome} ${step.name ?? ''}\n`;
  const isNew = !pen.builder.has(way);
  const at = pen.builder.node(way, group, {
    lines: [stageText(step.stage), step.name ?? shortened(step.because)],
    kind: step.stage === 'cluster' || step.stage === 'endpoint' ? step.stage : 'decision',
    mood: endMood(step, walk) ?? 'plain',
  });
  const isBranch = pen.share !== null;
  const parts = isNew && !pen.left && pen.share !== null ? percent(pen.share) : null;
  const share = shareOf(step, hop) ?? parts;
  const text = share === null ? step.because : `${share}: ${step.because}`;
  pen.builder.edge(pen.at, at, shortened(text), isBranch);
  return { ...pen, way, at, left: pen.left || (isBranch && share !== null) };
}

/** The share of what a step chose, where there were others. */
function shareOf({ stage, name }: Step, hop: Hop): string | null {
  if (stage === 'cluster' && hop.clusters.length > 1) {
    const chosen = hop.clusters.find((cluster) => cluster.name === name);
    return chosen === undefined ? null : percent(chosen.share);
  }
  if (stage !== 'endpoint') return null;
  const endpoints = hop.clusters.flatMap((cluster) => cluster.endpoints);
  const chosen = endpoints.find((endpoint) => endpointName(endpoint) === name);
  return chosen === undefined || chosen.share === 1 ? null : percent(chosen.share);
}

/** Clusters that the same decision could have taken; a branch that takes one is drawn on from its node. */
function drawOtherClusters({ builder, way, at }: Pen, hop: Hop, taken: Step, { group, index }: Spot): void {
  const others = [...otherClusters(hop, taken)].sort((a, b) => b.share - a.share);
  const clusters = cutShares(others, CLUSTERS - 1, 'clusters');
  for (const cluster of clusters.shown) {
    const identity = `${way}${index} cluster matched ${cluster.name}\n`;
    const mood = cluster.type === null ? 'bad' : 'plain';
    const other = builder.node(identity, group, { lines: ['cluster', cluster.name], kind: 'cluster', mood });
    builder.edge(at, other, percent(cluster.share), true);
  }
  drawRest(builder, at, clusters, { identity: `${way}${index} clusters`, group, kind: 'cluster' });
}

function drawOtherEndpoints({ builder, way, at }: Pen, hop: Hop, taken: Step, { group, index }: Spot): void {
  const cluster = hop.clusters.find(({ endpoints }) => endpoints.some((one) => endpointName(one) === taken.name));
  const usable = (cluster?.endpoints ?? []).filter((one) => one.share > 0 && endpointName(one) !== taken.name);
  const endpoints = cutShares(usable, ENDPOINTS - 1, 'endpoints');
  for (const endpoint of endpoints.shown) {
    const text = endpointName(endpoint);
    const lines = ['endpoint', text, ...(endpoint.pod === null ? [] : [endpoint.pod])];
    const other = builder.node(`${way}${index} endpoint matched ${text}\n`, group, {
      lines,
      kind: 'endpoint',
      mood: 'plain',
    });
    builder.edge(at, other, percent(endpoint.share), true);
  }
  drawRest(builder, at, endpoints, { identity: `${way}${index} endpoints`, group, kind: 'endpoint' });
}

/** A node in place of all that were left out; none where nothing was. */
function drawRest(
  builder: GraphBuilder,
  at: string,
  { left, leftShare }: CutShares<unknown>,
  { identity, group, kind }: { readonly identity: string; readonly group: string; readonly kind: GraphNode['kind'] },
): void {
  if (left === null) return;
  const rest = builder.node(identity, group, { lines: [left], kind, mood: 'plain' });
  builder.edge(at, rest, percent(leftShare), true);
}

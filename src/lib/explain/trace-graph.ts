/** A trace as a graph: who decides what on the way, and where it ends. */
import type { Hop, Step, Trace } from '../trace/model';
import { percent, verdictLine } from './trace-tree';

export interface GraphNode {
  readonly id: string;
  readonly text: string;
  readonly kind: 'source' | 'step' | 'cluster' | 'endpoint' | 'end';
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Why this way: empty where nothing is to say. */
  readonly text: string;
}

export interface GraphGroup {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
}

export interface Graph {
  readonly groups: readonly GraphGroup[];
  readonly edges: readonly GraphEdge[];
  /** Whether the walk ends well, for the colour of its last node. */
  readonly good: boolean;
}

/** Steps that decide the way; what only passes or notes is left to the tree. */
function decides(step: Step): boolean {
  return step.outcome !== 'noted' && !(step.outcome === 'passed' && step.stage === 'http-filter');
}

/** The main walk of a trace as a graph: a group for each hop, a node for each decision, the reason on each edge. */
export function traceGraph(trace: Trace): Graph {
  const start: GraphNode = { id: 'start', text: sourceText(trace), kind: 'source' };
  const groups: GraphGroup[] = [{ title: '', nodes: [start] }];
  const edges: GraphEdge[] = [];
  let last = start.id;
  trace.hops.forEach((hop, index) => {
    const walked = hopGraph(hop, index, last);
    groups.push({ title: `${hop.direction} ${hop.proxy ?? ''}`.trim(), nodes: walked.nodes });
    edges.push(...walked.edges);
    last = walked.last;
  });
  groups.push({ title: '', nodes: [{ id: 'finish', text: verdictLine(trace), kind: 'end' }] });
  edges.push({ from: last, to: 'finish', text: '' });
  return { groups, edges, good: !['denied', 'failed', 'unknown'].includes(trace.verdict) };
}

function sourceText({ request }: Trace): string {
  const from = request.source.proxy ?? request.source.ip ?? 'caller';
  return `${from}\n${request.method === null ? '' : `${request.method} `}${request.url}`;
}

interface HopGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly last: string;
}

function hopGraph(hop: Hop, index: number, from: string): HopGraph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  let last = from;
  hop.steps.filter(decides).forEach((step, position) => {
    const id = `h${index}s${position}`;
    nodes.push({ id, text: `${step.stage}\n${step.name ?? step.outcome}`, kind: 'step' });
    edges.push({ from: last, to: id, text: step.because });
    last = id;
  });
  hop.clusters.forEach((cluster, position) => {
    const id = `h${index}c${position}`;
    const endpoints = cluster.endpoints.filter((endpoint) => endpoint.share > 0).slice(0, 5);
    nodes.push({ id, text: `cluster\n${cluster.name}`, kind: 'cluster' });
    edges.push({ from: last, to: id, text: hop.clusters.length > 1 ? percent(cluster.share) : '' });
    endpoints.forEach((endpoint, number) => {
      const endpointId = `${id}e${number}`;
      nodes.push({
        id: endpointId,
        text: `${endpoint.address}:${endpoint.port}${endpoint.pod === null ? '' : `\n${endpoint.pod}`}`,
        kind: 'endpoint',
      });
      edges.push({ from: id, to: endpointId, text: endpoints.length > 1 ? percent(endpoint.share) : '' });
    });
  });
  return { nodes, edges, last: hop.clusters.length > 0 ? lastOf(hop, index) : last };
}

/** The walk goes on from the likeliest endpoint of the likeliest cluster. */
function lastOf(hop: Hop, index: number): string {
  const cluster = hop.clusters.reduce(
    (best, { share }, at) => (share > (hop.clusters[best]?.share ?? 0) ? at : best),
    0,
  );
  const endpoints = (hop.clusters[cluster]?.endpoints ?? []).filter(({ share }) => share > 0).slice(0, 5);
  const endpoint = endpoints.reduce((best, { share }, at) => (share > (endpoints[best]?.share ?? 0) ? at : best), 0);
  return endpoints.length === 0 ? `h${index}c${cluster}` : `h${index}c${cluster}e${endpoint}`;
}

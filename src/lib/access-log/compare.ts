/** A logged line held against what the configuration predicts for it: where do they part first? */
import type { ClusterChance, Hop, Stage, Trace } from '../trace/model';
import type { LogEntry } from './entry';

export interface Difference {
  readonly stage: Stage;
  readonly predicted: string;
  readonly logged: string;
}

export type LineComparison =
  | { readonly kind: 'agree' }
  | { readonly kind: 'differ'; readonly difference: Difference }
  /** The configuration does not decide it: what is lacking, in the trace's words. */
  | { readonly kind: 'unknown'; readonly because: string };

/**
 * Flags of what happens on the way after Envoy has decided where a request goes: the application, the network and time decide
 * them, not the configuration.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage (RESPONSE_FLAGS)
 */
const AFTER_ROUTING = new Set([
  'UC',
  'UF',
  'UR',
  'URX',
  'UT',
  'LR',
  'DC',
  'DT',
  'UPE',
  'SI',
  'UMSDR',
  'UO',
  'OM',
  'UDO',
  'RL',
  'RLSE',
  'DI',
  'DR',
]);

/** Flags of the line, without those that only time and network decide. */
function decidedFlags(flags: string | null): readonly string[] {
  return (flags ?? '').split(',').filter((flag) => flag !== '' && !AFTER_ROUTING.has(flag));
}

/**
 * Compares in the order of Envoy's decisions: what it answered by itself, the route, the cluster, the endpoint. What the
 * application answered is not predicted and not compared, and neither is what broke on the way to it.
 * @param trace one hop, at the proxy that wrote the line
 */
export function compare(entry: LogEntry, trace: Trace): LineComparison {
  const [hop] = trace.hops;
  if (hop === undefined) return { kind: 'unknown', because: 'the walk has no hop' };
  if (trace.verdict === 'unknown') return ofUnknown(entry, trace, hop);
  const difference = trace.verdict === 'delivered' ? againstDelivery(entry, hop) : againstAnswer(entry, trace, hop);
  return difference === null ? { kind: 'agree' } : { kind: 'differ', difference };
}

/** Nothing that is predicted up to the open question may contradict the line. */
function ofUnknown(entry: LogEntry, trace: Trace, hop: Hop): LineComparison {
  const open = hop.steps.find(({ outcome }) => outcome === 'unknown');
  const because = open === undefined ? trace.summary : open.because;
  const difference = routeDifference(entry, hop);
  return difference === null ? { kind: 'unknown', because } : { kind: 'differ', difference };
}

function againstDelivery(entry: LogEntry, hop: Hop): Difference | null {
  const decided = decidedFlags(entry.flags);
  const denied = isDenial(entry);
  if (decided.length > 0 || denied) {
    return {
      stage: stageOfAnswer(entry),
      predicted: `forwarded to ${clusterNames(hop.clusters)}`,
      logged: answerText(entry),
    };
  }
  return routeDifference(entry, hop) ?? clusterDifference(entry, hop) ?? endpointDifference(entry, hop);
}

function againstAnswer(entry: LogEntry, trace: Trace, hop: Hop): Difference | null {
  if (isAbandoned(entry)) return null;
  const route = routeDifference(entry, hop);
  if (route !== null) return route;
  const last = hop.steps.at(-1)?.stage ?? 'route';
  const predicted = trace.responseFlags ?? '';
  const logged = decidedFlags(entry.flags);
  const wanted = decidedFlags(predicted);
  const isSame =
    trace.status === entry.status && wanted.every((flag) => logged.includes(flag)) && logged.length >= wanted.length;
  const isTaken = entry.status === trace.status && entry.cluster === null;
  // To a gRPC client Envoy's own refusals have the status of an answer.
  const isUpstreams = entry.details === 'via_upstream';
  if (!isUpstreams && (isSame || (isTaken && wanted.length === 0))) return null;
  return { stage: last, predicted: predictedText(trace), logged: answerText(entry) };
}

/** The client went away before Envoy had answered or chosen a cluster: nothing of what it would have done is in the line. */
function isAbandoned({ method, status, details, cluster, route }: LogEntry): boolean {
  return (
    method !== null &&
    status === null &&
    cluster === null &&
    route === null &&
    details === 'downstream_remote_disconnect'
  );
}

function isDenial({ details, terminationDetails }: LogEntry): boolean {
  const said = `${details ?? ''} ${terminationDetails ?? ''}`;
  return /rbac_access_denied|jwt_authn_access_denied|ext_authz_denied|direct_response|fault_filter_abort|route_not_found|cluster_not_found|no_healthy_upstream/.test(
    said,
  );
}

function stageOfAnswer({ details, flags, terminationDetails }: LogEntry): Stage {
  const said = `${details ?? ''} ${terminationDetails ?? ''}`;
  if (/rbac|jwt|ext_authz|fault_filter/.test(said)) return 'http-filter';
  if (said.includes('filter_chain_not_found')) return 'filter-chain';
  if (said.includes('cluster_not_found') || flags?.includes('NC') === true) return 'cluster';
  if (said.includes('no_healthy_upstream') || flags?.includes('UH') === true) return 'endpoint';
  return 'route';
}

function routeDifference(entry: LogEntry, hop: Hop): Difference | null {
  if (!entry.tellsRoute || entry.method === null) return null;
  // A TCP proxy logs no request.
  const isTcp = hop.route === null && hop.virtualHost === null && hop.clusters.length > 0;
  if (isTcp && entry.route !== null) {
    return { stage: 'network-filter', predicted: 'a TCP proxy, which has no route', logged: `route ${entry.route}` };
  }
  if (hop.route === null) return null;
  const predicted = hop.route.name ?? null;
  // A route without a name is logged as none.
  if ((predicted === '' ? null : predicted) === entry.route) return null;
  if (entry.route === null && entry.cluster === null) return null;
  return { stage: 'route', predicted: predicted ?? 'a route without a name', logged: entry.route ?? 'no named route' };
}

function clusterDifference(entry: LogEntry, hop: Hop): Difference | null {
  if (!entry.tellsCluster || hop.clusters.length === 0) return null;
  if (entry.cluster !== null && hop.clusters.some(({ name, share }) => share > 0 && isSameCluster(name, entry.cluster)))
    return null;
  // A client that went away before a cluster was chosen leaves none in the line.
  if (entry.cluster === null && entry.flags !== null) return null;
  return { stage: 'cluster', predicted: clusterNames(hop.clusters), logged: entry.cluster ?? 'no cluster' };
}

/** Istio ends the names that it gives to statistics with a semicolon. */
function isSameCluster(name: string, logged: string | null): boolean {
  return logged !== null && (name === logged || `${name};` === logged);
}

function endpointDifference({ upstreamHost, cluster }: LogEntry, hop: Hop): Difference | null {
  if (upstreamHost === null) return null;
  const own = hop.clusters.filter(({ name }) => cluster === null || isSameCluster(name, cluster));
  const endpoints = own.flatMap((one) => one.endpoints);
  if (endpoints.length === 0 || own.some(({ type }) => type !== 'EDS' && type !== 'STATIC')) return null;
  if (endpoints.some(({ address, port }) => address === upstreamHost.ip && port === upstreamHost.port)) return null;
  const known = endpoints.slice(0, 3).map(({ address, port }) => `${address}:${port}`);
  return { stage: 'endpoint', predicted: known.join(', '), logged: `${upstreamHost.ip}:${upstreamHost.port}` };
}

function clusterNames(clusters: readonly ClusterChance[]): string {
  return clusters.length === 0 ? 'no cluster' : clusters.map(({ name }) => name).join(' or ');
}

function predictedText({ verdict, status, responseFlags, reason }: Trace): string {
  const parts = [
    verdict,
    ...(status === null ? [] : [String(status)]),
    ...(responseFlags === null ? [] : [responseFlags]),
  ];
  return `${parts.join(' ')}${reason === null ? '' : ` (${reason})`}`;
}

function answerText({ status, flags, details, terminationDetails, cluster }: LogEntry): string {
  const parts = [
    status === null ? 'no status' : String(status),
    flags,
    details ?? terminationDetails,
    cluster === null ? null : `by ${cluster}`,
  ];
  return parts.filter((part) => part !== null).join(' ');
}

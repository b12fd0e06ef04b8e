/** Where a trace of a whole path says otherwise than the access logs of both Envoys. */
import type { Branch, Hop, Trace } from '../../../src/lib/trace/model';
import type { LogLine } from '../rig/access-log';
import type { Traced } from '../rig/mctl';
import type { PathObservation } from '../two-pods/mesh';
import { Comparison, compareRouting, isHandshakeAlert } from './compare';

type Walk = Trace | Branch;

/** Holds the branch of the trace that was taken against the logs of the caller's Envoy and the called pod's. */
export function comparePath(observation: PathObservation, trace: Traced): Comparison {
  const comparison = new Comparison();
  if ('error' in trace) {
    comparison.same('trace', 'a trace', trace.error);
    return comparison;
  }
  const walk = takenWalk(observation, trace);
  compareOutbound(comparison, observation.outbound, hopOf(walk, 'outbound'));
  compareInbound(comparison, observation, walk);
  compareEnd(comparison, observation, walk);
  return comparison;
}

function hopOf(walk: Walk, direction: Hop['direction']): Hop | undefined {
  return walk.hops.find((hop) => hop.direction === direction);
}

/** Of the main walk and its branches, the one that ends where the request went. */
function takenWalk({ outbound, inbound, answer }: PathObservation, trace: Trace): Walk {
  const walks: readonly Walk[] = [trace, ...trace.branches];
  const host = outbound?.host ?? null;
  const reaches = (walk: Walk): boolean => {
    const hop = hopOf(walk, 'inbound');
    if (inbound !== null) return hop?.proxy?.startsWith(`${inbound.pod}.`) === true;
    return host === null || endpointOf(walk) === host;
  };
  const ends = (walk: Walk): boolean => answer.status === null || walk.status === null || walk.status === answer.status;
  return walks.find((walk) => reaches(walk) && ends(walk)) ?? walks.find(reaches) ?? trace;
}

/** The host that this walk takes of all that there are. */
function endpointOf(walk: Walk): string | null {
  const steps = hopOf(walk, 'outbound')?.steps ?? [];
  return steps.findLast(({ stage, outcome }) => stage === 'endpoint' && outcome === 'matched')?.name ?? null;
}

function compareOutbound(comparison: Comparison, line: LogLine | null, hop: Hop | undefined): void {
  comparison.same('captured', line !== null, hop !== undefined && hop.listener !== null);
  if (line === null || hop === undefined) return;
  comparison.same('outbound listener', line.listener, hop.listener?.name ?? null);
  comparison.same('outbound filter chain', line.filterChain, hop.filterChain?.name ?? null);
  if (line.by === 'http') compareRouting(comparison, line, hop);
}

function compareInbound(comparison: Comparison, { inbound, outbound }: PathObservation, walk: Walk): void {
  const hop = hopOf(walk, 'inbound');
  if (inbound === null) {
    if (!isRefusedHandshake(outbound)) comparison.same('inbound proxy', null, hop?.proxy ?? null);
    return;
  }
  const { line, pod } = inbound;
  comparison.same('inbound proxy', `${pod}.bookinfo`, hop?.proxy ?? null);
  if (hop === undefined) return;
  comparison.same('inbound listener', line.listener, hop.listener?.name ?? null);
  comparison.same('inbound filter chain', line.filterChain, hop.filterChain?.name ?? null);
  if (line.by === 'http') compareRouting(comparison, line, hop);
}

/** A refused handshake leaves the caller's log without the port by which the other side's line is found. */
function isRefusedHandshake(outbound: LogLine | null): boolean {
  return outbound !== null && outbound.upstreamLocal === null && (outbound.flags ?? '').includes('UF');
}

function compareEnd(comparison: Comparison, observation: PathObservation, walk: Walk): void {
  const { outbound, inbound, answer } = observation;
  const line = inbound?.line ?? null;
  const policy = deniedBy(line);
  if (policy !== null) {
    comparison.same('verdict', 'denied', walk.verdict);
    comparison.same('policy', policy === 'none' ? null : policy, walk.policy?.replaceAll(' ', '_') ?? null);
    if (line?.by === 'http') comparison.same('status', answer.status, walk.status);
    return;
  }
  if (line?.details === 'filter_chain_not_found') comparison.same('reason', 'no-filter-chain', walk.reason);
  comparison.same(
    'verdict',
    isHandshakeAlert(answer.error) ? 'failed' : verdictOf(outbound, line, answer.status),
    walk.verdict,
  );
  if (outbound?.by === 'http' && outbound.details !== 'via_upstream') compareReply(comparison, outbound, walk);
}

/** The policy in Envoy's words of a denial; null where it denied nothing. */
function deniedBy(line: LogLine | null): string | null {
  const said = `${line?.details ?? ''} ${line?.closed ?? ''}`;
  return /rbac_access_denied_matched_policy\[(.*)\]/.exec(said)?.[1] ?? null;
}

function compareReply(comparison: Comparison, outbound: LogLine, walk: Walk): void {
  comparison.same('status', outbound.status, walk.status);
  comparison.same('response flags', outbound.flags === '-' ? null : outbound.flags, walk.responseFlags);
  comparison.same('location', outbound.location, walk.location);
}

function verdictOf(outbound: LogLine | null, inbound: LogLine | null, status: number | null): Walk['verdict'] {
  // REGISTRY_ONLY for HTTP.
  if (outbound?.details === 'direct_response' && outbound.virtualHost === 'block_all') return 'failed';
  if (outbound?.details === 'direct_response') return outbound.location === null ? 'direct-response' : 'redirected';
  const failed = [outbound, inbound].some((line) => line !== null && line.flags !== null && line.flags !== '-');
  return failed || (status ?? 0) >= 500 ? 'failed' : 'delivered';
}

/** Where Envoy draws lots: whether many draws fit the shares that a trace gives. */
import type { Trace } from '../../../src/lib/trace/model';
import { type LogLine, mostTelling } from '../rig/access-log';
import type { Traced } from '../rig/mctl';
import type { Observation } from '../rig/observation';
import { Comparison, isRouteByLot } from './compare';

/** Whether a trace leaves the path to chance. */
export function isByChance({ verdict, hops: [hop] }: Trace): boolean {
  return verdict === 'delivered' && chances(hop?.clusters ?? []).size > 1;
}

const REFUSALS: ReadonlySet<string | null> = new Set([
  'maintenance_mode',
  'drop_overload',
  'unconditional_drop_overload',
]);

/** An answer that custom_response put in the place of another has no details, and its flags as before. */
function isRefused(line: LogLine | null): boolean {
  return REFUSALS.has(line?.details ?? null) || line?.flags === 'DO';
}

/** Whether a route by lot, or a cluster that refuses a share of its requests, had a say in what became of a request. */
export function drawsBeforeHosts({ lines }: Observation, trace: Traced): boolean {
  if ('error' in trace) return false;
  const steps = trace.hops[0]?.steps ?? [];
  return (
    isRouteByLot(trace.hops[0]) || isRefused(mostTelling(lines)) || steps.some(({ because }) => REFUSES.test(because))
  );
}

const REFUSES = /^maintenance mode of the cluster|\(drop_overloads\)$/;

/** Whether the cluster is drawn by weight: of each the hosts, and the filters behind it, may end a request in another way. */
export function drawsCluster(trace: Traced): boolean {
  return !('error' in trace) && (trace.hops[0]?.clusters.length ?? 0) > 1;
}

/** Whether a way goes through the cluster that Envoy logged. */
export function isByCluster({ lines }: Observation, { hops: [hop] }: Pick<Trace, 'hops'>): boolean {
  const cluster = hop?.steps.findLast(({ stage }) => stage === 'cluster')?.name ?? null;
  return cluster !== null && cluster === mostTelling(lines)?.cluster;
}

type Clusters = Trace['hops'][number]['clusters'];

/** Whether all requests alike go to one host, whichever it is, since nothing but their hash picks it. */
function isByHash(hop: Trace['hops'][number] | undefined): boolean {
  const isHashed = hop?.steps.some(({ stage, because }) => stage === 'endpoint' && because.includes('of all hashes'));
  return isHashed === true && hop?.clusters.length === 1;
}

/** `CLUSTER` or `CLUSTER HOST:PORT` to its chance. */
function chances(clusters: Clusters): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const add = (key: string, share: number): unknown => sums.set(key, (sums.get(key) ?? 0) + share);
  for (const cluster of clusters) {
    const ends = cluster.endpoints.filter(({ share }) => share > 0);
    // Load of a priority of which no host can be picked is logged without one.
    const lost = 1 - ends.reduce((sum, { share }) => sum + share, 0);
    if (lost > 1e-6) add(cluster.name, cluster.share * lost);
    for (const { address, port, share } of ends) add(`${cluster.name} ${address}:${port}`, cluster.share * share);
  }
  return sums;
}

function clusterChances(clusters: Clusters): ReadonlyMap<string, number> {
  return new Map(clusters.map(({ name, share }) => [name, share]));
}

/** Holds how often each path was taken against its share; a chance of one in a million is let pass. */
export function compareShares(observations: readonly Observation[], { hops: [hop] }: Trace): Comparison {
  const comparison = new Comparison();
  const all = observations.map(({ lines }) => mostTelling(lines));
  // Whom a rate limit refuses has drawn nothing.
  const drawn = all.filter((line) => line?.details !== 'local_rate_limited' && line?.flags !== 'RL');
  if (drawn.length === 0) return comparison;
  // Who is refused by a cluster, or by a filter on one of the ways of a route by lot, has drawn the cluster and no host.
  const isLot = isRouteByLot(hop);
  const byCluster = drawn.some((line) => isRefused(line) || (isLot && line?.cluster != null && line.host === null));
  const clusters = hop?.clusters ?? [];
  const expected = withMissingAsOne(clusters, byCluster ? clusterChances(clusters) : chances(clusters));
  const { taken, count } = countedWays(drawn, byCluster, expected.has(MISSING));
  if (isByHash(hop)) {
    // Which one it is the trace does not say.
    const places = [...taken.keys()];
    const isOne = places.length === 1 && places.every((place) => (expected.get(place) ?? 0) > 0);
    comparison.holds('the one that the hash picks', places, [...expected.keys()], isOne);
    return comparison;
  }
  const isSure = [...expected.values()].reduce((sum, share) => sum + share, 0) > 0.999;
  for (const key of new Set([...taken.keys(), ...expected.keys()])) {
    const share = expected.get(key) ?? 0;
    const times = taken.get(key) ?? 0;
    const margin = 5 * Math.sqrt(count * share * (1 - share)) + 1;
    comparison.holds(
      `share of ${key} in ${count}`,
      times / count,
      share,
      (taken.size > 0 || !isSure) && Math.abs(times - count * share) <= margin,
    );
  }
  return comparison;
}

/**
 * Envoy's log does not name a cluster that was drawn and that Envoy does not have: such draws are counted together. A route whose
 * header names no cluster logs the same, and is no cluster in a trace: it is told apart only where the trace has no other.
 */
const MISSING = 'a cluster that Envoy does not have';

function withMissingAsOne(clusters: Clusters, expected: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const missing = new Set(clusters.filter(({ type }) => type === null).map(({ name }) => name));
  const sums = new Map<string, number>();
  for (const [name, share] of expected) {
    const key = missing.has(name) ? MISSING : name;
    sums.set(key, (sums.get(key) ?? 0) + share);
  }
  return sums;
}

interface Counted {
  readonly taken: ReadonlyMap<string, number>;
  readonly count: number;
}

/** A route by lot may answer, or none be found: such a draw has no cluster, and counts. */
function countedWays(lines: readonly (LogLine | null)[], byCluster: boolean, hasMissing: boolean): Counted {
  const taken = new Map<string, number>();
  let count = 0;
  for (const line of lines) {
    if (line == null) continue;
    count += 1;
    const cluster = hasMissing && line.details === 'cluster_not_found' ? MISSING : line.cluster;
    if (cluster === null) continue;
    const key = line.host === null || byCluster ? cluster : `${cluster} ${line.host}`;
    taken.set(key, (taken.get(key) ?? 0) + 1);
  }
  return { taken, count };
}

/**
 * An aggregate cluster: the priorities of its clusters one after another share the load; within a priority the cluster that
 * it belongs to picks the host, by its own settings.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/aggregate_cluster
 */
import type { Cluster } from '../../envoy/cluster';
import type { Runtime } from '../../match/runtime';
import { balancerSettings } from './balancer-settings';
import type { Host, HostSet } from './host';
import { balance, type BalancedHosts, chancesOf, notesOf, sharesOf } from './load-balance';
import { loadsOf, type PriorityHosts, type PriorityLoad, priorityLoads } from './priority-load';
import { selected } from './select';
import type { Criteria } from './subset';

/** A priority of the aggregate: which cluster's, and its number there. */
interface Place {
  readonly cluster: Cluster;
  readonly set: HostSet;
  readonly priority: number;
  /** The hosts with the priority that they have in the aggregate, by the cluster's own. */
  readonly numbered: ReadonlyMap<Host, Host>;
}

/** @param leaves the clusters behind the aggregate, in its order */
export function balanceAggregate(
  aggregate: Cluster,
  leaves: readonly Cluster[],
  hostsOf: (cluster: Cluster) => HostSet,
  criteria: Criteria,
  runtime: Runtime,
): BalancedHosts {
  const places = leaves.flatMap((cluster) => placesOf(cluster, hostsOf(cluster))).map(numberHosts);
  const hosts = places.flatMap(({ numbered }) => [...numbered.values()]);
  const settings = balancerSettings(aggregate, runtime);
  const loads = loadsOf(places.flatMap(hostsOfPlace), settings.panicThreshold);
  const shares = new Map<Host, number>();
  for (const load of loads) {
    const place = places[load.priority];
    for (const [host, share] of place === undefined ? [] : within({ ...place, runtime }, load, criteria)) {
      const own = place?.numbered.get(host) ?? host;
      shares.set(own, (shares.get(own) ?? 0) + share);
    }
  }
  return { chances: chancesOf(hosts, shares, loads), notes: notesOf(loads, settings) };
}

type UnnumberedPlace = Omit<Place, 'numbered'>;

/** A cluster without hosts has a priority all the same. */
function placesOf(cluster: Cluster, set: HostSet): readonly UnnumberedPlace[] {
  const highest = set.hosts.reduce((most, { priority }) => Math.max(most, priority), 0);
  return Array.from({ length: highest + 1 }, (_, priority) => ({ cluster, set, priority }));
}

function numberHosts(place: UnnumberedPlace, number: number): Place {
  const own = place.set.hosts.filter(({ priority }) => priority === place.priority);
  return { ...place, numbered: new Map(own.map((host) => [host, { ...host, priority: number }])) };
}

/** The aggregate takes over what a cluster's endpoints say of overprovisioning and weights, for the priorities of that cluster. */
function hostsOfPlace({ set, numbered }: Place, priority: number): readonly PriorityHosts[] {
  return numbered.size === 0 ? [] : [{ ...set, priority, hosts: [...numbered.values()] }];
}

/** A ring or table is asked without a word on priorities; other policies pick within the priority that was chosen. */
function within(
  { cluster, set, priority, runtime }: Place & { readonly runtime: Runtime },
  { healthy, degraded }: PriorityLoad,
  criteria: Criteria,
): readonly (readonly [Host, number])[] {
  const load = healthy + degraded;
  if (load === 0) return [];
  const { subset, settings } = selected(cluster, set, criteria, runtime);
  const own = { ...set, hosts: subset.hosts };
  if (subset.hosts.some(({ hashed }) => hashed)) {
    return balance(own, settings).chances.map(({ host, share }) => [host, load * share]);
  }
  const inner = priorityLoads(own, settings.panicThreshold).find((one) => one.priority === priority);
  return inner === undefined ? [] : sharesOf({ ...inner, healthy, degraded }, own, settings);
}

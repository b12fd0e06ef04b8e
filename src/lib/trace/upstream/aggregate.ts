/**
 * An aggregate cluster: the priorities of its clusters one after another share the load; within a priority the cluster that
 * it belongs to picks the host, by its own settings.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/aggregate_cluster
 */
import type { Cluster } from '../../envoy/cluster';
import type { Runtime } from '../../match/runtime';
import { balancerSettings } from './balancer-settings';
import { type Host, hostsBy, type HostSet } from './host';
import { balance, type BalancedHosts, chancesOf, notesOf, sharesOf } from './load-balance';
import { loadsOf, type PriorityHosts, type PriorityLoad, priorityLoads } from './priority-load';
import { selected } from './select';
import type { Criteria } from './subset';

/** A priority of the aggregate: which cluster's, its number there, and its own. */
interface Place {
  readonly cluster: Cluster;
  readonly set: HostSet;
  readonly priority: number;
  readonly number: number;
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
  const places = placesOf(leaves.map((cluster) => ({ cluster, set: hostsOf(cluster) })));
  const hosts = places.flatMap(({ numbered }) => [...numbered.values()]);
  const settings = balancerSettings(aggregate, runtime);
  const loads = loadsOf(places.map(hostsOfPlace), settings.panicThreshold);
  const shares = new Map<Host, number>();
  const byNumber = new Map(places.map((place) => [place.number, place]));
  for (const load of loads) {
    const place = byNumber.get(load.priority);
    for (const [host, share] of place === undefined ? [] : within({ ...place, runtime }, load, criteria)) {
      const own = place?.numbered.get(host) ?? host;
      shares.set(own, (shares.get(own) ?? 0) + share);
    }
  }
  return { chances: chancesOf(hosts, shares, loads), notes: notesOf(loads, settings) };
}

/** Those with hosts. A priority without any has its number all the same, and so has the one of a cluster that has none at all. */
function placesOf(leaves: readonly Pick<Place, 'cluster' | 'set'>[]): readonly Place[] {
  let next = 0;
  return leaves.flatMap(({ cluster, set }) => {
    const first = next;
    const groups = [...hostsBy(set.hosts, ({ priority }) => priority)].sort(([a], [b]) => a - b);
    next += (groups.at(-1)?.[0] ?? 0) + 1;
    return groups.map(([priority, own]): Place => {
      const number = first + priority;
      const numbered = new Map(own.map((host) => [host, { ...host, priority: number }]));
      return { cluster, set, priority, number, numbered };
    });
  });
}

/** The aggregate takes over what a cluster's endpoints say of overprovisioning and weights, for the priorities of that cluster. */
function hostsOfPlace({ set, numbered, number: priority }: Place): PriorityHosts {
  return { ...set, priority, hosts: [...numbered.values()] };
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

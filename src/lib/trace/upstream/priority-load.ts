/**
 * How load is spread over the priorities of a cluster.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold
 */
import { type Host, hostsBy, type HostSet } from './host';

/** One priority's share of the load, in percent, and whether it spreads over all its hosts. */
export interface PriorityLoad {
  readonly priority: number;
  readonly hosts: readonly Host[];
  readonly healthy: number;
  readonly degraded: number;
  readonly panic: boolean;
}

/** The hosts of one priority and how its health is worked out: in an aggregate each has what its own cluster was given. */
export interface PriorityHosts extends HostSet {
  readonly priority: number;
}

/** @param panicThreshold percent; 0 turns panic off */
export function priorityLoads(set: HostSet, panicThreshold: number): readonly PriorityLoad[] {
  return loadsOf(byPriority(set), panicThreshold);
}

/**
 * The loads of priorities that need not be those of one cluster.
 * @param groups the first to be used first, none without hosts
 * @param panicThreshold percent; 0 turns panic off
 */
export function loadsOf(groups: readonly PriorityHosts[], panicThreshold: number): readonly PriorityLoad[] {
  const healthy = groups.map((group) => availability(group, 'healthy'));
  const degraded = groups.map((group) => availability(group, 'degraded'));
  const total = Math.min(100, sum(healthy) + sum(degraded));
  const panics = groups.map(({ hosts }) => panicThreshold > 0 && total < 100 && inPanic(hosts, panicThreshold));
  const loads =
    panics.every(Boolean) && panicThreshold > 0 ? inTotalPanic(groups) : distribute(healthy, degraded, total);
  return groups.map(({ priority, hosts }, index) => ({
    priority,
    hosts,
    healthy: loads.healthy[index] ?? 0,
    degraded: loads.degraded[index] ?? 0,
    panic: panics[index] ?? false,
  }));
}

/** Hosts by priority, the first to be used first; a priority without hosts takes no load and is left out. */
function byPriority(set: HostSet): readonly PriorityHosts[] {
  const groups = [...hostsBy(set.hosts, ({ priority }) => priority)].sort(([a], [b]) => a - b);
  return groups.map(([priority, hosts]) => ({ ...set, priority, hosts }));
}

/** Percent of hosts of this class, overprovisioned, at most 100. */
function availability(group: PriorityHosts, wanted: Host['class']): number {
  const { hosts, overprovisioningFactor, weightedPriorityHealth } = group;
  const counted = hosts.filter((host) => !host.excluded);
  const weigh = (list: readonly Host[]): number =>
    weightedPriorityHealth ? sum(list.map((host) => host.weight)) : list.length;
  const all = weigh(counted);
  if (all === 0) return 0;
  const own = weigh(hosts.filter((host) => host.class === wanted));
  return Math.min(100, Math.floor((overprovisioningFactor * own) / all));
}

function inPanic(hosts: readonly Host[], threshold: number): boolean {
  const counted = hosts.filter((host) => !host.excluded).length;
  if (counted === 0) return true;
  const available = hosts.filter((host) => host.class !== 'unhealthy').length;
  return (100 * available) / counted < threshold;
}

interface Loads {
  readonly healthy: readonly number[];
  readonly degraded: readonly number[];
}

/** Healthy hosts in order of priority take what they can, then degraded ones; what rounding leaves goes to the first. */
function distribute(healthy: readonly number[], degraded: readonly number[], total: number): Loads {
  if (total === 0) return { healthy: healthy.map(() => 0), degraded: degraded.map(() => 0) };
  let left = 100;
  const take = (available: number): number => {
    const load = Math.min(left, Math.floor((available * 100) / total));
    left -= load;
    return load;
  };
  const healthyLoads = healthy.map(take);
  const degradedLoads = degraded.map(take);
  const firstHealthy = healthy.findIndex((available) => available > 0);
  const list = firstHealthy >= 0 ? healthyLoads : degradedLoads;
  const first = firstHealthy >= 0 ? firstHealthy : degraded.findIndex((available) => available > 0);
  list[first] = (list[first] ?? 0) + left;
  return { healthy: healthyLoads, degraded: degradedLoads };
}

/** Every priority in panic: by number of hosts. */
function inTotalPanic(groups: readonly PriorityHosts[]): Loads {
  const all = sum(groups.map(({ hosts }) => hosts.length));
  const loads = groups.map(({ hosts }) => (all === 0 ? 0 : Math.floor((100 * hosts.length) / all)));
  const first = groups.findIndex(({ hosts }) => hosts.length > 0);
  if (first >= 0) loads[first] = (loads[first] ?? 0) + 100 - sum(loads);
  return { healthy: loads, degraded: groups.map(() => 0) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

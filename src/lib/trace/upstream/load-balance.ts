/**
 * Each host's chance, as far as configuration and health decide it.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/load_balancing
 */
import type { BalancingNote } from '../facts/upstream';
import { type Host, type HostChance, hostsBy, type HostSet } from './host';
import { type PriorityLoad, priorityLoads } from './priority-load';

export interface BalancerSettings {
  /** Percent; 0 turns panic off. */
  readonly panicThreshold: number;
  readonly failTrafficOnPanic: boolean;
  readonly localityWeighted: boolean;
  /** Whether the policy looks at weights of hosts: RANDOM does not. */
  readonly weighsHosts: boolean;
  /** Whether hosts count by the load that they report, which no configuration tells. */
  readonly goesByReports?: boolean;
}

export interface BalancedHosts {
  /** Every host, in order; those that get nothing with a share of 0. */
  readonly chances: readonly HostChance[];
  /** Settings and states that shaped the shares. */
  readonly notes: readonly BalancingNote[];
}

/**
 * Shares sum to 1; to less where a part of the load goes to a priority of which no host can be picked, and are all 0 where none can
 * be picked at all.
 */
export function balance(set: HostSet, settings: BalancerSettings): BalancedHosts {
  const loads = priorityLoads(set, settings.panicThreshold);
  const shares = new Map<Host, number>();
  for (const load of loads) {
    for (const [host, share] of sharesOf(load, set, settings)) shares.set(host, (shares.get(host) ?? 0) + share);
  }
  const reports: readonly BalancingNote[] = settings.goesByReports === true ? [{ kind: 'by-reports' }] : [];
  return { chances: chancesOf(set.hosts, shares, loads), notes: [...reports, ...notesOf(loads, settings)] };
}

/** Load that reaches no host is left out of the sum by more than what rounding leaves out. */
const ROUNDING = 1e-6;

/** The part of the load that reaches no host: 1 where none can be picked, 0 but for what rounding leaves out. */
export function lostShare(chances: readonly HostChance[]): number {
  const lost = 1 - chances.reduce((sum, { share }) => sum + share, 0);
  return lost < ROUNDING ? 0 : lost;
}

/** @param shares of those hosts that get something, in the unit of the loads */
export function chancesOf(
  hosts: readonly Host[],
  shares: ReadonlyMap<Host, number>,
  loads: readonly PriorityLoad[],
): readonly HostChance[] {
  const reached = [...shares.values()].reduce((sum, share) => sum + share, 0);
  const asked = loads.reduce((sum, { healthy, degraded }) => sum + healthy + degraded, 0);
  const whole = asked - reached > ROUNDING ? asked : reached;
  return hosts.map((host) => ({ host, share: reached === 0 ? 0 : (shares.get(host) ?? 0) / whole }));
}

type Share = readonly [host: Host, share: number];

/** How the hosts of one priority share its load. */
export function sharesOf(load: PriorityLoad, set: HostSet, settings: BalancerSettings): readonly Share[] {
  const { hosts, healthy, degraded, panic } = load;
  if (isHashed(hosts)) return byHash(load, settings);
  if (panic && settings.failTrafficOnPanic) return [];
  if (panic) return spread(hosts, healthy + degraded, settings);
  return [
    ...overLocalities(hosts, 'healthy', healthy, set, settings),
    ...overLocalities(hosts, 'degraded', degraded, set, settings),
  ];
}

/** A ring or table of a priority holds its healthy hosts, or all of them in panic, `fail_traffic_on_panic` or not; degraded ones never. */
function isHashed(hosts: readonly Host[]): boolean {
  return hosts.some((host) => host.hashed);
}

/** Localities count by their weights alone, whatever the health of their hosts; those without a weight are left out. */
function byHash({ hosts, healthy, degraded, panic }: PriorityLoad, settings: BalancerSettings): readonly Share[] {
  const eligible = panic ? hosts : hosts.filter((host) => host.class === 'healthy');
  const load = healthy + degraded;
  if (!settings.localityWeighted) return spread(eligible, load, settings);
  const groups = [...hostsBy(eligible, localityOf).values()].map((own) => ({
    own,
    weight: own.at(-1)?.localityWeight ?? 0,
  }));
  return spreadByWeight(groups, load, settings);
}

function spread(hosts: readonly Host[], load: number, settings: BalancerSettings): readonly Share[] {
  if (load === 0) return [];
  const weigh = (host: Host): number => (settings.weighsHosts ? host.weight : 1);
  const total = hosts.reduce((sum, host) => sum + weigh(host), 0);
  return hosts.map((host) => [host, (load * weigh(host)) / total]);
}

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/locality_weight */
function overLocalities(
  hosts: readonly Host[],
  wanted: Host['class'],
  load: number,
  set: HostSet,
  settings: BalancerSettings,
): readonly Share[] {
  const eligible = hosts.filter((host) => host.class === wanted);
  if (!settings.localityWeighted) return spread(eligible, load, settings);
  const all = hostsBy(hosts, localityOf);
  const groups = [...hostsBy(eligible, localityOf)].map(([locality, own]) => ({
    own,
    weight: effectiveWeight(all.get(locality) ?? [], wanted, set),
  }));
  if (groups.every(({ weight }) => weight === 0)) return spread(eligible, load, settings);
  return spreadByWeight(groups, load, settings);
}

/** The hosts of a locality, and what it counts. */
interface WeightedLocality {
  readonly own: readonly Host[];
  readonly weight: number;
}

function localityOf({ locality }: Host): string {
  return locality;
}

function spreadByWeight(
  groups: readonly WeightedLocality[],
  load: number,
  settings: BalancerSettings,
): readonly Share[] {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  return groups.flatMap(({ own, weight }) => (weight === 0 ? [] : spread(own, (load * weight) / total, settings)));
}

/** A locality's weight, less where few of its hosts are available. @param own all of its hosts */
function effectiveWeight(own: readonly Host[], wanted: Host['class'], set: HostSet): number {
  const counted = own.filter((host) => !host.excluded).length;
  if (counted === 0) return 0;
  const available = own.filter((host) => host.class === wanted).length / counted;
  return (own[0]?.localityWeight ?? 0) * Math.min(1, (set.overprovisioningFactor / 100) * available);
}

/** What shaped the loads. */
export function notesOf(loads: readonly PriorityLoad[], settings: BalancerSettings): readonly BalancingNote[] {
  return loads.flatMap(({ priority: number, hosts, panic, healthy, degraded }): readonly BalancingNote[] => {
    const available = hosts.filter((host) => host.class !== 'unhealthy').length;
    const priority = loads.length > 1 ? number : null;
    if (panic) {
      const { panicThreshold: threshold } = settings;
      const fails = settings.failTrafficOnPanic && !isHashed(hosts);
      return [{ kind: 'panic', available, hosts: hosts.length, threshold, fails, priority }];
    }
    const load = { kind: 'load', percent: healthy + degraded, priority } as const;
    const share = priority === null ? [] : [load];
    if (degraded === 0) return share;
    return isHashed(hosts)
      ? [...share, { kind: 'degraded-left-out', priority }]
      : [...share, { kind: 'degraded-share', percent: degraded, priority }];
  });
}

/** A cluster that a request goes to: its hosts and each one's chance. */
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type { ResourceEntry } from '../../envoy/config-dump';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { balancerSettings } from './balancer-settings';
import { dynamicHosts, type Destination } from './dynamic-hosts';
import { type Host, type HostChance, type HostSet, OVERPROVISIONING } from './host';
import { hostSet } from './hosts';
import { balance } from './load-balance';
import { type Criteria, selectSubset } from './subset';

export type ClusterEntry = ResourceEntry<Cluster> & { readonly resource: Cluster };

export interface Upstream {
  readonly name: string;
  /** Null where the dump has no such cluster. */
  readonly entry: ClusterEntry | null;
  /** The discovery type; null with the entry. */
  readonly type: string | null;
  /** Every host; those that get nothing have a share of 0. */
  readonly chances: readonly HostChance[];
  /** How the hosts came to be chosen, in words. */
  readonly notes: readonly string[];
}

type Cache = Map<string, Upstream>;
const caches = new WeakMap<ProxyConfig, Cache>();

/** Looks a cluster up and balances its hosts; what does not hang on the request is worked out once. */
export function upstream(config: ProxyConfig, name: string, criteria: Criteria, to: Destination): Upstream {
  const entry = clusterEntry(config, name);
  if (entry === null) return { name, entry: null, type: null, chances: [], notes: [] };
  const dynamic = dynamicHosts(entry.resource, to);
  if (dynamic !== null) return { name, entry, type: discoveryType(entry.resource), ...dynamic };
  const key = `${name}\n${JSON.stringify(criteria)}`;
  const cache = cacheOf(config);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const found = balanced(config, entry, criteria);
  cache.set(key, found);
  return found;
}

function cacheOf(config: ProxyConfig): Cache {
  const known = caches.get(config);
  if (known !== undefined) return known;
  const fresh: Cache = new Map();
  caches.set(config, fresh);
  return fresh;
}

function clusterEntry(config: ProxyConfig, name: string): ClusterEntry | null {
  const entry = config.cluster(name);
  return entry?.resource === null || entry?.resource === undefined ? null : { ...entry, resource: entry.resource };
}

/** `EDS`, `STATIC`, …, or the name of a cluster extension. */
export function discoveryType(cluster: Cluster): string {
  return cluster.type ?? cluster.cluster_type?.name ?? 'STATIC';
}

function balanced(config: ProxyConfig, entry: ClusterEntry, criteria: Criteria): Upstream {
  const cluster = entry.resource;
  const set = hostsBehind(config, cluster, 0);
  const subset = selectSubset(cluster.lb_subset_config, set.hosts, criteria);
  const settings = balancerSettings(cluster);
  const localityWeighted =
    subset.because === null
      ? settings.localityWeighted
      : settings.localityWeighted && cluster.lb_subset_config?.locality_weight_aware === true;
  const { chances, notes } = balance({ ...set, hosts: subset.hosts }, { ...settings, localityWeighted });
  const left = new Set(subset.hosts);
  const others = subset.because === null ? [] : set.hosts.filter((host) => !left.has(host));
  return {
    name: entry.name,
    entry,
    type: discoveryType(cluster),
    chances: [...chances, ...others.map((host) => ({ host, share: 0 }))],
    notes: [...(subset.because === null ? [] : [subset.because]), ...notes],
  };
}

/** Aggregates of aggregates: no deeper than this. */
const DEEPEST = 8;

/**
 * An aggregate cluster has the priorities of its clusters one after another.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/aggregate_cluster
 */
function hostsBehind(config: ProxyConfig, cluster: Cluster, depth: number): HostSet {
  const members = aggregateMembers(cluster);
  if (members === null || depth > DEEPEST) return hostSet(config, cluster);
  const hosts: Host[] = [];
  let next = 0;
  for (const member of members) {
    const entry = clusterEntry(config, member);
    if (entry === null) continue;
    const inner = hostsBehind(config, entry.resource, depth + 1).hosts;
    hosts.push(...inner.map((host) => ({ ...host, priority: next + host.priority })));
    next += inner.reduce((highest, host) => Math.max(highest, host.priority + 1), 1);
  }
  return { hosts, overprovisioningFactor: OVERPROVISIONING, weightedPriorityHealth: false };
}

/** The clusters of an aggregate; null for other types. */
export function aggregateMembers(cluster: Cluster): readonly string[] | null {
  const config = cluster.cluster_type?.typed_config;
  if (!messageTypeOf(config).endsWith('.clusters.aggregate.v3.ClusterConfig')) return null;
  return messageOf<{ clusters?: readonly string[] }>(config).clusters ?? [];
}

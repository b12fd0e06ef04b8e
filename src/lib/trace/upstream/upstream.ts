/** A cluster that a request goes to: its hosts and each one's chance. */
import { runtimeOf } from '../../match/runtime';
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type { ResourceEntry } from '../../envoy/config-dump';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { isServing } from '../../envoy/serving';
import { balanceAggregate } from './aggregate';
import { dynamicHosts, type OriginalDestination } from './dynamic-hosts';
import type { BalancingNote } from '../facts/upstream';
import type { HostChance, HostSet } from './host';
import { hostSet } from './hosts';
import { balance, type BalancedHosts, type BalancerSettings, lostShare } from './load-balance';
import { selected } from './select';
import { type Criteria, panicking, type Subset } from './subset';

export type ClusterEntry = ResourceEntry<Cluster> & { readonly resource: Cluster };

export interface Upstream {
  readonly name: string;
  /** Null where the dump has no such cluster. */
  readonly entry: ClusterEntry | null;
  /** The discovery type; null with the entry. */
  readonly type: string | null;
  /** Every host; those that get nothing have a share of 0. */
  readonly chances: readonly HostChance[];
  /** How the hosts came to be chosen. */
  readonly notes: readonly BalancingNote[];
  /** What would have to be known to tell the hosts; null where they are known. */
  readonly unknown: string | null;
}

interface Cache {
  readonly upstreams: Map<string, Upstream>;
  /** Of clusters with subsets, all of which choose from the same hosts. */
  readonly hosts: Map<Cluster, HostSet>;
  /** How many chances the upstreams have together. */
  chances: number;
}

const caches = new WeakMap<ProxyConfig, Cache>();

/** Thousands of subsets of thousands of hosts have millions of chances: where there are more, those of another time begin. */
const MOST_CHANCES = 500_000;

/** Looks a cluster up and balances its hosts; what does not hang on the request is worked out once. */
export function upstream(config: ProxyConfig, name: string, criteria: Criteria, to: OriginalDestination): Upstream {
  const entry = clusterEntry(config, name);
  if (entry === null) config.dump.need('Clusters');
  if (entry === null) return { name, entry: null, type: null, chances: [], notes: [], unknown: null };
  const dynamic = dynamicHosts(entry.resource, to);
  if (dynamic !== null) return { name, entry, type: discoveryType(entry.resource), unknown: null, ...dynamic };
  const key = `${name}\n${JSON.stringify(criteria)}`;
  const cache = cacheOf(config);
  const known = cache.upstreams.get(key);
  if (known !== undefined) return known;
  const found = balanced(config, entry, criteria);
  cache.chances += found.chances.length;
  if (cache.chances > MOST_CHANCES) {
    cache.upstreams.clear();
    cache.hosts.clear();
    cache.chances = found.chances.length;
  }
  cache.upstreams.set(key, found);
  return found;
}

function cacheOf(config: ProxyConfig): Cache {
  const known = caches.get(config);
  if (known !== undefined) return known;
  const fresh: Cache = { upstreams: new Map(), hosts: new Map(), chances: 0 };
  caches.set(config, fresh);
  return fresh;
}

function clusterEntry(config: ProxyConfig, name: string): ClusterEntry | null {
  const entry = config.cluster(name);
  return entry !== null && isServing(entry) ? entry : null;
}

/** `EDS`, `STATIC`, …, or the name of a cluster extension. */
export function discoveryType(cluster: Cluster): string {
  return cluster.type ?? cluster.cluster_type?.name ?? 'STATIC';
}

function balanced(config: ProxyConfig, entry: ClusterEntry, criteria: Criteria): Upstream {
  const cluster = entry.resource;
  const members = aggregateMembers(cluster);
  const { chances, notes } =
    members === null
      ? balanceOwn(config, cluster, criteria)
      : balanceAggregate(
          cluster,
          leaves(config, members, 0),
          (leaf) => hostSet(config, leaf),
          criteria,
          runtimeOf(config),
        );
  const unknown = chances.length === 0 ? missingEndpoints(config, cluster) : null;
  return { name: entry.name, entry, type: discoveryType(cluster), chances, notes, unknown };
}

const KNOWN_TYPES =
  /^$|\.clusters\.(?:aggregate\.v3\.ClusterConfig|dynamic_forward_proxy\.v3\.ClusterConfig|dns\.v3\.DnsCluster)$/;

/** What would have to be known to tell the endpoints of a cluster that seems to have none; null where it has none. */
function missingEndpoints(config: ProxyConfig, cluster: Cluster): string | null {
  return ofOtherType(config, cluster) ?? ofEds(config, cluster);
}

/** A cluster of a type that is not known finds its endpoints by itself. */
function ofOtherType(config: ProxyConfig, { name = '', cluster_type: other }: Cluster): string | null {
  const type = messageTypeOf(other?.typed_config);
  if (KNOWN_TYPES.test(type) || config.status(name) !== null) return null;
  return `the endpoints of ${name}, which its cluster type ${type} finds (add /clusters?format=json)`;
}

/**
 * Endpoints of EDS stand in a dump only where it was asked for them.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--config_dump?include_eds
 */
function ofEds(config: ProxyConfig, cluster: Cluster): string | null {
  const isEds = cluster.type === 'EDS';
  const isUnnamed = isEds && (cluster.eds_cluster_config?.service_name ?? '') === '';
  if (isUnnamed && config.unnamedAssignments.length > 0 && config.assignment(cluster.name ?? '') === null) {
    return `which of the endpoints without a name are those of ${cluster.name ?? ''}: this version of Envoy leaves the name out (add /clusters?format=json)`;
  }
  if (!isEds || config.status(cluster.name ?? '') !== null || config.dump.section('Endpoints') !== null) return null;
  return `the endpoints of ${cluster.name ?? ''}, which this dump leaves out: take it as config_dump?include_eds, or add /clusters?format=json`;
}

function sharedHosts(config: ProxyConfig, cluster: Cluster): HostSet {
  const { hosts } = cacheOf(config);
  const set = hosts.get(cluster) ?? hostSet(config, cluster);
  hosts.set(cluster, set);
  return set;
}

function balanceOwn(config: ProxyConfig, cluster: Cluster, criteria: Criteria): BalancedHosts {
  const set = cluster.lb_subset_config === undefined ? hostSet(config, cluster) : sharedHosts(config, cluster);
  const { subset, settings } = selected(cluster, set, criteria, runtimeOf(config));
  const { chances, notes } = balance({ ...set, hosts: subset.hosts }, settings);
  const left = new Set(subset.hosts);
  const others = subset.note === null ? [] : set.hosts.filter((host) => !left.has(host));
  const own = {
    chances: [...chances, ...others.map((host) => ({ host, share: 0 }))],
    notes: [...(subset.note === null ? [] : [subset.note]), ...notes],
  };
  const lost = lostShare(chances);
  if (subset.panicsTo === null || lost === 0) return own;
  return taking(own, lost, balancedAmong({ ...set, hosts: subset.panicsTo }, panicking(subset), settings));
}

function balancedAmong(set: HostSet, { note }: Subset, settings: BalancerSettings): BalancedHosts {
  const { chances, notes } = balance(set, settings);
  return { chances, notes: [...(note === null ? [] : [note]), ...notes] };
}

/** What some hosts leave without any goes to others, as these share it. */
function taking(own: BalancedHosts, lost: number, others: BalancedHosts): BalancedHosts {
  const more = new Map(others.chances.map(({ host, share }) => [host, share * lost]));
  const chances = own.chances.map(({ host, share }) => ({ host, share: share + (more.get(host) ?? 0) }));
  return { chances, notes: others.notes };
}

/** Aggregates of aggregates: no deeper than this. */
const DEEPEST = 8;

/** The clusters that an aggregate leads to in the end, in its order. */
function leaves(config: ProxyConfig, members: readonly string[], depth: number): readonly Cluster[] {
  return members.flatMap((member) => {
    const cluster = clusterEntry(config, member)?.resource;
    if (cluster === undefined) return [];
    const inner = aggregateMembers(cluster);
    return inner === null || depth > DEEPEST ? [cluster] : leaves(config, inner, depth + 1);
  });
}

/** The clusters of an aggregate; null for other types. */
export function aggregateMembers(cluster: Cluster): readonly string[] | null {
  const config = cluster.cluster_type?.typed_config;
  if (!messageTypeOf(config).endsWith('.clusters.aggregate.v3.ClusterConfig')) return null;
  return messageOf<{ clusters?: readonly string[] }>(config).clusters ?? [];
}

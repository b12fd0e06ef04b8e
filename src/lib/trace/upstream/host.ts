/** A host of a cluster as Envoy's load balancer sees it. */
import type { Metadata } from '../../envoy/any';
import type { HealthFault } from '../facts/upstream';

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/degraded */
export type HostClass = 'healthy' | 'degraded' | 'unhealthy';

export interface Host {
  /** An IP address, a host name that DNS has to resolve, a pipe's path, or `envoy://LISTENER/ID`. */
  readonly address: string;
  /** 0 where the address has none. */
  readonly port: number;
  /** The internal listener that it stands for; null for an address of the network. */
  readonly internal: string | null;
  readonly hostname: string;
  /** As EDS or /clusters words it. */
  readonly health: string;
  readonly class: HostClass;
  /** Why it is not healthy; none where EDS says so itself or where it is. */
  readonly faults: readonly HealthFault[];
  /** Not counted when a priority's health is worked out: it waits for its first active health check, or drains. */
  readonly excluded: boolean;
  readonly weight: number;
  readonly priority: number;
  /** Tells localities of a priority apart. */
  readonly locality: string;
  /** The weight of its locality; 0 where EDS gives none. */
  readonly localityWeight: number;
  readonly metadata: Metadata | null;
  /** Whether its cluster picks hosts by a ring or table, which hold healthy hosts alone. */
  readonly hashed: boolean;
  /** The cluster whose transport socket it gets: an aggregate's hosts keep their own. */
  readonly cluster: string;
}

/** A host and its chance within the cluster. */
export interface HostChance {
  readonly host: Host;
  /** 0 to 1. */
  readonly share: number;
}

/** The hosts of a cluster, and the settings that EDS sends along with them. */
export interface HostSet {
  readonly hosts: readonly Host[];
  /** Percent; https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/overprovisioning */
  readonly overprovisioningFactor: number;
  readonly weightedPriorityHealth: boolean;
}

export const OVERPROVISIONING = 140;

/** Hosts by what they have in common, each group in their order: there may be as many groups as hosts. */
export function hostsBy<K>(hosts: readonly Host[], keyOf: (host: Host) => K): ReadonlyMap<K, readonly Host[]> {
  const groups = new Map<K, Host[]>();
  for (const host of hosts) {
    const key = keyOf(host);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [host]);
    else known.push(host);
  }
  return groups;
}

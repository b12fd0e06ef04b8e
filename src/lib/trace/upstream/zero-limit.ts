/**
 * Limits of a cluster that are 0: whatever the load is, the first request meets them. Others hang on the load, which no configuration
 * tells. Their surprise: of HTTP `max_connections: 0` refuses nobody, since a pool without any connection may always make one.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking
 */
import type { Cluster } from '../../envoy/cluster';
import type { Runtime } from '../../match/runtime';
import { isUnknown, type Unknown } from '../../match/ternary';

/** A limit, and the flag of what it refuses. */
export interface ZeroLimit {
  /** A field of `envoy.config.cluster.v3.CircuitBreakers.Thresholds`. */
  readonly limit: 'max_connections' | 'max_pending_requests' | 'max_requests';
  readonly responseFlags: string;
}

const OF_HTTP: readonly ZeroLimit[] = [
  { limit: 'max_requests', responseFlags: 'UO' },
  { limit: 'max_pending_requests', responseFlags: 'UO' },
];

const OF_TCP: readonly ZeroLimit[] = [
  { limit: 'max_connections', responseFlags: 'UO' },
  { limit: 'max_pending_requests', responseFlags: 'URX' },
];

/**
 * The limit that refuses everything of this priority; null where none is 0. The runtime may set each under a key of the cluster's, and
 * what it may set is unknown where the limit is 0 otherwise.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_runtime#circuit-breaking
 */
export function zeroLimit(
  { name = '', circuit_breakers: breakers }: Cluster,
  priority: 'DEFAULT' | 'HIGH',
  isHttp: boolean,
  runtime: Runtime,
): ZeroLimit | Unknown | null {
  const own = breakers?.thresholds?.find((one) => (one.priority ?? 'DEFAULT') === priority) ?? {};
  for (const limit of isHttp ? OF_HTTP : OF_TCP) {
    const set = own[limit.limit] ?? 1;
    const inForce = runtime.number(`circuit_breakers.${name}.${priority.toLowerCase()}.${limit.limit}`, set);
    if (isUnknown(inForce) && set === 0) return inForce;
    if (inForce === 0) return limit;
  }
  return null;
}

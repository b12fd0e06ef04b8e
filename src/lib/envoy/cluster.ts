/** `envoy.config.cluster.v3.Cluster` and Istio's cluster names: the fields that mctl reads. */
import type { Any, Metadata, TypedExtension } from './any';
import type { ClusterLoadAssignment } from './endpoint';

export interface Cluster {
  readonly name?: string;
  readonly alt_stat_name?: string;
  readonly type?: 'STATIC' | 'STRICT_DNS' | 'LOGICAL_DNS' | 'EDS' | 'ORIGINAL_DST';
  readonly cluster_type?: TypedExtension;
  readonly eds_cluster_config?: { readonly service_name?: string; readonly eds_config?: object };
  readonly connect_timeout?: string;
  readonly lb_policy?: string;
  readonly load_balancing_policy?: {
    readonly policies?: readonly { readonly typed_extension_config?: TypedExtension }[];
  };
  readonly load_assignment?: ClusterLoadAssignment;
  readonly original_dst_lb_config?: {
    readonly use_http_header?: boolean;
    readonly http_header_name?: string;
    readonly upstream_port_override?: number;
    readonly metadata_key?: { readonly key?: string; readonly path?: readonly { readonly key?: string }[] };
  };
  readonly lb_subset_config?: {
    readonly fallback_policy?: 'NO_FALLBACK' | 'ANY_ENDPOINT' | 'DEFAULT_SUBSET';
    readonly default_subset?: Readonly<Record<string, unknown>>;
    readonly subset_selectors?: readonly {
      readonly keys?: readonly string[];
      readonly single_host_per_subset?: boolean;
      readonly fallback_policy?: string;
      readonly fallback_keys_subset?: readonly string[];
    }[];
    readonly locality_weight_aware?: boolean;
    readonly scale_locality_weight?: boolean;
    readonly panic_mode_any?: boolean;
    readonly list_as_any?: boolean;
    readonly metadata_fallback_policy?: string;
  };
  readonly common_lb_config?: {
    readonly healthy_panic_threshold?: { readonly value?: number };
    readonly zone_aware_lb_config?: Readonly<Record<string, unknown>>;
    readonly locality_weighted_lb_config?: object;
    readonly override_host_status?: object;
  };
  readonly circuit_breakers?: { readonly thresholds?: readonly CircuitBreakerThresholds[] };
  readonly outlier_detection?: Readonly<Record<string, unknown>>;
  readonly health_checks?: readonly Readonly<Record<string, unknown>>[];
  readonly transport_socket?: TypedExtension;
  readonly transport_socket_matches?: readonly {
    readonly name?: string;
    readonly match?: Readonly<Record<string, unknown>>;
    readonly transport_socket?: TypedExtension;
  }[];
  readonly typed_extension_protocol_options?: Readonly<Record<string, Any>>;
  readonly metadata?: Metadata;
  readonly filters?: readonly TypedExtension[];
  readonly upstream_config?: TypedExtension;
  readonly upstream_bind_config?: Readonly<Record<string, unknown>>;
}

/** `envoy.config.cluster.v3.CircuitBreakers.Thresholds`. */
export interface CircuitBreakerThresholds {
  readonly [field: string]: unknown;
  readonly priority?: string;
  readonly max_connections?: number;
  readonly max_pending_requests?: number;
  readonly max_requests?: number;
}

/** What Istio writes into a cluster's name: `direction|port|subset|fqdn`. */
export interface IstioClusterName {
  readonly direction: string;
  readonly port: number;
  readonly subset: string;
  readonly fqdn: string;
}

/**
 * Takes an Istio cluster name apart; null where it is not one. As istioctl does: more than three pieces between bars;
 * a fifth piece leaves the host empty; a port that is no number is 0.
 */
export function parseIstioClusterName(name: string): IstioClusterName | null {
  // By places, not with `split`: there can be a hundred thousand clusters.
  const first = name.indexOf('|');
  const second = first < 0 ? -1 : name.indexOf('|', first + 1);
  const third = second < 0 ? -1 : name.indexOf('|', second + 1);
  if (third < 0) return null;
  return {
    direction: shared(name.slice(0, first)),
    port: numberOf(name.slice(first + 1, second)),
    subset: shared(name.slice(second + 1, third)),
    fqdn: name.includes('|', third + 1) ? '' : name.slice(third + 1),
  };
}

/** Pieces that many names have: directions, subsets, ports. */
const known = new Map<string, string>();
const numbers = new Map<string, number>();
const KNOWN_LIMIT = 1_000;

/** The same text, as one string for all names. */
function shared(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size < KNOWN_LIMIT) known.set(text, text);
  return text;
}

function numberOf(text: string): number {
  const found = numbers.get(text);
  if (found !== undefined) return found;
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : 0;
  if (numbers.size < KNOWN_LIMIT) numbers.set(text, number);
  return number;
}

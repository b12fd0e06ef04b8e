/** `envoy.config.endpoint.v3.ClusterLoadAssignment` and `envoy.admin.v3.ClusterStatus`: the fields that mctl reads. */
import type { Address } from './address';
import type { Metadata } from './any';
import type { FractionalPercent } from './route';

export type HealthStatus = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY' | 'DRAINING' | 'TIMEOUT' | 'DEGRADED';

export interface Locality {
  readonly region?: string;
  readonly zone?: string;
  readonly sub_zone?: string;
}

export interface ClusterLoadAssignment {
  readonly cluster_name?: string;
  readonly endpoints?: readonly LocalityLbEndpoints[];
  readonly policy?: {
    readonly overprovisioning_factor?: number;
    readonly drop_overloads?: readonly {
      readonly category?: string;
      readonly drop_percentage?: FractionalPercent;
    }[];
    readonly weighted_priority_health?: boolean;
  };
}

export interface LocalityLbEndpoints {
  readonly locality?: Locality;
  readonly lb_endpoints?: readonly LbEndpoint[];
  readonly load_balancing_weight?: number;
  readonly priority?: number;
  readonly metadata?: Metadata;
}

export interface LbEndpoint {
  readonly endpoint?: {
    readonly address?: Address;
    readonly hostname?: string;
    readonly additional_addresses?: readonly { readonly address?: Address }[];
    readonly health_check_config?: object;
  };
  readonly health_status?: HealthStatus;
  readonly metadata?: Metadata;
  readonly load_balancing_weight?: number;
}

/** An element of `/clusters?format=json`'s `cluster_statuses`. */
export interface ClusterStatus {
  readonly name?: string;
  readonly added_via_api?: boolean;
  readonly host_statuses?: readonly HostStatus[];
  readonly circuit_breakers?: Readonly<Record<string, unknown>>;
  readonly eds_service_name?: string;
  readonly observability_name?: string;
}

export interface HostStatus {
  readonly address?: Address;
  readonly stats?: readonly { readonly name?: string; readonly value?: string; readonly type?: string }[];
  readonly health_status?: {
    readonly eds_health_status?: HealthStatus;
    readonly failed_active_health_check?: boolean;
    readonly failed_outlier_check?: boolean;
    readonly failed_active_degraded_check?: boolean;
    readonly pending_dynamic_removal?: boolean;
    readonly pending_active_hc?: boolean;
    readonly excluded_via_immediate_hc_fail?: boolean;
    readonly active_hc_timeout?: boolean;
  };
  readonly weight?: number;
  readonly hostname?: string;
  readonly priority?: number;
  readonly locality?: Locality;
}

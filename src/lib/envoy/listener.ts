/** `envoy.config.listener.v3.Listener` and what hangs below it: the fields that mctl reads. */
import type { Address, CidrRange } from './address';
import type { Any, Metadata, TypedExtension } from './any';
import type { MetadataMatcher } from './rbac';
import type {
  FractionalPercent,
  HeaderMatcher,
  HeaderValueOption,
  RouteConfiguration,
  ScopedRouteConfiguration,
  StringMatcher,
} from './route';

export interface Listener {
  readonly name?: string;
  readonly address?: Address;
  readonly additional_addresses?: readonly { readonly address?: Address }[];
  readonly filter_chains?: readonly FilterChain[];
  readonly default_filter_chain?: FilterChain;
  /** `xds.type.matcher.v3.Matcher`. */
  readonly filter_chain_matcher?: Readonly<Record<string, unknown>>;
  readonly use_original_dst?: boolean;
  readonly bind_to_port?: boolean;
  readonly deprecated_v1?: { readonly bind_to_port?: boolean };
  readonly listener_filters?: readonly ListenerFilter[];
  readonly listener_filters_timeout?: string;
  readonly continue_on_listener_filters_timeout?: boolean;
  readonly transparent?: boolean;
  readonly traffic_direction?: 'UNSPECIFIED' | 'INBOUND' | 'OUTBOUND';
  readonly internal_listener?: object;
  readonly udp_listener_config?: object;
  readonly access_log?: readonly TypedExtension[];
  readonly metadata?: Metadata;
}

export interface ListenerFilter extends TypedExtension {
  /** `envoy.config.listener.v3.ListenerFilterChainMatchPredicate`. */
  readonly filter_disabled?: ListenerFilterPredicate;
}

export interface ListenerFilterPredicate {
  readonly or_match?: { readonly rules?: readonly ListenerFilterPredicate[] };
  readonly and_match?: { readonly rules?: readonly ListenerFilterPredicate[] };
  readonly not_match?: ListenerFilterPredicate;
  readonly any_match?: boolean;
  readonly destination_port_range?: { readonly start?: number; readonly end?: number };
}

export interface FilterChain {
  readonly use_proxy_proto?: boolean;
  readonly name?: string;
  readonly filter_chain_match?: FilterChainMatch;
  readonly filters?: readonly TypedExtension[];
  readonly transport_socket?: TypedExtension;
  readonly metadata?: Metadata;
}

export interface FilterChainMatch {
  readonly destination_port?: number;
  readonly prefix_ranges?: readonly CidrRange[];
  readonly direct_source_prefix_ranges?: readonly CidrRange[];
  readonly source_type?: 'ANY' | 'SAME_IP_OR_LOOPBACK' | 'EXTERNAL';
  readonly source_prefix_ranges?: readonly CidrRange[];
  readonly source_ports?: readonly number[];
  readonly server_names?: readonly string[];
  readonly transport_protocol?: string;
  readonly application_protocols?: readonly string[];
}

/** `envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`. */
export interface HttpConnectionManager {
  readonly codec_type?: 'AUTO' | 'HTTP1' | 'HTTP2' | 'HTTP3';
  readonly stat_prefix?: string;
  readonly rds?: { readonly route_config_name?: string; readonly config_source?: object };
  readonly route_config?: RouteConfiguration;
  readonly scoped_routes?: ScopedRoutes;
  readonly http_filters?: readonly HttpFilter[];
  readonly http_protocol_options?: {
    readonly accept_http_10?: boolean;
    readonly default_host_for_http_10?: string;
    readonly allow_absolute_url?: boolean;
    readonly allow_custom_methods?: boolean;
    readonly allow_chunked_length?: boolean;
    readonly ignore_http_11_upgrade?: readonly StringMatcher[];
  };
  readonly common_http_protocol_options?: {
    readonly headers_with_underscores_action?: 'ALLOW' | 'REJECT_REQUEST' | 'DROP_HEADER';
    readonly max_headers_count?: number;
    readonly max_stream_duration?: string;
    readonly idle_timeout?: string;
  };
  readonly http2_protocol_options?: { readonly allow_connect?: boolean };
  readonly max_request_headers_kb?: number;
  readonly normalize_path?: boolean;
  readonly merge_slashes?: boolean;
  readonly path_with_escaped_slashes_action?: string;
  readonly strip_any_host_port?: boolean;
  readonly strip_matching_host_port?: boolean;
  readonly strip_trailing_host_dot?: boolean;
  readonly use_remote_address?: boolean;
  readonly xff_num_trusted_hops?: number;
  readonly skip_xff_append?: boolean;
  readonly generate_request_id?: boolean;
  readonly preserve_external_request_id?: boolean;
  readonly server_name?: string;
  readonly add_user_agent?: boolean;
  readonly via?: string;
  readonly proxy_status_config?: { readonly set_recommended_response_code?: boolean };
  readonly scheme_header_transformation?: {
    readonly scheme_to_overwrite?: string;
    readonly match_upstream?: boolean;
  };
  readonly internal_address_config?: {
    readonly unix_sockets?: boolean;
    readonly cidr_ranges?: readonly CidrRange[];
  };
  readonly upgrade_configs?: readonly {
    readonly upgrade_type?: string;
    readonly enabled?: boolean;
    /** In place of `http_filters`, for requests that ask for it. */
    readonly filters?: readonly HttpFilter[];
  }[];
  readonly forward_client_cert_details?: string;
  readonly tracing?: Readonly<Record<string, unknown>>;
  readonly access_log?: readonly TypedExtension[];
  readonly original_ip_detection_extensions?: readonly TypedExtension[];
  readonly early_header_mutation_extensions?: readonly TypedExtension[];
  readonly append_x_forwarded_port?: boolean;
  readonly request_id_extension?: RequestIdExtension;
  readonly local_reply_config?: LocalReplyConfig;
}

/** `envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension`. */
export interface RequestIdExtension {
  readonly typed_config?: Any;
}

/** `envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig`. */
export interface LocalReplyConfig {
  readonly mappers?: readonly {
    readonly filter?: AccessLogFilter;
    readonly status_code?: number;
    readonly headers_to_add?: readonly HeaderValueOption[];
  }[];
}

/** `envoy.config.accesslog.v3.AccessLogFilter`; kinds that are not here are not evaluated. */
export interface AccessLogFilter {
  readonly status_code_filter?: {
    readonly comparison?: {
      readonly op?: 'EQ' | 'GE' | 'LE' | 'NE';
      readonly value?: { readonly default_value?: number; readonly runtime_key?: string };
    };
  };
  readonly header_filter?: { readonly header?: HeaderMatcher };
  readonly response_flag_filter?: { readonly flags?: readonly string[] };
  readonly runtime_filter?: { readonly runtime_key?: string; readonly percent_sampled?: FractionalPercent };
  readonly grpc_status_filter?: { readonly statuses?: readonly string[]; readonly exclude?: boolean };
  readonly duration_filter?: AccessLogFilter['status_code_filter'];
  readonly not_health_check_filter?: object;
  readonly traceable_filter?: object;
  readonly metadata_filter?: { readonly matcher?: MetadataMatcher; readonly match_if_key_not_found?: boolean };
  readonly log_type_filter?: { readonly types?: readonly string[]; readonly exclude?: boolean };
  readonly and_filter?: { readonly filters?: readonly AccessLogFilter[] };
  readonly or_filter?: { readonly filters?: readonly AccessLogFilter[] };
}

/** `envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes`. */
export interface ScopedRoutes {
  readonly name?: string;
  readonly scope_key_builder?: {
    readonly fragments?: readonly { readonly header_value_extractor?: HeaderValueExtractor }[];
  };
  readonly scoped_route_configurations_list?: {
    readonly scoped_route_configurations?: readonly ScopedRouteConfiguration[];
  };
  readonly scoped_rds?: object;
}

export interface HeaderValueExtractor {
  readonly name?: string;
  readonly element_separator?: string;
  readonly index?: number;
  readonly element?: { readonly separator?: string; readonly key?: string };
}

export interface HttpFilter extends TypedExtension {
  readonly config_discovery?: { readonly default_config?: Any; readonly [field: string]: unknown };
  readonly is_optional?: boolean;
  readonly disabled?: boolean;
}

/** `envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy`. */
export interface TcpProxy {
  readonly stat_prefix?: string;
  readonly cluster?: string;
  readonly weighted_clusters?: {
    readonly clusters?: readonly {
      readonly name?: string;
      readonly weight?: number;
      readonly metadata_match?: Metadata;
    }[];
  };
  readonly metadata_match?: Metadata;
  readonly tunneling_config?: Readonly<Record<string, unknown>>;
  /** When it calls its cluster; IMMEDIATE where it is not set. */
  readonly upstream_connect_mode?: string;
  /** 0 is a value, too: only a proxy that has it set reads before it is connected. */
  readonly max_early_data_bytes?: number;
  readonly access_log?: readonly TypedExtension[];
}

/** Any of a filter chain's or listener's typed configuration. */
export type { Any };

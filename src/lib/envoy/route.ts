/** `envoy.config.route.v3.RouteConfiguration` and what hangs below it: the fields that mctl reads. */
import type { MessageOf } from './messages/message-type';
import type { ROUTE_MESSAGES } from './messages/route';
import type { CidrRange } from './address';
import type { Any, Metadata, TypedExtension } from './any';

export interface RouteConfiguration {
  readonly name?: string;
  readonly virtual_hosts?: readonly VirtualHost[];
  readonly vhds?: object;
  readonly vhost_header?: string;
  readonly ignore_port_in_host_matching?: boolean;
  readonly ignore_path_parameters_in_path_matching?: boolean;
  readonly validate_clusters?: boolean;
  readonly typed_per_filter_config?: Readonly<Record<string, Any>>;
  readonly metadata?: Metadata;
  readonly max_direct_response_body_size_bytes?: number;
  readonly cluster_specifier_plugins?: readonly {
    readonly extension?: TypedExtension;
    readonly is_optional?: boolean;
  }[];
  readonly request_mirror_policies?: readonly RequestMirrorPolicy[];
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  readonly most_specific_header_mutations_wins?: boolean;
  readonly internal_only_headers?: readonly string[];
}

/** `envoy.config.route.v3.ScopedRouteConfiguration`. */
export interface ScopedRouteConfiguration {
  readonly name?: string;
  readonly route_configuration_name?: string;
  readonly route_configuration?: RouteConfiguration;
  readonly key?: { readonly fragments?: readonly { readonly string_key?: string }[] };
}

export interface VirtualHost {
  readonly name?: string;
  readonly domains?: readonly string[];
  readonly routes?: readonly Route[];
  /** `xds.type.matcher.v3.Matcher`, in place of `routes`. */
  readonly matcher?: Readonly<Record<string, unknown>>;
  readonly require_tls?: 'NONE' | 'EXTERNAL_ONLY' | 'ALL';
  readonly retry_policy?: RetryPolicy;
  readonly hedge_policy?: HedgePolicy;
  readonly typed_per_filter_config?: Readonly<Record<string, Any>>;
  readonly request_mirror_policies?: readonly RequestMirrorPolicy[];
  readonly metadata?: Metadata;
  readonly cors?: object;
  readonly virtual_clusters?: readonly VirtualCluster[];
  readonly include_request_attempt_count?: boolean;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
}

/** What requests of a virtual host are counted together under. */
export interface VirtualCluster {
  readonly name?: string;
  readonly headers?: readonly HeaderMatcher[];
}

export interface Route {
  readonly name?: string;
  readonly match?: RouteMatch;
  readonly route?: RouteAction;
  readonly redirect?: RedirectAction;
  readonly direct_response?: { readonly status?: number; readonly body?: Readonly<Record<string, unknown>> };
  readonly non_forwarding_action?: object;
  readonly filter_action?: object;
  readonly metadata?: Metadata;
  readonly decorator?: { readonly operation?: string };
  readonly typed_per_filter_config?: Readonly<Record<string, Any>>;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  readonly tracing?: {
    readonly client_sampling?: FractionalPercent;
    readonly overall_sampling?: FractionalPercent;
  };
}

export interface HeaderValueOption {
  readonly header?: { readonly key?: string; readonly value?: string };
  readonly append?: boolean;
  readonly append_action?: string;
  readonly keep_empty_value?: boolean;
}

export type RouteMatch = MessageOf<(typeof ROUTE_MESSAGES)['RouteMatch'], InRouteMatch>;

/** Messages in RouteMatch that are looked into. */
interface InRouteMatch {
  readonly RegexMatcher: RegexMatcher;
  readonly TypedExtensionConfig: TypedExtension;
  readonly HeaderMatcher: HeaderMatcher;
  readonly QueryParameterMatcher: QueryParameterMatcher;
  readonly RuntimeFractionalPercent: { readonly default_value?: FractionalPercent; readonly runtime_key?: string };
  readonly TlsContextMatchOptions: { readonly presented?: boolean; readonly validated?: boolean };
  readonly FilterStateMatcher: FilterStateMatcher;
  readonly CookieMatcher: {
    readonly name?: string;
    readonly string_match?: StringMatcher;
    readonly invert_match?: boolean;
  };
}

export interface FractionalPercent {
  readonly numerator?: number;
  readonly denominator?: 'HUNDRED' | 'TEN_THOUSAND' | 'MILLION';
}

export interface RegexMatcher {
  readonly regex?: string;
  readonly google_re2?: object;
}

/** `envoy.type.matcher.v3.FilterStateMatcher`. */
export interface FilterStateMatcher {
  readonly key?: string;
  readonly string_match?: StringMatcher;
  readonly address_match?: { readonly ranges?: readonly CidrRange[]; readonly invert_match?: boolean };
}

/** `envoy.type.matcher.v3.StringMatcher`. */
export interface StringMatcher {
  readonly exact?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly contains?: string;
  readonly safe_regex?: RegexMatcher;
  readonly custom?: TypedExtension;
  readonly ignore_case?: boolean;
}

export interface HeaderMatcher {
  readonly name?: string;
  readonly string_match?: StringMatcher;
  readonly exact_match?: string;
  readonly prefix_match?: string;
  readonly suffix_match?: string;
  readonly contains_match?: string;
  readonly safe_regex_match?: RegexMatcher;
  readonly range_match?: { readonly start?: string | number; readonly end?: string | number };
  readonly present_match?: boolean;
  readonly invert_match?: boolean;
  readonly treat_missing_header_as_empty?: boolean;
}

export interface QueryParameterMatcher {
  readonly name?: string;
  readonly string_match?: StringMatcher;
  readonly present_match?: boolean;
}

/** Of what a hash is made, by which ring hash and Maglev pick a host. */
export interface HashPolicy {
  readonly header?: { readonly header_name?: string };
  readonly cookie?: { readonly name?: string; readonly ttl?: string };
  readonly query_parameter?: { readonly name?: string };
  readonly connection_properties?: { readonly source_ip?: boolean };
  readonly filter_state?: { readonly key?: string };
  readonly terminal?: boolean;
}

export interface RouteAction {
  readonly cluster?: string;
  readonly cluster_header?: string;
  readonly weighted_clusters?: WeightedCluster;
  readonly cluster_specifier_plugin?: string;
  readonly inline_cluster_specifier_plugin?: { readonly extension?: TypedExtension };
  readonly cluster_not_found_response_code?: 'SERVICE_UNAVAILABLE' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR';
  readonly metadata_match?: Metadata;
  readonly prefix_rewrite?: string;
  readonly regex_rewrite?: { readonly pattern?: RegexMatcher; readonly substitution?: string };
  readonly path_rewrite_policy?: TypedExtension;
  readonly path_rewrite?: string;
  readonly host_rewrite_literal?: string;
  readonly auto_host_rewrite?: boolean;
  readonly host_rewrite_header?: string;
  readonly host_rewrite_path_regex?: { readonly pattern?: RegexMatcher; readonly substitution?: string };
  readonly append_x_forwarded_host?: boolean;
  readonly timeout?: string;
  readonly idle_timeout?: string;
  readonly max_stream_duration?: {
    readonly max_stream_duration?: string;
    readonly grpc_timeout_header_max?: string;
    readonly grpc_timeout_header_offset?: string;
  };
  readonly retry_policy?: RetryPolicy;
  readonly request_mirror_policies?: readonly RequestMirrorPolicy[];
  readonly hash_policy?: readonly HashPolicy[];
  readonly priority?: 'DEFAULT' | 'HIGH';
  readonly upgrade_configs?: readonly UpgradeConfig[];
  readonly max_grpc_timeout?: string;
  readonly grpc_timeout_offset?: string;
  readonly hedge_policy?: HedgePolicy;
  readonly internal_redirect_policy?: {
    readonly max_internal_redirects?: number;
    readonly redirect_response_codes?: readonly number[];
    readonly predicates?: readonly TypedExtension[];
    readonly allow_cross_scheme_redirect?: boolean;
    readonly response_headers_to_copy?: readonly string[];
  };
  readonly early_data_policy?: TypedExtension;
}

export interface UpgradeConfig {
  readonly upgrade_type?: string;
  readonly enabled?: boolean;
  readonly connect_config?: object;
}

export interface WeightedCluster {
  readonly clusters?: readonly WeightedClusterEntry[];
  readonly total_weight?: number;
  readonly header_name?: string;
  readonly runtime_key_prefix?: string;
}

export interface WeightedClusterEntry {
  readonly name?: string;
  readonly cluster_header?: string;
  readonly weight?: number;
  readonly metadata_match?: Metadata;
  readonly typed_per_filter_config?: Readonly<Record<string, Any>>;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  readonly host_rewrite_literal?: string;
}

export interface RetryPolicy {
  readonly retry_on?: string;
  readonly num_retries?: number;
  readonly per_try_timeout?: string;
  readonly retriable_status_codes?: readonly number[];
  readonly retriable_request_headers?: readonly HeaderMatcher[];
  readonly retry_host_predicate?: readonly TypedExtension[];
  readonly retry_back_off?: { readonly base_interval?: string; readonly max_interval?: string };
}

export interface HedgePolicy {
  readonly hedge_on_per_try_timeout?: boolean;
}

export interface RequestMirrorPolicy {
  readonly cluster?: string;
  readonly cluster_header?: string;
  readonly runtime_fraction?: { readonly default_value?: FractionalPercent };
}

export interface RedirectAction {
  readonly https_redirect?: boolean;
  readonly scheme_redirect?: string;
  readonly host_redirect?: string;
  readonly port_redirect?: number;
  readonly path_redirect?: string;
  readonly prefix_rewrite?: string;
  readonly regex_rewrite?: { readonly pattern?: RegexMatcher; readonly substitution?: string };
  readonly response_code?: 'MOVED_PERMANENTLY' | 'FOUND' | 'SEE_OTHER' | 'TEMPORARY_REDIRECT' | 'PERMANENT_REDIRECT';
  readonly strip_query?: boolean;
}

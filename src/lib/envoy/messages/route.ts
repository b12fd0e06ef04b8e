/** Route configurations and what a route does with a request. See `index.ts` for how fields are written. */

export const ROUTE_MESSAGES = {
  ClusterAction: 'cluster:string',
  ClusterSpecifierPlugin: 'extension:TypedExtensionConfig is_optional:bool',
  ConnectionProperties: 'source_ip:bool',
  Cookie: 'name:string ttl:duration path:string attributes:CookieAttribute[]',
  CookieAttribute: 'name:string value:string',
  CookieMatcher: 'name:string string_match:StringMatcher invert_match:bool',
  CorsPolicy: `
    allow_origin_string_match:StringMatcher[] allow_methods:string filter_enabled:RuntimeFractionalPercent
    shadow_enabled:RuntimeFractionalPercent forward_not_matching_preflights:bool`,
  Decorator: 'operation:string',
  DirectResponseAction: 'status:uint32 body:DataSource',
  FaultAbort: 'http_status:uint32 grpc_status:uint32 header_abort:object percentage:FractionalPercent',
  FaultDelay: 'fixed_delay:duration header_delay:object percentage:FractionalPercent',
  FaultRateLimit: 'percentage:FractionalPercent',
  FilterAction: 'action:any',
  // Istio's filter that overrides application protocols has a message of that name, too.
  FilterConfig: 'config:any is_optional:bool disabled:bool alpn_override:AlpnOverride[]',
  Fragment: 'string_key:string',
  HTTPFault: `
    delay:FaultDelay abort:FaultAbort upstream_cluster:string headers:HeaderMatcher[] downstream_nodes:string[]
    max_active_faults:uint32 response_rate_limit:FaultRateLimit abort_percent_runtime:string
    delay_percent_runtime:string abort_http_status_runtime:string filter_metadata:struct`,
  HashPolicyFilterState: 'key:string',
  HedgePolicy: 'hedge_on_per_try_timeout:bool',
  Header: 'header_name:string regex_rewrite:RegexMatchAndSubstitute',
  HeaderMatcher: `
    name:string exact_match:string safe_regex_match:RegexMatcher range_match:Int64Range present_match:bool
    prefix_match:string suffix_match:string contains_match:string string_match:StringMatcher invert_match:bool
    treat_missing_header_as_empty:bool`,
  Key: 'fragments:Fragment[]',
  MatcherClusterSpecifier: 'cluster_matcher:Matcher',
  InternalRedirectPolicy: `
    max_internal_redirects:uint32 redirect_response_codes:uint32[] predicates:TypedExtensionConfig[]
    allow_cross_scheme_redirect:bool response_headers_to_copy:string[]`,
  MaxStreamDuration: `
    max_stream_duration:duration grpc_timeout_header_max:duration grpc_timeout_header_offset:duration`,
  QueryParameter: 'name:string',
  QueryParameterMatcher: 'name:string string_match:StringMatcher present_match:bool',
  RedirectAction: `
    https_redirect:bool scheme_redirect:string host_redirect:string port_redirect:uint32 path_redirect:string
    prefix_rewrite:string regex_rewrite:RegexMatchAndSubstitute response_code:RedirectResponseCode
    strip_query:bool`,
  RequestMirrorPolicy: `
    cluster:string cluster_header:string runtime_fraction:RuntimeFractionalPercent host_rewrite_literal:string`,
  RetryBackOff: 'base_interval:duration max_interval:duration',
  RetryHostPredicate: 'name:string typed_config:any',
  RetryPolicy: `
    retry_on:string num_retries:uint32 per_try_timeout:duration retry_host_predicate:RetryHostPredicate[]
    retriable_status_codes:uint32[] retriable_request_headers:HeaderMatcher[] retry_back_off:RetryBackOff`,
  Route: `
    name:string match:RouteMatch route:RouteAction redirect:RedirectAction direct_response:DirectResponseAction
    filter_action:FilterAction non_forwarding_action:object metadata:CoreMetadata decorator:Decorator
    typed_per_filter_config:any{} request_headers_to_add:HeaderValueOption[] request_headers_to_remove:string[]
    response_headers_to_add:HeaderValueOption[] response_headers_to_remove:string[] tracing:RouteTracing
    stat_prefix:string`,
  RouteAction: `
    cluster:string cluster_header:string weighted_clusters:RouteWeightedCluster cluster_specifier_plugin:string
    inline_cluster_specifier_plugin:ClusterSpecifierPlugin
    cluster_not_found_response_code:ClusterNotFoundResponseCode metadata_match:CoreMetadata
    prefix_rewrite:string regex_rewrite:RegexMatchAndSubstitute path_rewrite_policy:TypedExtensionConfig
    path_rewrite:string host_rewrite_literal:string auto_host_rewrite:bool host_rewrite_header:string
    host_rewrite_path_regex:RegexMatchAndSubstitute append_x_forwarded_host:bool timeout:duration
    idle_timeout:duration early_data_policy:TypedExtensionConfig retry_policy:RetryPolicy
    request_mirror_policies:RequestMirrorPolicy[] priority:RoutingPriority hash_policy:RouteActionHashPolicy[]
    cors:RouteCorsPolicy max_grpc_timeout:duration grpc_timeout_offset:duration upgrade_configs:RouteActionUpgradeConfig[]
    internal_redirect_policy:InternalRedirectPolicy hedge_policy:HedgePolicy max_stream_duration:MaxStreamDuration`,
  RouteActionHashPolicy: `
    header:Header cookie:Cookie connection_properties:ConnectionProperties query_parameter:QueryParameter
    filter_state:HashPolicyFilterState terminal:bool`,
  RouteActionUpgradeConfig: 'upgrade_type:string enabled:bool connect_config:object',
  RouteConfiguration: `
    name:string virtual_hosts:VirtualHost[] vhds:Vhds response_headers_to_add:HeaderValueOption[]
    response_headers_to_remove:string[] request_headers_to_add:HeaderValueOption[]
    request_headers_to_remove:string[] internal_only_headers:string[]
    most_specific_header_mutations_wins:bool validate_clusters:bool
    max_direct_response_body_size_bytes:uint32 cluster_specifier_plugins:ClusterSpecifierPlugin[]
    request_mirror_policies:RequestMirrorPolicy[] ignore_port_in_host_matching:bool vhost_header:string
    ignore_path_parameters_in_path_matching:bool typed_per_filter_config:any{} metadata:CoreMetadata`,
  RouteCorsPolicy: `
    allow_origin_string_match:StringMatcher[] allow_methods:string filter_enabled:RuntimeFractionalPercent
    shadow_enabled:RuntimeFractionalPercent forward_not_matching_preflights:bool`,
  RouteList: 'routes:Route[]',
  RouteMatch: `
    prefix:string path:string safe_regex:RegexMatcher connect_matcher:object path_separated_prefix:string
    path_match_policy:TypedExtensionConfig case_sensitive:bool runtime_fraction:RuntimeFractionalPercent
    headers:HeaderMatcher[] query_parameters:QueryParameterMatcher[] cookies:CookieMatcher[] grpc:object
    tls_context:TlsContextMatchOptions dynamic_metadata:MetadataMatcher[] filter_state:FilterStateMatcher[]`,
  RouteTracing: `
    client_sampling:FractionalPercent random_sampling:FractionalPercent overall_sampling:FractionalPercent
    operation:string`,
  RouteWeightedCluster: `
    clusters:WeightedClusterClusterWeight[] total_weight:uint32 runtime_key_prefix:string header_name:string`,
  ScopedRouteConfiguration: `
    on_demand:bool name:string route_configuration_name:string route_configuration:RouteConfiguration key:Key`,
  TlsContextMatchOptions: 'presented:bool validated:bool',
  Vhds: 'config_source:object',
  VirtualHost: `
    name:string domains:string[] routes:Route[] matcher:Matcher require_tls:TlsRequirementType
    request_headers_to_add:HeaderValueOption[] request_headers_to_remove:string[]
    response_headers_to_add:HeaderValueOption[] response_headers_to_remove:string[] cors:RouteCorsPolicy
    typed_per_filter_config:any{} include_request_attempt_count:bool retry_policy:RetryPolicy
    hedge_policy:HedgePolicy request_mirror_policies:RequestMirrorPolicy[] metadata:CoreMetadata
    virtual_clusters:VirtualCluster[]`,
  VirtualCluster: 'name:string headers:HeaderMatcher[]',
  WeightedClusterClusterWeight: `
    name:string cluster_header:string weight:uint32 metadata_match:CoreMetadata
    request_headers_to_add:HeaderValueOption[] request_headers_to_remove:string[]
    response_headers_to_add:HeaderValueOption[] response_headers_to_remove:string[]
    typed_per_filter_config:any{} host_rewrite_literal:string`,
} as const;

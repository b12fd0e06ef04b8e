/** Listeners, filter chains, and the network and listener filters in them. See `index.ts` for how fields are written. */

export const LISTENER_MESSAGES = {
  CommonGrpcAccessLogConfig: 'log_name:string grpc_service:GrpcService',
  DeprecatedV1: 'bind_to_port:bool',
  FileAccessLog: `
    path:string format:string json_format:struct typed_json_format:struct log_format:SubstitutionFormatString`,
  StdoutAccessLog: 'log_format:SubstitutionFormatString',
  StderrAccessLog: 'log_format:SubstitutionFormatString',
  FilterChain: `
    filter_chain_match:FilterChainMatch filters:ListenerFilter[] metadata:CoreMetadata
    transport_socket:TransportSocket name:string use_proxy_proto:bool`,
  FilterChainMatch: `
    destination_port:uint32 prefix_ranges:CidrRange[] direct_source_prefix_ranges:CidrRange[]
    source_type:ConnectionSourceType source_prefix_ranges:CidrRange[] source_ports:uint32[]
    server_names:string[] transport_protocol:string application_protocols:string[]`,
  FragmentBuilder: 'header_value_extractor:HeaderValueExtractor',
  HeaderValueExtractor: 'name:string element_separator:string index:uint32 element:KvElement',
  HttpConnectionManager: `
    codec_type:CodecType stat_prefix:string rds:Rds route_config:RouteConfiguration scoped_routes:ScopedRoutes
    http_filters:HttpFilter[] tracing:HttpConnectionManagerTracing http_protocol_options:Http1ProtocolOptions
    http2_protocol_options:Http2ProtocolOptions common_http_protocol_options:CommonHttpProtocolOptions
    max_request_headers_kb:uint32 append_x_forwarded_port:bool
    early_header_mutation_extensions:TypedExtensionConfig[] local_reply_config:LocalReplyConfig http3_protocol_options:object server_name:string
    scheme_header_transformation:SchemeHeaderTransformation access_log:AccessLog[] use_remote_address:bool
    xff_num_trusted_hops:uint32 original_ip_detection_extensions:TypedExtensionConfig[]
    internal_address_config:InternalAddressConfig skip_xff_append:bool via:string add_user_agent:bool
    proxy_status_config:ProxyStatusConfig generate_request_id:bool
    preserve_external_request_id:bool request_id_extension:RequestIDExtension forward_client_cert_details:ForwardClientCertDetails
    upgrade_configs:HttpConnectionManagerUpgradeConfig[] normalize_path:bool merge_slashes:bool
    path_with_escaped_slashes_action:PathWithEscapedSlashesAction strip_matching_host_port:bool
    strip_any_host_port:bool strip_trailing_host_dot:bool`,
  HttpConnectionManagerTracing: `
    client_sampling:Percent random_sampling:Percent overall_sampling:Percent verbose:bool provider:Http
    operation:string`,
  RequestIDExtension: 'typed_config:any',
  ProxyStatusConfig: 'set_recommended_response_code:bool',
  HttpConnectionManagerUpgradeConfig: 'upgrade_type:string filters:HttpFilter[] enabled:bool',
  Http2ProtocolOptions: 'allow_connect:bool',
  CommonHttpProtocolOptions: `
    headers_with_underscores_action:HeadersWithUnderscoresAction max_headers_count:uint32
    max_stream_duration:duration idle_timeout:duration`,
  LocalReplyConfig: 'mappers:ResponseMapper[]',
  ResponseMapper: 'filter:AccessLogFilter status_code:uint32 headers_to_add:HeaderValueOption[]',
  AccessLogFilter: `
    status_code_filter:StatusCodeFilter header_filter:HeaderFilter response_flag_filter:ResponseFlagFilter
    runtime_filter:RuntimeFilter grpc_status_filter:GrpcStatusFilter
    duration_filter:StatusCodeFilter not_health_check_filter:object traceable_filter:object
    metadata_filter:MetadataFilter log_type_filter:LogTypeFilter
    and_filter:AccessLogFilters or_filter:AccessLogFilters`,
  AccessLogFilters: 'filters:AccessLogFilter[]',
  StatusCodeFilter: 'comparison:ComparisonFilter',
  ComparisonFilter: 'op:ComparisonOp value:RuntimeUInt32',
  RuntimeUInt32: 'default_value:uint32 runtime_key:string',
  HeaderFilter: 'header:HeaderMatcher',
  ResponseFlagFilter: 'flags:string[]',
  RuntimeFilter: 'runtime_key:string percent_sampled:FractionalPercent use_independent_randomness:bool',
  GrpcStatusFilter: 'statuses:string[] exclude:bool',
  MetadataFilter: 'matcher:MetadataMatcher match_if_key_not_found:bool',
  LogTypeFilter: 'types:string[] exclude:bool',
  HttpFilter: 'name:string typed_config:any config_discovery:ExtensionConfigSource is_optional:bool disabled:bool',
  HttpGrpcAccessLogConfig: 'common_config:CommonGrpcAccessLogConfig',
  InternalAddressConfig: 'unix_sockets:bool cidr_ranges:CidrRange[]',
  KvElement: 'separator:string key:string',
  Listener: `
    name:string address:Address additional_addresses:ListenerAdditionalAddress[] stat_prefix:string
    filter_chains:FilterChain[] filter_chain_matcher:Matcher use_original_dst:bool
    default_filter_chain:FilterChain metadata:CoreMetadata deprecated_v1:DeprecatedV1
    listener_filters:ListenerFilter[] listener_filters_timeout:duration
    continue_on_listener_filters_timeout:bool transparent:bool traffic_direction:TrafficDirection
    udp_listener_config:object access_log:AccessLog[] bind_to_port:bool internal_listener:object`,
  ListenerBrief: `
    name:string address:Address additional_addresses:ListenerAdditionalAddress[] internal_listener:object`,
  ListenerAdditionalAddress: 'address:Address',
  ListenerFilter: `
    name:string typed_config:any config_discovery:ExtensionConfigSource filter_disabled:ListenerFilterChainMatchPredicate`,
  ListenerFilterChainMatchPredicate: `
    or_match:MatchSet and_match:MatchSet not_match:ListenerFilterChainMatchPredicate any_match:bool
    destination_port_range:Int32Range`,
  MatchSet: 'rules:ListenerFilterChainMatchPredicate[]',
  OnDemand: 'timeout:duration',
  OpenTelemetryAccessLogConfig: `
    common_config:CommonGrpcAccessLogConfig http_service:object grpc_service:object stat_prefix:string
    log_name:string`,
  ProxyProtocol: `
    rules:object[] allow_requests_without_proxy_protocol:bool stat_prefix:string
    disallowed_versions:Version[]`,
  Rds: 'config_source:object route_config_name:string',
  ScopeKeyBuilder: 'fragments:FragmentBuilder[]',
  ScopedRouteConfigurationsList: 'scoped_route_configurations:ScopedRouteConfiguration[]',
  ScopedRoutes: `
    name:string scope_key_builder:ScopeKeyBuilder scoped_route_configurations_list:ScopedRouteConfigurationsList
    scoped_rds:object`,
  TcpGrpcAccessLogConfig: 'common_config:CommonGrpcAccessLogConfig',
  TcpProxy: `
    stat_prefix:string cluster:string weighted_clusters:TcpProxyWeightedCluster on_demand:OnDemand
    metadata_match:CoreMetadata idle_timeout:duration access_log:AccessLog[] hash_policy:TypeHashPolicy[]
    tunneling_config:TunnelingConfig upstream_connect_mode:UpstreamConnectMode max_early_data_bytes:uint32`,
  TcpProxyWeightedCluster: 'clusters:WeightedClusterClusterWeight[]',
  TunnelingConfig: 'hostname:string',
} as const;

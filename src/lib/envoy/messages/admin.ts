/** Messages of the admin interface, and what every message has: nodes, addresses, secrets. See `index.ts` for how fields are written. */

export const ADMIN_MESSAGES = {
  Bootstrap: 'node:Node layered_runtime:LayeredRuntime',
  LayeredRuntime: 'layers:RuntimeLayer[]',
  RuntimeLayer: 'name:string static_layer:struct disk_layer:object admin_layer:object rtds_layer:object',
  ExtensionConfigSource: 'default_config:any',
  Address: 'socket_address:SocketAddress pipe:Pipe envoy_internal_address:EnvoyInternalAddress',
  BuildVersion: 'version:SemanticVersion metadata:struct',
  CidrRange: 'address_prefix:string prefix_len:uint32',
  ClusterStatus: `
    name:string added_via_api:bool host_statuses:HostStatus[] circuit_breakers:CircuitBreakers
    observability_name:string eds_service_name:string`,
  CommandLineOptions: 'log_level:string component_log_level:string mode:Mode',
  CoreHealthCheck: 'timeout:duration',
  CoreMetadata: 'filter_metadata:struct{} typed_filter_metadata:any{}',
  SubstitutionFormatString: `
    text_format:string text_format_source:DataSource json_format:struct omit_empty_values:bool content_type:string`,
  GrpcService: 'envoy_grpc:EnvoyGrpc google_grpc:object timeout:duration',
  EnvoyGrpc: 'cluster_name:string authority:string',
  DataSource: 'filename:string inline_bytes:string inline_string:string environment_variable:string',
  DynamicCluster: 'version_info:string cluster:Cluster last_updated:timestamp error_state:UpdateFailureState',
  DynamicEndpointConfig: `
    version_info:string endpoint_config:ClusterLoadAssignment last_updated:timestamp
    error_state:UpdateFailureState`,
  DynamicListener: `
    name:string active_state:DynamicListenerState warming_state:DynamicListenerState
    draining_state:DynamicListenerState error_state:UpdateFailureState`,
  // Of a brief: its filter chains are looked at as they stand, since they say no types.
  DynamicListenerBrief: `
    name:string active_state:DynamicListenerStateBrief warming_state:DynamicListenerStateBrief
    draining_state:DynamicListenerStateBrief error_state:UpdateFailureState`,
  DynamicListenerStateBrief: 'listener:ListenerBrief',
  DynamicListenerState: 'version_info:string listener:Listener last_updated:timestamp',
  DynamicRouteConfig: `
    version_info:string route_config:RouteConfiguration last_updated:timestamp error_state:UpdateFailureState`,
  DynamicScopedRouteConfigs: `
    name:string version_info:string scoped_route_configs:ScopedRouteConfiguration[] last_updated:timestamp
    error_state:UpdateFailureState`,
  DynamicSecret: 'name:string version_info:string last_updated:timestamp secret:Secret error_state:UpdateFailureState',
  EcdsFilterConfig: `
    version_info:string ecds_filter:TypedExtensionConfig last_updated:timestamp error_state:UpdateFailureState`,
  EnvoyInternalAddress: 'server_listener_name:string endpoint_id:string',
  Extension: 'name:string category:string version:BuildVersion disabled:bool',
  HeaderValue: 'key:string value:string',
  HeaderValueOption: 'header:HeaderValue append:bool append_action:HeaderAppendAction keep_empty_value:bool',
  HealthStatusSet: 'statuses:HealthStatus[]',
  HostHealthStatus: `
    failed_active_health_check:bool failed_outlier_check:bool failed_active_degraded_check:bool
    pending_dynamic_removal:bool pending_active_hc:bool excluded_via_immediate_hc_fail:bool
    active_hc_timeout:bool eds_health_status:HealthStatus`,
  HostStatus: `
    address:Address stats:SimpleMetric[] health_status:HostHealthStatus weight:uint32 hostname:string
    priority:uint32 locality:Locality`,
  Http1ProtocolOptions: `
    allow_absolute_url:bool accept_http_10:bool default_host_for_http_10:string allow_chunked_length:bool
    ignore_http_11_upgrade:StringMatcher[] allow_custom_methods:bool`,
  Locality: 'region:string zone:string sub_zone:string',
  Node: `
    id:string cluster:string metadata:struct locality:Locality user_agent_name:string
    user_agent_build_version:BuildVersion extensions:Extension[]`,
  Pipe: 'path:string mode:uint32',
  ProxyProtocolConfig: 'version:Version',
  RuntimeFeatureFlag: 'default_value:bool runtime_key:string',
  RuntimeFractionalPercent: 'default_value:FractionalPercent runtime_key:string',
  SchemeHeaderTransformation: 'scheme_to_overwrite:string match_upstream:bool',
  Secret: `
    name:string tls_certificate:TlsCertificate session_ticket_keys:TlsSessionTicketKeys
    validation_context:CertificateValidationContext`,
  ServerInfo: 'version:string state:State command_line_options:CommandLineOptions node:Node',
  SimpleMetric: 'type:Type value:int64 name:string',
  SocketAddress: 'protocol:Protocol address:string port_value:uint32 named_port:string ipv4_compat:bool',
  StaticListener: 'listener:Listener last_updated:timestamp',
  StaticListenerBrief: 'listener:ListenerBrief',
  TransportSocket: 'name:string typed_config:any',
  TypedExtensionConfig: 'name:string typed_config:any',
  UpdateFailureState: 'failed_configuration:any last_update_attempt:timestamp details:string version_info:string',
  UpstreamHttpProtocolOptions: 'auto_sni:bool override_auto_sni_header:string auto_san_validation:bool',
} as const;

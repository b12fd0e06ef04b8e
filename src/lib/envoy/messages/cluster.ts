/** Clusters, their endpoints, load balancing and TLS. See `index.ts` for how fields are written. */

export const CLUSTER_MESSAGES = {
  AutoHttpConfig: `
    http_protocol_options:Http1ProtocolOptions http2_protocol_options:object http3_protocol_options:object`,
  CertificateValidationContext: `
    trusted_ca:DataSource ca_certificate_provider_instance:object system_root_certs:object
    verify_certificate_hash:string[] verify_certificate_spki:string[] match_typed_subject_alt_names:SubjectAltNameMatcher[]
    match_subject_alt_names:StringMatcher[] crl:DataSource trust_chain_verification:TrustChainVerification
    custom_validator_config:TypedExtensionConfig`,
  CircuitBreakers: 'thresholds:Thresholds[]',
  Cluster: `
    transport_socket_matches:TransportSocketMatch[] name:string alt_stat_name:string type:DiscoveryType
    cluster_type:CustomClusterType eds_cluster_config:EdsClusterConfig connect_timeout:duration
    lb_policy:LbPolicy load_assignment:ClusterLoadAssignment health_checks:CoreHealthCheck[]
    circuit_breakers:CircuitBreakers upstream_http_protocol_options:UpstreamHttpProtocolOptions
    http_protocol_options:Http1ProtocolOptions http2_protocol_options:object
    typed_extension_protocol_options:any{} outlier_detection:object upstream_bind_config:object
    lb_subset_config:LbSubsetConfig original_dst_lb_config:OriginalDstLbConfig common_lb_config:CommonLbConfig
    transport_socket:TransportSocket metadata:CoreMetadata protocol_selection:ClusterProtocolSelection
    filters:ClusterFilter[] load_balancing_policy:LoadBalancingPolicy upstream_config:TypedExtensionConfig`,
  ClusterConfig: 'clusters:string[]',
  ClusterFilter: 'name:string typed_config:any config_discovery:ExtensionConfigSource',
  ClusterLoadAssignment: 'cluster_name:string endpoints:LocalityLbEndpoints[] policy:ClusterLoadAssignmentPolicy',
  ClusterLoadAssignmentPolicy: `
    drop_overloads:DropOverload[] overprovisioning_factor:uint32 weighted_priority_health:bool`,
  CombinedCertificateValidationContext: `
    default_validation_context:CertificateValidationContext validation_context_sds_secret_config:SdsSecretConfig`,
  CommonLbConfig: `
    healthy_panic_threshold:Percent zone_aware_lb_config:CommonLbConfigZoneAwareLbConfig
    locality_weighted_lb_config:object override_host_status:HealthStatusSet`,
  CommonLbConfigZoneAwareLbConfig: 'fail_traffic_on_panic:bool',
  CommonTlsContext: `
    tls_certificates:TlsCertificate[] tls_certificate_sds_secret_configs:SdsSecretConfig[]
    validation_context:CertificateValidationContext validation_context_sds_secret_config:SdsSecretConfig
    combined_validation_context:CombinedCertificateValidationContext alpn_protocols:string[]`,
  CustomClusterType: 'name:string typed_config:any',
  DownstreamTlsContext: `
    common_tls_context:CommonTlsContext require_client_certificate:bool session_ticket_keys:TlsSessionTicketKeys`,
  DropOverload: 'category:string drop_percentage:FractionalPercent',
  EdsClusterConfig: 'eds_config:object service_name:string',
  Endpoint: `
    address:Address health_check_config:HealthCheckConfig hostname:string
    additional_addresses:EndpointAdditionalAddress[]`,
  EndpointAdditionalAddress: 'address:Address',
  ExplicitHttpConfig: `
    http_protocol_options:Http1ProtocolOptions http2_protocol_options:object http3_protocol_options:object`,
  HealthCheckConfig: 'port_value:uint32 hostname:string address:Address',
  HttpProtocolOptions: `
    upstream_http_protocol_options:UpstreamHttpProtocolOptions explicit_http_config:ExplicitHttpConfig
    use_downstream_protocol_config:UseDownstreamHttpConfig auto_config:AutoHttpConfig http_filters:HttpFilter[]
    outlier_detection:object request_mirror_policies:RequestMirrorPolicy[] hash_policy:RouteActionHashPolicy[]
    retry_policy:RetryPolicy`,
  InternalUpstreamTransport: `
    passthrough_metadata:InternalUpstreamTransportMetadataValueSource[] transport_socket:TransportSocket`,
  InternalUpstreamTransportMetadataValueSource: 'kind:MetadataKind name:string',
  LbEndpoint: 'endpoint:Endpoint health_status:HealthStatus metadata:CoreMetadata load_balancing_weight:uint32',
  LbSubsetConfig: `
    fallback_policy:LbSubsetFallbackPolicy default_subset:struct
    subset_selectors:LbSubsetConfigLbSubsetSelector[] locality_weight_aware:bool scale_locality_weight:bool
    panic_mode_any:bool list_as_any:bool metadata_fallback_policy:LbSubsetMetadataFallbackPolicy`,
  LbSubsetConfigLbSubsetSelector: `
    keys:string[] single_host_per_subset:bool fallback_policy:LbSubsetSelectorFallbackPolicy
    fallback_keys_subset:string[]`,
  LeastRequest: 'locality_lb_config:LocalityLbConfig',
  LoadBalancingPolicy: 'policies:LoadBalancingPolicyPolicy[]',
  LoadBalancingPolicyPolicy: 'typed_extension_config:TypedExtensionConfig',
  LocalityLbConfig: 'zone_aware_lb_config:LocalityLbConfigZoneAwareLbConfig locality_weighted_lb_config:object',
  LocalityLbConfigZoneAwareLbConfig: 'fail_traffic_on_panic:bool',
  LocalityLbEndpoints: `
    locality:Locality metadata:CoreMetadata lb_endpoints:LbEndpoint[] load_balancing_weight:uint32
    priority:uint32`,
  Maglev: 'locality_weighted_lb_config:object',
  OriginalDstLbConfig: `
    use_http_header:bool http_header_name:string upstream_port_override:uint32 metadata_key:MetadataKey`,
  OverrideHost: 'fallback_policy:LoadBalancingPolicy',
  PrivateKeyProvider: 'provider_name:string typed_config:any fallback:bool',
  ProxyProtocolUpstreamTransport: 'config:ProxyProtocolConfig transport_socket:TransportSocket',
  Random: 'locality_lb_config:LocalityLbConfig',
  RingHash: 'locality_weighted_lb_config:object',
  RoundRobin: 'locality_lb_config:LocalityLbConfig',
  SPIFFECertValidatorConfig: 'trust_domains:TrustDomain[]',
  SdsSecretConfig: 'name:string',
  SubjectAltNameMatcher: 'san_type:SanType matcher:StringMatcher oid:string',
  Subset: `
    fallback_policy:LbSubsetFallbackPolicy default_subset:struct subset_selectors:SubsetLbSubsetSelector[]
    locality_weight_aware:bool scale_locality_weight:bool panic_mode_any:bool list_as_any:bool
    metadata_fallback_policy:LbSubsetMetadataFallbackPolicy subset_lb_policy:LoadBalancingPolicy`,
  SubsetLbSubsetSelector: `
    keys:string[] single_host_per_subset:bool fallback_policy:LbSubsetSelectorFallbackPolicy
    fallback_keys_subset:string[]`,
  Thresholds: `
    priority:RoutingPriority max_connections:uint32 max_pending_requests:uint32 max_requests:uint32`,
  TlsCertificate: `
    certificate_chain:DataSource private_key:DataSource pkcs12:DataSource
    private_key_provider:PrivateKeyProvider password:DataSource`,
  TlsSessionTicketKeys: 'keys:DataSource[]',
  TransportSocketMatch: 'name:string match:struct transport_socket:TransportSocket',
  TrustDomain: 'name:string trust_bundle:DataSource',
  UpstreamTlsContext: `
    common_tls_context:CommonTlsContext sni:string auto_host_sni:bool auto_sni_san_validation:bool`,
  UseDownstreamHttpConfig: `
    http_protocol_options:Http1ProtocolOptions http2_protocol_options:object http3_protocol_options:object`,
  WrrLocality: 'endpoint_picking_policy:LoadBalancingPolicy',
} as const;

/** HTTP filters and other extensions. See `index.ts` for how fields are written. */

export const EXTENSION_MESSAGES = {
  AccessLog: 'name:string filter:object typed_config:any',
  Config: `
    request_rules:ConfigRule[] stat_prefix:string name:string on_request_headers:FilterStateValue[]
    on_new_connection:FilterStateValue[] on_downstream_tls_handshake:FilterStateValue[]
    san_matcher:SubjectAltNameMatcher any_validated_client_certificate:bool metadata_namespace:string
    value:struct metadata:SetMetadataMetadata[] default_value:string`,
  ConfigKeyValuePair: `
    metadata_namespace:string key:string value:string type:ValueType encode:ValueEncode
    regex_value_rewrite:RegexMatchAndSubstitute`,
  ConfigRule: `
    header:string cookie:string on_header_present:ConfigKeyValuePair on_header_missing:ConfigKeyValuePair
    remove:bool`,
  ApiKeyAuth: 'credentials:ApiKeyCredential[] key_sources:ApiKeySource[] forwarding:ApiKeyForwarding',
  ApiKeyAuthPerRoute: `
    credentials:ApiKeyCredential[] key_sources:ApiKeySource[] forwarding:ApiKeyForwarding allowed_clients:string[]`,
  ApiKeyCredential: 'key:string client:string',
  ApiKeySource: 'header:string query:string cookie:string',
  AlpnOverride: 'upstream_protocol:UpstreamProtocol alpn_override:string[]',
  AllowListedRoutesConfig: 'allowed_route_names:string[]',
  ApiKeyForwarding: 'header:string hide_credentials:bool',
  BasicAuth: 'users:DataSource forward_username_header:string authentication_header:string allow_missing:bool',
  BasicAuthPerRoute: 'users:DataSource',
  Buffer: 'max_request_bytes:uint32',
  BufferPerRoute: 'disabled:bool buffer:Buffer',
  CsrfPolicy: 'filter_enabled:RuntimeFractionalPercent additional_origins:StringMatcher[]',
  OAuth2: 'config:OAuth2Config',
  OAuth2Config: `
    pass_through_matcher:HeaderMatcher[] deny_redirect_matcher:HeaderMatcher[] redirect_path_matcher:PathMatcher
    signout_path:PathMatcher preserve_authorization_header:bool`,
  CustomResponse: 'custom_response_matcher:Matcher',
  LocalResponsePolicy: 'status_code:uint32',
  RedirectPolicy: 'status_code:uint32',
  CustomHeaderConfig: `
    header_name:string allow_extension_to_set_address_as_trusted:bool reject_with_status:object`,
  DynamicConfig: 'name:string config_discovery:ExtensionConfigSource',
  ExecuteFilterAction: `
    typed_config:TypedExtensionConfig dynamic_config:DynamicConfig sample_percent:RuntimeFractionalPercent`,
  ExtAuthz: `
    grpc_service:GrpcService http_service:object filter_enabled:RuntimeFractionalPercent
    filter_enabled_metadata:MetadataMatcher deny_at_disable:RuntimeFeatureFlag stat_prefix:string
    filter_metadata:struct status_on_error:object`,
  ExtAuthzPerRoute: 'disabled:bool',
  FilterStateRule: 'name:string requires:JwtRequirement{}',
  FilterStateValue: 'object_key:string format_string:SubstitutionFormatString skip_if_empty:bool',
  // Of the filter `mutations` is a message, and of the connection manager's early changes a list.
  HeaderMutation: 'most_specific_header_mutations_wins:bool',
  HeaderMutationPerRoute: 'mutations:Mutations',
  HealthCheck: 'pass_through_mode:bool cluster_min_healthy_percentages:Percent{} headers:HeaderMatcher[]',
  Http: 'name:string typed_config:any',
  IPTag: 'ip_tag_name:string ip_list:CidrRange[]',
  IPTagging: 'request_type:IPTaggingRequestType ip_tags:IPTag[] ip_tag_header:IpTagHeader',
  IpTagHeader: 'header:string action:IpTagHeaderAction',
  JsonToMetadata: 'request_rules:MatchRules',
  JsonToMetadataKeyValuePair: 'metadata_namespace:string key:string type:JsonToMetadataValueType',
  JsonToMetadataRule: `
    selectors:Selector[] on_present:JsonToMetadataKeyValuePair on_missing:JsonToMetadataKeyValuePair
    on_error:JsonToMetadataKeyValuePair`,
  JwtAuthentication: `
    providers:JwtProvider{} rules:RequirementRule[] filter_state_rules:FilterStateRule
    bypass_cors_preflight:bool requirement_map:JwtRequirement{} stat_prefix:string`,
  JwtClaimToHeader: 'header_name:string claim_name:string',
  JwtHeader: 'name:string value_prefix:string',
  JwtProvider: `
    issuer:string audiences:string[] subjects:StringMatcher forward:bool from_headers:JwtHeader[] from_params:string[]
    from_cookies:string[] payload_in_metadata:string clear_route_cache:bool normalize_payload_in_metadata:NormalizePayload
    claim_to_headers:JwtClaimToHeader[] forward_payload_header:string clock_skew_seconds:uint32
    require_expiration:bool max_lifetime:duration`,
  JwtRequirement: `
    provider_name:string provider_and_audiences:ProviderWithAudiences requires_any:JwtRequirementOrList
    requires_all:JwtRequirementAndList allow_missing_or_failed:object allow_missing:object
    extract_only_without_validation:object`,
  JwtRequirementAndList: 'requirements:JwtRequirement[]',
  JwtRequirementOrList: 'requirements:JwtRequirement[]',
  LocalRateLimit: `
    stat_prefix:string status:object filter_enabled:RuntimeFractionalPercent
    filter_enforced:RuntimeFractionalPercent token_bucket:TokenBucket descriptors:object[]
    response_headers_to_add:HeaderValueOption[] stage:uint32`,
  TokenBucket: 'max_tokens:uint32',
  MatchRules: 'rules:JsonToMetadataRule[]',
  Mutations:
    'request_mutations:MutationRulesHeaderMutation[] response_mutations:MutationRulesHeaderMutation[] query_parameter_mutations:KeyValueMutation[]',
  KeyValueMutation: 'append:KeyValueAppend remove:string',
  KeyValueAppend: 'record:KeyValuePair action:KeyValueAppendAction',
  KeyValuePair: 'key:string value:string',
  NormalizePayload: 'space_delimited_claims:string[]',
  PerRouteConfig: 'disabled:bool requirement_name:string host_rewrite_literal:string host_rewrite_header:string',
  ProviderWithAudiences: 'provider_name:string audiences:string[]',
  RateLimit: `
    domain:string stage:uint32 timeout:duration response_headers_to_add:HeaderValueOption[] stat_prefix:string
    filter_enabled:RuntimeFractionalPercent`,
  RequirementRule: 'match:RouteMatch requires:JwtRequirement requirement_name:string',
  Selector: 'key:string',
  Router: `
    respect_expected_rq_timeout:bool strict_check_headers:string[] suppress_envoy_headers:bool
    upstream_http_filters:HttpFilter[]`,
  SetMetadataMetadata: 'metadata_namespace:string allow_overwrite:bool value:struct',
  StatefulSession: 'session_state:TypedExtensionConfig strict:bool stat_prefix:string',
  StatefulSessionPerRoute: 'disabled:bool stateful_session:StatefulSession',
  UriTemplateMatchConfig: 'path_template:string',
  UriTemplateRewriteConfig: 'path_template_rewrite:string',
  UuidRequestIdConfig: 'pack_trace_reason:bool use_request_id_for_trace_sampling:bool',
  XffTrustedCidrs: 'cidrs:CidrRange[]',
  XffConfig: 'xff_num_trusted_hops:uint32 xff_trusted_cidrs:XffTrustedCidrs skip_xff_append:bool',
} as const;

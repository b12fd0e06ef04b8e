/**
 * Fields that configurations set and mctl does not read, and why a trace is right without them, or not. Whoever reads one takes
 * it out here; `docs/trace-fidelity.md` is made of this list and of the tables of `src/lib/envoy/messages`.
 */

const TIME = 'of time: a request that is sent whole and answered at once meets none';
const FLOW = 'buffers, windows and limits of connections: load is in no configuration';
const PROBE = 'how health is probed: what came of it is read';
const OUTSIDE = 'the answer of another server is in no configuration';
const LOGGED = 'what is told to others, and decides nothing';
const ANSWER = 'the text and headers of an answer, of which a trace tells the status';
const NAMES = 'how names are resolved: the addresses that came of it are read';
const SHARE = '**not evaluated**: may change the shares of endpoints';
const HANDSHAKE = '**not evaluated**: may fail a TLS handshake';
const HEADER = '**not evaluated**: may change what a header holds';
const ENDPOINT = '**not evaluated**: may choose another endpoint';

type Reasons = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Message, reason, fields. */
export const UNREAD: Reasons = {
  CelDocument: { [LOGGED]: ['source_info'] },
  CelExpr: { [LOGGED]: ['id'] },
  CertificateValidationContext: { [HANDSHAKE]: ['allow_expired_certificate', 'only_verify_leaf_cert_crl'] },
  Cluster: {
    [TIME]: ['cleanup_interval', 'preconnect_policy', 'ignore_health_on_host_removal'],
    [NAMES]: ['dns_jitter', 'dns_lookup_family', 'dns_refresh_rate', 'respect_dns_ttl', 'typed_dns_resolver_config'],
    [FLOW]: ['max_requests_per_connection', 'per_connection_buffer_limit_bytes', 'upstream_connection_options'],
    [LOGGED]: ['track_cluster_stats'],
    [SHARE]: ['ring_hash_lb_config'],
  },
  CommonTlsContext: { [HANDSHAKE]: ['tls_params'] },
  CoreHealthCheck: {
    [PROBE]: [
      ...['grpc_health_check', 'http_health_check', 'tcp_health_check'],
      ...['interval', 'healthy_threshold', 'unhealthy_threshold'],
    ],
    [LOGGED]: ['always_log_health_check_failures', 'always_log_health_check_success', 'event_logger'],
  },
  DownstreamTlsContext: { [TIME]: ['disable_stateful_session_resumption', 'disable_stateless_session_resumption'] },
  ExtAuthz: {
    [OUTSIDE]: [
      ...['allowed_headers', 'failure_mode_allow', 'route_metadata_context_namespaces'],
      'transport_api_version',
    ],
  },
  ExtAuthzPerRoute: { [OUTSIDE]: ['check_settings'] },
  FilterChain: { [TIME]: ['transport_socket_connect_timeout'] },
  FilterConfig: { [LOGGED]: ['emit_filter_state', 'stats_for_all_methods'] },
  FilterStateValue: { [HEADER]: ['factory_key', 'read_only', 'shared_with_upstream'] },
  Http1ProtocolOptions: { [ANSWER]: ['enable_trailers', 'header_key_format'] },
  Http2ProtocolOptions: {
    [FLOW]: ['initial_connection_window_size', 'initial_stream_window_size', 'max_concurrent_streams'],
    [TIME]: ['connection_keepalive'],
  },
  HttpConnectionManager: {
    [TIME]: ['request_headers_timeout', 'stream_idle_timeout', 'proxy_100_continue'],
    [ANSWER]: ['server_header_transformation'],
    [HEADER]: ['set_current_client_cert_details'],
  },
  HttpConnectionManagerTracing: { [LOGGED]: ['custom_tags'] },
  HttpProtocolOptions: { [FLOW]: ['common_http_protocol_options'] },
  JwtProvider: { [OUTSIDE]: ['local_jwks', 'remote_jwks'] },
  LeastRequest: { [SHARE]: ['slow_start_config'] },
  Listener: {
    [FLOW]: [
      ...['bypass_overload_manager', 'connection_balance_config', 'enable_reuse_port', 'ignore_global_conn_limit'],
      ...['max_connections_to_accept_per_socket_event', 'per_connection_buffer_limit_bytes', 'socket_options'],
    ],
    [TIME]: ['drain_type'],
  },
  LocalRateLimit: {
    [OUTSIDE]: ['always_consume_default_token_bucket', 'max_dynamic_descriptors', 'rate_limits'],
    [ANSWER]: ['enable_x_ratelimit_headers'],
  },
  LocalResponsePolicy: { [ANSWER]: ['body_format', 'response_headers_to_add'] },
  LocalityLbConfigZoneAwareLbConfig: { [SHARE]: ['force_local_zone', 'min_cluster_size'] },
  Maglev: { [SHARE]: ['table_size'] },
  OverrideHost: { [ENDPOINT]: ['override_host_sources'] },
  RateLimit: {
    [OUTSIDE]: ['failure_mode_deny', 'rate_limit_service'],
    [ANSWER]: ['disable_x_envoy_ratelimited_header', 'enable_x_ratelimit_headers'],
  },
  RedirectPolicy: { [OUTSIDE]: ['redirect_action'] },
  RequestMirrorPolicy: { [LOGGED]: ['disable_shadow_host_suffix_append'] },
  RetryPolicy: { [ENDPOINT]: ['host_selection_retry_max_attempts'] },
  RoundRobin: { [SHARE]: ['slow_start_config'] },
  RouteTracing: { [LOGGED]: ['custom_tags', 'upstream_operation'] },
  RouteWeightedCluster: { [SHARE]: ['use_hash_policy'] },
  SdsSecretConfig: { [OUTSIDE]: ['sds_config'] },
  Secret: { [OUTSIDE]: ['generic_secret'] },
  Thresholds: { [FLOW]: ['max_retries'] },
  TokenBucket: { [OUTSIDE]: ['fill_interval', 'tokens_per_fill'] },
};

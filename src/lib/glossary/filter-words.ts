/** What filters do, in a few words each. */
import type {
  EvaluatedHttpFilter,
  EvaluatedNetworkFilter,
  KnownHttpFilter,
  KnownNetworkFilter,
} from '../trace/facts/known-filters';

/** By message, of those that the trace knows by their message alone. */
export const HTTP_FILTER_WORDS: Readonly<Record<KnownHttpFilter, string>> = {
  'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig': 'counts gRPC calls and messages',
  'stats.PluginConfig': "Istio's metrics of the request",
  'io.istio.http.peer_metadata.Config': "exchanges the two workloads' metadata for metrics",
  'envoy.extensions.filters.http.custom_response.v3.CustomResponse': 'changes answers as its matcher says',
  'envoy.extensions.filters.http.tap.v3.Tap': 'records requests where a tap is on',
  'envoy.extensions.filters.http.compressor.v3.Compressor': 'compresses answers',
  'envoy.extensions.filters.http.decompressor.v3.Decompressor': 'decompresses bodies',
  'envoy.extensions.filters.http.file_system_buffer.v3.FileSystemBufferFilterConfig':
    'buffers bodies, and refuses those that are too long or cannot be stored',
  'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb': 'translates gRPC-Web into gRPC',
  'envoy.extensions.filters.http.grpc_http1_bridge.v3.Config': 'translates between gRPC and HTTP/1.1',
  'envoy.extensions.filters.http.grpc_http1_reverse_bridge.v3.FilterConfig': 'translates gRPC for an HTTP/1.1 upstream',
  'envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder': 'translates JSON into gRPC',
  'envoy.extensions.filters.http.on_demand.v3.OnDemand': 'fetches a virtual host on demand',
  'envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig':
    'resolves the host of the request for a dynamic forward proxy; 503 where it has no address',
  'envoy.extensions.filters.http.original_src.v3.OriginalSrc': "keeps the client's address towards the upstream",
  'envoy.extensions.filters.http.stateful_session.v3.StatefulSession':
    'sends the request to the endpoint of its session',
  'envoy.extensions.filters.http.connect_grpc_bridge.v3.FilterConfig': 'translates Connect into gRPC',
  'envoy.extensions.filters.http.geoip.v3.Geoip': "adds the client's place in headers",
  'envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning':
    'signs the request, and may change its host',
  'envoy.extensions.filters.http.credential_injector.v3.CredentialInjector':
    'adds a credential to the request; 401 where it has none',
  'envoy.extensions.filters.http.alternate_protocols_cache.v3.FilterConfig': 'keeps what upstreams say of HTTP/3',
  'envoy.extensions.filters.http.sxg.v3alpha.SXG': 'signs answers',
  'envoy.extensions.filters.http.grpc_field_extraction.v3.GrpcFieldExtractionConfig':
    'takes fields out of gRPC messages, and refuses those that it cannot read',
  'envoy.extensions.filters.http.proto_message_extraction.v3.ProtoMessageExtractionConfig':
    'takes fields out of gRPC messages, and refuses those that it cannot read',
  'envoy.extensions.filters.http.gcp_authn.v3.GcpAuthnFilterConfig': 'adds a token to the request',
  'envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor':
    'a service processes the request and may change or answer it',
  'envoy.extensions.filters.http.wasm.v3.Wasm': 'a WebAssembly module may change or answer the request',
  'envoy.extensions.filters.http.lua.v3.Lua': 'a Lua script may change or answer the request',
  'envoy.extensions.filters.http.golang.v3alpha.Config': 'a Go plug-in may change or answer the request',
  'envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter': 'a module may change or answer the request',
  'envoy.extensions.filters.http.ratelimit.v3.RateLimit': '429 where the rate limit service says so',
  'envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaFilterConfig': '429 where the quota is used up',
  'envoy.extensions.filters.http.admission_control.v3.AdmissionControl': '503 by chance where too many requests fail',
  'envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency':
    '503 where too many requests are under way',
  'envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit': 'slows bodies down',
  'envoy.extensions.filters.http.cache.v3.CacheConfig': 'answers what its cache holds',
  'envoy.extensions.filters.http.dynamo.v3.Dynamo': 'counts requests to DynamoDB',
  'envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata': 'takes metadata out of answers',
  'envoy.extensions.filters.http.cache_v2.v3.CacheV2Config': 'answers what its cache holds',
  'envoy.extensions.filters.http.thrift_to_metadata.v3.ThriftToMetadata': 'takes metadata out of Thrift bodies',
  'envoy.extensions.filters.http.grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder':
    'translates gRPC into JSON',
  'envoy.extensions.filters.http.cdn_loop.v3.CdnLoopConfig': 'refuses what came by this CDN too often',
  'envoy.extensions.filters.http.kill_request.v3.KillRequest': 'kills the proxy where a header asks for it',
  'envoy.extensions.filters.http.ip_tagging.v3.IPTagging': "adds the header x-envoy-ip-tags by the client's address",
};

const PROTOCOL = 'reads the protocol for statistics and lets the bytes pass';

/** By message, as those of HTTP. */
export const NETWORK_FILTER_WORDS: Readonly<Record<KnownNetworkFilter, string>> = {
  'stats.PluginConfig': "Istio's metrics of the connection",
  'envoy.tcp.metadataexchange.config.MetadataExchange':
    "exchanges the two workloads' metadata for metrics where ALPN is istio-peer-exchange",
  'io.istio.tcp.peer_metadata.Config': "exchanges the two workloads' metadata for metrics",
  'io.istio.network.authn.Config': "takes the peer's identity from its certificate",
  'envoy.extensions.filters.network.sni_cluster.v3.SniCluster': 'takes the server name for the cluster',
  'envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig':
    'resolves the server name for the upstream',
  'envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy': `MongoDB: ${PROTOCOL}`,
  'envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy': `MySQL: ${PROTOCOL}`,
  'envoy.extensions.filters.network.postgres_proxy.v3alpha.PostgresProxy': `Postgres: ${PROTOCOL}`,
  'envoy.extensions.filters.network.zookeeper_proxy.v3.ZooKeeperProxy': `ZooKeeper: ${PROTOCOL}`,
  'envoy.extensions.filters.network.kafka_broker.v3.KafkaBroker': `Kafka: ${PROTOCOL}`,
  'envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit':
    'closes connections once its token bucket is empty',
  'envoy.extensions.filters.network.ratelimit.v3.RateLimit': 'closes connections where the rate limit service says so',
  'envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit': 'closes connections beyond its limit',
  'envoy.extensions.filters.network.redis_proxy.v3.RedisProxy': 'Redis: sends each command on by its key',
  'envoy.extensions.filters.network.thrift_proxy.v3.ThriftProxy': 'Thrift: routes each call by its method',
  'envoy.extensions.filters.network.dubbo_proxy.v3.DubboProxy': 'Dubbo: routes each call by its service',
  'envoy.extensions.filters.network.generic_proxy.v3.GenericProxy': "routes each message of its codec's protocol",
  'envoy.extensions.filters.network.wasm.v3.Wasm': 'a WebAssembly module may close the connection',
};

/** By message, of those that the trace evaluates. */
export const EVALUATED_HTTP_WORDS: Readonly<Record<EvaluatedHttpFilter, string>> = {
  'envoy.extensions.filters.http.rbac.v3.RBAC': 'allows or denies the request by AuthorizationPolicies (403)',
  'envoy.extensions.filters.http.fault.v3.HTTPFault': 'delays or aborts requests as a VirtualService asks (fault)',
  'envoy.extensions.filters.http.cors.v3.Cors': 'answers pre-flight requests of browsers (corsPolicy)',
  'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication': 'checks tokens as a RequestAuthentication asks (401)',
  'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz':
    'asks a service whether to let the request pass (AuthorizationPolicy with action CUSTOM)',
  'envoy.extensions.filters.http.health_check.v3.HealthCheck': 'answers health checks',
  'envoy.extensions.filters.http.basic_auth.v3.BasicAuth': 'asks for a user and a password (401)',
  'envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth': 'asks for an API key (401, 403)',
  'envoy.extensions.filters.http.csrf.v3.CsrfPolicy': "refuses requests whose origin is not the request's target (403)",
  'envoy.extensions.filters.http.buffer.v3.Buffer': 'takes whole bodies, and refuses those that are too long (413)',
  'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit':
    'refuses requests once its token bucket is empty (429)',
  'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation': 'changes headers',
  'envoy.extensions.filters.http.set_metadata.v3.Config': 'sets metadata for what comes behind it',
  'envoy.extensions.filters.http.header_to_metadata.v3.Config': 'makes metadata of headers',
  'envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata': 'makes metadata of bodies in JSON',
  'envoy.extensions.filters.http.set_filter_state.v3.Config':
    'sets filter state; as connect_authority a waypoint keeps with it what was asked to be connected to',
  'envoy.extensions.common.matching.v3.ExtensionWithMatcher': 'runs the filter that its matcher names',
  'istio.envoy.config.filter.http.authn.v2alpha1.FilterConfig':
    "takes the request's identity from certificate and token",
  'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig':
    'offers the protocols by which sidecars know each other in ALPN',
  'envoy.extensions.filters.http.router.v3.Router': 'sends the request to the cluster of its route, and tries again',
};

/** By message, of those that the trace evaluates. */
export const EVALUATED_NETWORK_WORDS: Readonly<Record<EvaluatedNetworkFilter, string>> = {
  'envoy.extensions.filters.network.rbac.v3.RBAC':
    'allows or denies the connection by AuthorizationPolicies, of a port that is not HTTP',
  'envoy.extensions.filters.network.ext_authz.v3.ExtAuthz': 'asks a service whether to let the connection pass',
  'envoy.extensions.filters.network.set_filter_state.v3.Config': 'sets filter state',
  'envoy.extensions.filters.network.direct_response.v3.Config': 'answers with a text of its own',
  'envoy.extensions.filters.network.echo.v3.Echo': 'sends back what comes',
};

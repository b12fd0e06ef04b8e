/**
 * Filters that are known by their message alone, and the outcome of their steps: those that only watch are noted, those that let
 * everything go on to the same place whatever they are told pass, and of those that may change, answer or send elsewhere a request by
 * what configuration does not hold (how many came before, a program, a service, a body) it is said that they are not evaluated. Those
 * of them that leave most requests alone are told apart by `filters/http/some-requests`. What each does, `explain/telling` says.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/network_filters
 */
import type { StepOutcome } from '../terms';

export const KNOWN_HTTP_FILTERS = {
  'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig': 'noted',
  'stats.PluginConfig': 'noted',
  'io.istio.http.peer_metadata.Config': 'noted',
  'envoy.extensions.filters.http.dynamo.v3.Dynamo': 'noted',
  'envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata': 'noted',
  'envoy.extensions.filters.http.custom_response.v3.CustomResponse': 'noted',
  'envoy.extensions.filters.http.tap.v3.Tap': 'noted',
  'envoy.extensions.filters.http.compressor.v3.Compressor': 'passed',
  'envoy.extensions.filters.http.decompressor.v3.Decompressor': 'passed',
  'envoy.extensions.filters.http.original_src.v3.OriginalSrc': 'passed',
  'envoy.extensions.filters.http.alternate_protocols_cache.v3.FilterConfig': 'passed',
  'envoy.extensions.filters.http.sxg.v3alpha.SXG': 'passed',
  'envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor': 'not-evaluated',
  'envoy.extensions.filters.http.wasm.v3.Wasm': 'not-evaluated',
  'envoy.extensions.filters.http.lua.v3.Lua': 'not-evaluated',
  'envoy.extensions.filters.http.golang.v3alpha.Config': 'not-evaluated',
  'envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter': 'not-evaluated',
  'envoy.extensions.filters.http.ratelimit.v3.RateLimit': 'not-evaluated',
  'envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaFilterConfig': 'not-evaluated',
  'envoy.extensions.filters.http.admission_control.v3.AdmissionControl': 'not-evaluated',
  'envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency': 'not-evaluated',
  'envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit': 'not-evaluated',
  'envoy.extensions.filters.http.cache.v3.CacheConfig': 'not-evaluated',
  'envoy.extensions.filters.http.file_system_buffer.v3.FileSystemBufferFilterConfig': 'not-evaluated',
  'envoy.extensions.filters.http.grpc_http1_bridge.v3.Config': 'not-evaluated',
  'envoy.extensions.filters.http.grpc_http1_reverse_bridge.v3.FilterConfig': 'not-evaluated',
  'envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder': 'not-evaluated',
  'envoy.extensions.filters.http.on_demand.v3.OnDemand': 'not-evaluated',
  'envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig': 'not-evaluated',
  'envoy.extensions.filters.http.stateful_session.v3.StatefulSession': 'not-evaluated',
  'envoy.extensions.filters.http.connect_grpc_bridge.v3.FilterConfig': 'not-evaluated',
  'envoy.extensions.filters.http.geoip.v3.Geoip': 'not-evaluated',
  'envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning': 'not-evaluated',
  'envoy.extensions.filters.http.credential_injector.v3.CredentialInjector': 'not-evaluated',
  'envoy.extensions.filters.http.grpc_field_extraction.v3.GrpcFieldExtractionConfig': 'not-evaluated',
  'envoy.extensions.filters.http.proto_message_extraction.v3.ProtoMessageExtractionConfig': 'not-evaluated',
  'envoy.extensions.filters.http.gcp_authn.v3.GcpAuthnFilterConfig': 'not-evaluated',
  'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb': 'not-evaluated',
  'envoy.extensions.filters.http.cache_v2.v3.CacheV2Config': 'not-evaluated',
  'envoy.extensions.filters.http.thrift_to_metadata.v3.ThriftToMetadata': 'not-evaluated',
  'envoy.extensions.filters.http.grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder': 'not-evaluated',
  'envoy.extensions.filters.http.cdn_loop.v3.CdnLoopConfig': 'not-evaluated',
  'envoy.extensions.filters.http.kill_request.v3.KillRequest': 'not-evaluated',
  'envoy.extensions.filters.http.ip_tagging.v3.IPTagging': 'not-evaluated',
} as const satisfies Readonly<Record<string, StepOutcome>>;

export type KnownHttpFilter = keyof typeof KNOWN_HTTP_FILTERS;

/** HTTP filters that the trace evaluates; `filters/http-filters` has what it does of each. */
export type EvaluatedHttpFilter =
  | 'envoy.extensions.filters.http.rbac.v3.RBAC'
  | 'envoy.extensions.filters.http.fault.v3.HTTPFault'
  | 'envoy.extensions.filters.http.cors.v3.Cors'
  | 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication'
  | 'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz'
  | 'envoy.extensions.filters.http.health_check.v3.HealthCheck'
  | 'envoy.extensions.filters.http.basic_auth.v3.BasicAuth'
  | 'envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth'
  | 'envoy.extensions.filters.http.csrf.v3.CsrfPolicy'
  | 'envoy.extensions.filters.http.buffer.v3.Buffer'
  | 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit'
  | 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation'
  | 'envoy.extensions.filters.http.set_metadata.v3.Config'
  | 'envoy.extensions.filters.http.header_to_metadata.v3.Config'
  | 'envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata'
  | 'envoy.extensions.filters.http.set_filter_state.v3.Config'
  | 'envoy.extensions.common.matching.v3.ExtensionWithMatcher'
  | 'istio.envoy.config.filter.http.authn.v2alpha1.FilterConfig'
  | 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig'
  | 'envoy.extensions.filters.http.router.v3.Router';

/** Network filters that the trace evaluates, beside the connection manager and the TCP proxy. */
export type EvaluatedNetworkFilter =
  | 'envoy.extensions.filters.network.rbac.v3.RBAC'
  | 'envoy.extensions.filters.network.ext_authz.v3.ExtAuthz'
  | 'envoy.extensions.filters.network.set_filter_state.v3.Config'
  | 'envoy.extensions.filters.network.direct_response.v3.Config'
  | 'envoy.extensions.filters.network.echo.v3.Echo';

/** Network filters that let the connection go on. */
export const KNOWN_NETWORK_FILTERS = {
  'stats.PluginConfig': 'noted',
  'envoy.tcp.metadataexchange.config.MetadataExchange': 'noted',
  'io.istio.tcp.peer_metadata.Config': 'noted',
  'io.istio.network.authn.Config': 'passed',
  'envoy.extensions.filters.network.sni_cluster.v3.SniCluster': 'passed',
  'envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig': 'passed',
  'envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy': 'noted',
  'envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy': 'noted',
  'envoy.extensions.filters.network.postgres_proxy.v3alpha.PostgresProxy': 'noted',
  'envoy.extensions.filters.network.zookeeper_proxy.v3.ZooKeeperProxy': 'noted',
  'envoy.extensions.filters.network.kafka_broker.v3.KafkaBroker': 'noted',
  'envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit': 'not-evaluated',
  'envoy.extensions.filters.network.ratelimit.v3.RateLimit': 'not-evaluated',
  'envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit': 'not-evaluated',
  'envoy.extensions.filters.network.redis_proxy.v3.RedisProxy': 'noted',
  'envoy.extensions.filters.network.thrift_proxy.v3.ThriftProxy': 'noted',
  'envoy.extensions.filters.network.dubbo_proxy.v3.DubboProxy': 'noted',
  'envoy.extensions.filters.network.generic_proxy.v3.GenericProxy': 'noted',
  'envoy.extensions.filters.network.wasm.v3.Wasm': 'not-evaluated',
} as const satisfies Readonly<Record<string, StepOutcome>>;

export type KnownNetworkFilter = keyof typeof KNOWN_NETWORK_FILTERS;

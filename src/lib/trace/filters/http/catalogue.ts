/**
 * HTTP filters that do not decide where a request goes, and those whose decision is made elsewhere, by message.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters
 */

/**
 * Filters that Envoys before 1.22 found by name, so that older dumps have them without a configuration of their own: it is the
 * message's default. https://www.envoyproxy.io/docs/envoy/latest/version_history/v1.22/v1.22.0
 */
export const BY_NAME: Readonly<Record<string, string>> = {
  'envoy.cors': 'envoy.extensions.filters.http.cors.v3.Cors',
  'envoy.fault': 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  'envoy.filters.http.cors': 'envoy.extensions.filters.http.cors.v3.Cors',
  'envoy.filters.http.fault': 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  'envoy.filters.http.grpc_web': 'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb',
  'envoy.filters.http.router': 'envoy.extensions.filters.http.router.v3.Router',
  'envoy.grpc_web': 'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb',
  'envoy.router': 'envoy.extensions.filters.http.router.v3.Router',
  'istio.alpn': 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig',
};

/** Filters that only watch: their message, and what they do. */
export const TELEMETRY: Readonly<Record<string, string>> = {
  'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig': 'counts gRPC calls and messages',
  'stats.PluginConfig': "Istio's metrics of the request",
  'io.istio.http.peer_metadata.Config': "exchanges the two workloads' metadata for metrics",
  'envoy.extensions.filters.http.custom_response.v3.CustomResponse': 'changes answers as its matcher says',
  'envoy.extensions.filters.http.tap.v3.Tap': 'records requests where a tap is on',
};

/** Filters that let every request go on to the same place. */
export const HARMLESS: Readonly<Record<string, string>> = {
  'envoy.extensions.filters.http.compressor.v3.Compressor': 'compresses answers',
  'envoy.extensions.filters.http.decompressor.v3.Decompressor': 'decompresses bodies',
  'envoy.extensions.filters.http.file_system_buffer.v3.FileSystemBufferFilterConfig': 'buffers bodies',
  'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb': 'translates gRPC-Web into gRPC',
  'envoy.extensions.filters.http.grpc_http1_bridge.v3.Config': 'translates between gRPC and HTTP/1.1',
  'envoy.extensions.filters.http.grpc_http1_reverse_bridge.v3.FilterConfig': 'translates gRPC for an HTTP/1.1 upstream',
  'envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder': 'translates JSON into gRPC',
  'envoy.extensions.filters.http.on_demand.v3.OnDemand': 'fetches a virtual host on demand',
  'envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig': 'resolves the host of the request',
  'envoy.extensions.filters.http.original_src.v3.OriginalSrc': "keeps the client's address towards the upstream",
  'envoy.extensions.filters.http.stateful_session.v3.StatefulSession': 'keeps a session at one endpoint',
  'envoy.extensions.filters.http.connect_grpc_bridge.v3.FilterConfig': 'translates Connect into gRPC',
  'envoy.extensions.filters.http.geoip.v3.Geoip': "adds the client's place",
  'envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning': 'signs the request',
  'envoy.extensions.filters.http.credential_injector.v3.CredentialInjector': 'adds a credential to the request',
  'envoy.extensions.filters.http.alternate_protocols_cache.v3.FilterConfig': 'keeps what upstreams say of HTTP/3',
  'envoy.extensions.filters.http.sxg.v3alpha.SXG': 'signs answers',
  'envoy.extensions.filters.http.grpc_field_extraction.v3.GrpcFieldExtractionConfig':
    'takes fields out of gRPC messages',
  'envoy.extensions.filters.http.proto_message_extraction.v3.ProtoMessageExtractionConfig':
    'takes fields out of gRPC messages',
  'envoy.extensions.filters.http.gcp_authn.v3.GcpAuthnFilterConfig': 'adds a token to the request',
};

/** Filters that may change or answer a request by what configuration does not hold: how many came before, a program, a service. */
export const NOT_EVALUATED: Readonly<Record<string, string>> = {
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
  'envoy.extensions.filters.http.ip_tagging.v3.IPTagging': "adds the header x-envoy-ip-tags by the client's address",
};

/** Filters whose work is to refuse requests or to answer them, where that is not worked out: what decides. */
export const MAY_ANSWER: Readonly<Record<string, string>> = {
  'envoy.extensions.filters.http.oauth2.v3.OAuth2':
    'whether the request has a valid session: it is sent to a login else',
  'envoy.extensions.filters.http.aws_lambda.v3.Config': 'what the Lambda function answers',
  'envoy.extensions.filters.http.cdn_loop.v3.CdnLoopConfig': 'whether the CDN-Loop header names this CDN too often',
  'envoy.extensions.filters.http.kill_request.v3.KillRequest': 'whether the request kills the proxy',
};

/**
 * HTTP filters that do not decide where a request goes, and those whose decision is made elsewhere, by message.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters
 */

/** Filters that only watch: their message, and what they do. */
export const TELEMETRY: Readonly<Record<string, string>> = {
  'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig': 'counts gRPC calls and messages',
  'stats.PluginConfig': "Istio's metrics of the request",
  'io.istio.http.peer_metadata.Config': "exchanges the two workloads' metadata for metrics",
  'envoy.extensions.filters.http.tap.v3.Tap': 'records requests where a tap is on',
};

/** Filters that let every request go on to the same place. */
export const HARMLESS: Readonly<Record<string, string>> = {
  'envoy.extensions.filters.http.compressor.v3.Compressor': 'compresses answers',
  'envoy.extensions.filters.http.decompressor.v3.Decompressor': 'decompresses bodies',
  'envoy.extensions.filters.http.buffer.v3.Buffer': 'buffers the body; 413 where it is too large',
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
  'envoy.extensions.filters.http.gcp_authn.v3.GcpAuthnFilterConfig': 'adds a token to the request',
};

/** Filters that may answer by what configuration does not hold: how many requests came before, a program, another service. */
export const UNKNOWABLE: Readonly<Record<string, string>> = {
  'envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor':
    'a service processes the request: what it changes or answers',
  'envoy.extensions.filters.http.wasm.v3.Wasm': 'a WebAssembly module: what it changes or answers',
  'envoy.extensions.filters.http.lua.v3.Lua': 'a Lua script: what it changes or answers',
  'envoy.extensions.filters.http.golang.v3alpha.Config': 'a Go plug-in: what it changes or answers',
  'envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter': 'a module: what it changes or answers',
  'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit': '429 once its token bucket is empty, which',
  'envoy.extensions.filters.http.ratelimit.v3.RateLimit': '429 where the rate limit service says so, which',
  'envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaFilterConfig':
    '429 where the quota is used up, which',
  'envoy.extensions.filters.http.admission_control.v3.AdmissionControl':
    '503 by chance where too many requests fail, which',
  'envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency':
    '503 where too many requests are under way, which',
  'envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit': 'slows bodies down: how much',
  'envoy.extensions.filters.http.cache.v3.CacheConfig': 'answers from a cache: whether it does',
  'envoy.extensions.filters.http.oauth2.v3.OAuth2':
    'redirects to a login without a valid session: whether there is one',
  'envoy.extensions.filters.http.csrf.v3.CsrfPolicy': '403 where the origin is not the target: whether it is',
};

/**
 * Every HTTP filter that Envoy 1.37 brings: none that may answer a request, or send it elsewhere, counts as passed where that is not
 * evaluated. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters
 */
import { runHttpFilters } from '../../../../src/lib/trace/filters/http-filters';
import type { HttpFilterInput } from '../../../../src/lib/trace/filters/shared/input';
import { isEnding } from '../../../../src/lib/trace/hop/ending';
import { HopRecord } from '../../../../src/lib/trace/hop/record';
import type { HttpMessage } from '../../../../src/lib/http/message';
import { contextOf, filterOf, httpInput, messageOf, sectionOf } from '../../../helpers/filters';

const EXT = 'envoy.extensions.filters.http';

interface Ran {
  readonly outcome: string | undefined;
  readonly goesOn: boolean;
  readonly message: HttpMessage | null;
}

function ran(type: string, config: object, message: Partial<HttpMessage>, more: Partial<HttpFilterInput> = {}): Ran {
  const record = new HopRecord('a.b', 'inbound');
  const input = httpInput([filterOf('f', `${EXT}.${type}`, config)], { message: messageOf(message), ...more });
  const result = runHttpFilters(input, record);
  const step = record.toHop().steps.find(({ name }) => name === 'f');
  return {
    outcome: step?.outcome,
    goesOn: !isEnding(result),
    message: isEnding(result) ? null : result,
  };
}

const GRPC: Partial<HttpMessage> = { method: 'POST', path: '/s.S/M', headers: [['content-type', 'application/grpc']] };
const JSON_CALL: Partial<HttpMessage> = { method: 'POST', headers: [['content-type', 'application/json']] };

type Expected = 'passed' | 'noted' | 'not-evaluated' | 'unknown';

/** Filters, each with a request that it works on: whether it passes, is listed apart, or leaves the verdict open. */
const FILTERS: readonly (readonly [type: string, config: object, message: Partial<HttpMessage>, expected: Expected])[] =
  [
    ['adaptive_concurrency.v3.AdaptiveConcurrency', {}, {}, 'not-evaluated'],
    ['admission_control.v3.AdmissionControl', {}, {}, 'not-evaluated'],
    ['ai_protocol_manager.v3.AiProtocolManager', {}, {}, 'unknown'],
    ['alternate_protocols_cache.v3.FilterConfig', {}, {}, 'passed'],
    ['aws_lambda.v3.Config', {}, {}, 'unknown'],
    ['aws_request_signing.v3.AwsRequestSigning', {}, {}, 'not-evaluated'],
    ['bandwidth_limit.v3.BandwidthLimit', {}, {}, 'not-evaluated'],
    ['cache.v3.CacheConfig', {}, {}, 'not-evaluated'],
    ['cache_v2.v3.CacheV2Config', {}, {}, 'not-evaluated'],
    ['cdn_loop.v3.CdnLoopConfig', { cdn_id: 'x' }, { headers: [['cdn-loop', '"x"']] }, 'unknown'],
    ['checksum.v3.ChecksumConfig', {}, {}, 'unknown'],
    ['composite.v3.Composite', {}, {}, 'unknown'],
    ['compressor.v3.Compressor', {}, {}, 'passed'],
    ['connect_grpc_bridge.v3.FilterConfig', {}, { path: '/s.S/M?connect=v1&message=x' }, 'unknown'],
    ['connect_grpc_bridge.v3.FilterConfig', {}, { headers: [['content-type', 'application/connect+json']] }, 'unknown'],
    [
      'connect_grpc_bridge.v3.FilterConfig',
      {},
      {
        headers: [
          ['content-type', 'application/json'],
          ['connect-protocol-version', '1'],
        ],
      },
      'unknown',
    ],
    ['credential_injector.v3.CredentialInjector', {}, {}, 'not-evaluated'],
    ['decompressor.v3.Decompressor', {}, {}, 'passed'],
    ['dynamic_modules.v3.DynamicModuleFilter', {}, {}, 'not-evaluated'],
    ['dynamo.v3.Dynamo', {}, {}, 'noted'],
    ['ext_proc.v3.ExternalProcessor', {}, {}, 'not-evaluated'],
    ['file_server.v3.FileServerConfig', {}, {}, 'unknown'],
    ['file_system_buffer.v3.FileSystemBufferFilterConfig', {}, {}, 'not-evaluated'],
    ['filter_chain.v3.FilterChainConfig', {}, {}, 'unknown'],
    ['gcp_authn.v3.GcpAuthnFilterConfig', {}, {}, 'not-evaluated'],
    ['geoip.v3.Geoip', {}, {}, 'not-evaluated'],
    ['golang.v3alpha.Config', {}, {}, 'not-evaluated'],
    ['grpc_field_extraction.v3.GrpcFieldExtractionConfig', {}, GRPC, 'not-evaluated'],
    [
      'grpc_http1_bridge.v3.Config',
      { upgrade_protobuf_to_grpc: true },
      { headers: [['content-type', 'application/x-protobuf']] },
      'unknown',
    ],
    ['grpc_http1_bridge.v3.Config', { ignore_query_parameters: true }, { ...GRPC, path: '/s.S/M?a=b' }, 'unknown'],
    ['grpc_http1_reverse_bridge.v3.FilterConfig', { content_type: 'application/x' }, GRPC, 'unknown'],
    ['grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder', {}, GRPC, 'unknown'],
    ['grpc_json_transcoder.v3.GrpcJsonTranscoder', { services: ['s.S'] }, JSON_CALL, 'unknown'],
    ['grpc_json_transcoder.v3.GrpcJsonTranscoder', { services: ['s.S'] }, {}, 'unknown'],
    ['grpc_stats.v3.FilterConfig', {}, GRPC, 'noted'],
    ['grpc_web.v3.GrpcWeb', {}, { headers: [['content-type', 'application/grpc-web-text']] }, 'passed'],
    ['kill_request.v3.KillRequest', {}, { headers: [['x-envoy-kill-request', 'true']] }, 'unknown'],
    ['lua.v3.Lua', {}, {}, 'not-evaluated'],
    ['mcp.v3.Mcp', {}, {}, 'unknown'],
    ['mcp_json_rest_bridge.v3.McpJsonRestBridge', {}, {}, 'unknown'],
    ['mcp_router.v3.McpRouter', {}, {}, 'unknown'],
    ['oauth2.v3.OAuth2', {}, {}, 'unknown'],
    ['original_src.v3.OriginalSrc', {}, {}, 'passed'],
    ['proto_api_scrubber.v3.ProtoApiScrubberConfig', {}, {}, 'unknown'],
    ['proto_message_extraction.v3.ProtoMessageExtractionConfig', {}, GRPC, 'not-evaluated'],
    ['rate_limit_quota.v3.RateLimitQuotaFilterConfig', {}, {}, 'not-evaluated'],
    ['ratelimit.v3.RateLimit', {}, {}, 'not-evaluated'],
    ['sse_to_metadata.v3.SseToMetadata', {}, {}, 'noted'],
    ['sxg.v3alpha.SXG', {}, {}, 'passed'],
    ['tap.v3.Tap', {}, {}, 'noted'],
    ['thrift_to_metadata.v3.ThriftToMetadata', {}, {}, 'not-evaluated'],
    ['transform.v3.TransformConfig', {}, {}, 'unknown'],
    ['upstream_codec.v3.UpstreamCodec', {}, {}, 'unknown'],
    ['wasm.v3.Wasm', {}, {}, 'not-evaluated'],
  ];

it.each(FILTERS)('%s with %j for %j: %s', (type, config, message, expected) => {
  expect(ran(type, config, message)).toMatchObject({ outcome: expected, goesOn: expected !== 'unknown' });
});

/** The same filters with requests that they leave as they are. */
const LEFT_ALONE: readonly (readonly [type: string, config: object, message: Partial<HttpMessage>])[] = [
  ['cdn_loop.v3.CdnLoopConfig', { cdn_id: 'x' }, {}],
  ['connect_grpc_bridge.v3.FilterConfig', {}, JSON_CALL],
  ['connect_grpc_bridge.v3.FilterConfig', {}, GRPC],
  ['dynamic_forward_proxy.v3.FilterConfig', {}, {}],
  ['grpc_field_extraction.v3.GrpcFieldExtractionConfig', {}, JSON_CALL],
  ['grpc_http1_bridge.v3.Config', {}, { ...GRPC, path: '/s.S/M?a=b' }],
  ['grpc_http1_bridge.v3.Config', { ignore_query_parameters: true }, GRPC],
  ['grpc_http1_reverse_bridge.v3.FilterConfig', { content_type: 'application/x' }, JSON_CALL],
  ['grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder', {}, JSON_CALL],
  ['grpc_json_transcoder.v3.GrpcJsonTranscoder', { services: ['s.S'] }, GRPC],
  ['grpc_json_transcoder.v3.GrpcJsonTranscoder', { services: [] }, JSON_CALL],
  ['grpc_web.v3.GrpcWeb', {}, JSON_CALL],
  ['kill_request.v3.KillRequest', { kill_request_header: 'X-Kill' }, { headers: [['x-envoy-kill-request', 'true']] }],
  ['on_demand.v3.OnDemand', {}, {}],
  ['stateful_session.v3.StatefulSession', {}, {}],
];

it.each(LEFT_ALONE)('%s with %j leaves %j alone', (type, config, message) => {
  expect(ran(type, config, message)).toMatchObject({ outcome: 'passed', goesOn: true });
});

it('a route may switch translation off, which has no services then', () => {
  const own = { '@type': `type.googleapis.com/${EXT}.grpc_json_transcoder.v3.GrpcJsonTranscoder` };
  const more = { route: { typed_per_filter_config: { f: own } } };
  const type = 'grpc_json_transcoder.v3.GrpcJsonTranscoder';
  expect(ran(type, { services: ['s.S'] }, JSON_CALL, more)).toMatchObject({ outcome: 'passed', goesOn: true });
});

it('gRPC-Web goes on as gRPC', () => {
  const headers = [['content-type', 'application/grpc-web+proto'] as const, ['content-length', '9'] as const];
  const { outcome, message } = ran('grpc_web.v3.GrpcWeb', {}, { method: 'POST', headers });
  expect(outcome).toBe('passed');
  expect(message?.headers).toEqual([
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
    ['grpc-accept-encoding', 'identity'],
  ]);
});

it.each<[string, object, Partial<HttpFilterInput>, boolean]>([
  ['a virtual host', {}, { route: null, routeConfiguration: { vhds: {} } }, false],
  ['no virtual host without VHDS', {}, { route: null }, true],
  ['a cluster', { odcds: {} }, {}, false],
  ['no cluster without ODCDS', {}, {}, true],
  [
    'a route configuration of a scope',
    {},
    { routeConfiguration: null, route: null, manager: { scoped_routes: {} } },
    false,
  ],
])('on_demand fetches %s', (_what, config, more, goesOn) => {
  const filters = { http_filters: [filterOf('f', `${EXT}.on_demand.v3.OnDemand`, config)] };
  const manager = { ...more.manager, ...filters };
  expect(ran('on_demand.v3.OnDemand', config, {}, { ...more, manager }).goesOn).toBe(goesOn);
});

it('the host of a dynamic forward proxy may not resolve', () => {
  const typed_config = {
    '@type': 'type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig',
  };
  const cluster = { name: 'c', cluster_type: { name: 'dfp', typed_config } };
  const context = contextOf({}, [sectionOf('ClustersConfigDump', 'static_clusters', [{ cluster }])]);
  expect(ran('dynamic_forward_proxy.v3.FilterConfig', {}, {}, { context }).outcome).toBe('not-evaluated');
});

describe('a session', () => {
  const STATE = 'type.googleapis.com/envoy.extensions.http.stateful_session';
  const config = (strict: boolean, state: object): object => ({
    strict,
    session_state: { name: 's', typed_config: state },
  });
  const cookie = { '@type': `${STATE}.cookie.v3.CookieBasedSessionState`, cookie: { name: 'sid' } };
  const header = { '@type': `${STATE}.header.v3.HeaderBasedSessionState`, name: 'X-Sid' };

  it.each<[object, readonly (readonly [string, string])[], string]>([
    [config(false, cookie), [['cookie', 'a=b; sid=x']], 'not-evaluated'],
    [config(true, cookie), [['cookie', 'a=b; sid=x']], 'unknown'],
    [config(true, cookie), [['cookie', 'a=b']], 'passed'],
    [config(true, header), [['x-sid', 'x']], 'unknown'],
    [config(true, header), [], 'passed'],
    [config(true, { '@type': 'type.googleapis.com/own.State' }), [], 'unknown'],
  ])('%j with %j: %s', (own, headers, expected) => {
    expect(ran('stateful_session.v3.StatefulSession', own, { headers }).outcome).toBe(expected);
  });

  it('of the route counts', () => {
    const own = {
      '@type': `type.googleapis.com/${EXT}.stateful_session.v3.StatefulSessionPerRoute`,
      stateful_session: config(true, header),
    };
    const more = { route: { typed_per_filter_config: { f: own } } };
    const headers = [['x-sid', 'x'] as const];
    expect(ran('stateful_session.v3.StatefulSession', {}, { headers }, more).outcome).toBe('unknown');
  });

  it('is not kept where the route switches the filter off', () => {
    const off = { '@type': `type.googleapis.com/${EXT}.stateful_session.v3.StatefulSessionPerRoute`, disabled: true };
    const more = { route: { typed_per_filter_config: { f: off } } };
    const headers = [['cookie', 'sid=x'] as const];
    expect(ran('stateful_session.v3.StatefulSession', config(true, cookie), { headers }, more).outcome).toBe('passed');
  });
});

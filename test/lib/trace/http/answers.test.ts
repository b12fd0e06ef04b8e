/**
 * What becomes of answers. Every row is what Envoy 1.37.0 answered.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/local_reply
 */
import { listenerOf, manager, proxyOf, typed, walkOf, type Walked, type WalkOptions } from '../../../helpers/hop';

const ROUTES = [
  { name: 'd404', match: { path: '/404' }, direct_response: { status: 404 } },
  { name: 'd200', match: { path: '/200' }, direct_response: { status: 200 } },
  { name: 'rd', match: { path: '/rd' }, redirect: { path_redirect: '/n' } },
  { name: 'cl', match: { path: '/cl' }, route: { cluster: 'none' } },
];
const GRPC = { headers: [['content-type', 'application/grpc']] } as const;
const code = (op: string, value: number): object => ({
  status_code_filter: { comparison: { op, value: { default_value: value } } },
});
const mappers = (...list: readonly object[]): object => ({ local_reply_config: { mappers: list } });
const ALL = mappers({ filter: code('GE', 100), status_code: 299 });

function walked(config: object, path: string, options: WalkOptions = {}): Walked {
  const route_config = { virtual_hosts: [{ name: 'v', domains: ['*'], routes: ROUTES }] };
  return walkOf(
    proxyOf({ listeners: [listenerOf([manager({ route_config, ...config })])] }),
    `http://h${path}`,
    options,
  );
}

describe('local_reply_config', () => {
  it.each<[string, WalkOptions, number]>([
    ['/404', {}, 299],
    ['/200', {}, 299],
    ['/rd', {}, 299],
    ['/cl', {}, 299],
    ['/none', {}, 299],
    ['/a#b', { requestTarget: '/a#b' }, 299],
    ['/200', { headers: [['content-length', 'x']] }, 299],
    ['/200', { httpVersion: '1.0' }, 299],
    ['/404', GRPC, 200],
    ['/none', GRPC, 200],
  ])('changes every answer of Envoy: %s with %j is %s', (path, options, expected) => {
    expect(walked(ALL, path, options).status).toBe(expected);
  });

  const FILTERS = mappers(
    { filter: { response_flag_filter: { flags: ['NR'] } }, status_code: 411 },
    { filter: { response_flag_filter: { flags: ['NC', 'UH'] } }, status_code: 412 },
    { filter: { header_filter: { header: { name: 'x-h', present_match: true } } }, status_code: 414 },
    { filter: { and_filter: { filters: [code('GE', 404), code('LE', 404)] } }, status_code: 415 },
    { filter: code('NE', 200), status_code: 416 },
  );

  it.each<[string, WalkOptions, number]>([
    ['/404', {}, 415],
    ['/200', {}, 200],
    ['/rd', {}, 416],
    ['/cl', {}, 412],
    ['/none', {}, 411],
    ['/200', { headers: [['x-h', '1']] }, 414],
    ['/none', { headers: [['x-h', '1']] }, 411],
  ])('by the first filter that holds: %s with %j is %s', (path, options, expected) => {
    expect(walked(FILTERS, path, options).status).toBe(expected);
  });

  describe('looks at the request as it had become by then', () => {
    const has = (name: string, status_code: number): object => ({
      filter: { header_filter: { header: { name, present_match: true } } },
      status_code,
    });
    const by = mappers(
      has('x-envoy-original-path', 441),
      has('x-route', 442),
      has('x-envoy-original-host', 443),
      has('x-envoy-expected-rq-timeout-ms', 444),
      has('x-filter', 445),
    );
    const added = (key: string): object => ({ header: { key, value: '1' } });
    const ACTIONS: Readonly<Record<string, object>> = {
      path: { prefix_rewrite: '/new' },
      added: {},
      host: { host_rewrite_literal: 'h.example' },
      auto: { auto_host_rewrite: true },
      plain: {},
    };
    const routes = [
      ...['empty', 'drop', 'missing'].flatMap((cluster) =>
        Object.entries(ACTIONS).map(([name, action]) => ({
          match: { prefix: `/${name}-${cluster}` },
          route: { cluster, ...action },
          ...(name === 'added' ? { request_headers_to_add: [added('x-route')] } : {}),
        })),
      ),
      { match: { prefix: '/direct' }, direct_response: { status: 200 }, request_headers_to_add: [added('x-route')] },
      { match: { prefix: '/moved' }, redirect: { prefix_rewrite: '/r' } },
      {
        match: { prefix: '/by-expression' },
        redirect: { regex_rewrite: { pattern: { regex: '^/by' }, substitution: '/r' } },
      },
      { match: { prefix: '/elsewhere' }, redirect: { path_redirect: '/n' } },
      { match: { prefix: '/denied' }, route: { cluster: 'empty', prefix_rewrite: '/new' } },
    ];
    const drop = { drop_overloads: [{ category: 'x', drop_percentage: { numerator: 100 } }] };
    const clusters = [
      { name: 'empty', type: 'STATIC' },
      { name: 'drop', type: 'STATIC', load_assignment: { cluster_name: 'drop', policy: drop } },
    ];
    const change = typed('change', 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation', {
      mutations: { request_mutations: [{ append: { header: { key: 'x-filter', value: '1' } } }] },
    });
    const deny = typed('deny', 'envoy.extensions.filters.http.rbac.v3.RBAC', {
      rules: {
        action: 'DENY',
        policies: {
          p: {
            permissions: [{ header: { name: ':path', string_match: { prefix: '/denied' } } }],
            principals: [{ any: true }],
          },
        },
      },
    });

    const status = (path: string, http_filters: readonly object[]): number | null =>
      walkOf(
        proxyOf({
          clusters,
          listeners: [
            listenerOf([
              manager({
                ...by,
                http_filters,
                route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] },
              }),
            ]),
          ],
        }),
        `http://h${path}`,
      ).status;

    // With the filter that changes headers and the policy after it: what Envoy 1.37 answered.
    it.each<[string, number, number]>([
      ['/path-empty', 441, 441],
      ['/added-empty', 442, 442],
      ['/host-empty', 443, 443],
      ['/auto-empty', 444, 444],
      ['/plain-empty', 444, 444],
      ['/path-drop', 503, 445],
      ['/added-drop', 503, 445],
      ['/host-drop', 503, 445],
      ['/path-missing', 503, 445],
      ['/added-missing', 503, 445],
      ['/plain-missing', 503, 445],
      ['/direct', 200, 445],
      ['/moved', 441, 441],
      ['/by-expression', 441, 441],
      ['/elsewhere', 301, 445],
      ['/denied', 441, 445],
    ])('%s is %s, and %s where a filter changes headers', (path, plain, filtered) => {
      expect([status(path, []), status(path, [change, deny])]).toEqual([plain, filtered]);
    });
  });

  const share = (numerator: number): object => ({
    runtime_filter: { runtime_key: 'reply.share', percent_sampled: { numerator } },
  });

  it.each<[object, string, number | null]>([
    [share(100), '/404', 299],
    [share(0), '/404', 404],
    [share(50), '/404', null],
    [{ grpc_status_filter: { statuses: ['UNIMPLEMENTED'] } }, '/404', 299],
    [{ grpc_status_filter: { statuses: ['UNAVAILABLE'] } }, '/cl', 299],
    [{ grpc_status_filter: { statuses: ['UNAVAILABLE'], exclude: true } }, '/cl', 503],
    [{ grpc_status_filter: { statuses: ['UNKNOWN'] } }, '/200', 299],
  ])('by a filter of chance or of gRPC: %j, %s is %j', (filter, path, expected) => {
    expect(walked(mappers({ filter, status_code: 299 }), path).status).toBe(expected);
  });

  it('keeps the verdict, its reason and the Location', () => {
    expect(walked(ALL, '/none')).toMatchObject({ verdict: 'failed', reason: 'no-route', responseFlags: 'NR' });
    expect(walked(ALL, '/rd')).toMatchObject({ verdict: 'redirected', location: 'http://h/n' });
  });

  it('leaves the status open where a filter is not evaluated', () => {
    const config = mappers({ filter: { duration_filter: {} }, status_code: 299 });
    expect(walked(config, '/404')).toMatchObject({ verdict: 'direct-response', status: null });
  });
});

describe('the custom response filter', () => {
  const input = (name: string): object => typed('i', `envoy.type.matcher.v3.${name}`);
  const matcher = (name: string, exact: string, policy: object): object => ({
    predicate: { single_predicate: { input: input(name), value_match: { exact } } },
    on_match: { action: policy },
  });
  const policy = (more: object): object =>
    typed('p', 'envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy', more);
  const filter = (...matchers: readonly object[]): object =>
    typed('custom', 'envoy.extensions.filters.http.custom_response.v3.CustomResponse', {
      custom_response_matcher: { matcher_list: { matchers } },
    });
  const ROUTER = typed('router', 'envoy.extensions.filters.http.router.v3.Router');
  const three = filter(
    matcher('HttpResponseStatusCodeMatchInput', '404', policy({ status_code: 299 })),
    matcher('HttpResponseStatusCodeMatchInput', '301', policy({ status_code: 298 })),
    matcher('HttpResponseStatusCodeClassMatchInput', '5xx', policy({})),
  );

  it.each<[string, WalkOptions, number, string | null]>([
    ['/404', {}, 299, null],
    ['/200', {}, 200, null],
    ['/rd', {}, 298, null],
    ['/cl', {}, 503, null],
    ['/none', {}, 299, null],
    ['/none', GRPC, 200, null],
    ['/none', { httpVersion: '1.0' }, 426, null],
    ['/a', { requestTarget: '/a#b' }, 400, null],
  ])('%s with %j is %s', (path, options, status, location) => {
    expect(walked({ http_filters: [three, ROUTER] }, path, options)).toMatchObject({ status, location });
  });

  it('sees what local_reply_config has made of the answer', () => {
    const last = filter(
      matcher('HttpResponseStatusCodeMatchInput', '418', policy({ status_code: 299 })),
      matcher('HttpResponseStatusCodeMatchInput', '404', policy({ status_code: 298 })),
    );
    const config = { http_filters: [last, ROUTER], ...mappers({ filter: code('EQ', 404), status_code: 418 }) };
    expect(walked(config, '/404').status).toBe(299);
  });

  const refusals = filter(
    matcher('HttpResponseStatusCodeMatchInput', '426', policy({ status_code: 297 })),
    matcher('HttpResponseStatusCodeMatchInput', '400', policy({ status_code: 296 })),
    matcher('HttpResponseStatusCodeMatchInput', '200', policy({ status_code: 295 })),
  );

  it.each<[string, WalkOptions, number]>([
    ['/none', { httpVersion: '1.0' }, 297],
    ['/a', { requestTarget: '/a#b' }, 296],
    ['/200', { headers: [['content-length', 'x']] }, 296],
    ['/200', {}, 295],
    ['/none', GRPC, 200],
    ['/200', GRPC, 200],
  ])('takes what the connection manager refuses, and leaves 200 to gRPC: %s with %j is %s', (path, options, status) => {
    expect(walked({ http_filters: [refusals, ROUTER] }, path, options).status).toBe(status);
  });

  it('answers a refusal as the chain says, whatever a route does', () => {
    const own = { typed_per_filter_config: { custom: (refusals as { typed_config: object }).typed_config } };
    const routes = [{ name: 'all', match: { prefix: '/' }, direct_response: { status: 200 }, ...own }];
    const config = {
      http_filters: [three, ROUTER],
      route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] },
    };
    expect(walked(config, '/a', { requestTarget: '/a#b' }).status).toBe(400);
    expect(walked(config, '/200').status).toBe(295);
    expect(walked(config, '/a', { httpVersion: '1.0' }).status).toBe(426);
  });

  it('gives an answer of which local_reply_config is asked again', () => {
    const config = {
      http_filters: [filter(matcher('HttpResponseStatusCodeMatchInput', '404', policy({ status_code: 418 }))), ROUTER],
      ...mappers({ filter: code('EQ', 418), status_code: 298 }),
    };
    expect(walked(config, '/404').status).toBe(298);
  });

  it('leaves the status open where it asks another service', () => {
    const elsewhere = typed('p', 'envoy.extensions.http.custom_response.redirect_policy.v3.RedirectPolicy', {});
    const config = { http_filters: [filter(matcher('HttpResponseStatusCodeMatchInput', '404', elsewhere)), ROUTER] };
    expect(walked(config, '/404')).toMatchObject({ verdict: 'direct-response', status: null });
  });
});

it('what the codec refuses is answered before there are headers: a filter on one does not hold', () => {
  const header = { name: ':path', string_match: { suffix: 'z' }, invert_match: true };
  const config = mappers({ filter: { header_filter: { header } }, status_code: 500 });
  expect(walked(config, '/200', { httpVersion: '1.0' }).status).toBe(426);
  expect(walked(config, '/200', { headers: [['content-length', 'x']] }).status).toBe(400);
  expect(walked(config, '/none').status).toBe(500);
});

describe('a redirect', () => {
  it('of CONNECT has no Location', () => {
    const routes = [{ name: 'c', match: { connect_matcher: {} }, redirect: { path_redirect: '/n' } }];
    const config = {
      route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] },
      upgrade_configs: [{ upgrade_type: 'CONNECT' }],
    };
    expect(walked(config, '/', { method: 'CONNECT' })).toMatchObject({
      verdict: 'redirected',
      status: 301,
      location: null,
    });
  });
});

describe('filters of local_reply_config, as Envoy 1.37.0 asks them about an answer', () => {
  const HTTP = 'envoy.extensions.filters.http';
  const health = (path: string, pass: boolean): object =>
    typed('health', `${HTTP}.health_check.v3.HealthCheck`, {
      pass_through_mode: pass,
      headers: [{ name: ':path', string_match: { exact: path } }],
    });
  const metadata = typed('metadata', `${HTTP}.set_metadata.v3.Config`, {
    metadata: [{ metadata_namespace: 'own', value: { k: 'v' } }],
  });
  // What these do is known to write no metadata.
  const silent = [
    typed('cdn', `${HTTP}.cdn_loop.v3.CdnLoopConfig`, { cdn_id: 'me' }),
    typed('state', `${HTTP}.set_filter_state.v3.Config`),
    typed('headers', `${HTTP}.header_to_metadata.v3.Config`),
    typed('limit', `${HTTP}.local_ratelimit.v3.LocalRateLimit`),
  ];
  const http_filters = [health('/health', false), health('/404', true), metadata, ...silent];
  const keys = typed('keys', `${HTTP}.api_key_auth.v3.ApiKeyAuth`, { key_sources: [{ header: 'x-key' }] });

  const login = typed('login', `${HTTP}.oauth2.v3.OAuth2`, {
    config: { pass_through_matcher: [{ name: ':method', string_match: { exact: 'GET' } }] },
  });

  it.each([
    ['keys', keys],
    ['a login', login],
  ])('sees no metadata behind a filter of %s, which writes none', (_what, filter) => {
    const mapper = mappers({ filter: own({ filter: 'other' }), status_code: 299 });
    expect(walked({ http_filters: [filter], ...mapper }, '/none').status).toBe(299);
  });
  const own = (more: object = {}, exact = 'v'): object => ({
    metadata_filter: { matcher: { filter: 'own', path: [{ key: 'k' }], value: { string_match: { exact } }, ...more } },
  });
  const strict = (of: object): object => ({
    metadata_filter: {
      ...(of as { metadata_filter: object }).metadata_filter,
      match_if_key_not_found: false,
    },
  });
  const log = (more: object): object => ({ log_type_filter: more });
  const lasting = (op: string, value: number): object => ({
    duration_filter: { comparison: { op, value: { default_value: value } } },
  });
  const CODEC = [['content-length', 'x']] as const;

  it.each<[filter: object, path: string, headers: readonly (readonly [string, string])[], status: number | null]>([
    [{ not_health_check_filter: {} }, '/none', [], 299],
    [{ not_health_check_filter: {} }, '/health', [], 200],
    [{ not_health_check_filter: {} }, '/404', [], 404],
    [{ not_health_check_filter: {} }, '/404', CODEC, 299],
    [{ and_filter: { filters: [{ not_health_check_filter: {} }, code('EQ', 404)] } }, '/404', [], 404],
    [{ traceable_filter: {} }, '/none', [], 404],
    [own(), '/none', [], 299],
    [own({}, 'w'), '/none', [], 404],
    [own({ invert: true }), '/none', [], 299],
    [own({ filter: 'other' }), '/none', [], 299],
    [strict(own({ filter: 'other' })), '/none', [], 404],
    [own(), '/health', [], 299],
    [strict(own()), '/health', [], 200],
    [strict(own()), '/none', CODEC, 400],
    [{ metadata_filter: {} }, '/none', [], 299],
    [log({ types: ['NotSet'] }), '/none', [], 299],
    [log({ types: ['DownstreamEnd'] }), '/none', [], 404],
    [log({ types: ['DownstreamEnd'], exclude: true }), '/none', [], 299],
    [log({}), '/none', [], 404],
    [lasting('GE', 0), '/none', [], 299],
    [lasting('GE', 1), '/none', [], null],
    [lasting('EQ', 0), '/none', [], null],
    [{ response_flag_filter: {} }, '/none', [], 299],
    [{ response_flag_filter: {} }, '/none', CODEC, 400],
    [{ response_flag_filter: { flags: ['DPE'] } }, '/none', CODEC, 400],
  ])('%j takes %s with %j: %s', (filter, path, headers, status) => {
    const mapper = mappers({ filter, status_code: 299 });
    expect(walked({ http_filters, ...mapper }, path, { headers }).status).toBe(status);
  });

  const ID = (reason: string): readonly [string, string] => [
    'x-request-id',
    `00000000-0000-${reason}000-8000-000000000000`,
  ];
  const FORCED = ['x-envoy-force-trace', '1'] as const;
  const CLIENTS = ['x-client-trace-id', '1'] as const;
  const INSIDE = { use_remote_address: true, internal_address_config: {} };
  const uuid = (config: object): object => ({
    request_id_extension: {
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig',
        ...config,
      },
    },
  });

  it.each<[manager: object, headers: readonly (readonly [string, string])[], isTraceable: boolean]>([
    [{}, [ID('a')], false],
    [{ tracing: {} }, [], false],
    [{ tracing: {} }, [FORCED], false],
    [{ tracing: {} }, [ID('a')], true],
    [{ tracing: {} }, [ID('9')], false],
    [{ tracing: {} }, [ID('b')], false],
    [{ tracing: { overall_sampling: {} } }, [ID('a')], false],
    [{ tracing: {}, use_remote_address: true }, [ID('a')], false],
    [{ tracing: {}, ...INSIDE }, [FORCED], true],
    [{ tracing: {}, ...INSIDE }, [ID('a')], true],
    [{ tracing: {}, ...INSIDE }, [ID('4'), FORCED], true],
    [{ tracing: {}, ...INSIDE }, [ID('9'), FORCED], false],
    [{ tracing: {}, ...INSIDE }, [CLIENTS, FORCED], false],
    [{ tracing: { client_sampling: {} }, ...INSIDE }, [CLIENTS, FORCED], true],
    // The request's id is held against the shares: without one that begins with a number, nothing makes it traced.
    [{ tracing: {}, ...INSIDE, generate_request_id: false }, [FORCED], false],
    [{ tracing: {}, ...INSIDE, generate_request_id: false }, [ID('4'), FORCED], true],
    [{ tracing: {}, ...INSIDE }, [['x-request-id', 'zzz'], FORCED], false],
    [{ tracing: {}, ...INSIDE }, [['x-request-id', 'zzzzzzzz-0000-a000-8000-000000000000']], false],
    [{ tracing: {}, ...INSIDE }, [['x-request-id', '0011223344'], FORCED], true],
    [{ tracing: {}, ...INSIDE, ...uuid({ use_request_id_for_trace_sampling: false }) }, [FORCED], false],
    [{ tracing: {}, ...INSIDE, ...uuid({}) }, [FORCED], true],
  ])('traceable_filter, with %j and %j: %s', (config, headers, isTraceable) => {
    const mapper = mappers({ filter: { traceable_filter: {} }, status_code: 299 });
    expect(walked({ ...config, ...mapper }, '/none', { headers }).status).toBe(isTraceable ? 299 : 404);
  });
});

describe('headers_to_add of local_reply_config, as Envoy 1.37.0 has them', () => {
  const location = (value: string, append_action = 'OVERWRITE_IF_EXISTS_OR_ADD'): object => ({
    ...mappers({
      filter: code('GE', 100),
      status_code: 302,
      headers_to_add: [{ header: { key: 'Location', value }, append_action }],
    }),
  });

  it.each<[config: object, path: string, location: string | null]>([
    [location('/a'), '/rd', '/a'],
    [location('/a'), '/none', '/a'],
    [location('/a', 'APPEND_IF_EXISTS_OR_ADD'), '/rd', 'http://h/n,/a'],
    [location('/a', 'ADD_IF_ABSENT'), '/rd', 'http://h/n'],
    [location('/a', 'OVERWRITE_IF_EXISTS'), '/rd', '/a'],
    [location('/a', 'OVERWRITE_IF_EXISTS'), '/none', null],
    [location(''), '/rd', 'http://h/n'],
    [location('https://%REQ(:AUTHORITY)%%REQ(:PATH)%'), '/none', 'https://h/none'],
    // The status is that of before the mapper's own.
    [location('/%RESPONSE_CODE%'), '/rd', '/301'],
    [location('/%RESPONSE_CODE%'), '/none', '/404'],
    // The answer's other commands are not evaluated.
    [location('/%RESPONSE_FLAGS%'), '/rd', null],
  ])('%j: %s gets the Location %s', (config, path, expected) => {
    expect(walked(config, path)).toMatchObject({ status: 302, location: expected });
  });

  it('leaves the Location open where it is not known whether a mapper writes it', () => {
    const asks = { filter: { extension_filter: { name: 'other' } } };
    const writes = { headers_to_add: [{ header: { key: 'location', value: '/a' } }] };
    expect(walked(mappers({ ...asks, ...writes }), '/rd')).toMatchObject({ status: null, location: null });
    expect(walked(mappers(asks), '/rd')).toMatchObject({
      status: null,
      statusDependsOn: 'the filter extension_filter of local_reply_config',
      location: 'http://h/n',
    });
  });
});

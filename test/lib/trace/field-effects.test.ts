/**
 * Fields of Envoy that no generator draws, each by its message: two configurations that differ in it alone, and what becomes of one
 * request in either. A field that the trace did not read would make no difference. `test/differential/undrawn-fields.json` names this
 * file for each of them, and `test/lib/envoy/drawn-fields` looks its key up here.
 */
import { createHash } from 'node:crypto';
import { collectFields } from '../../helpers/message-fields';
import {
  clusterOf,
  listenerOf,
  manager,
  proxyOf,
  type Resources,
  sharesByPort,
  tcpProxy,
  typed,
  type Walked,
  type WalkOptions,
  walkOf,
} from '../../helpers/hop';

const EXT = 'envoy.extensions.filters.http';
const ALWAYS = { default_value: { numerator: 100 } };
const EVERY = { numerator: 100 };
const ROUTER = typed('router', `${EXT}.router.v3.Router`);

interface Effect {
  /** The configuration; `part` gives an object with the field, or an empty one. */
  readonly make: (part: (own: object) => object) => Resources;
  readonly url?: string;
  readonly ask?: WalkOptions;
  /** What is looked at; how it ends where this is left out. */
  readonly see?: (walked: Walked) => unknown;
  readonly present: unknown;
  readonly absent: unknown;
}

/** How a request ends: `delivered`, `denied 403`. */
function endOf({ verdict, status }: Walked): string {
  return status === null ? verdict : `${verdict} ${status}`;
}

interface Http {
  readonly route?: object;
  readonly match?: object;
  readonly action?: object;
  readonly manager?: object;
  readonly configuration?: object;
  readonly cluster?: object;
  readonly bootstrap?: object;
}

function http(filters: readonly object[], more: Http = {}): Resources {
  const route = { match: { prefix: '/', ...more.match }, route: { cluster: 'c', ...more.action }, ...more.route };
  const routes = { name: 'rc', virtual_hosts: [{ name: 'vh', domains: ['*'], routes: [route] }] };
  const own = { http_filters: [...filters, ROUTER], route_config: { ...routes, ...more.configuration } };
  const { bootstrap } = more;
  return {
    listeners: [listenerOf([manager({ ...own, ...more.manager })])],
    clusters: [clusterOf('c', [{ port: 80 }], more.cluster)],
    ...(bootstrap === undefined ? {} : { bootstrap }),
  };
}

function filter(message: string, config: object, name = message): object {
  return typed(name, `${EXT}.${message}`, config);
}

/** A filter that lets through what this policy says alone. */
function allow(policy: object): object {
  const all = { permissions: [{ any: true }], principals: [{ any: true }] };
  return filter('rbac.v3.RBAC', { rules: { policies: { p: { ...all, ...policy } } } });
}

const OF_NS = { filter: 'ns', path: [{ key: 'k' }], value: { string_match: { exact: 'v' } } };
/** What NEEDS_METADATA lets in. */
const WRITES_METADATA = { metadata_namespace: 'ns', key: 'k', value: 'v' };
const NEEDS_METADATA = allow({ permissions: [{ metadata: OF_NS }] });

function headerOf(name: string): (walked: Walked) => unknown {
  return ({ forward }) => forward?.message?.headers.find(([own]) => own === name)?.[1] ?? null;
}

function detailsOf(stage: 'http-filter' | 'route' | 'cluster' | 'network-filter', label: string) {
  return ({ hop }: Walked): unknown =>
    hop.steps
      .filter((one) => one.stage === stage)
      .flatMap(({ details }) => details.filter(([own]) => own === label).map(([, text]) => text))[0] ?? null;
}

const SHA = `{SHA}${createHash('sha1').update('p').digest('base64')}`;
const BASIC = { users: { inline_string: `u:${SHA}` } };
const RIGHT: WalkOptions = { headers: [['authorization', `Basic ${Buffer.from('u:p').toString('base64')}`]] };

function jwt(config: object): object {
  return filter('jwt_authn.v3.JwtAuthentication', config);
}

/** A provider that every request needs a token of. */
function provided(provider: object): object {
  return jwt({ providers: { p: provider }, rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }] });
}

function required(requires: object): object {
  return jwt({ providers: { p: {} }, rules: [{ match: { prefix: '/' }, requires }] });
}

const OWN_HEADER = { name: 'x-own', present_match: true };

function oauth(config: object): object {
  return filter('oauth2.v3.OAuth2', { config });
}

const BY_NAME = { providers: { p: {} }, requirement_map: { r: { provider_name: 'p' } } };
const NAMED_RULE = { match: { prefix: '/' }, requirement_name: 'r' };

const COMMON = 'envoy.config.rbac.v3.Action';
const ACTION = (name: string, action: 'ALLOW' | 'DENY'): object => ({ action: typed(name, COMMON, { name, action }) });

function tree(matcher: object): object {
  return filter('rbac.v3.RBAC', { matcher });
}

const QUERY = (config: object): object => typed('q', 'envoy.type.matcher.v3.HttpRequestQueryParamMatchInput', config);
const CEL_INPUT = typed('cel', 'xds.type.matcher.v3.HttpAttributesCelMatchInput');

function celTree(expression: object): object {
  const custom_match = typed('cel', 'xds.type.matcher.v3.CelMatcher', { expr_match: expression });
  const predicate = { single_predicate: { input: CEL_INPUT, custom_match } };
  return tree({ matcher_list: { matchers: [{ predicate, on_match: ACTION('yes', 'ALLOW') }] } });
}

const TRUE = { expr: { const_expr: { bool_value: true } } };
const ANY_METHOD = {
  single_predicate: {
    input: typed('m', 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: ':method' }),
    value_match: { prefix: '' },
  },
};

const ZONES = [
  { port: 1, zone: 'a', zoneWeight: 1 },
  { port: 2, zone: 'b', zoneWeight: 3 },
];

function zoned(more: object): Resources {
  return { ...http([]), clusters: [clusterOf('c', ZONES, more)] };
}

function policy(type: string, config: object): object {
  const name = `envoy.load_balancing_policies.${type}`;
  return {
    policies: [{ typed_extension_config: typed(name, `envoy.extensions.load_balancing_policies.${type}`, config) }],
  };
}

const WEIGHTED = { locality_lb_config: { locality_weighted_lb_config: {} } };
const ONE_TO_THREE = { 1: 0.25, 2: 0.75 };
const EQUAL = { 1: 0.5, 2: 0.5 };

function localities(type: string): Effect {
  return {
    make: (part) => zoned({ load_balancing_policy: policy(type, part(WEIGHTED)) }),
    see: sharesByPort,
    present: ONE_TO_THREE,
    absent: EQUAL,
  };
}

const LABELLED = ZONES.map((host) => ({ ...host, labels: { version: 'v1' } }));

function subsets(config: object, more: object = {}): Resources {
  const metadata_match = { filter_metadata: { 'envoy.lb': { version: 'v1' } } };
  const cluster = clusterOf('c', LABELLED, { lb_subset_config: config, ...more });
  return { ...http([], { action: { metadata_match } }), clusters: [cluster] };
}

/** The same subsets as a policy, which picks by an inner one. */
function subsetPolicy(config: object): Resources {
  const selectors = { subset_selectors: [{ keys: ['version'] }] };
  return subsets({}, { load_balancing_policy: policy('subset.v3.Subset', { ...selectors, ...config }) });
}

function abort(config: object): object {
  return filter('fault.v3.HTTPFault', { abort: { http_status: 418, percentage: EVERY }, ...config });
}

/** A route that changes headers of the request. */
function mutatedByRoute(change: object): Resources {
  const mutations = { request_mutations: [change] };
  const own = typed('', `${EXT}.header_mutation.v3.HeaderMutationPerRoute`, { mutations }).typed_config;
  const chain = filter('header_mutation.v3.HeaderMutation', {}, 'mutation');
  return http([chain], { route: { typed_per_filter_config: { mutation: own } } });
}

/** A rule of `json_to_metadata`: what it writes is not worked out. */
function jsonRule(field: string): Effect {
  return {
    make: (part) => {
      const rules = { rules: [part({ [field]: { metadata_namespace: 'ns', key: 'k' } })] };
      return http([filter('json_to_metadata.v3.JsonToMetadata', { request_rules: rules }), NEEDS_METADATA]);
    },
    present: 'unknown',
    absent: 'denied 403',
  };
}

const layer = (values: object): object => ({ layered_runtime: { layers: [{ name: 's', static_layer: values }] } });

const EFFECTS: Readonly<Record<string, Effect>> = {
  'BasicAuth.authentication_header': {
    make: (part) =>
      http([filter('basic_auth.v3.BasicAuth', { ...BASIC, ...part({ authentication_header: 'x-auth' }) })]),
    ask: RIGHT,
    present: 'denied 401',
    absent: 'delivered',
  },
  'BasicAuth.forward_username_header': {
    make: (part) =>
      http([filter('basic_auth.v3.BasicAuth', { ...BASIC, ...part({ forward_username_header: 'x-user' }) })]),
    ask: RIGHT,
    see: headerOf('x-user'),
    present: 'u',
    absent: null,
  },
  'CelHolder.cel_expr_checked': {
    make: (part) => http([celTree(part({ cel_expr_checked: TRUE }))]),
    present: 'delivered',
    absent: 'unknown',
  },
  'CelHolder.checked_expr': {
    make: (part) => http([celTree(part({ checked_expr: TRUE }))]),
    present: 'delivered',
    absent: 'unknown',
  },
  'CelHolder.parsed_expr': {
    make: (part) => http([celTree(part({ parsed_expr: TRUE }))]),
    present: 'delivered',
    absent: 'unknown',
  },
  'CircuitBreakers.thresholds': {
    make: (part) => http([], { cluster: { circuit_breakers: part({ thresholds: [{ max_connections: 7 }] }) } }),
    see: detailsOf('cluster', 'circuit breaker'),
    present: 'max_connections 7',
    absent: null,
  },
  'Cluster.circuit_breakers': {
    make: (part) => http([], { cluster: part({ circuit_breakers: { thresholds: [{ max_connections: 7 }] } }) }),
    see: detailsOf('cluster', 'circuit breaker'),
    present: 'max_connections 7',
    absent: null,
  },
  'Cluster.health_checks': {
    make: (part) => http([], { cluster: part({ health_checks: [{ timeout: '1s' }] }) }),
    see: detailsOf('cluster', 'active health checks'),
    present: '1',
    absent: null,
  },
  'Cluster.load_balancing_policy': {
    make: (part) => zoned(part({ load_balancing_policy: policy('round_robin.v3.RoundRobin', WEIGHTED) })),
    see: sharesByPort,
    present: ONE_TO_THREE,
    absent: EQUAL,
  },
  'LoadBalancingPolicyPolicy.typed_extension_config': {
    make: (part) => {
      const { policies } = policy('round_robin.v3.RoundRobin', WEIGHTED) as { readonly policies: readonly object[] };
      return zoned({ load_balancing_policy: { policies: [part(policies[0] ?? {})] } });
    },
    see: sharesByPort,
    present: ONE_TO_THREE,
    absent: EQUAL,
  },
  'LeastRequest.locality_lb_config': localities('least_request.v3.LeastRequest'),
  'Random.locality_lb_config': localities('random.v3.Random'),
  'RoundRobin.locality_lb_config': localities('round_robin.v3.RoundRobin'),
  'WrrLocality.endpoint_picking_policy': {
    make: (part) => {
      const inner = { endpoint_picking_policy: policy('random.v3.Random', {}) };
      return zoned({ load_balancing_policy: policy('wrr_locality.v3.WrrLocality', part(inner)) });
    },
    see: detailsOf('cluster', 'load balancing'),
    present: 'RANDOM',
    absent: 'envoy.load_balancing_policies.wrr_locality.v3.WrrLocality',
  },
  'LbSubsetConfig.locality_weight_aware': {
    make: (part) => {
      const selectors = { subset_selectors: [{ keys: ['version'] }] };
      return subsets(
        { ...selectors, ...part({ locality_weight_aware: true }) },
        { common_lb_config: WEIGHTED.locality_lb_config },
      );
    },
    see: sharesByPort,
    present: ONE_TO_THREE,
    absent: EQUAL,
  },
  'LbSubsetConfigLbSubsetSelector.single_host_per_subset': {
    make: (part) => subsets({ subset_selectors: [{ keys: ['version'], ...part({ single_host_per_subset: true }) }] }),
    see: sharesByPort,
    present: { 1: 1 },
    absent: EQUAL,
  },
  'Subset.locality_weight_aware': {
    make: (part) => {
      const inner = { subset_lb_policy: policy('round_robin.v3.RoundRobin', WEIGHTED) };
      return subsetPolicy({ ...inner, ...part({ locality_weight_aware: true }) });
    },
    see: sharesByPort,
    present: ONE_TO_THREE,
    absent: EQUAL,
  },
  'Subset.subset_lb_policy': {
    make: (part) => subsetPolicy(part({ subset_lb_policy: policy('random.v3.Random', {}) })),
    see: detailsOf('cluster', 'load balancing'),
    present: 'RANDOM',
    absent: 'envoy.load_balancing_policies.subset.v3.Subset',
  },
  'SubsetLbSubsetSelector.single_host_per_subset': {
    make: (part) => {
      const selector = { keys: ['version'], ...part({ single_host_per_subset: true }) };
      const inner = { subset_lb_policy: policy('round_robin.v3.RoundRobin', {}) };
      return subsetPolicy({ ...inner, subset_selectors: [selector] });
    },
    see: sharesByPort,
    present: { 1: 1 },
    absent: EQUAL,
  },
  'Config.request_rules': {
    make: (part) => {
      const rules = { request_rules: [{ header: 'x', on_header_present: WRITES_METADATA }] };
      return http([filter('header_to_metadata.v3.Config', part(rules)), NEEDS_METADATA]);
    },
    ask: { headers: [['x', '1']] },
    present: 'delivered',
    absent: 'denied 403',
  },
  'ConfigRule.on_header_missing': {
    make: (part) => {
      const rule = { header: 'x', ...part({ on_header_missing: WRITES_METADATA }) };
      return http([filter('header_to_metadata.v3.Config', { request_rules: [rule] }), NEEDS_METADATA]);
    },
    present: 'delivered',
    absent: 'denied 403',
  },
  'ConfigRule.on_header_present': {
    make: (part) => {
      const rule = { header: 'x', ...part({ on_header_present: WRITES_METADATA }) };
      return http([filter('header_to_metadata.v3.Config', { request_rules: [rule] }), NEEDS_METADATA]);
    },
    ask: { headers: [['x', '1']] },
    present: 'delivered',
    absent: 'denied 403',
  },
  'JsonToMetadata.request_rules': {
    make: (part) => {
      const rules = { request_rules: { rules: [{ on_present: { metadata_namespace: 'ns', key: 'k' } }] } };
      return http([filter('json_to_metadata.v3.JsonToMetadata', part(rules)), NEEDS_METADATA]);
    },
    present: 'unknown',
    absent: 'denied 403',
  },
  'JsonToMetadataRule.on_error': jsonRule('on_error'),
  'JsonToMetadataRule.on_missing': jsonRule('on_missing'),
  'JsonToMetadataRule.on_present': jsonRule('on_present'),
  'SetMetadataMetadata.allow_overwrite': {
    make: (part) => {
      const first = { metadata: [{ metadata_namespace: 'ns', value: { k: 'other' } }] };
      const then = { metadata: [{ metadata_namespace: 'ns', value: { k: 'v' }, ...part({ allow_overwrite: true }) }] };
      const set = (config: object): object => filter('set_metadata.v3.Config', config);
      return http([set(first), set(then), NEEDS_METADATA]);
    },
    present: 'delivered',
    absent: 'denied 403',
  },
  'ExtAuthz.deny_at_disable': {
    make: (part) => {
      const off = { filter_enabled: { default_value: { numerator: 0 } } };
      return http([filter('ext_authz.v3.ExtAuthz', { ...off, ...part({ deny_at_disable: { default_value: true } }) })]);
    },
    present: 'denied 403',
    absent: 'delivered',
  },
  'ExtAuthz.http_service': {
    make: (part) => http([filter('ext_authz.v3.ExtAuthz', part({ http_service: { server_uri: { cluster: 'opa' } } }))]),
    see: ({ because }) => because,
    present: 'whether the request goes on depends on the answer of the external authorizer opa',
    absent: 'whether the request goes on depends on the answer of the external authorizer ',
  },
  'FaultDelay.header_delay': {
    make: (part) =>
      http([filter('fault.v3.HTTPFault', { delay: { percentage: EVERY, ...part({ header_delay: {} }) } })]),
    ask: { headers: [['x-envoy-fault-delay-request', '1500']] },
    see: detailsOf('http-filter', 'delay'),
    present: '1.5s for 100 % of requests',
    absent: null,
  },
  'HTTPFault.abort_http_status_runtime': {
    make: (part) => http([abort(part({ abort_http_status_runtime: 'own' }))], { bootstrap: layer({ own: 503 }) }),
    present: 'failed 503',
    absent: 'failed 418',
  },
  'HTTPFault.delay_percent_runtime': {
    make: (part) => {
      const delay = { fixed_delay: '1s', percentage: EVERY };
      const fault = filter('fault.v3.HTTPFault', { delay, ...part({ delay_percent_runtime: 'own' }) });
      return http([fault], { bootstrap: layer({ own: 25 }) });
    },
    see: detailsOf('http-filter', 'delay'),
    present: '1s for 25 % of requests',
    absent: '1s for 100 % of requests',
  },
  'HTTPFault.max_active_faults': {
    make: (part) => http([abort(part({ max_active_faults: 0 }))]),
    present: 'delivered',
    absent: 'failed 418',
  },
  'HTTPFault.response_rate_limit': {
    make: (part) => http([abort(part({ response_rate_limit: { fixed_limit: { limit_kbps: 1 } } }))]),
    see: detailsOf('http-filter', 'rate limit'),
    present: 'slows the answer down',
    absent: null,
  },
  'HeaderMatcher.contains_match': {
    make: (part) => http([], { match: { headers: [{ name: 'x', ...part({ contains_match: 'b' }) }] } }),
    ask: { headers: [['x', 'zzz']] },
    present: 'failed 404',
    absent: 'delivered',
  },
  'HeaderMatcher.suffix_match': {
    make: (part) => http([], { match: { headers: [{ name: 'x', ...part({ suffix_match: 'c' }) }] } }),
    ask: { headers: [['x', 'cz']] },
    present: 'failed 404',
    absent: 'delivered',
  },
  'HealthCheck.cluster_min_healthy_percentages': {
    make: (part) => {
      const check = { headers: [{ name: ':path', exact_match: '/' }], pass_through_mode: false };
      return http([
        filter('health_check.v3.HealthCheck', {
          ...check,
          ...part({ cluster_min_healthy_percentages: { c: { value: 1 } } }),
        }),
      ]);
    },
    present: 'unknown',
    absent: 'direct-response 200',
  },
  'Http2ProtocolOptions.allow_connect': {
    make: (part) =>
      http([], {
        manager: {
          upgrade_configs: [{ upgrade_type: 'websocket' }],
          http2_protocol_options: part({ allow_connect: true }),
        },
      }),
    ask: { httpVersion: '2', connectProtocol: 'websocket' },
    present: 'delivered',
    absent: 'failed',
  },
  'HttpConnectionManager.generate_request_id': {
    make: (part) => http([], { manager: part({ generate_request_id: false }) }),
    see: (walked) => headerOf('x-request-id')(walked) !== null,
    present: false,
    absent: true,
  },
  'HttpConnectionManager.preserve_external_request_id': {
    make: (part) =>
      http([], { manager: { use_remote_address: true, ...part({ preserve_external_request_id: true }) } }),
    ask: { headers: [['x-request-id', 'mine']], sourceIp: '203.0.113.9' },
    see: (walked) => headerOf('x-request-id')(walked) === 'mine',
    present: true,
    absent: false,
  },
  'HttpRequestQueryParamMatchInput.query_param': {
    make: (part) =>
      http([
        tree({
          matcher_tree: {
            input: QUERY(part({ query_param: 'a' })),
            exact_match_map: { map: { x: ACTION('yes', 'ALLOW') } },
          },
        }),
      ]),
    url: 'http://h/?a=x',
    present: 'delivered',
    absent: 'denied 403',
  },
  'JwtAuthentication.requirement_map': {
    make: (part) => {
      const { providers, requirement_map } = BY_NAME;
      return http([jwt({ providers, rules: [NAMED_RULE], ...part({ requirement_map }) })]);
    },
    present: 'denied 401',
    absent: 'delivered',
  },
  'RequirementRule.requirement_name': {
    make: (part) =>
      http([jwt({ ...BY_NAME, rules: [{ match: { prefix: '/' }, ...part({ requirement_name: 'r' }) }] })]),
    present: 'denied 401',
    absent: 'delivered',
  },
  'PerRouteConfig.requirement_name': {
    make: (part) => {
      const own = typed('', `${EXT}.jwt_authn.v3.PerRouteConfig`, part({ requirement_name: 'r' })).typed_config;
      return http([filter('jwt_authn.v3.JwtAuthentication', BY_NAME, 'jwt')], {
        route: { typed_per_filter_config: { jwt: own } },
      });
    },
    present: 'denied 401',
    absent: 'denied 403',
  },
  'JwtClaimToHeader.claim_name': {
    make: (part) => http([provided({ claim_to_headers: [{ header_name: 'x-sub', ...part({ claim_name: 'sub' }) }] })]),
    ask: { claims: { sub: 'me' } },
    see: headerOf('x-sub'),
    present: 'me',
    absent: null,
  },
  'JwtProvider.claim_to_headers': {
    make: (part) => http([provided(part({ claim_to_headers: [{ header_name: 'x-sub', claim_name: 'sub' }] }))]),
    ask: { claims: { sub: 'me' } },
    see: headerOf('x-sub'),
    present: 'me',
    absent: null,
  },
  // What a client sends in the header of the payload is taken away: here there is no token, and none is needed.
  'JwtProvider.forward_payload_header': {
    make: (part) =>
      http([
        jwt({
          providers: { p: part({ forward_payload_header: 'x-payload' }) },
          rules: [
            {
              match: { prefix: '/' },
              requires: { requires_any: { requirements: [{ provider_name: 'p' }, { allow_missing: {} }] } },
            },
          ],
        }),
      ]),
    ask: { claims: {}, headers: [['x-payload', 'own']] },
    see: headerOf('x-payload'),
    present: null,
    absent: 'own',
  },
  'Route.filter_action': {
    make: (part) => http([], { route: { route: undefined, ...part({ filter_action: {} }) } }),
    present: 'failed 503',
    absent: 'unknown',
  },
  'Cluster.upstream_config': {
    make: (part) => http([], { cluster: part({ upstream_config: typed('pool', 'test.Pool') }) }),
    present: 'unknown',
    absent: 'delivered',
  },
  'OAuth2.config': {
    make: (part) => http([filter('oauth2.v3.OAuth2', part({ config: { pass_through_matcher: [OWN_HEADER] } }))]),
    ask: { headers: [['x-own', 'a']] },
    present: 'delivered',
    absent: 'unknown',
  },
  'OAuth2Config.pass_through_matcher': {
    make: (part) => http([oauth(part({ pass_through_matcher: [OWN_HEADER] }))]),
    ask: { headers: [['x-own', 'a']] },
    present: 'delivered',
    absent: 'redirected 302',
  },
  'OAuth2Config.deny_redirect_matcher': {
    make: (part) => http([oauth(part({ deny_redirect_matcher: [OWN_HEADER] }))]),
    ask: { headers: [['x-own', 'a']] },
    present: 'denied 401',
    absent: 'redirected 302',
  },
  'OAuth2Config.redirect_path_matcher': {
    make: (part) => http([oauth(part({ redirect_path_matcher: { path: { exact: '/own' } } }))]),
    url: 'http://h/own?code=x',
    present: 'unknown',
    absent: 'redirected 302',
  },
  'OAuth2Config.signout_path': {
    make: (part) => http([oauth(part({ signout_path: { path: { exact: '/own' } } }))]),
    url: 'http://h/own',
    present: 'unknown',
    absent: 'redirected 302',
  },
  // A claim that a header has been made of leads to a route where the route is found again.
  'JwtProvider.clear_route_cache': {
    make: (part) =>
      http(
        [
          provided({
            claim_to_headers: [{ header_name: 'x-sub', claim_name: 'sub' }],
            ...part({ clear_route_cache: true }),
          }),
        ],
        {
          match: { headers: [{ name: 'x-sub', present_match: true }] },
        },
      ),
    ask: { claims: { sub: 'me' } },
    present: 'delivered',
    absent: 'failed 404',
  },
  'JwtProvider.audiences': {
    make: (part) => http([provided(part({ audiences: ['a'] }))]),
    ask: { claims: { aud: 'b' } },
    present: 'denied 403',
    absent: 'delivered',
  },
  'JwtProvider.from_cookies': {
    make: (part) => http([provided(part({ from_cookies: ['token'] }))]),
    ask: { headers: [['cookie', 'token=abc']] },
    present: 'unknown',
    absent: 'denied 401',
  },
  'JwtProvider.from_headers': {
    make: (part) => http([provided(part({ from_headers: [{ name: 'x-token' }] }))]),
    ask: { headers: [['x-token', 'abc']] },
    present: 'unknown',
    absent: 'denied 401',
  },
  'JwtProvider.from_params': {
    make: (part) => http([provided(part({ from_params: ['token'] }))]),
    url: 'http://h/?token=abc',
    present: 'unknown',
    absent: 'denied 401',
  },
  'JwtHeader.value_prefix': {
    make: (part) => http([provided({ from_headers: [{ name: 'x-token', ...part({ value_prefix: 'JWT ' }) }] })]),
    ask: { headers: [['x-token', 'abc']] },
    present: 'denied 401',
    absent: 'unknown',
  },
  'JwtRequirement.extract_only_without_validation': {
    make: (part) =>
      http([
        jwt({
          providers: { p: { claim_to_headers: [{ header_name: 'x-sub', claim_name: 'sub' }] } },
          rules: [{ match: { prefix: '/' }, requires: part({ extract_only_without_validation: {} }) }],
        }),
      ]),
    ask: { claims: { sub: 'me' } },
    see: headerOf('x-sub'),
    present: 'me',
    absent: null,
  },
  'JwtRequirement.provider_and_audiences': {
    make: (part) => http([required(part({ provider_and_audiences: { provider_name: 'p', audiences: ['a'] } }))]),
    ask: { claims: { aud: 'b' } },
    present: 'denied 403',
    absent: 'delivered',
  },
  'JwtRequirement.requires_all': {
    make: (part) => http([required(part({ requires_all: { requirements: [{ provider_name: 'p' }] } }))]),
    present: 'denied 401',
    absent: 'delivered',
  },
  'ProviderWithAudiences.audiences': {
    make: (part) => http([required({ provider_and_audiences: { provider_name: 'p', ...part({ audiences: ['a'] }) } })]),
    ask: { claims: { aud: 'b' } },
    present: 'denied 403',
    absent: 'delivered',
  },
  'LocalRateLimit.descriptors': {
    make: (part) => {
      const limit = { token_bucket: { max_tokens: 0 }, filter_enabled: ALWAYS, filter_enforced: ALWAYS };
      return http([
        filter('local_ratelimit.v3.LocalRateLimit', { ...limit, ...part({ descriptors: [{ entries: [] }] }) }),
      ]);
    },
    present: 'delivered',
    absent: 'denied 429',
  },
  'HeaderMutation.most_specific_header_mutations_wins': {
    make: (part) => {
      const says = (value: string): object => {
        const append = { header: { key: 'x-mine', value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
        const mutations = { request_mutations: [{ append }] };
        return { mutation: typed('', `${EXT}.header_mutation.v3.HeaderMutationPerRoute`, { mutations }).typed_config };
      };
      const own = filter(
        'header_mutation.v3.HeaderMutation',
        part({ most_specific_header_mutations_wins: true }),
        'mutation',
      );
      const levels = {
        route: { typed_per_filter_config: says('route') },
        configuration: { typed_per_filter_config: says('all') },
      };
      return http([own], levels);
    },
    see: headerOf('x-mine'),
    present: 'route',
    absent: 'all',
  },
  'MutationRulesHeaderMutation.remove_on_match': {
    make: (part) => {
      return mutatedByRoute(part({ remove_on_match: { key_matcher: { prefix: 'x-mine' } } }));
    },
    ask: { headers: [['x-mine', '1']] },
    see: headerOf('x-mine'),
    present: null,
    absent: '1',
  },
  'RemoveOnMatch.key_matcher': {
    make: (part) => {
      return mutatedByRoute({ remove_on_match: part({ key_matcher: { prefix: 'x-mine' } }) });
    },
    ask: { headers: [['x-mine', '1']] },
    see: headerOf('x-mine'),
    present: null,
    absent: '1',
  },
  'OnMatch.keep_matching': {
    make: (part) => {
      const first = { predicate: ANY_METHOD, on_match: { ...ACTION('no', 'DENY'), ...part({ keep_matching: true }) } };
      const then = { predicate: ANY_METHOD, on_match: ACTION('yes', 'ALLOW') };
      return http([tree({ matcher_list: { matchers: [first, then] } })]);
    },
    present: 'delivered',
    absent: 'denied 403',
  },
  'RBAC.shadow_matcher': {
    make: (part) => http([filter('rbac.v3.RBAC', part({ shadow_matcher: { on_no_match: ACTION('no', 'DENY') } }))]),
    see: ({ hop }) => hop.steps.find((one) => one.stage === 'http-filter')?.because,
    present: 'dry run, which decides nothing: the policy no denies it',
    absent: 'has no rules, so it lets everything pass',
  },
  'RbacPolicy.checked_condition': {
    make: (part) => http([allow(part({ checked_condition: { expr: { const_expr: { bool_value: false } } } }))]),
    present: 'denied 403',
    absent: 'delivered',
  },
  'RouteAction.idle_timeout': {
    make: (part) => http([], { action: part({ idle_timeout: '7s' }) }),
    see: detailsOf('route', 'idle timeout'),
    present: '7s',
    absent: null,
  },
  'RouteActionHashPolicy.connection_properties': {
    make: (part) => http([], { action: { hash_policy: [part({ connection_properties: { source_ip: true } })] } }),
    see: detailsOf('route', 'hash policy'),
    present: 'source IP',
    absent: 'other',
  },
  'RouteActionHashPolicy.query_parameter': {
    make: (part) => http([], { action: { hash_policy: [part({ query_parameter: { name: 'q' } })] } }),
    see: detailsOf('route', 'hash policy'),
    present: 'query parameter q',
    absent: 'other',
  },
  'OriginalDstLbConfig.http_header_name': {
    make: (part) => {
      const config = { use_http_header: true, ...part({ http_header_name: 'x-to' }) };
      const cluster = {
        name: 'c',
        type: 'ORIGINAL_DST',
        lb_policy: 'CLUSTER_PROVIDED',
        original_dst_lb_config: config,
      };
      return { ...http([]), clusters: [cluster] };
    },
    ask: {
      headers: [
        ['x-to', '10.7.7.7:70'],
        ['x-envoy-original-dst-host', '10.8.8.8:80'],
      ],
    },
    see: ({ forward }) => forward?.to,
    present: { ip: '10.7.7.7', port: 70 },
    absent: { ip: '10.8.8.8', port: 80 },
  },
  'OriginalDstLbConfig.metadata_key': {
    make: (part) => {
      const config = { use_http_header: true, ...part({ metadata_key: { key: 'ns', path: [{ key: 'to' }] } }) };
      const cluster = {
        name: 'c',
        type: 'ORIGINAL_DST',
        lb_policy: 'CLUSTER_PROVIDED',
        original_dst_lb_config: config,
      };
      const set = { metadata: [{ metadata_namespace: 'ns', value: { to: '10.7.7.7:70' } }] };
      return { ...http([filter('set_metadata.v3.Config', set)]), clusters: [cluster] };
    },
    ask: { headers: [['x-envoy-original-dst-host', '10.8.8.8:80']] },
    see: ({ forward }) => forward?.to,
    present: { ip: '10.7.7.7', port: 70 },
    absent: { ip: '10.8.8.8', port: 80 },
  },
  'RouteConfiguration.cluster_specifier_plugins': {
    make: (part) => {
      const action = {
        action: typed('to', 'envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction', { cluster: 'c' }),
      };
      const type = 'envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier';
      const plugin = { extension: typed('plugin', type, { cluster_matcher: { on_no_match: action } }) };
      const route = { route: { cluster_specifier_plugin: 'plugin' } };
      return http([], { route, configuration: part({ cluster_specifier_plugins: [plugin] }) });
    },
    present: 'delivered',
    absent: 'unknown',
  },
  'Cluster.protocol_selection': {
    make: (part) =>
      http([], { cluster: { http2_protocol_options: {}, ...part({ protocol_selection: 'USE_DOWNSTREAM_PROTOCOL' }) } }),
    see: ({ forward }) => forward?.payload,
    present: 'http/1.1',
    absent: 'http/2',
  },
  'UpstreamTlsContext.auto_host_sni': {
    make: (part) => {
      const context = typed(
        'tls',
        'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        part({ auto_host_sni: true }),
      );
      const endpoint = { hostname: 'far.test', address: { socket_address: { address: '10.0.1.1', port_value: 80 } } };
      const load_assignment = { endpoints: [{ lb_endpoints: [{ endpoint }] }] };
      return http([], { cluster: { transport_socket: context, load_assignment } });
    },
    see: ({ forward }) => forward?.tls?.sni,
    present: 'far.test',
    absent: null,
  },
  'Listener.deprecated_v1': {
    make: (part) => ({
      ...http([]),
      listeners: [listenerOf([manager({})], part({ deprecated_v1: { bind_to_port: false } }))],
    }),
    see: ({ reason }) => reason,
    present: 'no-listener',
    absent: 'no-route-configuration',
  },
  'Listener.udp_listener_config': {
    make: (part) => ({ ...http([]), listeners: [listenerOf([manager({})], part({ udp_listener_config: {} }))] }),
    see: ({ reason }) => reason,
    present: 'no-listener',
    absent: 'no-route-configuration',
  },
  'TcpProxy.tunneling_config': {
    make: (part) => ({
      listeners: [listenerOf([tcpProxy({ cluster: 'c', ...part({ tunneling_config: { hostname: 'far:443' } }) })])],
      clusters: [clusterOf('c', [{ port: 80 }])],
    }),
    see: detailsOf('network-filter', 'tunnel'),
    present: 'HTTP CONNECT far:443',
    absent: null,
  },
};

/** Every field that is in a configuration, by its message. */
function fieldsIn({ listeners = [], clusters = [] }: Resources): ReadonlySet<string> {
  const fields = new Set<string>();
  collectFields(listeners, 'Listener[]', fields);
  collectFields(clusters, 'Cluster[]', fields);
  return fields;
}

describe.each(Object.entries(EFFECTS))(
  '%s',
  (field, { make, url = 'http://h/', ask = {}, see = endOf, ...expected }) => {
    const [withIt, without] = [make((own) => own), make(() => ({}))];

    it('is what the two configurations differ in', () => {
      expect(fieldsIn(withIt)).toContain(field);
      const left = [...fieldsIn(without)].filter((one) => !fieldsIn(withIt).has(one));
      expect({ lacks: fieldsIn(without).has(field), left }).toEqual({ lacks: false, left: [] });
    });

    it('makes the difference', () => {
      expect(expected.present).not.toEqual(expected.absent);
      expect(see(walkOf(proxyOf(withIt), url, ask))).toEqual(expected.present);
      expect(see(walkOf(proxyOf(without), url, ask))).toEqual(expected.absent);
    });
  },
);

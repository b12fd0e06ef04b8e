/** Each filter's page: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters */
import { toldHop } from '../../../../src/lib/explain/telling/tell-trace';
import { Decisions } from '../../../../src/lib/trace/decisions';
import { type Ending, isEnding } from '../../../../src/lib/trace/hop/ending';
import { runHttpFilters } from '../../../../src/lib/trace/filters/http-filters';
import type { HttpFilterInput } from '../../../../src/lib/trace/filters/shared/input';
import { HopRecord } from '../../../../src/lib/trace/hop/record';
import type { HttpMessage } from '../../../../src/lib/http/message';
import type { Step } from '../../../../src/lib/trace/model';
import {
  contextOf,
  factsOf,
  filterOf,
  httpInput,
  messageOf,
  mtls,
  sectionOf,
  versionSection,
} from '../../../helpers/filters';

const EXT = 'envoy.extensions.filters.http';
const ROUTER = filterOf('envoy.filters.http.router', `${EXT}.router.v3.Router`);
const rbac = (config: object): object => filterOf('envoy.filters.http.rbac', `${EXT}.rbac.v3.RBAC`, config);
const any = (type: string, config: object): Record<string, unknown> => ({
  '@type': `type.googleapis.com/${type}`,
  ...config,
});

interface Run {
  readonly end: Ending | null;
  readonly message: HttpMessage | null;
  readonly steps: readonly Step[];
}

function run(filters: readonly object[], more: Partial<HttpFilterInput> = {}): Run {
  const record = new HopRecord('a.b', 'inbound');
  const result = runHttpFilters(httpInput([...filters, ROUTER], more), record);
  const { steps } = toldHop(record.toHop());
  return isEnding(result) ? { end: result, message: null, steps } : { end: null, message: result, steps };
}

const ANYONE = { permissions: [{ any: true }], principals: [{ any: true }] };
const NOBODY = { permissions: [{ not_rule: { any: true } }], principals: [{ not_id: { any: true } }] };

describe('rbac (rbac_filter)', () => {
  const viewer = 'ns[shop]-policy[viewer]-rule[1]';
  const deny = rbac({ rules: { action: 'DENY', policies: { [viewer]: ANYONE } } });

  it('a DENY policy that matches: 403, its name, no flag, and the object behind it', () => {
    const { end, steps } = run([deny]);
    expect(end?.outcome).toEqual({
      verdict: 'denied',
      reason: 'rbac-denied',
      status: 403,
      responseFlags: null,
      location: null,
      policy: viewer,
    });
    expect(steps.at(-1)).toMatchObject({
      outcome: 'ended',
      because: 'rule 1 of the AuthorizationPolicy viewer in shop denies it',
      config: '/manager/http_filters/0',
      origin: {
        kind: 'AuthorizationPolicy',
        name: 'viewer',
        namespace: 'shop',
        command: 'kubectl get authorizationpolicy viewer -n shop -o yaml',
      },
    });
  });

  it('no ALLOW policy matches: no policy is named, and a step says what each lacked', () => {
    const { end, steps } = run([rbac({ rules: { policies: { [viewer]: NOBODY } } })]);
    expect(end?.outcome).toMatchObject({ status: 403, policy: null });
    expect(steps.at(-1)).toMatchObject({ rejected: [{ name: viewer }], rejectedCount: 1 });
  });

  it('gRPC is answered with HTTP status 200', () => {
    const message = messageOf({ headers: [['content-type', 'application/grpc']] });
    expect(run([deny], { message }).end?.outcome.status).toBe(200);
  });

  it('filters run before a missing route is noticed', () => {
    expect(run([deny], { route: null, virtualHost: null }).end?.outcome.verdict).toBe('denied');
  });

  it('repeated headers are one text up to Envoy 1.37, and tried one by one from 1.38', () => {
    const permissions = [{ header: { name: 'h', string_match: { exact: 'b' } } }];
    const filter = rbac({ rules: { policies: { p: { permissions, principals: [{ any: true }] } } } });
    const headers = ['a', 'b'].map((value) => ['h', value] as const);
    const verdictOn = (minor: number): unknown =>
      run([filter], { message: messageOf({ headers }), context: contextOf({}, [versionSection(minor)]) }).end?.outcome
        .verdict;
    expect(verdictOn(37)).toBe('denied');
    expect(verdictOn(38)).toBeUndefined();
  });

  it('a dry run decides nothing', () => {
    const { end, steps } = run([rbac({ shadow_rules: { action: 'DENY', policies: { [viewer]: ANYONE } } })]);
    expect(end).toBeNull();
    expect(steps[0]).toMatchObject({ outcome: 'noted', because: expect.stringContaining('dry run') });
  });

  it('an unknown input ends the trace as unknown, unless both ways end alike', () => {
    const cel = { rules: { policies: { p: { ...ANYONE, condition: {} } } } };
    expect(run([rbac(cel)]).end?.outcome).toMatchObject({ verdict: 'unknown', reason: 'unknown-input', status: null });
    expect(run([rbac(cel), deny]).end?.outcome).toMatchObject({ verdict: 'denied', policy: viewer });
  });
});

describe('filters of older dumps, known by their names alone', () => {
  it.each(['envoy.filters.http.fault', 'envoy.fault', 'envoy.cors', 'istio.alpn'])('%s has the default', (name) => {
    expect(run([{ name }]).end).toBeNull();
  });

  it('an unknown name leaves the end open', () => {
    expect(run([{ name: 'somebody.filter' }]).end?.outcome.verdict).toBe('unknown');
  });
});

describe('settings for a route (route-specific-config)', () => {
  const chain = rbac({ rules: { policies: {} } });
  const NAME = 'envoy.filters.http.rbac';
  const own = (rules: object): Record<string, unknown> => any(`${EXT}.rbac.v3.RBACPerRoute`, { rbac: { rules } });
  const open = own({ policies: { p: ANYONE } });
  const closed = own({ action: 'DENY', policies: { p: ANYONE } });
  const disabled = any('envoy.config.route.v3.FilterConfig', { disabled: true });
  const at = (
    config: Record<string, unknown>,
  ): { typed_per_filter_config: Record<string, Record<string, unknown>> } => ({
    typed_per_filter_config: { [NAME]: config },
  });
  const verdictOf = (more: Partial<HttpFilterInput>, filter = chain): unknown =>
    run([filter], more).end?.outcome.verdict;

  it('weighted cluster before route before virtual host before route configuration', () => {
    expect(verdictOf({})).toBe('denied');
    expect(verdictOf({ routeConfiguration: at(open) })).toBeUndefined();
    expect(verdictOf({ routeConfiguration: at(open), virtualHost: at(closed) })).toBe('denied');
    expect(verdictOf({ virtualHost: at(closed), route: at(open) })).toBeUndefined();
    expect(verdictOf({ route: at(open), weighted: at(closed) })).toBe('denied');
  });

  it('FilterConfig wraps a configuration or disables the filter', () => {
    const wrapped = any('envoy.config.route.v3.FilterConfig', { config: open });
    expect(verdictOf({ route: at(wrapped) })).toBeUndefined();
    expect(verdictOf({ route: at(disabled) })).toBeUndefined();
    const enabled = any('envoy.config.route.v3.FilterConfig', { config: {} });
    expect(verdictOf({ virtualHost: at(disabled), route: at(enabled) })).toBe('denied');
  });

  it('a filter that is disabled in the chain runs where a route has settings for it', () => {
    const off = { ...chain, disabled: true };
    expect(verdictOf({}, off)).toBeUndefined();
    expect(verdictOf({ route: at(closed) }, off)).toBe('denied');
  });

  it('a route without rules of its own lets everything pass', () => {
    expect(verdictOf({ route: at(any(`${EXT}.rbac.v3.RBACPerRoute`, {})) })).toBeUndefined();
  });
});

describe('fault (fault_filter)', () => {
  const fault = (config: object): object => filterOf('envoy.filters.http.fault', `${EXT}.fault.v3.HTTPFault`, config);
  const all = { numerator: 100 };

  it('aborts every request with its status and the flag FI', () => {
    const { end } = run([fault({ abort: { http_status: 503, percentage: all } })]);
    expect(end?.outcome).toMatchObject({ verdict: 'failed', reason: 'fault-abort', status: 503, responseFlags: 'FI' });
  });

  it('a part of the requests is a draw, and both ways can be walked', () => {
    const filter = fault({ abort: { http_status: 503, percentage: { numerator: 300_000, denominator: 'MILLION' } } });
    const decisions = new Decisions();
    expect(run([filter], { context: contextOf({ decisions }) }).end).toBeNull();
    expect(decisions.draws[0]?.options.map((option) => option.share)).toEqual([0.3, 0.7]);
    const forced = contextOf({ decisions: new Decisions([0]) });
    expect(run([filter], { context: forced }).end?.outcome.status).toBe(503);
  });

  it('only for its cluster, its headers and its nodes', () => {
    const abort = { abort: { http_status: 503, percentage: all } };
    expect(run([fault({ ...abort, upstream_cluster: 'other' })]).end).toBeNull();
    expect(run([fault({ ...abort, upstream_cluster: 'c' })]).end).not.toBeNull();
    const headers = [{ name: 'end-user', string_match: { exact: 'jason' } }];
    expect(run([fault({ ...abort, headers })]).end).toBeNull();
    const jason = messageOf({ headers: [['end-user', 'jason']] });
    expect(run([fault({ ...abort, headers })], { message: jason }).end).not.toBeNull();
    expect(run([fault({ ...abort, downstream_nodes: ['n'] })]).end).toBeNull();
  });

  it('headers ask for an abort, and can only lower the percentage', () => {
    const filter = fault({ abort: { header_abort: {}, percentage: all } });
    expect(run([filter]).end).toBeNull();
    const asked = messageOf({ headers: [['x-envoy-fault-abort-request', '429']] });
    expect(run([filter], { message: asked }).end?.outcome.status).toBe(429);
    const lowered = { ...asked, headers: [...asked.headers, ['x-envoy-fault-abort-request-percentage', '0'] as const] };
    expect(run([filter], { message: lowered }).end).toBeNull();
  });

  it('a delay is told and changes nothing', () => {
    const { end, steps } = run([fault({ delay: { fixed_delay: '7s', percentage: all } })]);
    expect(end).toBeNull();
    expect(steps[0]?.details).toEqual([['delay', '7s for 100 % of requests']]);
  });
});

describe('cors (cors_filter)', () => {
  const cors = filterOf('envoy.filters.http.cors', `${EXT}.cors.v3.Cors`);
  const policy = (config: object): HttpFilterInput['route'] => ({
    route: { cluster: 'c' },
    typed_per_filter_config: { 'envoy.filters.http.cors': any(`${EXT}.cors.v3.CorsPolicy`, config) },
  });
  const preflight = messageOf({
    method: 'OPTIONS',
    headers: [
      ['origin', 'https://a.example'],
      ['access-control-request-method', 'PUT'],
    ],
  });
  const allowed = { allow_origin_string_match: [{ exact: 'https://a.example' }] };

  it('answers a pre-flight request of an allowed origin', () => {
    const { end } = run([cors], { message: preflight, route: policy(allowed) });
    expect(end?.outcome).toMatchObject({ verdict: 'direct-response', status: 200 });
  });

  it('lets others go on', () => {
    const other = { allow_origin_string_match: [{ exact: 'https://b.example' }] };
    expect(run([cors], { message: preflight, route: policy(other) }).end).toBeNull();
    expect(run([cors], { message: { ...preflight, method: 'GET' }, route: policy(allowed) }).end).toBeNull();
    expect(run([cors], { message: preflight, route: { redirect: {} } }).end).toBeNull();
    const refusing = { ...other, forward_not_matching_preflights: false };
    expect(run([cors], { message: preflight, route: policy(refusing) }).end?.outcome.status).toBe(200);
  });
});

describe('jwt_authn (jwt_authn_filter)', () => {
  const providers = { p: { issuer: 'https://idp', payload_in_metadata: 'payload' } };
  const jwt = (requires: object, more: object = {}): object =>
    filterOf('envoy.filters.http.jwt_authn', `${EXT}.jwt_authn.v3.JwtAuthentication`, {
      providers,
      rules: [{ match: { prefix: '/' }, requires }],
      ...more,
    });
  const optional = jwt({ requires_any: { requirements: [{ provider_name: 'p' }, { allow_missing: {} }] } });
  const claim = (path: readonly string[], value: object): object => ({
    metadata: {
      filter: 'envoy.filters.http.jwt_authn',
      path: ['payload', ...path].map((key) => ({ key })),
      value,
    },
  });
  const allow = (...ids: readonly object[]): object =>
    rbac({ rules: { policies: { p: { permissions: [{ any: true }], principals: [{ and_ids: { ids } }] } } } });
  const given = (claims: Record<string, string>): Partial<HttpFilterInput> => ({ context: contextOf({ claims }) });

  it('a required JWT that is not there: 401', () => {
    expect(run([jwt({ provider_name: 'p' })]).end?.outcome).toMatchObject({
      verdict: 'denied',
      reason: 'jwt-denied',
      status: 401,
    });
    expect(run([optional]).end).toBeNull();
    expect(run([jwt({ provider_name: 'p' })], given({ iss: 'https://idp' })).end).toBeNull();
  });

  it('a JWT that is there and may be valid or not is unknown', () => {
    const message = messageOf({ headers: [['authorization', 'Bearer x.y.z']] });
    expect(run([optional], { message }).end?.outcome).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
  });

  it('RBAC by claims: iss and sub, lists, nested ones; unknown where none are given', () => {
    const principal = allow(
      claim(['iss'], { string_match: { exact: 'https://idp' } }),
      claim(['sub'], { string_match: { exact: 'me' } }),
    );
    const bearer = messageOf({ headers: [['authorization', 'Bearer x.y.z']] });
    expect(run([optional, principal], { message: bearer }).end?.outcome.reason).toBe('unknown-input');
    expect(run([optional, principal]).end?.outcome.reason).toBe('rbac-denied');
    expect(run([optional, principal], given({ iss: 'https://idp', sub: 'me' })).end).toBeNull();
    expect(run([optional, principal], given({ iss: 'https://idp', sub: 'you' })).end?.outcome.reason).toBe(
      'rbac-denied',
    );
    const group = allow(claim(['groups'], { list_match: { one_of: { string_match: { exact: 'g' } } } }));
    expect(run([optional, group], given({ groups: '["f","g"]' })).end).toBeNull();
    expect(run([optional, group], given({ groups: 'g' })).end).not.toBeNull();
    const nested = allow(claim(['realm', 'role'], { string_match: { exact: 'x' } }));
    expect(run([optional, nested], given({ 'realm.role': 'x' })).end).toBeNull();
  });

  it('without a JWT filter in front no claim is ever there', () => {
    const group = allow(claim(['groups'], { string_match: { exact: 'g' } }));
    expect(run([group], given({ groups: 'g' })).end?.outcome.verdict).toBe('denied');
  });

  it('a CORS pre-flight request needs none where told', () => {
    const headers = [
      ['origin', 'https://a'],
      ['access-control-request-method', 'PUT'],
    ] as const;
    const message = messageOf({ method: 'OPTIONS', headers });
    expect(run([jwt({ provider_name: 'p' }, { bypass_cors_preflight: true })], { message }).end).toBeNull();
  });
});

describe('ext_authz (ext_authz_filter) behind CUSTOM policies', () => {
  const policy = 'istio-ext-authz-opa-ns[a]-policy[b]-rule[0]';
  const shadow = rbac({
    shadow_rules_stat_prefix: 'istio_ext_authz_',
    shadow_rules: {
      action: 'DENY',
      policies: {
        [policy]: { permissions: [{ url_path: { path: { prefix: '/admin' } } }], principals: [{ any: true }] },
      },
    },
  });
  const authorizer = filterOf('envoy.filters.http.ext_authz', `${EXT}.ext_authz.v3.ExtAuthz`, {
    grpc_service: { envoy_grpc: { cluster_name: 'opa' } },
    filter_enabled_metadata: {
      filter: 'envoy.filters.http.rbac',
      path: [{ key: 'istio_ext_authz_shadow_effective_policy_id' }],
      value: { string_match: { prefix: 'istio-ext-authz-opa' } },
    },
  });

  it('is asked only where a CUSTOM policy matches, and then its answer is unknown', () => {
    expect(run([shadow, authorizer]).end).toBeNull();
    const { end } = run([shadow, authorizer], { message: messageOf({ path: '/admin/x' }) });
    expect(end?.outcome.verdict).toBe('unknown');
    expect(end?.cause).toEqual({ kind: 'goes-on-open', input: 'the answer of the external authorizer opa' });
  });

  it('decides nothing where a later filter denies anyway', () => {
    const deny = rbac({ rules: { policies: {} } });
    const { end } = run([shadow, authorizer, deny], { message: messageOf({ path: '/admin' }) });
    expect(end?.outcome).toMatchObject({ verdict: 'denied', status: 403 });
  });

  it('decides, too, where a later filter may answer otherwise and one behind that denies', () => {
    const odd = filterOf('odd', 'acme.Odd');
    const deny = rbac({ rules: { policies: {} } });
    const message = messageOf({ path: '/admin' });
    const answerOfOdd = 'what the filter acme.Odd does with the request, which is not evaluated';
    const { end } = run([shadow, authorizer, odd, deny], { message });
    expect(end?.cause).toEqual({
      kind: 'goes-on-open',
      input: `the answer of the external authorizer opa, and on ${answerOfOdd}`,
    });
    const { end: twice } = run([odd, odd, shadow, authorizer, deny], { message });
    expect(twice?.cause).toEqual({ kind: 'goes-on-open', input: answerOfOdd });
  });
});

describe('others', () => {
  it('health_check answers itself unless it passes through', () => {
    const headers = [{ name: ':path', string_match: { exact: '/healthz' } }];
    const check = (config: object): object =>
      filterOf('h', `${EXT}.health_check.v3.HealthCheck`, { headers, ...config });
    const message = messageOf({ path: '/healthz' });
    expect(run([check({ pass_through_mode: false })], { message }).end?.outcome.verdict).toBe('direct-response');
    expect(run([check({ pass_through_mode: true })], { message }).end).toBeNull();
    expect(run([check({ pass_through_mode: false })]).end).toBeNull();
  });

  it('header_mutation changes what later filters see', () => {
    const mutation = filterOf('m', `${EXT}.header_mutation.v3.HeaderMutation`, {
      mutations: {
        request_mutations: [
          { append: { header: { key: 'X-User', value: 'root' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' } },
          { remove: 'secret' },
        ],
      },
    });
    const { message } = run([mutation], { message: messageOf({ headers: [['secret', '1']] }) });
    expect(message?.headers).toEqual([['x-user', 'root']]);
  });

  it('set_metadata and set_filter_state are read by RBAC', () => {
    const metadata = filterOf('s', `${EXT}.set_metadata.v3.Config`, {
      metadata: [{ metadata_namespace: 'n', value: { k: 'v' } }],
    });
    const state = filterOf('f', `${EXT}.set_filter_state.v3.Config`, {
      on_request_headers: [
        { object_key: 'peer', format_string: { text_format_source: { inline_string: '%DOWNSTREAM_PEER_URI_SAN%' } } },
      ],
    });
    const ids = [
      { metadata: { filter: 'n', path: [{ key: 'k' }], value: { string_match: { exact: 'v' } } } },
      { filter_state: { key: 'peer', string_match: { exact: 'spiffe://a' } } },
    ];
    const policies = { p: { permissions: [{ any: true }], principals: [{ and_ids: { ids } }] } };
    const chain = [metadata, state, rbac({ rules: { policies } })];
    expect(run(chain, { connection: factsOf(mtls('spiffe://a')) }).end).toBeNull();
    expect(run(chain, { connection: factsOf(mtls('spiffe://b')) }).end?.outcome.verdict).toBe('denied');
  });

  it('a filter whose configuration comes by ECDS', () => {
    const filter = { name: 'ext', config_discovery: { type_urls: [] } };
    expect(run([filter]).steps[0]).toMatchObject({ outcome: 'unknown', because: expect.stringContaining('ECDS') });
    const typed = any(`${EXT}.rbac.v3.RBAC`, { rules: {} });
    const section = sectionOf('EcdsConfigDump', 'ecds_filters', [
      { ecds_filter: { name: 'ext', typed_config: typed } },
    ]);
    expect(run([filter], { context: contextOf({}, [section]) }).end?.outcome.verdict).toBe('denied');
  });

  it('a matcher in front of a filter (composite_filter)', () => {
    const skip = { action: { typed_config: any('x.SkipFilter', {}) } };
    const input = { typed_config: any('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: 'h' }) };
    const wrapped = filterOf('w', 'envoy.extensions.common.matching.v3.ExtensionWithMatcher', {
      xds_matcher: { matcher_tree: { input, exact_match_map: { map: { skip } } } },
      extension_config: { name: 'r', typed_config: any(`${EXT}.rbac.v3.RBAC`, { rules: {} }) },
    });
    expect(run([wrapped]).end?.outcome.verdict).toBe('denied');
    expect(run([wrapped], { message: messageOf({ headers: [['h', 'skip']] }) }).end).toBeNull();
  });

  it('a filter that nobody knows may answer: the end is unknown', () => {
    const { steps, end } = run([filterOf('mine', 'com.example.Mine')]);
    expect(end?.outcome).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(steps[0]).toMatchObject({
      name: 'mine',
      outcome: 'unknown',
      because: expect.stringContaining('not evaluated'),
    });
  });

  it('a program is named as not evaluated, and the request goes on', () => {
    const { steps, end } = run([filterOf('w', `${EXT}.wasm.v3.Wasm`)]);
    expect(end).toBeNull();
    expect(steps[0]).toMatchObject({ outcome: 'not-evaluated', because: expect.stringContaining('not evaluated') });
  });

  it('access logs and tracing are noted', () => {
    const manager = {
      http_filters: [ROUTER],
      access_log: [{ name: 'envoy.access_loggers.file', typed_config: { path: '/dev/stdout' } }],
      tracing: { provider: { name: 'envoy.tracers.zipkin' }, random_sampling: { value: 1 } },
    };
    const { steps } = run([], { manager });
    expect(steps[0]?.details).toEqual([['access log', 'envoy.access_loggers.file to /dev/stdout']]);
    expect(steps[1]?.because).toBe('1% of requests are traced by envoy.tracers.zipkin');
    const none = { ...manager, tracing: { random_sampling: {} } };
    expect(run([], { manager: none }).steps[1]?.because).toBe('0% of requests are traced');
  });
});

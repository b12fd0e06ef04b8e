/**
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_routing
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto
 */
import { ConfigDump } from '../../../../src/lib/envoy/config-dump';
import { ProxyConfig } from '../../../../src/lib/envoy/proxy-config';
import {
  clusterOf,
  listenerOf,
  manager,
  proxyOf,
  type Resources,
  routing,
  typed,
  walkOf,
  type Walked,
  type WalkOptions,
} from '../../../helpers/hop';

const C = clusterOf('c', [{ port: 1 }]);

function routed(filter: object, url = 'http://h/a', options: WalkOptions = {}, more: Resources = {}): Walked {
  return walkOf(proxyOf({ listeners: [listenerOf([filter])], clusters: [C], ...more }), url, options);
}

const named = (name: string, match: object): object => ({ name, match, route: { cluster: 'c' } });
const routeOf = ({ hop }: Walked): unknown => hop.route;

describe('the route configuration', () => {
  const configuration = {
    name: 'r',
    virtual_hosts: [{ name: 'v', domains: ['*'], routes: [named('a', { prefix: '/' })] }],
  };
  const rds = manager({ rds: { route_config_name: 'r' } });

  it('comes by RDS', () => {
    const walked = routed(rds, 'http://h/', {}, { routes: [configuration] });
    expect(walked.hop).toMatchObject({ routeConfiguration: { name: 'r' }, route: { name: 'a', index: 0 } });
    expect(walked.step('route')?.config).toBe(
      '/configs/0/dynamic_route_configs/0/route_config/virtual_hosts/0/routes/0',
    );
  });

  it('that is missing is 404 NR, after the filters', () => {
    expect(routed(rds)).toMatchObject({ reason: 'no-route-configuration', status: 404, responseFlags: 'NR' });
    const policies = { p: { permissions: [{ any: true }], principals: [{ any: true }] } };
    const deny = typed('rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', { rules: { action: 'DENY', policies } });
    const guarded = manager({ rds: { route_config_name: 'r' }, http_filters: [deny] });
    expect(routed(guarded)).toMatchObject({ verdict: 'denied', status: 403, responseFlags: null, policy: 'p' });
  });

  describe('by scope (ScopedRoutes)', () => {
    const extractor = (more: object): object => ({ header_value_extractor: { name: 'X-S', ...more } });
    const scoped = (fragments: readonly object[]): object =>
      manager({ scoped_routes: { name: 's', scope_key_builder: { fragments }, scoped_rds: {} } });
    const scope = (name: string, ...keys: readonly string[]): object => ({
      name,
      route_configuration_name: 'r',
      key: { fragments: keys.map((string_key) => ({ string_key })) },
    });
    const resources = {
      routes: [configuration],
      scopes: [
        { name: 's', scoped_route_configs: [scope('one', 'a'), scope('two', 'a', 'b'), scope('none', '')] },
        { name: 'other', scoped_route_configs: [scope('three', 'z')] },
      ],
    };
    const reason = (fragments: readonly object[], value: string | null): unknown =>
      routed(scoped(fragments), 'http://h/', { headers: value === null ? [] : [['x-s', value]] }, resources).reason;
    const KEY = extractor({ element_separator: ';', element: { separator: '=', key: 'k' } });
    const SECOND = extractor({ element_separator: ',', index: 1 });

    it.each<[string, readonly object[], string | null, unknown]>([
      ['an element of the header', [KEY], 'j=1;k=a', null],
      ['an element without a value', [KEY], 'k', null],
      ['the first of a name', [KEY], 'k=x;k=a', 'no-route-configuration'],
      ['a place in the header', [SECOND], 'x,a', null],
      ['blanks count', [SECOND], 'x, a', 'no-route-configuration'],
      ['a place that is not there', [SECOND], 'x', 'no-route-configuration'],
      ['two fragments', [extractor({ element_separator: ',' }), SECOND], 'a,b', null],
      ['a header that is not there', [KEY], null, 'no-route-configuration'],
      ['another set’s scope', [KEY], 'k=z', 'no-route-configuration'],
    ])('%s', (_name, fragments, value, expected) => {
      expect(reason(fragments, value)).toBe(expected);
    });

    it('is not known where a fragment is of a kind that Envoy proper does not have', () => {
      expect(reason([{ host_value_extractor: {} }], 'a')).toBe('unknown-input');
      const other = { name: 'odd', route_configuration_name: 'r', key: { fragments: [{ number_key: 1 }] } };
      const open = { ...resources, scopes: [{ name: 's', scoped_route_configs: [scope('one', 'a'), other] }] };
      const by = (value: string): unknown =>
        routed(scoped([KEY]), 'http://h/', { headers: [['x-s', value]] }, open).reason;
      expect(by('k=a')).toBeNull();
      expect(by('k=b')).toBe('unknown-input');
    });
  });
});

it('a condition of a kind that mctl does not know never decides', () => {
  expect(routed(routing([named('odd', { path_sounds_like: '/a' })])).verdict).toBe('unknown');
  expect(routed(routing([named('odd', { prefix: '/', weekday: 'Monday' })])).verdict).toBe('unknown');
  expect(routed(routing([named('any', { case_sensitive: true })])).verdict).toBe('delivered');
});

describe('dynamic metadata that a route asks for', () => {
  const asks = { filter: 'example.meta', path: [{ key: 'k' }], value: { string_match: { exact: 'v' } } };
  const status = (more: object, filters: readonly object[]): number | null => {
    const routes = [
      { match: { prefix: '/', dynamic_metadata: [{ ...asks, ...more }] }, direct_response: { status: 201 } },
      { match: { prefix: '/' }, direct_response: { status: 202 } },
    ];
    const table = { route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] } };
    return routed(manager({ ...table, http_filters: filters })).status;
  };
  const ROUTER = typed('router', 'envoy.extensions.filters.http.router.v3.Router');
  const LUA = typed('lua', 'envoy.extensions.filters.http.lua.v3.Lua');

  it('is not there where no filter could set it, and not known where one could', () => {
    expect(status({}, [ROUTER])).toBe(202);
    expect(status({ invert: true }, [ROUTER])).toBe(201);
    expect(status({}, [LUA, ROUTER])).toBeNull();
  });

  it('is not there either where a filter writes it that has no route found again', () => {
    const writes = typed('set', 'envoy.extensions.filters.http.set_metadata.v3.Config', {
      metadata: [{ metadata_namespace: 'example.meta', value: { k: 'v' } }],
    });
    expect(status({}, [writes, ROUTER])).toBe(202);
    expect(status({ invert: true }, [writes, ROUTER])).toBe(201);
    expect(status({}, [writes, LUA, ROUTER])).not.toBe(202);
  });

  it('is not there either behind filters of which it is known that they write it nowhere', () => {
    const writes = typed('set', 'envoy.extensions.filters.http.set_metadata.v3.Config', {
      metadata: [{ metadata_namespace: 'another', value: { k: 'v' } }],
    });
    const tags = typed('tags', 'envoy.extensions.filters.http.ip_tagging.v3.IPTagging', {
      ip_tags: [{ ip_tag_name: 'all', ip_list: [{ address_prefix: '0.0.0.0', prefix_len: 0 }] }],
    });
    expect(status({}, [writes, tags, ROUTER])).toBe(202);
    expect(status({}, [writes, tags, LUA, ROUTER])).toBeNull();
  });
});

describe('a host that the mesh does not know', () => {
  it('is blocked by REGISTRY_ONLY, which is no answer of its own', () => {
    const block = (name: string, status: number): object =>
      routing([{ match: { prefix: '/' }, direct_response: { status } }], { name });
    const wanted = { verdict: 'failed', reason: 'black-hole', status: 502 };
    expect(routed(block('block_all', 502))).toMatchObject(wanted);
    expect(routed(block('block_all', 503)).verdict).toBe('direct-response');
    expect(routed(block('other', 502)).verdict).toBe('direct-response');
  });
});

describe('the route', () => {
  it('counts from 0 in its virtual host, and has no name where none is written', () => {
    const filter = routing([named('no', { prefix: '/b' }), { match: { prefix: '/a' }, route: { cluster: 'c' } }]);
    expect(routeOf(routed(filter))).toEqual({ name: null, index: 1 });
  });

  it('that is missing leaves the virtual host filled in', () => {
    const walked = routed(routing([named('no', { prefix: '/b' })]));
    expect(walked).toMatchObject({ reason: 'no-route', status: 404, responseFlags: 'NR' });
    expect(walked.hop.virtualHost).toEqual({ name: 'vh', domain: '*' });
    expect(walked.step('route')?.rejected).toEqual([{ name: 'no', because: 'prefix /b does not match /a' }]);
  });

  it('lists the nearest losers, those that failed last first, in bounds', () => {
    const losers = Array.from({ length: 40 }, (_unused, index) =>
      named(`r${index}`, index % 10 === 7 ? { prefix: '/b' } : { prefix: '/a', headers: [{ name: 'x' }] }),
    );
    const step = routed(routing([...losers, named('last', { prefix: '/a' })])).step('route');
    expect(step?.rejectedCount).toBe(40);
    expect(step?.rejected.map(({ name }) => name)).toEqual(['r7', 'r17', 'r27', 'r37', 'r0']);
  });

  describe('by a claim (dynamic_metadata)', () => {
    const matcher = {
      filter: 'envoy.filters.http.jwt_authn',
      path: [{ key: 'payload' }, { key: 'group' }],
      value: { string_match: { exact: 'dev' } },
    };
    const virtual_hosts = [
      {
        name: 'v',
        domains: ['*'],
        routes: [named('dev', { prefix: '/', dynamic_metadata: [matcher] }), named('rest', { prefix: '/' })],
      },
    ];
    const requirements = [{ provider_name: 'p' }, { allow_missing: {} }];
    const jwt = typed('jwt', 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
      providers: { p: { issuer: 'i', payload_in_metadata: 'payload', clear_route_cache: true } },
      rules: [{ match: { prefix: '/' }, requires: { requires_any: { requirements } } }],
    });
    const by = (options: WalkOptions, filters: readonly object[] = [jwt]): Walked =>
      routed(manager({ route_config: { virtual_hosts }, http_filters: filters }), 'http://h/', options);

    it('is known with the claims', () => {
      expect(routeOf(by({ claims: { group: 'dev' } }))).toEqual({ name: 'dev', index: 0 });
      expect(routeOf(by({ claims: { group: 'ops' } }))).toEqual({ name: 'rest', index: 1 });
    });

    const bearer = { headers: [['authorization', 'Bearer x.y.z']] } as const;

    it('is unknown where a token comes without, and does not hold where none comes', () => {
      expect(by(bearer)).toMatchObject({ verdict: 'unknown', reason: 'unknown-input', hop: { route: null } });
      expect(routeOf(by({}))).toEqual({ name: 'rest', index: 1 });
      expect(routeOf(by({ headers: [['authorization', 'Basic eDp5']] }))).toEqual({ name: 'rest', index: 1 });
      expect(routeOf(by({ ...bearer, claims: {} }))).toEqual({ name: 'rest', index: 1 });
    });

    it('is known not to hold where nobody reads a token', () => {
      expect(routeOf(by({}, []))).toEqual({ name: 'rest', index: 1 });
      expect(routeOf(by({ claims: { group: 'dev' } }, []))).toEqual({ name: 'rest', index: 1 });
    });

    it('leaves the last word to a filter that refuses whatever the route is', () => {
      const policies = { p: { permissions: [{ any: true }], principals: [{ any: true }] } };
      const deny = typed('rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', { rules: { action: 'DENY', policies } });
      const walked = by(bearer, [deny, jwt]);
      expect(walked).toMatchObject({ verdict: 'denied', status: 403, policy: 'p' });
    });
  });

  it('is known where an earlier condition fails already', () => {
    const matcher = { filter: 'odd', path: [{ key: 'k' }], value: { present_match: true } };
    const filter = routing([named('odd', { path: '/z', dynamic_metadata: [matcher] }), named('rest', { prefix: '/' })]);
    expect(routeOf(routed(filter))).toEqual({ name: 'rest', index: 1 });
  });

  it('draws by its runtime fraction', () => {
    const fraction = (numerator: number): object => ({ runtime_fraction: { default_value: { numerator } } });
    const filter = (numerator: number): object =>
      routing([named('part', { prefix: '/', ...fraction(numerator) }), named('rest', { prefix: '/' })]);
    expect(routeOf(routed(filter(0)))).toEqual({ name: 'rest', index: 1 });
    expect(routeOf(routed(filter(100)))).toEqual({ name: 'part', index: 0 });
    expect(routeOf(routed(filter(70)))).toEqual({ name: 'part', index: 0 });
    expect(routeOf(routed(filter(70), 'http://h/', { forced: [1] }))).toEqual({ name: 'rest', index: 1 });
  });

  it('is not looked for where X-Forwarded-Proto is empty', () => {
    const walked = routed(routing([named('a', { prefix: '/' })]), 'http://h/', {
      headers: [['x-forwarded-proto', '']],
    });
    expect(walked).toMatchObject({ reason: 'no-route', status: 404, hop: { virtualHost: { name: 'vh' } } });
  });
});

describe('a virtual host with a matcher tree (VirtualHost.matcher)', () => {
  const header = (name: string): object =>
    typed('h', 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: name });
  const action = (name: string, match: object): object => ({
    action: typed('route', 'envoy.config.route.v3.Route', { ...named(name, match) }),
  });
  const list = {
    action: typed('routes', 'envoy.config.route.v3.RouteList', {
      routes: [named('l1', { path: '/l/1' }), named('l2', { prefix: '/l/2' })],
    }),
  };
  const inner = {
    matcher_tree: {
      input: header(':path'),
      prefix_match_map: {
        map: { '/a': action('a', { prefix: '/' }), '/a/b': action('ab', { prefix: '/a/b/c' }), '/l': list },
      },
    },
    on_no_match: action('subno', { prefix: '/' }),
  };
  const matcher = {
    matcher_tree: {
      input: header('x-t'),
      exact_match_map: { map: { one: action('one', { prefix: '/' }), sub: { matcher: inner } } },
    },
    on_no_match: action('none', { prefix: '/zz' }),
  };

  it.each([
    ['one', '/x', 'one'],
    ['sub', '/a', 'a'],
    ['sub', '/a/b/c', 'ab'],
    ['sub', '/a/b', null],
    ['sub', '/l/2x', 'l2'],
    ['sub', '/l/3', null],
    ['sub', '/x', 'subno'],
    ['other', '/zz', 'none'],
    ['other', '/x', null],
  ])('takes x-t: %s and %s to %s', (value, path, expected) => {
    const filter = routing([], { matcher });
    expect(routed(filter, `http://h${path}`, { headers: [['x-t', value]] }).hop.route?.name ?? null).toBe(expected);
  });
});

describe('the action', () => {
  const action = (route: object, url = 'http://h/a', options: WalkOptions = {}): Walked =>
    routed(routing([{ name: 'r', match: { prefix: '/' }, ...route }]), url, options);

  it.each([
    ['NOT_FOUND', 404],
    ['INTERNAL_SERVER_ERROR', 500],
    [undefined, 503],
  ])('of an unknown cluster answers %s with %d NC', (code, status) => {
    const walked = action({ route: { cluster: 'gone', cluster_not_found_response_code: code } });
    expect(walked).toMatchObject({ reason: 'cluster-not-found', status, responseFlags: 'NC' });
  });

  it('of a cluster_header takes the first value; none is an unknown cluster that is not listed', () => {
    const route = { route: { cluster_header: 'X-C' } };
    const headers = [
      ['x-c', 'c'],
      ['x-c', 'gone'],
    ] as const;
    expect(action(route, 'http://h/', { headers }).forward?.cluster).toBe('c');
    expect(action(route)).toMatchObject({ reason: 'cluster-not-found', status: 503, hop: { clusters: [] } });
  });

  it('that forwards nothing is 503 NC', () => {
    expect(action({ non_forwarding_action: {} })).toMatchObject({
      reason: 'no-action',
      status: 503,
      responseFlags: 'NC',
    });
  });

  it('of a plug-in is named and unknown', () => {
    const walked = action({ route: { cluster_specifier_plugin: 'lua' } });
    expect(walked).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(walked.because).toContain('lua');
  });

  it('of a matcher plug-in is evaluated', () => {
    const input = typed('h', 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: 'x-c' });
    const type = 'envoy.extensions.router.cluster_specifiers.matcher.v3';
    const chosen = { action: typed('c', `${type}.ClusterAction`, { cluster: 'c' }) };
    const matcher = { matcher_tree: { input, exact_match_map: { map: { yes: chosen } } } };
    const extension = typed('m', `${type}.MatcherClusterSpecifier`, { cluster_matcher: matcher });
    const route = { route: { inline_cluster_specifier_plugin: { extension } } };
    expect(action(route, 'http://h/', { headers: [['x-c', 'yes']] }).forward?.cluster).toBe('c');
  });

  it('answers gRPC with HTTP 200 whatever goes wrong', () => {
    expect(action({ route: { cluster: 'gone' } }, 'grpc://h/s/m')).toMatchObject({ status: 200, responseFlags: 'NC' });
    expect(routed(routing([]), 'grpc://h/s/m')).toMatchObject({ status: 200, responseFlags: 'NR', reason: 'no-route' });
  });

  it('takes its retries from the virtual host where it has none', () => {
    const own = { retry_policy: { retry_on: '5xx' } };
    const host = { retry_policy: { retry_on: 'reset' } };
    const retries = (route: object): unknown =>
      routed(routing([{ match: { prefix: '/' }, route: { cluster: 'c', ...route } }], host)).forward?.retry;
    expect(retries({})).toEqual(host.retry_policy);
    expect(retries(own)).toEqual(own.retry_policy);
  });

  it('shows what acts on the request', () => {
    const route = {
      cluster: 'c',
      timeout: '0s',
      prefix_rewrite: '/z',
      retry_policy: { retry_on: '5xx', num_retries: 2, per_try_timeout: '1s' },
      request_mirror_policies: [{ cluster: 'm', runtime_fraction: { default_value: { numerator: 5 } } }],
      hash_policy: [{ cookie: { name: 'k' } }],
    };
    const walked = action({ route });
    const details = new Map(walked.step('route')?.details);
    expect(Object.fromEntries(details)).toMatchObject({
      timeout: 'none',
      'path rewrite': '/a → /za',
      'timeout of each try': '1s',
      retries: '2 on 5xx',
      mirror: 'm, 5%',
      'hash policy': 'cookie k',
    });
    expect(walked.hop.clusters.map(({ name }) => name)).toEqual(['c']);
  });
});

describe('an upgrade (upgrades)', () => {
  const headers = [
    ['Connection', 'keep-alive, Upgrade'],
    ['Upgrade', 'WebSocket'],
  ] as const;
  const upgraded = (config: object, route: object = {}): Walked =>
    routed(
      manager({
        ...config,
        route_config: {
          virtual_hosts: [
            { name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'c', ...route } }] },
          ],
        },
      }),
      'http://h/',
      { headers },
    );

  it('needs the manager’s or the route’s leave: 403 without a flag', () => {
    expect(upgraded({})).toMatchObject({ reason: 'local-reply', status: 403, responseFlags: null });
    expect(upgraded({ upgrade_configs: [{ upgrade_type: 'websocket' }] }).verdict).toBe('delivered');
    expect(upgraded({}, { upgrade_configs: [{ upgrade_type: 'websocket' }] }).verdict).toBe('delivered');
    const off = { upgrade_configs: [{ upgrade_type: 'websocket', enabled: false }] };
    expect(upgraded({ upgrade_configs: [{ upgrade_type: 'websocket' }] }, off).status).toBe(403);
  });

  it('goes through filters of its own, where it has some, in place of the others', () => {
    const policies = { p: { permissions: [{ any: true }], principals: [{ any: true }] } };
    const rbac = (action: string): object =>
      typed('rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', { rules: { action, policies } });
    const router = typed('router', 'envoy.extensions.filters.http.router.v3.Router', {});
    const own = (filters: readonly object[]): object => ({
      upgrade_configs: [{ upgrade_type: 'h2c' }, { upgrade_type: 'WebSocket', filters }],
    });
    expect(upgraded(own([rbac('DENY'), router]))).toMatchObject({ verdict: 'denied', status: 403 });
    expect(upgraded({ http_filters: [rbac('DENY'), router], ...own([rbac('ALLOW'), router]) }).verdict).toBe(
      'delivered',
    );
    expect(upgraded({ http_filters: [rbac('DENY'), router], ...own([]) }).verdict).toBe('denied');
  });

  it('without a route is 404, and CONNECT is taken by a connect_matcher alone', () => {
    expect(routed(routing([]), 'http://h/', { headers }).status).toBe(404);
    expect(routed(routing([named('p', { prefix: '/' })]), 'http://h/', { method: 'CONNECT' }).status).toBe(404);
    const connect = routing([named('p', { connect_matcher: {} })]);
    expect(routed(connect, 'http://h/', { method: 'CONNECT' })).toMatchObject({
      status: 403,
      hop: { route: { name: 'p' } },
    });
  });
});

describe('a dump that lacks a section', () => {
  it.each(['Listeners', 'Routes', 'Clusters'])('of %s is no input to judge by', (lacking) => {
    const rds = manager({ rds: { route_config_name: 'r' } });
    const virtual_hosts = [{ name: 'v', domains: ['*'], routes: [named('a', { prefix: '/' })] }];
    const whole = proxyOf({ listeners: [listenerOf([rds])], clusters: [], routes: [{ name: 'r', virtual_hosts }] });
    const sections = ['Listeners', 'Routes', 'Clusters'].filter((name) => name !== lacking);
    const raw = {
      kind: 'config_dump',
      label: 'test',
      sections: sections.flatMap((name) => whole.dump.section(name) ?? []),
    } as const;
    const config = new ProxyConfig(new ConfigDump(raw), null, null);
    expect(() => walkOf(config, 'http://h/')).toThrow(`test has no ${lacking}ConfigDump`);
  });
});

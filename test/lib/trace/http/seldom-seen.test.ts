/** Settings of connection managers and routes that few have, and headers that few send: each row as a real Envoy 1.37 answered it. */
import { isUnknown } from '../../../../src/lib/match/ternary';
import {
  clusterOf,
  listenerOf,
  manager,
  proxyOf,
  routing,
  type Walked,
  type WalkOptions,
  walkOf,
} from '../../../helpers/hop';

type Headers = readonly (readonly [string, string])[];

const TO = (cluster: string, match: object = {}, more: object = {}): object => ({
  name: cluster,
  match: { prefix: '/', ...match },
  route: { cluster, ...more },
});

const CLUSTERS = ['a', 'b'].map((name) => clusterOf(name, [{ port: 80 }]));
const NODE = { node: { id: 'own-id', cluster: 'own-cluster' } };

function walk(made: object, headers: Headers, path = '/', more: WalkOptions = {}): Walked {
  const config = proxyOf({ listeners: [listenerOf([made])], clusters: CLUSTERS, bootstrap: NODE });
  return walkOf(config, `http://x.test${path}`, { headers: [['Host', 'x.test'], ...headers], ...more });
}

function cluster({ hop, verdict, status }: Walked): string {
  return hop.clusters[0]?.name ?? `${verdict} ${status ?? ''}`.trim();
}

function sent({ forward }: Walked, name: string): string | null {
  const value = forward?.message?.headers.find(([own]) => own === name)?.[1] ?? null;
  return isUnknown(value) ? 'unknown' : value;
}

describe('headers that Connection names', () => {
  const made = routing([TO('b', { headers: [{ name: 'x-a', present_match: true }] }), TO('a')]);
  const asked = (connection: string, headers: Headers = [['x-a', '1']]): Walked =>
    walk(made, [['connection', connection], ...headers]);

  it.each([
    ['keep-alive', 'b'],
    ['close, connection', 'b'],
    ['x-a', 'a'],
    ['close,, X-A', 'a'],
    ['upgrade, x-a', 'a'],
    ['x-b, x-c', 'b'],
    ['1,2,3,4,5,6,7,8,9', 'b'],
    ['1,2,3,4,5,6,7,8,9,10', 'failed 400'],
    ['x-forwarded-for', 'failed 400'],
    ['X-Forwarded-Host', 'failed 400'],
    ['x-forwarded-proto', 'failed 400'],
    [':path', 'failed 400'],
    ['x-forwarded-port', 'b'],
    ['host', 'failed 400'],
  ])('%s', (connection, where) => {
    expect(cluster(asked(connection))).toBe(where);
  });

  it.each([
    ['te', 'trailers, gzip', 'trailers'],
    ['te', 'gzip', null],
    ['te', 'x'.repeat(255), null],
    ['x-b', '', ''],
  ])('%s leaves TE %j as %j', (connection, te, left) => {
    expect(sent(asked(connection, [['te', te]]), 'te')).toBe(left);
  });

  it('refuses a long TE, and leaves those of an upgrade alone', () => {
    expect(cluster(asked('te', [['te', 'x'.repeat(256)]]))).toBe('failed 400');
    const upgrade = manager({
      route_config: {
        name: 'r',
        virtual_hosts: [{ name: 'v', domains: ['*'], routes: [TO('b', { headers: [{ name: 'x-a' }] })] }],
      },
      upgrade_configs: [{ upgrade_type: 'websocket' }],
    });
    const headers: Headers = [
      ['connection', 'upgrade, x-a'],
      ['upgrade', 'websocket'],
      ['x-a', '1'],
    ];
    expect(cluster(walk(upgrade, headers))).toBe('b');
  });
});

describe('vhost_header', () => {
  const route = (name: string): readonly object[] => [
    { name, match: { prefix: '/' }, direct_response: { status: 201 } },
  ];
  const hosts = ['a.test', '*.w.test', 'p.*', '*'].map((domain) => ({
    name: domain,
    domains: [domain],
    routes: route(domain),
  }));
  const made = (more: object = {}): object =>
    manager({ route_config: { name: 'r', vhost_header: 'X-Vh', virtual_hosts: hosts, ...more } });

  it.each<[Headers, string | null]>([
    [[['x-vh', 'a.test']], 'a.test'],
    [[['x-vh', 'A.Test']], 'a.test'],
    [[['x-vh', 'q.w.test']], '*.w.test'],
    [[['x-vh', 'p.q']], 'p.*'],
    [[['x-vh', '']], '*'],
    [[['x-vh', 'a.test:80']], '*'],
    [
      [
        ['x-vh', 'a.test'],
        ['x-vh', 'p.q'],
      ],
      'a.test',
    ],
    [[], null],
  ])('%j', (headers, name) => {
    const walked = walk(made(), headers);
    expect(walked.hop.virtualHost?.name ?? null).toBe(name);
    expect(walked.status).toBe(name === null ? 404 : 201);
  });

  it('takes the value without a port where ports are ignored', () => {
    expect(walk(made({ ignore_port_in_host_matching: true }), [['x-vh', 'a.test:80']]).hop.virtualHost?.name).toBe(
      'a.test',
    );
  });
});

describe('what a proxy says of itself', () => {
  const made = (more: object): object =>
    manager({
      route_config: {
        name: 'r',
        virtual_hosts: [
          {
            name: 'v',
            domains: ['*'],
            routes: [TO('b', { headers: [{ name: 'user-agent', string_match: { exact: 'own-cluster' } }] }), TO('a')],
          },
        ],
      },
      ...more,
    });

  it.each<[Headers, string]>([
    [[], 'b'],
    [[['user-agent', '']], 'b'],
    [[['user-agent', 'curl']], 'a'],
  ])('add_user_agent with %j', (headers, where) => {
    const walked = walk(made({ add_user_agent: true }), [...headers, ['x-envoy-downstream-service-node', 'n']]);
    expect(cluster(walked)).toBe(where);
    expect(sent(walked, 'x-envoy-downstream-service-cluster')).toBe('own-cluster');
    expect(sent(walked, 'x-envoy-downstream-service-node')).toBe('own-id');
  });

  it.each<[Headers, string]>([
    [[], 'me'],
    [[['via', '']], 'me'],
    [[['via', '1.1 x']], '1.1 x, me'],
  ])('via with %j', (headers, via) => {
    expect(sent(walk(made({ via: 'me' }), headers), 'via')).toBe(via);
  });
});

describe('X-Forwarded-For with an extension that reads it', () => {
  const XFF = 'type.googleapis.com/envoy.extensions.http.original_ip_detection.xff.v3.XffConfig';
  const came = '9.9.9.9';

  it.each<[object, string]>([
    [{ xff_num_trusted_hops: 1 }, came],
    [{ xff_num_trusted_hops: 1, skip_xff_append: false }, `${came},10.0.0.1`],
    [{ xff_trusted_cidrs: { cidrs: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] } }, came],
    [{ xff_trusted_cidrs: { cidrs: [{ address_prefix: '8.8.8.0', prefix_len: 24 }] } }, `${came},10.0.0.1`],
  ])('%j', (config, then) => {
    const made = manager({
      original_ip_detection_extensions: [{ name: 'xff', typed_config: { '@type': XFF, ...config } }],
      route_config: { name: 'r', virtual_hosts: [{ name: 'v', domains: ['*'], routes: [TO('a')] }] },
    });
    expect(sent(walk(made, [['x-forwarded-for', came]]), 'x-forwarded-for')).toBe(then);
  });

  it.each<[Headers, string]>([
    [[], 'unknown'],
    [[['x-forwarded-for', came]], 'delivered'],
  ])('of a caller that is not known, %j: whether there is one', (headers, verdict) => {
    const cidrs = [{ address_prefix: '10.0.0.0', prefix_len: 8 }];
    const needs = { headers: [{ name: 'x-forwarded-for', present_match: true }] };
    const made = manager({
      original_ip_detection_extensions: [{ name: 'xff', typed_config: { '@type': XFF, xff_trusted_cidrs: { cidrs } } }],
      route_config: { name: 'r', virtual_hosts: [{ name: 'v', domains: ['*'], routes: [TO('a', needs)] }] },
    });
    expect(walk(made, headers, '/', { unknownCaller: true }).verdict).toBe(verdict);
  });
});

describe('paths', () => {
  it('percent-encodes what normalize_path does not take as it is', () => {
    const made = manager({
      normalize_path: true,
      route_config: { name: 'r', virtual_hosts: [{ name: 'v', domains: ['*'], routes: [TO('a')] }] },
    });
    expect(walk(made, [], '/"<>^`{|}!$&\'()*+,;=:@[]~').forward?.message?.path).toBe(
      "/%22%3C%3E%5E%60%7B%7C%7D!$&'()*+,;=:@[]~",
    );
  });

  it.each([
    ['.*', '/x', '/old/b?q', '/x?q'],
    ['[a-z]*', '_', '/rd/abc?q', '_/_/_?q'],
    ['(a|b)?', '<\\1>', '/ab', '<>/<a><b>'],
    ['/?', '/', '/rl/abc', '/r/l/a/b/c/'],
    ['b*', '', '/abc', '/ac'],
    ['$', '!', '/a?q', '/a!?q'],
    ['.*', '', '/old?q', '/old?q'],
    ['^/old', '', '/old?q', '/old?q'],
  ])('regex_rewrite of %s to %j makes of %s %s', (regex, substitution, path, then) => {
    const rewrite = { regex_rewrite: { pattern: { regex }, substitution } };
    const walked = walk(routing([TO('a', {}, rewrite)]), [], path);
    expect(walked.forward?.message?.path).toBe(then);
    expect(sent(walked, 'x-envoy-original-path')).toBe(path === then ? null : path);
    const redirected = walk(routing([{ match: { prefix: '/' }, redirect: rewrite }]), [], path);
    expect(redirected.location).toBe(`http://x.test${then.startsWith('/') ? '' : '/'}${then}`);
  });
});

describe('methods', () => {
  const any = (more: object): object =>
    manager({
      http_protocol_options: more,
      route_config: { name: 'r', virtual_hosts: [{ name: 'v', domains: ['*'], routes: [TO('a')] }] },
    });

  it.each([
    ['PURGE', {}, 'a'],
    ['M-SEARCH', {}, 'failed 400'],
    ['FOO', {}, 'failed 400'],
    ['FOO', { allow_custom_methods: true }, 'a'],
  ])('%s with %j', (method, options, where) => {
    expect(cluster(walk(any(options), [], '/', { method }))).toBe(where);
  });
});

describe('dynamic metadata in matcher trees', () => {
  const TYPE = 'type.googleapis.com/';
  const input = (key: string): object => ({
    name: 'metadata',
    typed_config: {
      '@type': `${TYPE}envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput`,
      filter: 'n',
      path: [{ key }],
    },
  });
  const action = (name: string): object => ({
    action: { name, typed_config: { '@type': `${TYPE}envoy.config.rbac.v3.Action`, name, action: name } },
  });
  const filter = (name: string, type: string, config: object): object => ({
    name,
    typed_config: { '@type': `${TYPE}envoy.extensions.filters.http.${type}`, ...config },
  });
  const denies = (predicate: object): string => {
    const rbac = {
      matcher: { matcher_list: { matchers: [{ predicate, on_match: action('DENY') }] }, on_no_match: action('ALLOW') },
    };
    const made = manager({
      http_filters: [
        filter('set', 'set_metadata.v3.Config', {
          metadata: [{ metadata_namespace: 'n', value: { k: 'abc', num: 5 } }],
        }),
        filter('rbac', 'rbac.v3.RBAC', rbac),
        filter('router', 'router.v3.Router', {}),
      ],
      route_config: { name: 'r', virtual_hosts: [{ name: 'v', domains: ['*'], routes: [TO('a')] }] },
    });
    return walk(made, []).verdict;
  };
  const text = (value_match: object): object => ({ single_predicate: { input: input('k'), value_match } });
  const as = (key: string, config: object): object => ({
    single_predicate: {
      input: input(key),
      custom_match: {
        name: 'm',
        typed_config: { '@type': `${TYPE}envoy.extensions.matching.input_matchers.metadata.v3.Metadata`, ...config },
      },
    },
  });

  it.each<[string, object, string]>([
    ['no text holds', text({ exact: 'abc' }), 'delivered'],
    ['not that text', { not_matcher: text({ prefix: 'a' }) }, 'denied'],
    ['the text', as('k', { value: { string_match: { exact: 'abc' } } }), 'denied'],
    ['another text', as('k', { value: { string_match: { exact: 'z' } } }), 'delivered'],
    ['not another text', as('k', { value: { string_match: { exact: 'z' } }, invert: true }), 'denied'],
    ['the number', as('num', { value: { double_match: { exact: 5 } } }), 'denied'],
  ])('%s', (_what, predicate, verdict) => {
    expect(denies(predicate)).toBe(verdict);
  });
});

describe('what filters make of the request before it is answered or sent on', () => {
  const mutation = (...request_mutations: readonly object[]): object => ({
    name: 'mutation',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
      mutations: { request_mutations },
    },
  });
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
  };
  const set = (key: string, value: string): object => ({
    append: { header: { key, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
  });
  const without = (key_matcher: object): object => ({ remove_on_match: { key_matcher } });
  const GRPC = set('content-type', 'application/grpc');
  const IS_GRPC: Headers = [['content-type', 'application/grpc']];
  const routes = [
    { match: { path: '/gone' }, direct_response: { status: 410 } },
    { match: { path: '/moved' }, redirect: { https_redirect: true } },
    { match: { path: '/none' }, route: { cluster: 'none' } },
    TO('a', {}, { host_rewrite_literal: 'other.test' }),
  ];
  const made = (mutations: readonly object[], more: object = {}): object =>
    manager({
      route_config: {
        name: 'rc',
        virtual_hosts: [{ name: 'x', domains: ['x.test'], routes }],
      },
      http_filters: [mutation(...mutations), router],
      ...more,
    });
  const end = ({ verdict, status, responseFlags, location }: Walked): string =>
    [verdict, status, responseFlags, location].filter((one) => one !== null).join(' ');

  it.each<[string, readonly object[], Headers, string, string]>([
    ['made gRPC, and answered', [GRPC], [], '/gone', 'direct-response 410'],
    ['gRPC before, and answered', [{ remove: 'content-type' }], IS_GRPC, '/gone', 'direct-response 200'],
    ['made gRPC, without an endpoint', [GRPC], [], '/none', 'failed 503 NC'],
    ['gRPC before, without an endpoint', [{ remove: 'content-type' }], IS_GRPC, '/none', 'failed 200 NC'],
    ['without a method', [without({ exact: ':method' })], [], '/', 'failed 503 DPE'],
    ['without a method, and gRPC', [without({ exact: ':method' })], IS_GRPC, '/', 'failed 200 DPE'],
    ['without a path', [without({ prefix: ':p' })], [], '/', 'failed 503 DPE'],
    ['without a path, and redirected', [without({ prefix: ':p' })], [], '/moved', 'redirected 301'],
    ['without a method, and answered', [without({ exact: ':method' })], [], '/gone', 'direct-response 410'],
    ['without an authority', [without({ contains: 'auth' })], [], '/moved', 'redirected 301 https:///moved'],
  ])('%s', (_what, mutations, headers, path, ended) => {
    expect(end(walk(made(mutations), headers, path))).toBe(ended);
  });

  it('keeps no former host where the authority was taken away', () => {
    const gone = walk(made([without({ contains: 'auth' })]), []);
    expect([gone.forward?.message?.authority, sent(gone, 'x-envoy-original-host')]).toEqual(['other.test', null]);
  });

  it('answers as what came says, and not as an early header mutation makes it', () => {
    const early = {
      name: 'early',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
        mutations: [GRPC],
      },
    };
    const changed = made([], { early_header_mutation_extensions: [early] });
    expect(end(walk(changed, [], '/gone'))).toBe('direct-response 410');
  });

  it('redirects to TLS with the path that filters left', () => {
    const config = proxyOf({
      listeners: [
        listenerOf([
          manager({
            route_config: { name: 'rc', virtual_hosts: [{ name: 'tls', domains: ['*'], require_tls: 'ALL', routes }] },
            http_filters: [
              {
                name: 'mutation',
                typed_config: {
                  '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
                  mutations: { query_parameter_mutations: [{ append: { record: { key: 'a', value: '1' } } }] },
                },
              },
              router,
            ],
          }),
        ]),
      ],
      clusters: CLUSTERS,
    });
    expect(end(walkOf(config, 'http://x.test/p'))).toBe('redirected 301 https://x.test/p?a=1');
  });
});

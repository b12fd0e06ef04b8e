/**
 * Fields of listeners, connection managers, route configurations and clusters that few configurations set. Every row is what Envoy
 * 1.37.0 did, but those of `auto_sni`, which are what the page of the field says.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/api
 */
import {
  clusterOf,
  listenerOf,
  manager,
  proxyOf,
  tcpProxy,
  typed,
  walkOf,
  type Walked,
  type WalkOptions,
} from '../../../helpers/hop';

type Headers = readonly (readonly [string, string])[];

const NODE = { id: 'node-a', cluster: 'shop' };

interface More extends WalkOptions {
  readonly cluster?: object;
  readonly chain?: object;
  readonly runtime?: object;
}

function walk(own: object, more: More = {}): Walked {
  const { cluster = {}, chain = {}, runtime = {}, ...options } = more;
  const routes = [{ match: { prefix: '/' }, route: { cluster: 'c' } }];
  const table = { name: 'rc', virtual_hosts: [{ name: 'a', domains: ['h', 'h:8080'], routes }] };
  const config = proxyOf({
    bootstrap: { node: NODE, ...runtime },
    listeners: [listenerOf([manager({ route_config: table, ...own })], {}, chain)],
    clusters: [clusterOf('c', [{ port: 80 }], cluster)],
  });
  return walkOf(config, 'http://h:8080/', options);
}

function sent({ forward }: Walked, name: string): unknown {
  return forward?.message?.headers.filter(([own]) => own === name).map(([, value]) => value);
}

it.each([
  [['*', 'b.test'], null],
  [['*'], 'all'],
])('an authority that a filter takes away, and domains %j', (domains, wanted) => {
  const virtualHosts = domains.map((domain) => ({
    name: domain === '*' ? 'all' : 'b',
    domains: [domain],
    routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }],
  }));
  const removes = typed(
    'envoy.filters.http.header_mutation',
    'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
    {
      mutations: { request_mutations: [{ remove_on_match: { key_matcher: { exact: ':authority' } } }] },
    },
  );
  const tags = typed('envoy.filters.http.ip_tagging', 'envoy.extensions.filters.http.ip_tagging.v3.IPTagging', {
    ip_tags: [{ ip_tag_name: 'all', ip_list: [{ address_prefix: '0.0.0.0', prefix_len: 0 }] }],
  });
  const routed = typed('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router');
  const found = walk({
    route_config: { name: 'rc', virtual_hosts: virtualHosts },
    http_filters: [removes, tags, routed],
  });
  expect(found.hop.virtualHost?.name ?? null).toBe(wanted);
});

describe('vhost_header', () => {
  const host = (name: string, domain: string): object => ({
    name,
    domains: [domain],
    routes: [{ match: { prefix: '/' }, direct_response: { status: 200 } }],
  });
  const found = (headers: Headers, ...hosts: readonly object[]): string | null =>
    walk({ route_config: { name: 'rc', vhost_header: 'X-Host', virtual_hosts: hosts } }, { headers }).hop.virtualHost
      ?.name ?? null;
  const [a, b, all] = [host('a', 'h:8080'), host('b', 'b.test'), host('all', '*')];

  it.each<[string, Headers, readonly object[], string | null]>([
    ['the authority counts for nothing', [], [a, b], null],
    ['the header names the virtual host', [['x-host', 'b.test']], [a, b], 'b'],
    ['in any case of letters', [['x-host', 'B.test']], [a, b], 'b'],
    [
      'by its first value',
      [
        ['x-host', 'b.test'],
        ['x-host', 'h:8080'],
      ],
      [a, b],
      'b',
    ],
    ['another name', [['x-host', 'zzz']], [a, b], null],
    ['not even * takes a request without it', [], [a, all], null],
    ['* takes an empty one', [['x-host', '']], [a, all], 'all'],
    ['and any request where it is the only domain', [], [all], 'all'],
  ])('%s', (_name, headers, hosts, wanted) => {
    expect(found(headers, ...hosts)).toBe(wanted);
  });

  const abort = { abort: { http_status: 418, percentage: { numerator: 100 } } };
  const off = { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', disabled: true };
  it.each<[string, object, string]>([
    ['decides where no virtual host says otherwise', {}, 'failed'],
    ['decides nothing where one switches it off', { typed_per_filter_config: { fault: off } }, 'unknown'],
  ])('a filter in front of a virtual host that is not known %s', (_name, more, verdict) => {
    const config = {
      use_remote_address: true,
      http_filters: [typed('fault', 'envoy.extensions.filters.http.fault.v3.HTTPFault', abort)],
      route_config: { vhost_header: 'x-forwarded-for', virtual_hosts: [{ ...host('b', 'b.test'), ...more }, all] },
    };
    expect(walk(config, { unknownCaller: true }).verdict).toBe(verdict);
  });
});

describe('add_user_agent', () => {
  it.each<[string, Headers, string]>([
    ['is the service where there is none', [], 'shop'],
    ['leaves one that is there', [['user-agent', 'u']], 'u'],
  ])('user-agent %s', (_name, headers, agent) => {
    const walked = walk(
      { add_user_agent: true },
      { headers: [['x-envoy-downstream-service-cluster', 'z'], ...headers] },
    );
    expect(sent(walked, 'user-agent')).toEqual([agent]);
    expect(sent(walked, 'x-envoy-downstream-service-cluster')).toEqual(['shop']);
    expect(sent(walked, 'x-envoy-downstream-service-node')).toEqual(['node-a']);
  });
});

it.each<[Headers, string]>([
  [[], 'me'],
  [[['via', 'x']], 'x, me'],
  [
    [
      ['via', 'a'],
      ['via', 'b'],
    ],
    'a,b, me',
  ],
])('via is put behind %j', (headers, wanted) => {
  expect(sent(walk({ via: 'me' }, { headers }), 'via')).toEqual([wanted]);
});

it.each<[string, number | null]>([
  ['FOO', null],
  ['post', null],
  ['a(b', 400],
])('allow_custom_methods takes %s: %p', (method, status) => {
  expect(walk({ http_protocol_options: { allow_custom_methods: true } }, { method }).status).toBe(status);
  expect(walk({}, { method }).status).toBe(400);
});

describe('set_recommended_response_code', () => {
  const own = { proxy_status_config: { set_recommended_response_code: true } };
  const mappers = [{ filter: { response_flag_filter: { flags: ['NR'] } }, status_code: 444 }];
  const none = { load_assignment: { cluster_name: 'c' } };

  it.each<[string, object, Parameters<typeof walk>[1], number]>([
    ['no virtual host is 500', {}, { headers: [['host', 'zz']] }, 500],
    ['after local_reply_config', { local_reply_config: { mappers } }, { headers: [['host', 'zz']] }, 500],
    [
      'and for gRPC',
      {},
      {
        headers: [
          ['host', 'zz'],
          ['content-type', 'application/grpc'],
        ],
      },
      500,
    ],
    ['no host is 503', {}, { cluster: none }, 503],
    ['a limit is 503', {}, { cluster: { circuit_breakers: { thresholds: [{ max_requests: 0 }] } } }, 503],
    ['what the codec refuses stays', {}, { method: 'FOO' }, 400],
  ])('%s', (_name, more, options, status) => {
    expect(walk({ ...own, ...more }, options).status).toBe(status);
  });
});

describe('limits of 0', () => {
  const limited = (threshold: object, more: object = {}): object => ({
    cluster: { circuit_breakers: { thresholds: [threshold] } },
    ...more,
  });

  it.each<[string, object, string | null]>([
    ['max_requests', { max_requests: 0 }, 'UO'],
    ['max_pending_requests', { max_pending_requests: 0 }, 'UO'],
    ['max_connections', { max_connections: 0 }, null],
    ['max_retries', { max_retries: 0 }, null],
    ['max_requests of another priority', { priority: 'HIGH', max_requests: 0 }, null],
    ['max_requests of 1', { max_requests: 1 }, null],
  ])('HTTP: %s', (_name, threshold, flags) => {
    const walked = walk({}, limited(threshold));
    expect([walked.status, walked.responseFlags]).toEqual(flags === null ? [null, null] : [503, flags]);
  });

  it.each<[object, object, number | null]>([
    [{ max_requests: 0 }, { 'circuit_breakers.c.default.max_requests': 100 }, null],
    [{}, { 'circuit_breakers.c.default.max_requests': 0 }, 503],
    [{ max_pending_requests: 0 }, { 'circuit_breakers.c.default.max_pending_requests': 5 }, null],
    [{ max_requests: 0 }, { 'circuit_breakers.other.default.max_requests': 100 }, 503],
  ])('%j with the runtime %j', (threshold, values, status) => {
    const runtime = { layered_runtime: { layers: [{ name: 's', static_layer: values }] } };
    expect(walk({}, { ...limited(threshold), runtime }).status).toBe(status);
  });

  it('is unknown where a layer may set it', () => {
    const runtime = { layered_runtime: { layers: [{ name: 's', rtds_layer: { name: 'r' } }] } };
    const { verdict } = walk({}, { ...limited({ max_requests: 0 }), runtime });
    expect(verdict).toBe('unknown');
  });

  it('of the priority that the route has', () => {
    const routes = [{ match: { prefix: '/' }, route: { cluster: 'c', priority: 'HIGH' } }];
    const table = { route_config: { name: 'rc', virtual_hosts: [{ name: 'a', domains: ['*'], routes }] } };
    expect(walk(table, limited({ priority: 'HIGH', max_requests: 0 })).status).toBe(503);
    expect(walk(table, limited({ max_requests: 0 })).status).toBe(null);
  });

  it.each<[object, string | null]>([
    [{ max_connections: 0 }, 'UO'],
    [{ max_pending_requests: 0 }, 'URX'],
    [{ max_requests: 0 }, null],
  ])('TCP: %j', (threshold, flags) => {
    const config = proxyOf({
      listeners: [listenerOf([tcpProxy({ cluster: 'c' })])],
      clusters: [clusterOf('c', [{ port: 80 }], { circuit_breakers: { thresholds: [threshold] } })],
    });
    expect(walkOf(config, 'tcp://h:8080').responseFlags).toBe(flags);
  });
});

it.each([[[0]], [{ toString: null }], ['many']])('a limit that is %j is an error, with its place', (limit) => {
  const walked = (): unknown => walk({}, { cluster: { circuit_breakers: { thresholds: [{ max_requests: limit }] } } });
  expect(walked).toThrow(/thresholds\/0\/max_requests/);
});

it('use_proxy_proto of the first filter chain wants a PROXY protocol header', () => {
  const chain = { use_proxy_proto: true };
  expect(walk({}, { chain }).verdict).toBe('failed');
  expect(walk({}, { chain, proxyProtocol: { ip: '192.0.2.7', port: 1 } }).verdict).toBe('delivered');
});

describe('auto_sni', () => {
  const options = (own: object): object => ({
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http_protocol_options: {} },
        upstream_http_protocol_options: { auto_sni: true, ...own },
      },
    },
    transport_socket: {
      name: 'tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        sni: 'own.test',
      },
    },
  });
  const any = {
    route_config: {
      name: 'rc',
      virtual_hosts: [{ name: 'a', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'c' } }] }],
    },
  };

  it.each<[string, object, Headers, string]>([
    ['takes the authority', {}, [], 'h'],
    ['or a header', { override_auto_sni_header: 'x-sni' }, [['x-sni', 'A.test:1']], 'a.test'],
    ['that is there', { override_auto_sni_header: 'x-sni' }, [], 'h'],
    ['and is not empty', { override_auto_sni_header: 'x-sni' }, [['x-sni', '']], 'h'],
    ['but no address', {}, [['host', '10.1.2.3']], 'own.test'],
  ])('%s', (_name, own, headers, sni) => {
    expect(walk(any, { cluster: options(own), headers }).forward?.tls?.sni).toBe(sni);
  });
});

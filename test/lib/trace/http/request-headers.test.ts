/**
 * Headers before routes. Every row is what Envoy 1.37.0 did: the first header of the list that its route table found.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers
 */
import { listenerOf, manager, proxyOf, walkOf, type Walked, type WalkOptions } from '../../../helpers/hop';

type Headers = readonly (readonly [string, string])[];

const TYPE = 'type.googleapis.com/envoy.extensions.http';
const INTERNAL = { internal_address_config: { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] } };
const EDGE = { ...INTERNAL, use_remote_address: true };

const early = (...mutations: readonly object[]): object => ({
  early_header_mutation_extensions: [
    {
      name: 'e',
      typed_config: { '@type': `${TYPE}.early_header_mutation.header_mutation.v3.HeaderMutation`, mutations },
    },
  ],
});
const sets = (key: string, value: string): object => ({
  append: { header: { key, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
});
const custom = (more: object): object => ({
  name: 'c',
  typed_config: {
    '@type': `${TYPE}.original_ip_detection.custom_header.v3.CustomHeaderConfig`,
    header_name: 'x-ip',
    ...more,
  },
});
const xff = (more: object): object => ({
  name: 'x',
  typed_config: { '@type': `${TYPE}.original_ip_detection.xff.v3.XffConfig`, ...more },
});
const detection = (...extensions: readonly object[]): object => ({ original_ip_detection_extensions: extensions });

function walked(config: object, headers: Headers, wanted: readonly string[], options: WalkOptions = {}): Walked {
  const routes = [
    ...wanted.map((name) => ({
      name,
      match: { prefix: '/', headers: [{ name: name.split('=')[0], ...valueMatch(name.split('=')[1]) }] },
      direct_response: { status: 200 },
    })),
    { name: 'rest', match: { prefix: '/' }, direct_response: { status: 200 } },
  ];
  const virtual_hosts = [{ name: 'v', domains: ['*'], routes }];
  const whole = manager({ route_config: { virtual_hosts, internal_only_headers: ['X-Int'] }, ...config });
  return walkOf(proxyOf({ listeners: [listenerOf([whole])] }), 'http://h/', { headers, ...options });
}

function valueMatch(value: string | undefined): object {
  return value === undefined ? { present_match: true } : { string_match: { exact: value } };
}

it.each<[string, object, Headers, string, string]>([
  ['early: added', early(sets('x-tier', 'beta')), [], 'x-tier=beta', 'x-tier=beta'],
  ['early: overwritten', early(sets('x-tier', 'beta')), [['x-tier', 'a']], 'x-tier=beta', 'x-tier=beta'],
  ['early: removed', early({ remove: 'x-tier' }), [['x-tier', 'a']], 'x-tier', 'rest'],
  [
    'early: a client',
    { ...early(sets('x-forwarded-for', '10.1.1.1')), ...INTERNAL },
    [],
    'x-envoy-internal',
    'x-envoy-internal',
  ],
  ['early: what is taken off is', early(sets('x-envoy-retry-on', '5xx')), [], 'x-envoy-retry-on', 'rest'],
  ['early: te', early(sets('te', 'gzip')), [], 'te', 'rest'],
  [
    'a client with an empty X-Forwarded-For is outside (a real Envoy 1.37)',
    { use_remote_address: true, ...INTERNAL },
    [['x-forwarded-for', '']],
    'x-envoy-internal',
    'rest',
  ],
  ['early: https', early(sets('x-forwarded-proto', 'https')), [], 'x-forwarded-proto=https', 'x-forwarded-proto=https'],
  [
    'early: https at an edge',
    { ...early(sets('x-forwarded-proto', 'https')), use_remote_address: true },
    [],
    'x-forwarded-proto=https',
    'rest',
  ],
  [
    'trusted header',
    { ...detection(custom({ allow_extension_to_set_address_as_trusted: true })), ...INTERNAL },
    [['x-ip', '10.1.1.1']],
    'x-envoy-internal',
    'x-envoy-internal',
  ],
  [
    'trusted header of others',
    { ...detection(custom({ allow_extension_to_set_address_as_trusted: true })), ...INTERNAL },
    [['x-ip', '192.0.2.1']],
    'x-envoy-internal',
    'rest',
  ],
  [
    'no trusted header',
    { ...detection(custom({ allow_extension_to_set_address_as_trusted: true })), ...INTERNAL },
    [['x-forwarded-for', '10.1.1.1']],
    'x-envoy-internal',
    'rest',
  ],
  ['header', { ...detection(custom({})), ...INTERNAL }, [['x-ip', '10.1.1.1']], 'x-envoy-internal', 'rest'],
  [
    'xff',
    { ...detection(xff({})), ...INTERNAL },
    [['x-forwarded-for', '10.1.1.1']],
    'x-envoy-internal',
    'x-envoy-internal',
  ],
  [
    'xff of two',
    { ...detection(xff({})), ...INTERNAL },
    [['x-forwarded-for', '1.1.1.1, 10.1.1.1']],
    'x-envoy-internal',
    'rest',
  ],
  ['internal only, from inside', EDGE, [['x-int', '1']], 'x-int', 'x-int'],
  [
    'internal only, forwarded',
    EDGE,
    [
      ['x-int', '1'],
      ['x-forwarded-for', '10.1.1.1'],
    ],
    'x-int',
    'rest',
  ],
  ['internal only, no edge', INTERNAL, [['x-int', '1']], 'x-int', 'rest'],
  [
    'internal only, no edge, internal',
    INTERNAL,
    [
      ['x-int', '1'],
      ['x-forwarded-for', '10.1.1.1'],
    ],
    'x-int',
    'x-int',
  ],
  [
    'original path from outside',
    EDGE,
    [
      ['x-envoy-original-path', '/a'],
      ['x-forwarded-for', '1.2.3.4'],
    ],
    'x-envoy-original-path',
    'rest',
  ],
  [
    'original path from inside',
    EDGE,
    [['x-envoy-original-path', '/a']],
    'x-envoy-original-path',
    'x-envoy-original-path',
  ],
  [
    'original path, no edge',
    INTERNAL,
    [['x-envoy-original-path', '/a']],
    'x-envoy-original-path',
    'x-envoy-original-path',
  ],
  ['port', { append_x_forwarded_port: true }, [], 'x-forwarded-port=8080', 'x-forwarded-port=8080'],
  [
    'port that is given',
    { append_x_forwarded_port: true },
    [['x-forwarded-port', '99']],
    'x-forwarded-port=99',
    'x-forwarded-port=99',
  ],
  [
    'port at an edge',
    { append_x_forwarded_port: true, use_remote_address: true },
    [['x-forwarded-port', '99']],
    'x-forwarded-port=99',
    'rest',
  ],
  [
    'port behind a hop',
    { append_x_forwarded_port: true, use_remote_address: true, xff_num_trusted_hops: 1 },
    [['x-forwarded-port', '99']],
    'x-forwarded-port=99',
    'x-forwarded-port=99',
  ],
])('%s', (_name, config, headers, wanted, expected) => {
  expect(walked(config, headers, [wanted]).hop.route?.name).toBe(expected);
});

describe('an address that is not found', () => {
  it.each<[object, Headers, number | string]>([
    [{ reject_with_status: { code: 'Forbidden' } }, [], 403],
    [{ reject_with_status: { code: 'Forbidden' } }, [['x-ip', 'junk']], 403],
    [{ reject_with_status: { code: 'Forbidden' } }, [['x-ip', '192.0.2.4']], 200],
    [{ reject_with_status: { code: 'OK' } }, [], 403],
    [{ reject_with_status: { code: 'Conflict' } }, [], 409],
    [{}, [], 200],
  ])('%j with %j: %s', (config, headers, expected) => {
    expect(walked(detection(custom(config)), headers, []).status).toBe(expected);
  });

  const mappers = (name: string): object => ({
    local_reply_config: {
      mappers: [{ filter: { header_filter: { header: { name, present_match: true } } }, status_code: 418 }],
    },
  });

  // A real Envoy has taken these away before a mapper looks.
  it.each([
    ['x-envoy-internal', 403],
    ['connection', 403],
    ['keep-alive', 403],
    ['x-kept', 418],
  ])('a mapper that wants %s: %s', (name, expected) => {
    const config = { ...detection(custom({ reject_with_status: { code: 'Forbidden' } })), ...mappers(name) };
    expect(walked(config, [[name, 'true']], []).status).toBe(expected);
  });
});

it.each<[string, string]>([
  ['192.0.2.4', '192.0.2.4'],
  ['192.0.2.4, 10.0.0.3', '192.0.2.4'],
  ['192.0.2.4, 1.1.1.1, 10.0.0.3', '1.1.1.1'],
  ['10.0.0.2, 10.0.0.3', '10.0.0.2'],
  ['192.0.2.4, junk, 10.0.0.3', '10.0.0.1'],
  ['junk', '10.0.0.1'],
])('trusted ranges (xff_trusted_cidrs): %s comes from %s', (forwarded, client) => {
  const cidrs = [{ address_prefix: '10.0.0.0', prefix_len: 8 }];
  const principals = [{ remote_ip: { address_prefix: client, prefix_len: 32 } }];
  const policies = { p: { permissions: [{ any: true }], principals } };
  const rbac = {
    name: 'rbac',
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC', rules: { policies } },
  };
  const config = { ...detection(xff({ xff_trusted_cidrs: { cidrs } })), http_filters: [rbac] };
  expect(walked(config, [['x-forwarded-for', forwarded]], []).verdict).not.toBe('denied');
});

it('an early mutation that nobody knows leaves the end open', () => {
  const config = {
    early_header_mutation_extensions: [{ name: 'mine', typed_config: { '@type': 'x/com.example.Mine' } }],
  };
  expect(walked(config, [], [])).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
});

/** Routes that a scope has, found by the scheme, with a header that is kept for internal requests. */
function scopedByScheme(protocol: '1.1' | '2'): Walked {
  const routes = [
    {
      name: 'kept',
      match: { prefix: '/', headers: [{ name: 'x-int', present_match: true }] },
      direct_response: { status: 200 },
    },
    { name: 'rest', match: { prefix: '/' }, direct_response: { status: 200 } },
  ];
  const route_configuration = {
    name: 'rc',
    virtual_hosts: [{ name: 'v', domains: ['*'], routes }],
    internal_only_headers: ['x-int'],
  };
  const fragments = [{ header_value_extractor: { name: ':scheme', index: 0 } }];
  const key = { fragments: [{ string_key: 'http' }] };
  const list = { scoped_route_configurations: [{ name: 'scope', key, route_configuration }] };
  const scoped_routes = { name: 's', scope_key_builder: { fragments }, scoped_route_configurations_list: list };
  const whole = manager({ scoped_routes, route_config: undefined, codec_type: 'AUTO' });
  const options = { headers: [['x-int', '1']], httpVersion: protocol } as const;
  return walkOf(proxyOf({ listeners: [listenerOf([whole])] }), 'http://h/', options);
}

// A real Envoy 1.37: the scheme of HTTP/1 is written when headers are taken off already.
test('headers for internal requests are those of the scope that is found by the request as it came', () => {
  expect(scopedByScheme('1.1').hop.route?.name).toBe('kept');
  expect(scopedByScheme('2').hop.route?.name).toBe('rest');
});

it.each<[config: object, address: string, isInternal: boolean]>([
  ...['10.0.0.1', '172.31.255.255', '192.168.0.1', '127.0.0.1', '::1', 'fdff::1'].map(
    (ip): [object, string, boolean] => [{}, ip, true],
  ),
  ...['11.0.0.1', '172.32.0.1', '127.0.0.2', '169.254.1.1', 'fc00::1', 'fe80::1'].map(
    (ip): [object, string, boolean] => [{}, ip, false],
  ),
  [{ cidr_ranges: [] }, '10.0.0.1', true],
  [{ cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] }, '192.168.0.1', false],
])('internal_address_config %j: %s is internal: %s', (config, address, isInternal) => {
  const found = walked({ internal_address_config: config }, [['x-forwarded-for', address]], ['x-envoy-internal=true']);
  expect(found.step('route')?.name).toBe(isInternal ? 'x-envoy-internal=true' : 'rest');
});

const uuid = (config: object): object => ({
  request_id_extension: {
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig',
      ...config,
    },
  },
});

/** What is so of every id that Envoy makes, or of none, is decided (60 requests of each kind to a real Envoy 1.37). */
it.each<[string, object, Headers, object, string | null]>([
  ['its beginning', {}, [], { prefix: '0' }, null],
  ['its shape', {}, [], { safe_regex: { regex: '[0-9a-f]{8}-[0-9a-f]{4}-4.*' } }, 'x-request-id'],
  ['another version', {}, [], { safe_regex: { regex: '[^-]*-[^-]*-1.*' } }, 'rest'],
  ['the reason of tracing, which filters see', { tracing: {} }, [], { safe_regex: { regex: '[^-]*-[^-]*-4.*' } }, null],
  [
    'no reason of tracing',
    { tracing: {}, ...uuid({ pack_trace_reason: false }) },
    [],
    { safe_regex: { regex: '[^-]*-[^-]*-4.*' } },
    'x-request-id',
  ],
  ['capitals', {}, [], { prefix: 'A' }, 'rest'],
  ['an empty one is made anew', {}, [['x-request-id', '']], { contains: '-' }, 'x-request-id'],
  ['one that came', {}, [['x-request-id', '0']], { prefix: '0' }, 'x-request-id'],
  [
    'one that came where none is made',
    { generate_request_id: false },
    [['x-request-id', '']],
    { exact: '' },
    'x-request-id',
  ],
])('a request id: %s', (_name, config, headers, string_match, wanted) => {
  const routes = [
    {
      name: 'x-request-id',
      match: { prefix: '/', headers: [{ name: 'x-request-id', string_match }] },
      direct_response: { status: 200 },
    },
    { name: 'rest', match: { prefix: '/' }, direct_response: { status: 200 } },
  ];
  const whole = manager({ route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] }, ...config });
  const { hop, verdict } = walkOf(proxyOf({ listeners: [listenerOf([whole])] }), 'http://h/', { headers });
  expect([verdict, hop.route?.name ?? null]).toEqual([wanted === null ? 'unknown' : 'direct-response', wanted]);
});

/**
 * Tags of the client's address. Each row was sent to an Envoy 1.37 that had loaded the same.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/ip_tagging_filter
 */
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../../helpers/hop';

type Headers = readonly (readonly [string, string])[];

const TAGS = [
  { ip_tag_name: 'inside', ip_list: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
  { ip_tag_name: 'corner', ip_list: [{ address_prefix: '10.9.0.0', prefix_len: 16 }] },
];
const INTERNAL = {
  use_remote_address: true,
  internal_address_config: { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
};

interface Setup {
  readonly config?: object;
  readonly headers?: Headers;
  readonly sourceIp?: string | null;
  readonly more?: object;
}

/** A policy denies who bears the tag `inside`, and a route takes them. */
function walked(header: string, { config, headers = [], sourceIp = '10.0.0.1', more = {} }: Setup = {}): Walked {
  const matcher = { name: header, string_match: { contains: 'inside' } };
  const policies = { p: { permissions: [{ header: matcher }], principals: [{ any: true }] } };
  const http_filters = [
    typed('tags', 'envoy.extensions.filters.http.ip_tagging.v3.IPTagging', { ip_tags: TAGS, ...config }),
    typed('rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', { rules: { action: 'DENY', policies } }),
    typed('router', 'envoy.extensions.filters.http.router.v3.Router'),
  ];
  const routes = [
    { name: 'tagged', match: { prefix: '/', headers: [matcher] }, route: { cluster: 'a' } },
    { name: 'rest', match: { prefix: '/' }, route: { cluster: 'a' } },
  ];
  const virtual_hosts = [{ name: 'v', domains: ['*'], routes }];
  const listeners = [listenerOf([manager({ route_config: { virtual_hosts }, http_filters, ...more })])];
  const proxy = proxyOf({ listeners, clusters: [clusterOf('a', [{ port: 1 }])] });
  return walkOf(proxy, 'http://h/', { headers, ...(sourceIp === null ? { unknownCaller: true } : { sourceIp }) });
}

const HEADER = 'x-envoy-ip-tags';

it.each<[string, string, Setup, string, string | null]>([
  ['an address of the list', HEADER, {}, 'denied', 'tagged'],
  ['another address', HEADER, { sourceIp: '192.0.2.1' }, 'delivered', 'rest'],
  ['nobody', HEADER, { sourceIp: null }, 'unknown', null],
  [
    'what comes along from outside',
    HEADER,
    { sourceIp: '192.0.2.1', headers: [[HEADER, 'inside']] },
    'delivered',
    'rest',
  ],
  [
    'who is internal where only others are tagged',
    HEADER,
    { config: { request_type: 'EXTERNAL' }, more: INTERNAL },
    'delivered',
    'rest',
  ],
  [
    'who is internal where they are tagged',
    HEADER,
    { config: { request_type: 'INTERNAL' }, more: INTERNAL },
    'denied',
    'tagged',
  ],
  ['a header of its own', 'x-tags', { config: { ip_tag_header: { header: 'X-Tags' } } }, 'denied', 'tagged'],
  [
    'a header of its own that is taken away',
    'x-tags',
    { config: { ip_tag_header: { header: 'x-tags' } }, sourceIp: '192.0.2.1', headers: [['x-tags', 'inside']] },
    'delivered',
    'rest',
  ],
  [
    'a header of its own that is left',
    'x-tags',
    {
      config: { ip_tag_header: { header: 'x-tags', action: 'APPEND_IF_EXISTS_OR_ADD' } },
      sourceIp: '192.0.2.1',
      headers: [['x-tags', 'inside']],
    },
    'denied',
    'tagged',
  ],
])('%s', (_name, header, setup, verdict, route) => {
  const walk = walked(header, setup);
  expect(walk.verdict).toBe(verdict);
  expect(walk.hop.route?.name ?? null).toBe(route);
});

it('a header of its own that is appended to has the tag behind its first value', () => {
  const config = { ip_tag_header: { header: 'x-tags', action: 'APPEND_IF_EXISTS_OR_ADD' } };
  const sent = (headers: Headers): unknown => walked('x-other', { config, headers }).forward?.message?.headers;
  expect(sent([['x-tags', 'a']])).toContainEqual(['x-tags', 'a,inside']);
  const both = [
    ['x-tags', 'a'],
    ['x-tags', 'b'],
  ] as const;
  expect(sent(both)).toEqual(
    expect.arrayContaining([
      ['x-tags', 'a,inside'],
      ['x-tags', 'b'],
    ]),
  );
});

it('tags in a file, and two tags of one address, are not known', () => {
  expect(walked(HEADER, { config: { ip_tags: undefined, ip_tags_file_provider: {} } }).verdict).toBe('unknown');
  expect(walked(HEADER, { sourceIp: '10.9.0.1' }).verdict).toBe('unknown');
});

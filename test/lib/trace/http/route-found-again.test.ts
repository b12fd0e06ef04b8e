/**
 * When Envoy finds a route again, and by what. Each row was sent to an Envoy 1.37 that had loaded the same.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters#route-mutation
 */
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../../helpers/hop';

const HTTP = 'envoy.extensions.filters.http';

function tags(own: object | null = null, prefix = '10.0.0.0'): object {
  const ip_tags = [{ ip_tag_name: 't', ip_list: [{ address_prefix: prefix, prefix_len: 8 }] }];
  return typed('tags', `${HTTP}.ip_tagging.v3.IPTagging`, { ip_tags, ...(own === null ? {} : { ip_tag_header: own }) });
}

const OTHERS = '192.0.2.0';
const SETS = typed('sets', `${HTTP}.set_metadata.v3.Config`, {
  metadata: [{ metadata_namespace: 'own', value: { k: 'yes' } }],
});
const ADDS = typed('envoy.filters.http.header_mutation', `${HTTP}.header_mutation.v3.HeaderMutation`, {
  mutations: { request_mutations: [{ append: { header: { key: 'x-m', value: 'yes' } } }] },
});
const RBAC = typed('envoy.filters.http.rbac', `${HTTP}.rbac.v3.RBAC`, {});
const BUFFER = typed('envoy.filters.http.buffer', `${HTTP}.buffer.v3.Buffer`, { max_request_bytes: 100 });
const LUA = typed('envoy.filters.http.lua', `${HTTP}.lua.v3.Lua`, {});

function token(provider: object): object {
  return typed('envoy.filters.http.jwt_authn', `${HTTP}.jwt_authn.v3.JwtAuthentication`, {
    providers: { p: { issuer: 'i', ...provider } },
    rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
  });
}

const ROUTES = [
  {
    name: 'metadata',
    match: {
      prefix: '/',
      dynamic_metadata: [{ filter: 'own', path: [{ key: 'k' }], value: { string_match: { exact: 'yes' } } }],
    },
    route: { cluster: 'a' },
  },
  {
    name: 'added',
    match: { prefix: '/', headers: [{ name: 'x-m', string_match: { exact: 'yes' } }] },
    route: { cluster: 'a' },
  },
  {
    name: 'tagged',
    match: { prefix: '/', headers: [{ name: 'x-envoy-ip-tags', present_match: true }] },
    route: { cluster: 'a' },
  },
  { name: 'own', match: { prefix: '/', headers: [{ name: 'x-t', present_match: true }] }, route: { cluster: 'a' } },
  { name: 'rest', match: { prefix: '/' }, route: { cluster: 'a' } },
];

function walked(filters: readonly object[], more: object = {}): Walked {
  const http_filters = [...filters, typed('router', `${HTTP}.router.v3.Router`)];
  const virtual_hosts = [{ name: 'v', domains: ['*'], routes: ROUTES }];
  const listeners = [listenerOf([manager({ route_config: { virtual_hosts }, http_filters })])];
  const proxy = proxyOf({ listeners, clusters: [clusterOf('a', [{ port: 1 }])] });
  return walkOf(proxy, 'http://h/', { sourceIp: '10.0.0.1', ...more });
}

const COMES = { headers: [['x-t', '1']] };
const PAYLOAD = { payload_in_metadata: 'j', clear_route_cache: true };

it.each<[string, readonly object[], object, string]>([
  ['metadata alone', [SETS], {}, 'rest'],
  ['a tag', [tags()], {}, 'tagged'],
  ['metadata before a tag', [SETS, tags()], {}, 'metadata'],
  ['no tag', [SETS, tags(null, OTHERS)], {}, 'rest'],
  ['no tag, and a header to take away', [SETS, tags({ header: 'x-t' }, OTHERS)], COMES, 'metadata'],
  ['no tag, and no header to take away', [SETS, tags({ header: 'x-t' }, OTHERS)], {}, 'rest'],
  ['metadata behind a tag, before anything asks', [tags(), SETS], {}, 'metadata'],
  ['metadata behind what asks', [tags(), RBAC, SETS], {}, 'tagged'],
  ['metadata behind a buffer without a body', [tags(), BUFFER, SETS], {}, 'metadata'],
  [
    'metadata behind a buffer with a body',
    [tags(), BUFFER, SETS],
    { method: 'POST', headers: [['content-length', '3']] },
    'tagged',
  ],
  ['a header before a tag', [ADDS, tags()], {}, 'added'],
  ['a header behind a tag: it is added, and then the route is asked for', [tags(), ADDS], {}, 'added'],
  ['metadata behind a header behind a tag', [tags(), ADDS, SETS], {}, 'added'],
  ['a header that no tag follows', [ADDS, tags(null, OTHERS)], {}, 'rest'],
  ['a token that keeps the route', [SETS, token({ payload_in_metadata: 'j' })], { claims: [['sub', 's']] }, 'rest'],
  ['a token that has it found again', [SETS, token(PAYLOAD)], { claims: [['sub', 's']] }, 'metadata'],
  [
    'a token of which nothing is written',
    [SETS, token({ clear_route_cache: true })],
    { claims: [['sub', 's']] },
    'rest',
  ],
])('%s', (_name, filters, more, route) => {
  expect(walked(filters, more).hop.route?.name).toBe(route);
});

it('what may have the route found again leaves open what was written before it', () => {
  const { hop, ...outcome } = walked([SETS, LUA]);
  expect(outcome).toMatchObject({ verdict: 'unknown' });
  expect(JSON.stringify(hop.steps)).toContain('whether the filter envoy.filters.http.lua has the route found again');
  expect(walked([LUA, SETS]).hop.route?.name).not.toBe('metadata');
});

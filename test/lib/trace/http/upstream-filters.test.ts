/**
 * HTTP filters behind the choice of a host. Every row is what Envoy 1.37.0 did.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters#upstream-http-filters
 */
import {
  clusterOf,
  listenerOf,
  manager,
  proxyOf,
  typed,
  walkOf,
  type Walked,
  type WalkOptions,
} from '../../../helpers/hop';

const HTTP = 'envoy.extensions.filters.http';
const TYPE = 'type.googleapis.com/';
const CODEC = typed('codec', `${HTTP}.upstream_codec.v3.UpstreamCodec`);
const changes = (name: string, key: string, value: string): object =>
  typed(name, `${HTTP}.header_mutation.v3.HeaderMutation`, {
    mutations: { request_mutations: [{ append: { header: { key, value } } }, { remove: 'x-gone' }] },
  });

function cluster(name: string, ...filters: readonly object[]): object {
  const options = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const http_filters = [...filters, CODEC];
  return clusterOf(name, [{ port: 1 }], {
    typed_extension_protocol_options: {
      [options]: { '@type': TYPE + options, explicit_http_config: { http_protocol_options: {} }, http_filters },
    },
  });
}

function aggregate(name: string, member: string, ...filters: readonly object[]): object {
  const { typed_extension_protocol_options } = cluster(name, ...filters) as Readonly<Record<string, unknown>>;
  const typed_config = {
    '@type': `${TYPE}envoy.extensions.clusters.aggregate.v3.ClusterConfig`,
    clusters: [member],
  };
  return {
    name,
    lb_policy: 'CLUSTER_PROVIDED',
    cluster_type: { name: 'envoy.clusters.aggregate', typed_config },
    ...(filters.length === 0 ? {} : { typed_extension_protocol_options }),
  };
}

const CLUSTERS = [
  aggregate('all', 'changed'),
  aggregate('all-changed', 'plain', changes('change', 'x-a', 'of the aggregate')),
  clusterOf('plain', [{ port: 1 }]),
  cluster('changed', changes('change', 'x-a', 'c %REQ(:PATH)% %REQ(x-b)%')),
  cluster('buffered', typed('buffer', `${HTTP}.buffer.v3.Buffer`, { max_request_bytes: 2 })),
  cluster('scripted', typed('lua', `${HTTP}.lua.v3.Lua`)),
];
const route = (prefix: string, name: string, own?: object): object => ({
  match: { prefix },
  route: { cluster: name, prefix_rewrite: '/new' },
  request_headers_to_add: [{ header: { key: 'x-b', value: 'route' } }],
  ...(own === undefined ? {} : { typed_per_filter_config: { change: own } }),
});
const ROUTES = [
  route('/plain', 'plain'),
  route('/changed', 'changed'),
  route('/own', 'changed', {
    '@type': `${TYPE}${HTTP}.header_mutation.v3.HeaderMutationPerRoute`,
    mutations: { request_mutations: [{ append: { header: { key: 'x-own', value: '1' } } }] },
  }),
  route('/all-changed', 'all-changed'),
  route('/all', 'all'),
  route('/off', 'changed', { '@type': `${TYPE}envoy.config.route.v3.FilterConfig`, disabled: true }),
  route('/buffered', 'buffered'),
  route('/scripted', 'scripted'),
];

function walked(path: string, upstream: readonly object[] = [], options: WalkOptions = {}): Walked {
  const router = typed('router', `${HTTP}.router.v3.Router`, { upstream_http_filters: [...upstream, CODEC] });
  const route_config = { virtual_hosts: [{ name: 'v', domains: ['*'], routes: ROUTES }] };
  const whole = manager({ route_config, http_filters: [router] });
  return walkOf(proxyOf({ listeners: [listenerOf([whole])], clusters: CLUSTERS }), `http://h${path}`, options);
}

function own({ forward }: Walked): Readonly<Record<string, unknown>> {
  const headers = (forward?.message?.headers ?? []).filter(([name]) => /^x-(?:a|own|r|gone)$/.test(name));
  return Object.fromEntries(headers);
}

it.each<[path: string, alone: object, withRouters: object]>([
  ['/plain', { 'x-gone': '1' }, { 'x-r': '1' }],
  ['/changed', { 'x-a': 'c /new route' }, { 'x-a': 'c /new route' }],
  ['/own', { 'x-a': 'c /new route', 'x-own': '1' }, { 'x-a': 'c /new route', 'x-own': '1' }],
  ['/off', { 'x-gone': '1' }, { 'x-gone': '1' }],
  // Of an aggregate its own filters count, and not those of the cluster that it picks.
  ['/all', { 'x-gone': '1' }, { 'x-r': '1' }],
  ['/all-changed', { 'x-a': 'of the aggregate' }, { 'x-a': 'of the aggregate' }],
])('%s leads upstream with %j, and %j where the router has a filter', (path, alone, withRouters) => {
  const headers = [['x-gone', '1']] as const;
  expect(own(walked(path, [], { headers }))).toEqual(alone);
  expect(own(walked(path, [changes('change', 'x-r', '1')], { headers }))).toEqual(withRouters);
});

it('may answer in place of the host', () => {
  const headers = (length: string): WalkOptions => ({ method: 'POST', headers: [['content-length', length]] });
  expect(walked('/buffered', [], headers('6'))).toMatchObject({ verdict: 'denied', status: 413 });
  expect(walked('/buffered', [], headers('1')).forward).not.toBeNull();
});

it('is named where it is not evaluated', () => {
  expect(walked('/scripted').step('http-filter')).toMatchObject({ name: 'lua', outcome: 'not-evaluated' });
});

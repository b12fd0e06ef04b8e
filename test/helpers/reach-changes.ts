/** Proxies whose routes and filters do more than choose: each kind of thing that can be changed, and two values of it. */
import fc from 'fast-check';
import type { HeaderMatcher, Route } from '../../src/lib/envoy/route';
import type { Walked } from '../../src/lib/reach/walked';
import { ofRoutes, routeConditions } from './reach';

const FILTERS = 'type.googleapis.com/envoy.extensions.filters.http';
const filter = (name: string, type: string, config: object) => ({
  name: `envoy.filters.http.${name}`,
  typed_config: { '@type': `${FILTERS}.${type}`, ...config },
});

const clusterOf = (name: string, index: number) => {
  const address = { socket_address: { address: `10.9.9.${index + 1}`, port_value: 80 } };
  const lb_endpoints = [{ endpoint: { address } }];
  return { name, type: 'STATIC', load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints }] } };
};
const CLUSTERS = ['a', 'b', 'shadow'].map(clusterOf);

const weighted = (weight: number) => ({
  weighted_clusters: {
    clusters: [
      { name: 'a', weight },
      { name: 'b', weight: 100 - weight },
    ],
  },
});

/** What one route sets, by what is changed of it: before and after. */
const OF_ROUTES: Readonly<Record<string, readonly [object, object]>> = {
  weight: [{ route: weighted(90) }, { route: weighted(80) }],
  'a weight of nothing': [{ route: weighted(100) }, { route: weighted(99) }],
  'time-out': [{ route: { cluster: 'a', timeout: '1s' } }, { route: { cluster: 'a', timeout: '2s' } }],
  'idle time-out': [{ route: { cluster: 'a' } }, { route: { cluster: 'a', idle_timeout: '7s' } }],
  retries: [
    { route: { cluster: 'a', retry_policy: { retry_on: '5xx', num_retries: 2 } } },
    { route: { cluster: 'a', retry_policy: { retry_on: '5xx', num_retries: 3 } } },
  ],
  'reasons to retry': [
    { route: { cluster: 'a', retry_policy: { retry_on: '5xx' } } },
    { route: { cluster: 'a', retry_policy: { retry_on: 'reset' } } },
  ],
  'time-out of each try': [
    { route: { cluster: 'a', retry_policy: { retry_on: '5xx' } } },
    { route: { cluster: 'a', retry_policy: { retry_on: '5xx', per_try_timeout: '1s' } } },
  ],
  'host rewrite': [{ route: { cluster: 'a' } }, { route: { cluster: 'a', host_rewrite_literal: 'b.test' } }],
  'path rewrite': [
    { route: { cluster: 'a', prefix_rewrite: '/x' } },
    { route: { cluster: 'a', prefix_rewrite: '/y' } },
  ],
  mirror: [{ route: { cluster: 'a' } }, { route: { cluster: 'a', request_mirror_policies: [{ cluster: 'shadow' }] } }],
  'share of a mirror': [50, 25].map((numerator) => ({
    route: {
      cluster: 'a',
      request_mirror_policies: [{ cluster: 'shadow', runtime_fraction: { default_value: { numerator } } }],
    },
  })) as unknown as readonly [object, object],
  'header that is added': [
    { route: { cluster: 'a' }, request_headers_to_add: [{ header: { key: 'x-b', value: '1' } }] },
    { route: { cluster: 'a' }, request_headers_to_add: [{ header: { key: 'x-b', value: '2' } }] },
  ],
  'header that is removed': [
    { route: { cluster: 'a' } },
    { route: { cluster: 'a' }, request_headers_to_remove: ['x-b'] },
  ],
  cluster: [{ route: { cluster: 'a' } }, { route: { cluster: 'b' } }],
  'status of a direct response': [{ direct_response: { status: 410 } }, { direct_response: { status: 411 } }],
  'code of a redirect': [
    { redirect: { path_redirect: '/x' } },
    { redirect: { path_redirect: '/x', response_code: 'FOUND' } },
  ],
  'host of a redirect': [{ redirect: { host_redirect: 'a.test' } }, { redirect: { host_redirect: 'b.test' } }],
  'scheme of a redirect': [{ redirect: { path_redirect: '/x' } }, { redirect: { https_redirect: true } }],
  'header that is overwritten': [
    { route: { cluster: 'a' }, request_headers_to_add: [{ header: { key: 'x-b', value: '1' } }] },
    {
      route: { cluster: 'a' },
      request_headers_to_add: [{ header: { key: 'x-b', value: '1' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }],
    },
  ],
  'host rewrite from a header': [
    { route: { cluster: 'a' } },
    { route: { cluster: 'a', host_rewrite_literal: 'c.test', append_x_forwarded_host: true } },
  ],
  'priority of a route': [{ route: { cluster: 'a' } }, { route: { cluster: 'a', priority: 'HIGH' } }],
  'status where a cluster is missing': [
    { route: { cluster: 'nowhere' } },
    { route: { cluster: 'nowhere', cluster_not_found_response_code: 'NOT_FOUND' } },
  ],
};

const policy = (permission: object, principal: object = { any: true }) => ({
  permissions: [permission],
  principals: [principal],
});
const rbac = (action: string, policies: object) => filter('rbac', 'rbac.v3.RBAC', { rules: { action, policies } });
const header = (exact: string) => ({ header: { name: 'x', string_match: { exact } } });
const path = (prefix: string) => ({ url_path: { path: { prefix } } });
const provider = { issuer: 'https://a.example', payload_in_metadata: 'payload' };
const jwt = (rules: readonly object[]) =>
  filter('jwt_authn', 'jwt_authn.v3.JwtAuthentication', { providers: { a: provider }, rules });
const fault = (numerator: number, more: object = {}) =>
  filter('fault', 'fault.v3.HTTPFault', { abort: { http_status: 418, percentage: { numerator } }, ...more });

const claim = (exact: string) => ({
  metadata: {
    filter: 'envoy.filters.http.jwt_authn',
    path: [{ key: 'payload' }, { key: 'role' }],
    value: { string_match: { exact } },
  },
});
const ALLOWS_MISSING = jwt([
  {
    match: { prefix: '/' },
    requires: { requires_any: { requirements: [{ provider_name: 'a' }, { allow_missing: {} }] } },
  },
]);

/** A filter of the whole proxy, or several, before and after. */
const OF_FILTERS: Readonly<Record<string, readonly [object, object]>> = {
  'rule of a DENY policy': [rbac('DENY', { p: policy(header('a')) }), rbac('DENY', { p: policy(header('7')) })],
  'path of an ALLOW policy': [rbac('ALLOW', { p: policy(path('/a')) }), rbac('ALLOW', { p: policy(path('/a/')) })],
  'one more ALLOW policy': [
    rbac('ALLOW', { p: policy(path('/a')) }),
    rbac('ALLOW', { p: policy(path('/a')), q: policy(header('a')) }),
  ],
  'claim of a policy': [
    [ALLOWS_MISSING, rbac('DENY', { p: policy(path('/'), claim('admin')) })],
    [ALLOWS_MISSING, rbac('DENY', { p: policy(path('/'), claim('dev')) })],
  ],
  'path of a JWT rule': [
    jwt([{ match: { prefix: '/a' }, requires: { provider_name: 'a' } }]),
    jwt([{ match: { path: '/a' }, requires: { provider_name: 'a' } }]),
  ],
  'requirement of a JWT rule': [
    jwt([{ match: { prefix: '/a' }, requires: { provider_name: 'a' } }]),
    jwt([
      {
        match: { prefix: '/a' },
        requires: { requires_any: { requirements: [{ provider_name: 'a' }, { allow_missing: {} }] } },
      },
    ]),
  ],
  'share of a fault': [fault(10), fault(20)],
  'headers of a fault': [
    fault(100, { headers: [{ name: 'x', string_match: { exact: 'a' } }] }),
    fault(100, { headers: [{ name: 'x', string_match: { prefix: 'a' } }] }),
  ],
  'time of a delay': ['1s', '2s'].map((fixed_delay) =>
    filter('fault', 'fault.v3.HTTPFault', { delay: { fixed_delay, percentage: { numerator: 100 } } }),
  ) as unknown as readonly [object, object],
};

interface Host {
  readonly address?: string;
  readonly health_status?: string;
  readonly load_balancing_weight?: number;
}

/** A cluster of two hosts in as many localities as are given, one after the other by their priority. */
const ofHosts = (localities: readonly (readonly Host[])[], more: object = {}, byPriority = true) => ({
  name: 'a',
  type: 'STATIC',
  ...more,
  load_assignment: {
    cluster_name: 'a',
    endpoints: localities.map((hosts, place) => ({
      ...(byPriority ? { priority: place } : { locality: { zone: `z${place}` }, load_balancing_weight: place + 1 }),
      lb_endpoints: hosts.map(({ address = '10.9.8.1', ...own }) => ({
        endpoint: { address: { socket_address: { address, port_value: 80 } } },
        ...own,
      })),
    })),
  },
});
const SECOND = { address: '10.9.8.2' };
const SICK = { health_status: 'UNHEALTHY' };
const DROPS = { category: 'all', drop_percentage: { numerator: 50 } };
const byLocality = (first: number) => {
  const cluster = ofHosts([[{}], [SECOND]], { common_lb_config: { locality_weighted_lb_config: {} } }, false);
  const [one, other] = cluster.load_assignment.endpoints;
  const endpoints = [{ ...one, load_balancing_weight: first }, other];
  return { ...cluster, load_assignment: { ...cluster.load_assignment, endpoints } };
};
const withPolicy = (policy: object) => {
  const cluster = ofHosts([[{}]]);
  return { ...cluster, load_assignment: { ...cluster.load_assignment, policy } };
};

/** Cluster `a`, before and after; null where there is none. */
const OF_CLUSTERS: Readonly<Record<string, readonly [object | null, object | null]>> = {
  'health of a host': [ofHosts([[{}, SECOND]]), ofHosts([[{}, { ...SECOND, ...SICK }]])],
  'health of all hosts': [ofHosts([[{}]]), ofHosts([[SICK]])],
  'weight of a host': [ofHosts([[{}, SECOND]]), ofHosts([[{}, { ...SECOND, load_balancing_weight: 3 }]])],
  'address of a host': [ofHosts([[{}]]), ofHosts([[SECOND]])],
  'priority of hosts': [ofHosts([[{}], [SECOND]]), ofHosts([[SECOND], [{}]])],
  'health of the first priority': [ofHosts([[{}], [SECOND]]), ofHosts([[SICK], [SECOND]])],
  'weight of a locality': [byLocality(1), byLocality(5)],
  'share that a cluster drops': [withPolicy({}), withPolicy({ drop_overloads: [DROPS] })],
  'cluster that is missing': [ofHosts([[{}]]), null],
  'cluster without hosts': [ofHosts([[{}]]), ofHosts([])],
};

/** Fields of the virtual host, before and after. */
const OF_HOSTS: Readonly<Record<string, readonly [object, object]>> = {
  'domains of a virtual host': [{ domains: ['*'] }, { domains: ['*.example', 'a'] }],
  'retries of a virtual host': [{}, { retry_policy: { retry_on: '5xx', num_retries: 4 } }],
  'headers of a virtual host': [{}, { request_headers_to_add: [{ header: { key: 'x-b', value: 'host' } }] }],
  'TLS that a virtual host requires': [{}, { require_tls: 'ALL' }],
};

/** What is changed. */
export const CHANGES: readonly string[] = [OF_ROUTES, OF_FILTERS, OF_CLUSTERS, OF_HOSTS].flatMap(Object.keys);

const SETTINGS: readonly object[] = Object.values(OF_ROUTES).map(([before]) => before);

type Conditions = readonly [object, readonly HeaderMatcher[], object];

const routeOf = ([match, headers, query]: Conditions, action: object) =>
  ({ match: { ...match, ...query, headers }, ...action }) as Route;

/** A proxy, and the same after one thing was changed. */
export function changedProxies(change: string): fc.Arbitrary<readonly [Walked, Walked]> {
  const [before = {}, after = {}] = OF_ROUTES[change] ?? [];
  const filters = OF_FILTERS[change];
  const clusters = OF_CLUSTERS[change];
  const isOfRoute = change in OF_ROUTES;
  const other = fc.tuple(routeConditions, fc.constantFrom(...SETTINGS)).map(([when, action]) => routeOf(when, action));
  const drawn = fc.tuple(fc.array(other, { maxLength: 1 }), routeConditions, fc.array(other, { maxLength: 2 }));
  return drawn.map(([first, own, last]) => {
    const side = (action: object, at: 0 | 1): Walked => {
      const routes = isOfRoute ? [...first, routeOf(own, action), ...last] : [...first, ...last];
      const changed = clusters === undefined ? CLUSTERS[0] : clusters[at];
      const all = [
        ...routes,
        { match: { prefix: '/' }, route: { cluster: clusters === undefined ? 'b' : 'a' } } as Route,
      ];
      return ofRoutes(all, OF_HOSTS[change]?.[at] ?? {}, filters === undefined ? [] : [filters[at]].flat(), [
        ...(changed == null ? [] : [changed]),
        ...CLUSTERS.slice(1),
      ]);
    };
    return [side(before, 0), side(after, 1)];
  });
}

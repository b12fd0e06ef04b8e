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

/** What is changed. */
export const CHANGES: readonly string[] = [...Object.keys(OF_ROUTES), ...Object.keys(OF_FILTERS)];

const SETTINGS: readonly object[] = Object.values(OF_ROUTES).map(([before]) => before);

type Conditions = readonly [object, readonly HeaderMatcher[], object];

const routeOf = ([match, headers, query]: Conditions, action: object) =>
  ({ match: { ...match, ...query, headers }, ...action }) as Route;

/** A proxy, and the same after one thing was changed. */
export function changedProxies(change: string): fc.Arbitrary<readonly [Walked, Walked]> {
  const [before = {}, after = {}] = OF_ROUTES[change] ?? [];
  const filters = OF_FILTERS[change];
  const other = fc.tuple(routeConditions, fc.constantFrom(...SETTINGS)).map(([when, action]) => routeOf(when, action));
  const drawn = fc.tuple(fc.array(other, { maxLength: 1 }), routeConditions, fc.array(other, { maxLength: 2 }));
  return drawn.map(([first, own, last]) => {
    const side = (action: object, at: 0 | 1): Walked => {
      const routes = filters === undefined ? [...first, routeOf(own, action), ...last] : [...first, ...last];
      const all = [...routes, { match: { prefix: '/' }, route: { cluster: 'b' } } as Route];
      return ofRoutes(all, {}, filters === undefined ? [] : [filters[at]].flat(), CLUSTERS);
    };
    return [side(before, 0), side(after, 1)];
  });
}

/** Proxies whose requests are divided, and requests near those of their classes. */
import fc from 'fast-check';
import { ALPN_OFFERS, universeOf } from '../../src/lib/algebra/universe';
import { summarized } from '../../src/lib/explain/summary/summary';
import type { ProxyConfig } from '../../src/lib/envoy/proxy-config';
import type { HeaderMatcher, Route } from '../../src/lib/envoy/route';
import { watching, type Watcher } from '../../src/lib/match/watch';
import type { RequestValues } from '../../src/lib/reach/explore';
import type { ReachWay } from '../../src/lib/reach/query';
import type { Walked } from '../../src/lib/reach/walked';
import type { TraceQuery } from '../../src/lib/trace/request/query';
import { trace } from '../../src/lib/trace/trace';
import { proxyOf } from './hop';
import { lonelyMesh } from './generated-mesh';
import { template } from './route-arbitraries';

export function walked(source: ProxyConfig): Walked {
  const mesh = lonelyMesh(source);
  return {
    proxy: null,
    config: source,
    trace: (query: TraceQuery, watch?: () => Watcher) => {
      const walk = () => summarized(trace(mesh, query, { explain: { limit: 0 }, allBranches: true }));
      return Promise.resolve(watch === undefined ? walk() : watching(watch(), walk));
    },
  };
}

/** Values that come near those of the classes' witnesses. */
export function near(all: readonly RequestValues[]): fc.Arbitrary<RequestValues> {
  const dimensions = [...new Set(['host', 'path', 'method', ...all.flatMap((values) => [...values.keys()])])];
  const common: Record<string, readonly string[]> = {
    host: ['other.example', 'a'],
    path: ['/', '/a', '/a/b', '/A/1'],
    method: ['GET', 'POST', 'DELETE'],
    'source-ip': ['10.0.0.1', '10.5.200.9', '10.128.0.1', '192.0.2.200', '198.51.100.1'],
    principal: ['spiffe://cluster.local/ns/a/sa/x', 'spiffe://cluster.local/ns/a/sa/y', 'spiffe://other/ns/b/sa/x'],
    sni: ['a.example', 'x.a.example', 'b.test', 'c.test'],
    alpn: ALPN_OFFERS,
    'claim:role': ['admin', 'a', 'dev', '["dev"]'],
    'claim:groups': ['ops', '["ops"]', '["dev"]'],
    'claim:scope': ['read', 'write', '["read"]'],
  };
  const drawn = dimensions.map((dimension) => {
    const own = all.flatMap((values) => values.get(dimension) ?? []);
    const more = own.flatMap((value) => [`${value}a`, value.slice(0, -1), value.toUpperCase()]);
    const universe = universeOf(dimension);
    const texts = [...own, ...more, ...(common[dimension] ?? ['', 'a', '7'])].filter((value) =>
      universe.values.has(value),
    );
    return fc.constantFrom(...(universe.absent ? [null] : []), ...texts).map((value) => [dimension, value] as const);
  });
  return fc
    .tuple(...drawn)
    .map(
      (pairs) => new Map(pairs.flatMap(([dimension, value]) => (value === null ? [] : [[dimension, value] as const]))),
    );
}

export function ofRoutes(
  routes: readonly Route[],
  more: object = {},
  filters: readonly object[] = [],
  clusters: readonly object[] = [],
): Walked {
  return walked(
    proxyOf({
      clusters,
      bootstrap: { node: { id: 'router~192.0.2.7~gateway.test~test.svc.cluster.local' } },
      listeners: [
        {
          name: 'http',
          address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
          filter_chains: [
            {
              filters: [
                {
                  name: 'envoy.filters.network.http_connection_manager',
                  typed_config: {
                    '@type':
                      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
                    route_config: { name: 'routes', virtual_hosts: [{ name: 'all', domains: ['*'], routes, ...more }] },
                    http_filters: [
                      ...filters,
                      {
                        name: 'envoy.filters.http.router',
                        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  );
}

export const WAY: ReachWay = {
  destination: { address: { ip: '192.0.2.7', port: 8080 }, ip: 'any', port: '8080' },
  mode: 'gateway',
  oneHop: true,
  fixed: {},
};

/** Routes that all answer by themselves, each with a status of its own. */
export function routesFrom(drawn: readonly (readonly [object, readonly HeaderMatcher[], object])[]): readonly Route[] {
  return drawn.map(([path, headers, query], index) => ({
    match: { ...path, ...query, headers },
    direct_response: { status: 200 + index },
  }));
}

const match = fc.constantFrom<object>(
  { prefix: '/' },
  { prefix: '/a' },
  { path: '/a' },
  { path: '/A', case_sensitive: false },
  { path_separated_prefix: '/a' },
  { safe_regex: { regex: '/a/[0-9]+' } },
  { path_match_policy: template('/a/{x}/**') },
);
const matchers = fc.constantFrom<readonly HeaderMatcher[]>(
  [],
  [{ name: 'x', string_match: { exact: 'a' } }],
  [{ name: 'x', string_match: { prefix: 'a' }, invert_match: true }],
  [
    {
      name: 'x',
      string_match: { safe_regex: { regex: '[0-9]+' } },
      treat_missing_header_as_empty: true,
      invert_match: true,
    },
  ],
  [{ name: 'x', present_match: false }],
  [{ name: ':method', string_match: { exact: 'POST' } }],
  [{ name: ':authority', string_match: { suffix: '.example' } }],
);
const queries = fc.constantFrom<object>(
  {},
  { query_parameters: [{ name: 'q', string_match: { exact: '7' } }] },
  { query_parameters: [{ name: 'q', present_match: true }] },
);

/** The conditions of a route. */
export const routeConditions = fc.tuple(match, matchers, queries);

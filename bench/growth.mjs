// Dumps of a gateway with many of one thing (routes, virtual hosts, endpoints, clusters, listeners, filter chains, policies, …):
// how time grows from N to 10 N.
import { writeFileSync } from 'node:fs';

const TYPE = 'type.googleapis.com/envoy';
const NETWORK = `${TYPE}.extensions.filters.network`;
const HTTP = `${TYPE}.extensions.filters.http`;

const section = (name, fields) => ({ '@type': `${TYPE}.admin.v3.${name}ConfigDump`, ...fields });
const range = (count, make) => Array.from({ length: count }, (_, index) => make(index));
export const addressOf = (n) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
const socket = (address, port) => ({ socket_address: { address, port_value: port } });

const route = (match, action = { cluster: 'c' }) => ({ match, route: action });
const host = (name, domains, routes) => ({ name, domains, routes });
const oneHost = (routes) => [host('v', ['*'], routes)];
const ANY = route({ prefix: '/' });
const weighted = (n) => ({ name: `c${n}`, weight: 1 });

const endpoint = (n) => ({ endpoint: { address: socket(addressOf(n), 80) } });
const assignment = (name, endpoints) => ({
  cluster_name: name,
  endpoints: [{ lb_endpoints: range(endpoints, endpoint) }],
});
const cluster = (name, endpoints = 1) => ({ name, type: 'STATIC', load_assignment: assignment(name, endpoints) });

const rbac = (count) => ({
  name: 'envoy.filters.http.rbac',
  typed_config: {
    '@type': `${HTTP}.rbac.v3.RBAC`,
    rules: {
      action: 'ALLOW',
      policies: Object.fromEntries(
        range(count, (n) => [
          `ns[ns]-policy[p${n}]-rule[0]`,
          {
            permissions: [{ header: { name: 'x', string_match: { exact: `v${n}` } } }],
            principals: [{ any: true }],
          },
        ]),
      ),
    },
  },
});

const manager = (httpFilters = []) => ({
  name: 'envoy.filters.network.http_connection_manager',
  typed_config: {
    '@type': `${NETWORK}.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 's',
    rds: { route_config_name: 'r' },
    http_filters: [
      ...httpFilters,
      { name: 'envoy.filters.http.router', typed_config: { '@type': `${HTTP}.router.v3.Router` } },
    ],
  },
});
const listener = (name, address, port, filters) => ({
  name,
  address: socket(address, port),
  filter_chains: [{ filters }],
});
const gateway = (httpFilters) => listener('l', '0.0.0.0', 8080, [manager(httpFilters)]);
const tcpProxy = {
  name: 'envoy.filters.network.tcp_proxy',
  typed_config: { '@type': `${NETWORK}.tcp_proxy.v3.TcpProxy`, stat_prefix: 's', cluster: 'c' },
};

/** The request that meets number n, whatever there is much of. */
export const REQUEST = (n) => ({ url: `http://h${n}.test:8080/p${n}/x`, headers: { x: `v${n}` } });

/** What there can be many of: what the dump has of it, where that is not one of each. */
export const KINDS = {
  routes: (count) => ({ hosts: oneHost(range(count, (n) => route({ path: `/p${n}/x` }))) }),
  'header routes': (count) => ({
    hosts: oneHost(
      range(count, (n) => route({ prefix: '/', headers: [{ name: 'x', string_match: { exact: `v${n}` } }] })),
    ),
  }),
  'routes by expressions': (count) => ({
    hosts: oneHost(range(count, (n) => route({ safe_regex: { regex: `/p${n}/[^/]+` } }))),
  }),
  'query routes': (count) => ({
    hosts: oneHost(
      range(count, (n) => route({ prefix: '/', query_parameters: [{ name: 'q', string_match: { exact: `v${n}` } }] })),
    ),
  }),
  'contains routes': (count) => ({
    hosts: oneHost(
      range(count, (n) => route({ prefix: '/', headers: [{ name: 'x', string_match: { contains: `v${n}.` } }] })),
    ),
  }),
  'virtual hosts': (count) => ({
    hosts: range(count, (n) => host(`v${n}`, [`h${n}.test`, `h${n}.test:8080`], [ANY])),
  }),
  'weighted clusters': (count) => ({
    hosts: oneHost([route({ prefix: '/' }, { weighted_clusters: { clusters: range(count, weighted) } })]),
    clusters: range(count, (n) => cluster(`c${n}`)),
  }),
  endpoints: (count) => ({ clusters: [cluster('c', count)] }),
  'endpoints by EDS': (count) => ({ clusters: [{ name: 'c', type: 'EDS' }], assignments: [assignment('c', count)] }),
  clusters: (count) => ({
    clusters: [cluster('c'), ...range(count, (n) => ({ name: `outbound|80||h${n}.test`, type: 'EDS' }))],
    assignments: range(count, (n) => assignment(`outbound|80||h${n}.test`, 1)),
  }),
  listeners: (count) => ({
    listeners: [gateway(), ...range(count, (n) => listener(`l${n}`, addressOf(n), 80, [tcpProxy]))],
  }),
  'filter chains': (count) => ({
    listeners: [
      gateway(),
      {
        name: 'tls',
        address: socket('0.0.0.0', 8443),
        listener_filters: [
          {
            name: 'envoy.filters.listener.tls_inspector',
            typed_config: { '@type': `${TYPE}.extensions.filters.listener.tls_inspector.v3.TlsInspector` },
          },
        ],
        filter_chains: range(count, (n) => ({
          filter_chain_match: { server_names: [`h${n}.test`] },
          filters: [tcpProxy],
        })),
      },
    ],
    url: 'https://h1.test:8443/',
  }),
  policies: (count) => ({ listeners: [gateway([rbac(count)])] }),
  secrets: (count) => ({
    secrets: range(count, (n) => ({
      name: `kubernetes://s${n}`,
      last_updated: '2026-01-01T00:00:00Z',
      secret: {
        '@type': `${TYPE}.extensions.transport_sockets.tls.v3.Secret`,
        name: `kubernetes://s${n}`,
        generic_secret: { secret: { inline_string: '[redacted]' } },
      },
    })),
  }),
};

/**
 * Writes the dump.
 * @returns the request for a trace that meets one of the many
 */
export function writeGrowing(file, kind, count) {
  const many = KINDS[kind](count);
  const { hosts = oneHost([ANY]), clusters = [cluster('c')], listeners = [gateway()] } = many;
  const { assignments = [], secrets = [], url = REQUEST(1).url } = many;
  const configs = [
    section('Bootstrap', { bootstrap: { node: { id: 'router~10.0.0.1~gateway.ns~ns.svc.cluster.local' } } }),
    section('Clusters', { dynamic_active_clusters: clusters.map((one) => ({ cluster: one })) }),
    section('Listeners', {
      dynamic_listeners: listeners.map((one) => ({ name: one.name, active_state: { listener: one } })),
    }),
    section('Routes', { dynamic_route_configs: [{ route_config: { name: 'r', virtual_hosts: hosts } }] }),
    section('Endpoints', { dynamic_endpoint_configs: assignments.map((one) => ({ endpoint_config: one })) }),
    section('Secrets', { dynamic_active_secrets: secrets }),
  ];
  writeFileSync(file, JSON.stringify({ configs }));
  return url;
}

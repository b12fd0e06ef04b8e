// Dumps of a gateway with many routes, virtual hosts or endpoints: how time grows from N to 10 N.
import { writeFileSync } from 'node:fs';

const TYPE = 'type.googleapis.com/envoy';
const section = (name, fields) => ({ '@type': `${TYPE}.admin.v3.${name}ConfigDump`, ...fields });

const route = (match) => ({ match, route: { cluster: 'c' } });
const host = (name, domains, routes) => ({ name, domains, routes });
const header = (name, exact) => ({ prefix: '/', headers: [{ name, string_match: { exact } }] });
const range = (count, make) => Array.from({ length: count }, (_, index) => make(index));

/** What there can be many of: virtual hosts and endpoints of a dump with so many. */
export const KINDS = {
  'header routes': (count) => ({
    hosts: [
      host(
        'v',
        ['*'],
        range(count, (n) => route(header('x', `v${n}`))),
      ),
    ],
    endpoints: 1,
  }),
  'virtual hosts': (count) => ({
    hosts: range(count, (n) => host(`v${n}`, [`h${n}.test`, `h${n}.test:8080`], [route({ prefix: '/' })])),
    endpoints: 1,
  }),
  endpoints: (count) => ({ hosts: [host('v', ['*'], [route({ prefix: '/' })])], endpoints: count }),
};

const endpoint = (n) => ({
  endpoint: {
    address: { socket_address: { address: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, port_value: 80 } },
  },
});

export function writeGrowing(file, kind, count) {
  const { hosts, endpoints } = KINDS[kind](count);
  const manager = {
    '@type': `${TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    rds: { route_config_name: 'r' },
    http_filters: [{ name: 'router', typed_config: { '@type': `${TYPE}.extensions.filters.http.router.v3.Router` } }],
  };
  const listener = {
    name: 'l',
    address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
    filter_chains: [{ filters: [{ name: 'hcm', typed_config: manager }] }],
  };
  const cluster = {
    name: 'c',
    type: 'STATIC',
    load_assignment: { cluster_name: 'c', endpoints: [{ lb_endpoints: range(endpoints, endpoint) }] },
  };
  const configs = [
    section('Bootstrap', { bootstrap: { node: { id: 'router~10.0.0.1~gateway.ns~ns.svc.cluster.local' } } }),
    section('Clusters', { dynamic_active_clusters: [{ cluster }] }),
    section('Listeners', { dynamic_listeners: [{ name: 'l', active_state: { listener } }] }),
    section('Routes', { dynamic_route_configs: [{ route_config: { name: 'r', virtual_hosts: hosts } }] }),
  ];
  writeFileSync(file, JSON.stringify({ configs }));
}

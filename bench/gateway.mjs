// A gateway with as many routes as are wanted, as HTTPRoutes and VirtualServices of many teams make them.
import { writeFileSync } from 'node:fs';

const TYPE = 'type.googleapis.com/';
const CLUSTERS = 50;

function matchOf(number, every) {
  if (number % every === every - 1) return { safe_regex: { regex: `/api/v[0-9]+/svc${number}/(items|users)/[a-z]+` } };
  if (number % 3 === 0) return { path: `/shop/item${number}/view` };
  return number % 3 === 1
    ? { prefix: `/team${number % 40}/app${number}/` }
    : { path_separated_prefix: `/svc${number}` };
}

function routes(count, regexes) {
  const every = Math.floor(count / regexes);
  const own = Array.from({ length: count }, (_, number) => ({
    name: `r${number}`,
    match: {
      ...matchOf(number, every),
      headers: number % 7 === 3 ? [{ name: 'x-tenant', string_match: { exact: `t${number % 20}` } }] : [],
    },
    route: { cluster: `c${number % CLUSTERS}` },
  }));
  return [...own, { name: 'default', match: { prefix: '/' }, route: { cluster: 'c0' } }];
}

/** Writes a config_dump of a gateway with so many routes, of which so many are regular expressions. */
export function writeGateway(path, count, regexes) {
  const manager = {
    '@type': `${TYPE}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'gateway',
    rds: { route_config_name: 'http.8080', config_source: { ads: {} } },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': `${TYPE}envoy.extensions.filters.http.router.v3.Router` },
      },
    ],
  };
  const listener = {
    '@type': `${TYPE}envoy.config.listener.v3.Listener`,
    name: '0.0.0.0_8080',
    address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
    filter_chains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] }],
    traffic_direction: 'OUTBOUND',
  };
  const endpoint = (number) => ({ address: { socket_address: { address: `10.0.0.${number + 1}`, port_value: 80 } } });
  const clusters = Array.from({ length: CLUSTERS }, (_, number) => ({
    cluster: {
      '@type': `${TYPE}envoy.config.cluster.v3.Cluster`,
      name: `c${number}`,
      type: 'STATIC',
      load_assignment: { cluster_name: `c${number}`, endpoints: [{ lb_endpoints: [{ endpoint: endpoint(number) }] }] },
    },
  }));
  const id = 'router~10.9.0.1~gateway-1.infra~infra.svc.cluster.local';
  const node = { id, cluster: 'gateway.infra', metadata: { NAME: 'gateway-1', NAMESPACE: 'infra' } };
  const table = { name: 'all', domains: ['shop.example.com'], routes: routes(count, regexes) };
  const configs = [
    { '@type': `${TYPE}envoy.admin.v3.BootstrapConfigDump`, bootstrap: { node } },
    { '@type': `${TYPE}envoy.admin.v3.ClustersConfigDump`, static_clusters: clusters },
    {
      '@type': `${TYPE}envoy.admin.v3.ListenersConfigDump`,
      dynamic_listeners: [{ name: listener.name, active_state: { listener } }],
    },
    {
      '@type': `${TYPE}envoy.admin.v3.RoutesConfigDump`,
      dynamic_route_configs: [
        {
          route_config: {
            '@type': `${TYPE}envoy.config.route.v3.RouteConfiguration`,
            name: 'http.8080',
            virtual_hosts: [table],
          },
        },
      ],
    },
  ];
  writeFileSync(path, JSON.stringify({ configs }));
}

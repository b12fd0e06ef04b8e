/** A config_dump of one listener on port 8080 whose connection manager has these routes. */
type Json = Readonly<Record<string, unknown>>;

const TYPE = 'type.googleapis.com/envoy';
const MANAGER = `${TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`;

export interface SmallDump {
  readonly nodeType?: 'router' | 'sidecar';
  /** Fields of the connection manager beyond its routes. */
  readonly manager?: Json;
  readonly virtualHosts: readonly Json[];
  /** HTTP filters in front of the router. */
  readonly filters?: readonly Json[];
  /** Names of clusters, each with one STATIC endpoint. */
  readonly clusters?: readonly string[];
}

export function smallDump({ nodeType = 'router', manager = {}, virtualHosts, filters = [], clusters = [] }: SmallDump) {
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: { '@type': `${TYPE}.extensions.filters.http.router.v3.Router` },
  };
  const connectionManager = {
    '@type': MANAGER,
    stat_prefix: 'x',
    route_config: { name: 'local', virtual_hosts: virtualHosts },
    http_filters: [...filters, router],
    ...manager,
  };
  const listener = {
    '@type': `${TYPE}.config.listener.v3.Listener`,
    name: 'web',
    address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
    filter_chains: [
      { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: connectionManager }] },
    ],
  };
  const id = `${nodeType}~10.0.0.1~web-1.ns~ns.svc.cluster.local`;
  return {
    configs: [
      { '@type': `${TYPE}.admin.v3.BootstrapConfigDump`, bootstrap: { node: { id, cluster: 'x' } } },
      {
        '@type': `${TYPE}.admin.v3.ClustersConfigDump`,
        dynamic_active_clusters: clusters.map((name) => ({ cluster: clusterOf(name) })),
      },
      {
        '@type': `${TYPE}.admin.v3.ListenersConfigDump`,
        dynamic_listeners: [{ name: 'web', active_state: { listener } }],
      },
      { '@type': `${TYPE}.admin.v3.RoutesConfigDump`, dynamic_route_configs: [] },
    ],
  };
}

function clusterOf(name: string): Json {
  const address = { socket_address: { address: '10.9.9.9', port_value: 80 } };
  return {
    '@type': `${TYPE}.config.cluster.v3.Cluster`,
    name,
    type: 'STATIC',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}

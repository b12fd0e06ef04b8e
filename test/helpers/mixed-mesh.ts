/** Small meshes of sidecars, gateways, waypoints and ztunnels together, written as snapshots. */
import { TraceSession } from '../../src/lib/session/trace-session';
import { openSnapshot } from '../../src/lib/source/snapshot';
import type { Trace } from '../../src/lib/trace/model';
import type { TraceQuery } from '../../src/lib/trace/request/query';
import type { ZtunnelPolicy, ZtunnelService, ZtunnelWorkload } from '../../src/lib/ztunnel/resources';
import { temporaryDirectory } from './temporary-directory';

const V3 = 'type.googleapis.com/envoy.config';
const FILTERS = 'type.googleapis.com/envoy.extensions.filters';

/** An endpoint of a cluster, as istiod writes it. */
export type SmallEndpoint = object;

/** A pod that is called in plain text, or by the mutual TLS of sidecars. */
export function plainEndpoint(ip: string, port: number): SmallEndpoint {
  return { endpoint: { address: { socket_address: { address: ip, port_value: port } } } };
}

/**
 * A pod that is called by HBONE.
 * @param waypoint `IP:15008` of the waypoint that stands before it
 */
export function hboneEndpoint(address: string, waypoint?: string): SmallEndpoint {
  return {
    endpoint: {
      address: { envoy_internal_address: { server_listener_name: 'connect_originate', endpoint_id: address } },
    },
    metadata: {
      filter_metadata: {
        'envoy.filters.listener.original_dst': { local: address, ...(waypoint === undefined ? {} : { waypoint }) },
        'envoy.transport_socket_match': { tunnel: 'http' },
      },
    },
  };
}

/**
 * Pods of another network, by its gateway: a tunnel in a tunnel, as istiod has waypoints make it.
 * @param address of the gateway, `IP:PORT`
 * @param service what the tunnels are for, `HOST:PORT`
 */
export function farEndpoint(address: string, service: string): SmallEndpoint {
  const internal = { server_listener_name: 'inner_connect_originate', endpoint_id: address };
  return {
    endpoint: { address: { envoy_internal_address: internal } },
    metadata: {
      filter_metadata: {
        'envoy.filters.listener.original_dst': { local: address },
        'envoy.transport_socket_match': { tunnel: 'http' },
        istio: { double_hbone: { hbone_target_address: service } },
      },
    },
  };
}

/** What a waypoint has beside the rest for pods of other networks. */
export function doubleHbone(): NonNullable<SmallEnvoy['more']> {
  const authority = '%DYNAMIC_METADATA(istio:double_hbone:hbone_target_address)%';
  const originate = (which: string, cluster: string): object =>
    internal(which, tcpProxy(cluster, { tunneling_config: { hostname: authority } }));
  const passes = (name: string): object => ({ kind: { host: {} }, name });
  return {
    listeners: [
      originate('inner_connect_originate', 'inner_connect_originate'),
      originate('outer_connect_originate', 'outer_connect_originate'),
    ],
    clusters: [
      {
        name: 'inner_connect_originate',
        type: 'STATIC',
        load_assignment: {
          cluster_name: 'inner_connect_originate',
          endpoints: [
            {
              lb_endpoints: [
                {
                  endpoint: {
                    address: { envoy_internal_address: { server_listener_name: 'outer_connect_originate' } },
                  },
                },
              ],
            },
          ],
        },
        transport_socket: {
          name: 'internal_upstream',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport',
            passthrough_metadata: [passes('envoy.filters.listener.original_dst'), passes('istio')],
            transport_socket: tlsSocket('Upstream'),
          },
        },
      },
      {
        name: 'outer_connect_originate',
        type: 'ORIGINAL_DST',
        lb_policy: 'CLUSTER_PROVIDED',
        original_dst_lb_config: {
          metadata_key: { key: 'envoy.filters.listener.original_dst', path: [{ key: 'local' }] },
        },
        transport_socket: tlsSocket('Upstream'),
      },
    ],
  };
}

export interface SmallEnvoy {
  readonly name: string;
  readonly ip: string;
  readonly type: 'sidecar' | 'router' | 'waypoint';
  /** Where requests go that it sends on. */
  readonly endpoints: readonly SmallEndpoint[];
  readonly listeners?: readonly object[];
  /** Beside those that every one has. */
  readonly more?: { readonly clusters: readonly object[]; readonly listeners: readonly object[] };
}

const SERVICE_CLUSTER = 'outbound|80||app.shop.svc.cluster.local';

function tlsSocket(type: 'Upstream' | 'Downstream', more: object = {}): object {
  const common = { tls_certificate_sds_secret_configs: [{ name: 'default' }], alpn_protocols: ['h2'] };
  const typed = {
    '@type': `type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.${type}TlsContext`,
    common_tls_context: common,
    ...more,
  };
  return { name: 'tls', typed_config: typed };
}

function tcpProxy(cluster: string, more: object = {}): object {
  const typed = { '@type': `${FILTERS}.network.tcp_proxy.v3.TcpProxy`, stat_prefix: cluster, cluster, ...more };
  return { name: 'envoy.filters.network.tcp_proxy', typed_config: typed };
}

/** An HTTP connection manager that sends everything to one cluster. */
export function manager(cluster: string, options: { readonly connect?: true } = {}): object {
  const isConnect = options.connect === true;
  const route = isConnect
    ? {
        match: { connect_matcher: {} },
        route: { cluster, upgrade_configs: [{ upgrade_type: 'CONNECT', connect_config: {} }] },
      }
    : { match: { prefix: '/' }, route: { cluster } };
  const router = { '@type': `${FILTERS}.http.router.v3.Router` };
  const state = {
    '@type': `${FILTERS}.http.set_filter_state.v3.Config`,
    on_request_headers: [
      {
        object_key: 'envoy.filters.listener.original_dst.local_ip',
        format_string: { text_format_source: { inline_string: '%REQ(:AUTHORITY)%' } },
        shared_with_upstream: 'ONCE',
      },
    ],
  };
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': `${FILTERS}.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: cluster,
      route_config: { name: 'default', virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route] }] },
      ...(isConnect
        ? { upgrade_configs: [{ upgrade_type: 'CONNECT' }], http2_protocol_options: { allow_connect: true } }
        : {}),
      http_filters: [
        ...(isConnect ? [{ name: 'connect_authority', typed_config: state }] : []),
        { name: 'envoy.filters.http.router', typed_config: router },
      ],
    },
  };
}

export function listener(name: string, ip: string, port: number, filter: object, more: object = {}): object {
  return {
    name,
    address: { socket_address: { address: ip, port_value: port } },
    filter_chains: [{ filters: [filter] }],
    ...more,
  };
}

function internal(name: string, filter: object): object {
  const original = { '@type': `${FILTERS}.listener.original_dst.v3.OriginalDst` };
  return {
    name,
    filter_chains: [{ filters: [filter] }],
    internal_listener: {},
    listener_filters: [{ name: 'envoy.filters.listener.original_dst', typed_config: original }],
  };
}

const HBONE_SOCKET = {
  name: 'internal_upstream',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport',
    passthrough_metadata: [
      { kind: { host: {} }, name: 'envoy.filters.listener.original_dst' },
      { kind: { host: {} }, name: 'istio' },
    ],
    transport_socket: { name: 'raw_buffer' },
  },
};

function clustersOf({ endpoints, more }: SmallEnvoy): readonly object[] {
  return [
    {
      name: SERVICE_CLUSTER,
      type: 'STATIC',
      load_assignment: { cluster_name: SERVICE_CLUSTER, endpoints: [{ lb_endpoints: endpoints }] },
      transport_socket_matches: [
        { name: 'hbone', match: { tunnel: 'http' }, transport_socket: HBONE_SOCKET },
        { name: 'tlsMode-disabled', match: {}, transport_socket: { name: 'raw_buffer' } },
      ],
    },
    {
      name: 'connect_originate',
      type: 'ORIGINAL_DST',
      lb_policy: 'CLUSTER_PROVIDED',
      original_dst_lb_config: {
        upstream_port_override: 15008,
        metadata_key: { key: 'envoy.filters.listener.original_dst', path: [{ key: 'waypoint' }] },
      },
      transport_socket: tlsSocket('Upstream'),
    },
    {
      name: 'main_internal',
      type: 'STATIC',
      load_assignment: {
        cluster_name: 'main_internal',
        endpoints: [
          {
            lb_endpoints: [
              { endpoint: { address: { envoy_internal_address: { server_listener_name: 'main_internal' } } } },
            ],
          },
        ],
      },
    },
    { name: 'inbound', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' },
    ...(more?.clusters ?? []),
  ];
}

const CONNECT_ORIGINATE = internal(
  'connect_originate',
  tcpProxy('connect_originate', { tunneling_config: { hostname: '%DOWNSTREAM_LOCAL_ADDRESS%' } }),
);

/** What a proxy of each type listens on: a sidecar takes plain text in. */
function listenersOf({ type, listeners = [], more }: SmallEnvoy): readonly object[] {
  const own = {
    sidecar: [
      listener('virtualOutbound', '0.0.0.0', 15001, manager(SERVICE_CLUSTER), { use_original_dst: true }),
      listener('virtualInbound', '0.0.0.0', 15006, tcpProxy('inbound'), {
        use_original_dst: true,
        traffic_direction: 'INBOUND',
      }),
    ],
    router: [listener('0.0.0.0_8080', '0.0.0.0', 8080, manager(SERVICE_CLUSTER))],
    waypoint: [
      {
        ...listener('connect_terminate', '0.0.0.0', 15008, {}),
        filter_chains: [
          {
            filters: [manager('main_internal', { connect: true })],
            transport_socket: tlsSocket('Downstream', { require_client_certificate: true }),
          },
        ],
      },
      internal('main_internal', manager(SERVICE_CLUSTER)),
    ],
  }[type];
  return [...(listeners.length > 0 ? listeners : own), CONNECT_ORIGINATE, ...(more?.listeners ?? [])];
}

function dumpOf(envoy: SmallEnvoy): object {
  const { name, ip, type } = envoy;
  const node = {
    id: `${type}~${ip}~${name}.shop~shop.svc.cluster.local`,
    metadata: { NAMESPACE: 'shop', SERVICE_ACCOUNT: name },
  };
  return {
    configs: [
      { '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', bootstrap: { node } },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        dynamic_active_clusters: clustersOf(envoy).map((cluster) => ({
          cluster: { '@type': `${V3}.cluster.v3.Cluster`, ...cluster },
        })),
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
        dynamic_listeners: listenersOf(envoy).map((one) => ({
          name: (one as { name: string }).name,
          active_state: { listener: { '@type': `${V3}.listener.v3.Listener`, ...one } },
        })),
      },
      { '@type': 'type.googleapis.com/envoy.admin.v3.RoutesConfigDump' },
    ],
  };
}

/** A workload of namespace shop on node n1; a pod that speaks HBONE unless said otherwise. */
export function workload(name: string, ip: string, more: Partial<ZtunnelWorkload> = {}): ZtunnelWorkload {
  return {
    uid: `Kubernetes//Pod/shop/${name}`,
    name,
    namespace: 'shop',
    workloadIps: [ip],
    protocol: 'HBONE',
    network: '',
    serviceAccount: name,
    trustDomain: 'cluster.local',
    node: 'n1',
    ...more,
  };
}

/** A Kubernetes Service of namespace shop: port 80 of its VIP is port 8080 of each of these. */
export function service(
  name: string,
  vip: string,
  behind: readonly ZtunnelWorkload[],
  more: Partial<ZtunnelService> = {},
): ZtunnelService {
  return {
    name,
    namespace: 'shop',
    hostname: `${name}.shop.svc.cluster.local`,
    vips: [`/${vip}`],
    ports: { 80: 8080 },
    canonical: true,
    endpoints: Object.fromEntries(
      behind.map(({ uid = '' }) => [uid, { workloadUid: uid, port: { 80: 8080 } }] as const),
    ),
    ...more,
  };
}

export interface SmallMesh {
  readonly envoys?: readonly SmallEnvoy[];
  readonly workloads: readonly ZtunnelWorkload[];
  readonly services?: readonly ZtunnelService[];
  readonly policies?: readonly ZtunnelPolicy[];
  /** Names of the pods that the ztunnel serves. */
  readonly captured: readonly string[];
  readonly network?: string;
  /** States of certificates by pod. */
  readonly certificates?: Readonly<Record<string, string>>;
  /** Service accounts by pod, as the CNI told ztunnel, where they are not those of the workloads. */
  readonly accounts?: Readonly<Record<string, string>>;
}

/** A ztunnel's dump of a mesh. */
export function ztunnelDump(mesh: SmallMesh): object {
  const { workloads, services = [], policies = [], captured, network = '', accounts = {}, certificates = {} } = mesh;
  const serves = workloads.filter(({ name = '' }) => captured.includes(name));
  return {
    workloads,
    services,
    policies,
    certificates: Object.entries(certificates).map(([name, state]) => {
      return { identity: `spiffe://cluster.local/ns/shop/sa/${name}`, state };
    }),
    config: { network, clusterDomain: 'cluster.local', localNode: 'n1' },
    workloadState: Object.fromEntries(
      serves.map(({ name = '', namespace, trustDomain, serviceAccount }) => [
        `uid-${name}`,
        {
          state: 'Up',
          connections: { inbound: [], outbound: [] },
          info: { name, namespace, trustDomain, serviceAccount: accounts[name] ?? serviceAccount },
        },
      ]),
    ),
  };
}

export interface TracedPod {
  readonly pod: string;
  readonly query: TraceQuery;
  readonly allBranches?: boolean;
}

/** Writes a mesh as a snapshot; lists of Kubernetes objects where they are given. */
export function writeMesh(
  mesh: SmallMesh,
  lists: Readonly<Record<string, readonly object[]>> = {},
): ReturnType<typeof temporaryDirectory> {
  const directory = temporaryDirectory();
  if (mesh.captured.length > 0) {
    directory.write('ztunnels/istio-system/ztunnel-a/config_dump.json', JSON.stringify(ztunnelDump(mesh)));
  }
  for (const envoy of mesh.envoys ?? []) {
    directory.write(`proxies/shop/${envoy.name}/config_dump.json`, JSON.stringify(dumpOf(envoy)));
  }
  for (const [kind, items] of Object.entries(lists)) {
    directory.write(`kubernetes/${kind}.json`, JSON.stringify({ kind: 'List', items }));
  }
  return directory;
}

/** Traces one request in a small mesh. */
export async function traceIn(
  mesh: SmallMesh,
  { pod, query, allBranches = false }: TracedPod,
  lists: Readonly<Record<string, readonly object[]>> = {},
): Promise<Trace> {
  const directory = writeMesh(mesh, lists);
  try {
    const source = await openSnapshot(directory.path, { namespace: null, selector: null, note: () => undefined });
    const tracer = await new TraceSession(source).open(`${pod}.shop`);
    return await tracer.trace(query, { allBranches, explain: false });
  } finally {
    directory.remove();
  }
}

/** The listeners of a pod's Envoy, in the shapes that istiod pushes. */
import { accessLog, type LogLine } from '../rig/access-log';
import { fromFile } from '../rig/envoy';
import { extension, type Message, typed } from '../generate/message';
import type { MeshPlan, PodPlan, PortPlan } from './plan';
import { clusterName } from './routes';
import { downstreamTls } from './tls';

const HTTP = 'envoy.extensions.filters.http';
const NETWORK = 'envoy.extensions.filters.network';
const LISTENER_FILTER = 'envoy.extensions.filters.listener';
const SIDECAR_PROTOCOLS = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'];

export function makeListeners(plan: MeshPlan, pod: PodPlan, directory: string): readonly Message[] {
  const maker = new Listeners(
    directory,
    plan.outboundPolicy === 'ALLOW_ANY' ? 'PassthroughCluster' : 'BlackHoleCluster',
  );
  const httpPorts = [...new Set(plan.services.filter(({ http }) => http).map(({ port }) => port))];
  const tcp = plan.services.filter(({ http }) => !http);
  return [
    maker.virtualOutbound(),
    maker.virtualInbound(pod),
    ...httpPorts.map((port) => maker.httpPort(port)),
    ...tcp.map((service) => maker.tcpService(service.ip, service.port, clusterName(service, ''))),
  ];
}

class Listeners {
  readonly #directory: string;
  readonly #unknown: string;

  /** `unknown` is the cluster for destinations that no service has. */
  constructor(directory: string, unknown: string) {
    this.#directory = directory;
    this.#unknown = unknown;
  }

  virtualOutbound(): Message {
    const name = 'virtualOutbound';
    const chains = [
      {
        name: `${name}-blackhole`,
        filter_chain_match: { destination_port: 15001 },
        filters: [this.#tcp(name, 'BlackHoleCluster')],
      },
      { name: `${name}-catchall-tcp`, filters: [this.#tcp(name, this.#unknown)] },
    ];
    return this.#listener(name, ['0.0.0.0', 15001], chains, { use_original_dst: true, traffic_direction: 'OUTBOUND' });
  }

  httpPort(port: number): Message {
    const name = `0.0.0.0_${port}`;
    const rds = { route_config_name: `${port}`, config_source: fromFile(`${this.#directory}/rds-${port}.json`) };
    const chain = {
      name,
      filter_chain_match: { transport_protocol: 'raw_buffer', application_protocols: ['http/1.0', 'http/1.1', 'h2c'] },
      filters: [this.#http(name, `${port}`, { rds }, [])],
    };
    const fallback = { name: 'PassthroughFilterChain', filters: [this.#tcp(name, this.#unknown)] };
    const more = { bind_to_port: false, default_filter_chain: fallback, listener_filters: inspectors() };
    return this.#listener(name, ['0.0.0.0', port], [chain], { ...more, traffic_direction: 'OUTBOUND' });
  }

  tcpService(ip: string, port: number, cluster: string): Message {
    const name = `${ip}_${port}`;
    const chains = [{ filters: [this.#tcp(name, cluster)] }];
    return this.#listener(name, [ip, port], chains, { bind_to_port: false, traffic_direction: 'OUTBOUND' });
  }

  virtualInbound(pod: PodPlan): Message {
    const name = 'virtualInbound';
    const pass = (): readonly Message[] => [this.#tcp(name, 'InboundPassthroughCluster')];
    const istio = { transport_protocol: 'tls', application_protocols: SIDECAR_PROTOCOLS };
    const chains = [
      {
        name: `${name}-blackhole`,
        filter_chain_match: { destination_port: 15006 },
        filters: [this.#tcp(name, 'BlackHoleCluster')],
      },
      ...pod.ports.flatMap((port) => this.#inboundChains(port)),
      { name, filter_chain_match: istio, transport_socket: downstreamTls(this.#directory, false), filters: pass() },
      { name: `${name}-passthrough-tls`, filter_chain_match: { transport_protocol: 'tls' }, filters: pass() },
      { name: `${name}-catchall`, filter_chain_match: { transport_protocol: 'raw_buffer' }, filters: pass() },
    ];
    const original = extension('envoy.filters.listener.original_dst', `${LISTENER_FILTER}.original_dst.v3.OriginalDst`);
    const more = { listener_filters: [original, ...inspectors()], traffic_direction: 'INBOUND' };
    return this.#listener(name, ['0.0.0.0', 15006], chains, more);
  }

  #inboundChains(plan: PortPlan): readonly Message[] {
    const { port, http, mtls } = plan;
    const name = `0.0.0.0_${port}`;
    const istio = mtls === 'permissive' ? { application_protocols: SIDECAR_PROTOCOLS } : {};
    const tls = {
      name,
      filter_chain_match: { destination_port: port, transport_protocol: 'tls', ...istio },
      transport_socket: downstreamTls(this.#directory, http),
      filters: this.#inboundFilters(plan),
    };
    const match = { destination_port: port, transport_protocol: 'raw_buffer' };
    const plain = { name: `${name}-plain`, filter_chain_match: match, filters: this.#inboundFilters(plan) };
    return { strict: [tls], permissive: [tls, plain], disable: [plain] }[mtls];
  }

  #inboundFilters({ port, http, rbac }: PortPlan): readonly Message[] {
    const listener = 'virtualInbound';
    const cluster = `inbound|${port}||`;
    if (!http) {
      const type = `${NETWORK}.rbac.v3.RBAC`;
      const guards = rbac.map((rules) => extension('envoy.filters.network.rbac', type, { stat_prefix: 'tcp.', rules }));
      return [...guards, this.#tcp(listener, cluster)];
    }
    const routes = [{ name: 'default', match: { prefix: '/' }, route: { cluster, timeout: '0s' } }];
    const host = { name: `inbound|http|${port}`, domains: ['*'], routes };
    const config = { name: cluster, virtual_hosts: [host], validate_clusters: false };
    const guards = rbac.map((rules) => extension('envoy.filters.http.rbac', `${HTTP}.rbac.v3.RBAC`, { rules }));
    return [this.#http(listener, cluster, { route_config: config }, guards)];
  }

  #listener(
    name: string,
    [address, port]: readonly [string, number],
    chains: readonly Message[],
    more: Message,
  ): Message {
    return {
      ...typed('envoy.config.listener.v3.Listener'),
      name,
      address: { socket_address: { address, port_value: port } },
      filter_chains: chains,
      listener_filters_timeout: '1s',
      continue_on_listener_filters_timeout: true,
      access_log: this.#log('listener', name),
      ...more,
    };
  }

  #log(by: LogLine['by'], listener: string, routes: string | null = null): readonly Message[] {
    return accessLog(`${this.#directory}/access.log`, by, listener, routes);
  }

  #tcp(listener: string, cluster: string): Message {
    const fields = { stat_prefix: cluster, cluster, access_log: this.#log('tcp', listener) };
    return extension('envoy.filters.network.tcp_proxy', `${NETWORK}.tcp_proxy.v3.TcpProxy`, fields);
  }

  #http(listener: string, name: string, routes: Message, filters: readonly Message[]): Message {
    const type = `${NETWORK}.http_connection_manager.v3.HttpConnectionManager`;
    return extension('envoy.filters.network.http_connection_manager', type, {
      stat_prefix: listener,
      ...routes,
      http_filters: [...filters, extension('envoy.filters.http.router', `${HTTP}.router.v3.Router`)],
      normalize_path: true,
      use_remote_address: false,
      forward_client_cert_details: 'APPEND_FORWARD',
      access_log: this.#log('http', listener, name),
    });
  }
}

function inspectors(): readonly Message[] {
  return [
    extension('envoy.filters.listener.tls_inspector', `${LISTENER_FILTER}.tls_inspector.v3.TlsInspector`),
    extension('envoy.filters.listener.http_inspector', `${LISTENER_FILTER}.http_inspector.v3.HttpInspector`),
  ];
}

/** One proxy made of resources as Envoy's API has them, and a request walked through it. */
import { ConfigDump } from '../../src/lib/envoy/config-dump';
import type { ClusterStatus } from '../../src/lib/envoy/endpoint';
import { ProxyConfig } from '../../src/lib/envoy/proxy-config';
import { causeText, toldHop } from '../../src/lib/explain/telling/tell-trace';
import { Decisions } from '../../src/lib/trace/decisions';
import { connectionOf, contentOf } from '../../src/lib/trace/journey/place';
import { walkHop } from '../../src/lib/trace/walk-hop';
import type { Forward, HopContext } from '../../src/lib/trace/hop/context';
import { HopRecord } from '../../src/lib/trace/hop/record';
import type { EntryPoint } from '../../src/lib/trace/hop/context';
import type { Hop, IpPort, Outcome, Step } from '../../src/lib/trace/model';
import { DELIVERED } from '../../src/lib/trace/outcome';
import { planRequest } from '../../src/lib/trace/request/plan';
import type { TraceQuery } from '../../src/lib/trace/request/query';
import { contextOf, sectionOf } from './filters';

export interface Resources {
  readonly listeners?: readonly object[];
  readonly clusters?: readonly object[];
  readonly routes?: readonly object[];
  readonly endpoints?: readonly object[];
  readonly bootstrap?: object;
  readonly scopes?: readonly { readonly name: string; readonly scoped_route_configs: readonly object[] }[];
}

export function proxyOf(resources: Resources, statuses: readonly ClusterStatus[] | null = null): ProxyConfig {
  const wrapped = (field: string, list: readonly object[] | undefined): readonly object[] =>
    (list ?? []).map((one) => ({ [field]: one }));
  const sections = [
    sectionOf('ListenersConfigDump', 'static_listeners', wrapped('listener', resources.listeners)),
    sectionOf('ClustersConfigDump', 'static_clusters', wrapped('cluster', resources.clusters)),
    sectionOf('RoutesConfigDump', 'dynamic_route_configs', wrapped('route_config', resources.routes)),
    sectionOf('EndpointsConfigDump', 'dynamic_endpoint_configs', wrapped('endpoint_config', resources.endpoints)),
    sectionOf('ScopedRoutesConfigDump', 'dynamic_scoped_route_configs', resources.scopes ?? []),
    { ...sectionOf('BootstrapConfigDump', 'none', []), fields: { bootstrap: resources.bootstrap ?? {} } },
  ];
  return new ProxyConfig(new ConfigDump({ kind: 'config_dump', label: 'test', sections }), statuses, null);
}

const TYPE = 'type.googleapis.com/';

/** A listener on 10.0.0.2:8080 with one chain. */
export function listenerOf(filters: readonly object[], more: object = {}, chain: object = {}): object {
  return {
    name: 'l',
    address: { socket_address: { address: '10.0.0.2', port_value: 8080 } },
    filter_chains: [{ name: 'chain', filters, ...chain }],
    ...more,
  };
}

export function typed(name: string, type: string, config: object = {}): { name: string; typed_config: object } {
  return { name, typed_config: { '@type': TYPE + type, ...config } };
}

export function tcpProxy(config: object): object {
  return typed('tcp', 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', { stat_prefix: 'tcp', ...config });
}

const ROUTER = typed('router', 'envoy.extensions.filters.http.router.v3.Router');

export function manager(config: object): object {
  return typed('hcm', 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: 'http',
    http_filters: [ROUTER],
    ...config,
  });
}

/** A manager with one virtual host for everything, with these routes. */
export function routing(routes: readonly object[], virtualHost: object = {}, configuration: object = {}): object {
  return manager({
    route_config: {
      name: 'rc',
      virtual_hosts: [{ name: 'vh', domains: ['*'], routes, ...virtualHost }],
      ...configuration,
    },
  });
}

export interface HostSpec {
  readonly port: number;
  readonly health?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly zone?: string;
  readonly zoneWeight?: number;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly tlsMode?: string;
}

/** A static cluster whose hosts are on 10.0.1.1, told apart by their ports. */
export function clusterOf(name: string, hosts: readonly HostSpec[], more: object = {}): object {
  const endpoints = hosts.map((host) => ({
    priority: host.priority ?? 0,
    locality: { zone: host.zone ?? 'z' },
    load_balancing_weight: host.zoneWeight,
    lb_endpoints: [
      {
        endpoint: { address: { socket_address: { address: '10.0.1.1', port_value: host.port } } },
        health_status: host.health,
        load_balancing_weight: host.weight,
        metadata: {
          filter_metadata: {
            'envoy.lb': host.labels ?? {},
            ...(host.tlsMode === undefined ? {} : { 'envoy.transport_socket_match': { tlsMode: host.tlsMode } }),
          },
        },
      },
    ],
  }));
  return { name, type: 'STATIC', load_assignment: { cluster_name: name, endpoints }, ...more };
}

export interface Walked extends Outcome {
  readonly hop: Hop;
  readonly forward: Forward | null;
  readonly because: string | null;
  step(stage: Step['stage']): Step | undefined;
}

export interface WalkOptions extends Partial<TraceQuery> {
  readonly to?: IpPort;
  readonly entry?: EntryPoint;
  readonly forced?: readonly number[];
  readonly context?: Partial<HopContext>;
  /** Nobody says who calls. */
  readonly unknownCaller?: boolean;
}

/** Walks a request that comes to 10.0.0.2:8080 from 10.0.0.1. */
export function walkOf(config: ProxyConfig, url: string, options: WalkOptions = {}): Walked {
  const { to, entry, forced, context, unknownCaller, ...query } = options;
  const plan = planRequest({ url, ...query });
  const caller = unknownCaller === true ? null : (query.sourceIp ?? '10.0.0.1');
  const connection = connectionOf(to ?? { ip: '10.0.0.2', port: 8080 }, caller, contentOf(plan));
  const whole = contextOf({ config, claims: query.claims ?? null, decisions: new Decisions(forced), ...context });
  const arrival = { connection, entry: entry ?? ({ kind: 'bound' } as const), message: plan.message };
  const { hop, end } = walkHop(whole, arrival, new HopRecord('a.b', 'inbound'));
  const told = toldHop(hop);
  return {
    ...(end.kind === 'end' ? end.outcome : DELIVERED),
    hop: told,
    forward: end.kind === 'forward' ? end.forward : null,
    because: end.kind === 'end' ? causeText(end.cause) : null,
    step: (stage) => told.steps.findLast((one) => one.stage === stage),
  };
}

/** Shares of a hop's first cluster by port, rounded to thousandths; hosts that get nothing are left out. */
export function sharesByPort({ hop }: Walked): Readonly<Record<number, number>> {
  const used = (hop.clusters[0]?.endpoints ?? []).filter(({ share }) => share > 0);
  return Object.fromEntries(used.map(({ port, share }) => [port, Math.round(share * 1000) / 1000]));
}

/** From an address to whoever takes the connection there: a proxy in front of a pod, an application, somebody outside. */
import type { ProxyConfig } from '../../envoy/proxy-config';
import { isLoopback, sameIp } from '../../match/cidr';
import { ipPortText } from '../../match/ip-port';
import { answerOf } from '../../match/watch';
import type { PodEntry } from '../../mesh/address-book';
import type { Service } from '../../mesh/kubernetes';
import { proxyName } from '../../proxy-id';
import type { TlsClient } from '../connection';
import { ending } from '../hop/ending';
import { step } from '../hop/record';
import { isBound, listenerIndex } from '../listener/listener-index';
import { roleOf } from '../listener/role';
import type { StepFacts } from '../facts/step';
import type { PastSidecar } from '../facts/upstream';
import type { Direction, IpPort } from '../model';
import { capture, rulesOf, redirectingMeshOf } from './capture';
import { isTunnelPort } from './tunnel';
import { configOf, rulesTextOf, type JourneyContext } from './journey-context';
import { atUnknownWaypoint, behindOtherNetwork, nobodyTakesHbone } from './unknown-tunnel';
import { arriveAtZtunnel, isCaptured, isServedByZtunnel } from './ztunnel-arrival';
import { type Arrival, connectionOf, contentOf, leftBy, type Parcel, type Place, type Sender } from './place';
import { hasSidecar, isAmbient } from './workload';

/** Finds who takes a connection that is addressed so and has left its sender's pod, or goes round inside it. */
export function arrive(context: JourneyContext, parcel: Parcel): Place {
  const { to, from } = parcel;
  if (isOwnAddress(to.ip, from)) return arriveAtHome(parcel);
  if (isTunnel(parcel) && isNested(parcel)) return behindOtherNetwork(ipPortText(to));
  const service = context.mesh.book.serviceAt(to.ip);
  if (service !== null) return arriveAtService(context, parcel, service);
  const ambient = arriveAtZtunnel(context, parcel);
  if (ambient !== null) return ambient;
  const entry = context.mesh.book.podAt(to.ip);
  return entry === null ? outside(parcel) : arriveAtPod(context, parcel, entry);
}

/** Whether an address is the sender's own: loopback, or its pod's. */
export function isOwnAddress(ip: string, { config, entry, ip: own }: Sender): boolean {
  if (isLoopback(ip)) return true;
  const ips = [own, config?.ip ?? null, ...(entry?.ips ?? [])];
  return ips.some((one) => one !== null && sameIp(one, ip));
}

/** Not captured on the way out, and addressed to this very pod. */
function arriveAtHome(parcel: Parcel): Place {
  const { config, entry } = parcel.from;
  if (config !== null && isBoundAt(config, parcel.to)) {
    const direction = isUpstreamAt(config, parcel.to) ? 'outbound' : directionOf(config);
    return { kind: 'proxy', stop: stopOf(config, parcel, { kind: 'bound' }, direction), steps: [] };
  }
  const pod = entry === null ? null : proxyName(entry.id);
  return { kind: 'reached', what: { kind: 'application-at', address: parcel.to, pod }, steps: [] };
}

/**
 * Whether a sidecar of another mesh listens there for what its own application sends to one service.
 * https://developer.hashicorp.com/consul/docs/connect/proxies/proxy-config-reference (local_bind_port of an upstream)
 */
function isUpstreamAt(config: ProxyConfig, to: IpPort): boolean {
  const listener = listenerIndex(config).at(to)?.entry.resource;
  return listener?.traffic_direction === 'OUTBOUND' && redirectingMeshOf(config) !== null;
}

/** kube-proxy picks one of a Service's ready endpoints, each as likely. */
function arriveAtService(context: JourneyContext, parcel: Parcel, service: Service): Place {
  const port = service.ports.find((one) => one.port === parcel.to.port && one.protocol === 'TCP');
  const name = `${service.name}.${service.namespace}`;
  if (port === undefined) {
    const cause = { kind: 'service-lacks-port', service: name, port: parcel.to.port } as const;
    return {
      kind: 'ended',
      ending: ending('failed', 'no-next-hop', cause),
      steps: [step('iptables', 'missed', name, cause)],
    };
  }
  const endpoints = context.mesh.book.endpointsOf(service, port);
  const taken = context.decisions.draw(
    endpoints.map((endpoint) => ({
      of: { kind: 'endpoint', address: ipPortText(endpoint), more: 0, cluster: null } as const,
      share: 1 / endpoints.length,
    })),
  );
  const endpoint = endpoints[taken];
  if (endpoint === undefined) {
    const cause = { kind: 'no-ready-endpoint', service: name, port: port.port } as const;
    return {
      kind: 'ended',
      ending: ending('failed', 'no-next-hop', cause),
      steps: [step('iptables', 'missed', name, cause)],
    };
  }
  const to = { ip: endpoint.ip, port: endpoint.port };
  const count = endpoints.length;
  const cause = { kind: 'endpoint-of-service', from: parcel.to, service: name, to, count } as const;
  const before = step('iptables', 'matched', name, cause);
  const entry = context.mesh.book.podAt(endpoint.ip);
  const next = { ...parcel, to };
  const ambient = arriveAtZtunnel(context, next);
  return leftBy([before], ambient ?? (entry === null ? outside(next) : arriveAtPod(context, next, entry)));
}

function outside(parcel: Parcel): Place {
  const { to, tls } = parcel;
  if (isForAnother(parcel)) return atUnknownWaypoint(ipPortText(to), null);
  // Istio's gateways between networks tell services apart by the SNI that sidecars send.
  const isOtherNetwork = to.port === NETWORK_PORT && tls?.sni?.startsWith('outbound_.') === true;
  const as = isOtherNetwork ? 'gateway' : 'no-pod';
  const steps = isTunnel(parcel)
    ? [step('ztunnel-policy', 'unknown', ipPortText(to), { kind: 'tunnel-end-not-known', to })]
    : [];
  return { kind: 'reached', what: { kind: 'outside', address: to, as }, steps };
}

/** https://istio.io/latest/docs/setup/install/multicluster/ */
const NETWORK_PORT = 15443;

function arriveAtPod(context: JourneyContext, parcel: Parcel, entry: PodEntry): Place {
  const config = configOf(context.mesh, entry.id);
  if (config === null) return withoutConfig(context, parcel, entry);
  if (roleOf(config) !== 'sidecar') return atGateway(config, parcel);
  const rules = rulesOf(config, rulesTextOf(context.mesh, entry.id), entry);
  const { fate, step: taken } = capture(rules, 'PREROUTING', {
    protocol: 'tcp',
    source: { ip: parcel.from.ip },
    destination: parcel.to,
    inInterface: 'eth0',
    outInterface: null,
    uid: null,
    gid: null,
  });
  switch (fate.kind) {
    case 'redirected': {
      const redirected = { kind: 'redirected', port: fate.port, transparent: fate.transparent } as const;
      return { kind: 'proxy', stop: stopOf(config, parcel, redirected, 'inbound'), steps: [taken] };
    }
    case 'passed':
      return metBy(taken, uncaptured(config, parcel, entry));
    case 'rewritten':
      return metBy(taken, uncaptured(config, { ...parcel, to: fate }, entry));
    case 'dropped':
      return { kind: 'ended', ending: ending('failed', 'no-next-hop', taken.cause), steps: [taken] };
    case 'unknown':
      return { kind: 'ended', ending: ending('unknown', 'unknown-input', taken.cause), steps: [taken] };
  }
}

function metBy(taken: StepFacts, place: Place): Place {
  return { ...place, steps: [taken, ...place.steps] };
}

/** Past Envoy, unless Envoy itself listens on the port. */
function uncaptured(config: ProxyConfig, parcel: Parcel, entry: PodEntry): Place {
  if (isBoundAt(config, parcel.to)) {
    return { kind: 'proxy', stop: stopOf(config, parcel, { kind: 'bound' }, 'inbound'), steps: [] };
  }
  return application(parcel, entry, 'not-captured');
}

function isBoundAt(config: ProxyConfig, to: IpPort): boolean {
  const found = listenerIndex(config).at(to);
  return found !== null && isBound(found.entry.resource) && found.address.port === to.port;
}

function atGateway(config: ProxyConfig, parcel: Parcel): Place {
  return { kind: 'proxy', stop: stopOf(config, parcel, { kind: 'bound' }, directionOf(config)), steps: [] };
}

/** The direction of what comes to a port that a proxy of this type has bound. */
export function directionOf(config: ProxyConfig): Direction {
  const role = roleOf(config);
  if (role === 'router') return 'gateway';
  return role === 'waypoint' ? 'waypoint' : 'inbound';
}

function withoutConfig(context: JourneyContext, parcel: Parcel, entry: PodEntry): Place {
  const name = proxyName(entry.id);
  if (isAmbient(entry) || isServedByZtunnel(context, entry.id)) {
    const steps = [step('ztunnel-policy', 'unknown', name, { kind: 'ztunnel-not-known', pod: name })];
    return { kind: 'reached', what: { kind: 'pod', pod: name, byZtunnel: true }, steps };
  }
  if (isForAnother(parcel)) return atUnknownWaypoint(name, context.mesh.missing(entry.id));
  if (isTunnel(parcel) && isCaptured(context, entry.id) === false && !isNative(context, entry)) {
    return nobodyTakesHbone(name);
  }
  const sidecar = hasSidecar(entry);
  if (sidecar === false) return application(parcel, entry, 'no-sidecar');
  const why = context.mesh.missing(entry.id);
  return {
    kind: 'reached',
    what: { kind: 'pod', pod: name, byZtunnel: false },
    steps: [step('listener', 'unknown', name, { kind: 'stops-before', pod: name, why })],
  };
}

/** Whether it is a tunnel to somebody behind this pod: only a waypoint takes that. */
function isForAnother(parcel: Parcel): boolean {
  const { inner, to } = parcel;
  return isTunnel(parcel) && inner !== null && !sameIp(inner.destination.ip, to.ip);
}

/** A tunnel in a tunnel goes by the gateway of another network. https://istio.io/latest/docs/ambient/install/multicluster/ */
function isNested({ inner }: Parcel): boolean {
  return inner?.message?.method === 'CONNECT';
}

function isTunnel({ inner, to }: Parcel): boolean {
  return inner !== null && isTunnelPort(to.port);
}

/** Whether ztunnel knows of a pod that its own proxy takes tunnels. */
function isNative({ mesh }: JourneyContext, { id }: PodEntry): boolean {
  return mesh.ztunnel?.workloadOf(id)?.nativeTunnel === true;
}

/** The application itself takes what comes: it cannot answer a sidecar's mutual TLS. */
function application({ tls, to }: Parcel, entry: PodEntry, why: PastSidecar): Place {
  const name = proxyName(entry.id);
  if (!isIstiosMutualTls(tls)) {
    return { kind: 'reached', what: { kind: 'application', port: to.port, pod: name, why }, steps: [] };
  }
  const cause = { kind: 'no-sidecar', pod: name, why } as const;
  return {
    kind: 'ended',
    ending: ending('failed', 'tls-error', cause),
    steps: [step('tls', 'ended', name, cause)],
  };
}

function isIstiosMutualTls(tls: TlsClient | null): boolean {
  const { certificate = null, alpn = [] } = tls ?? {};
  const isIstio = answerOf(alpn, (offered) => offered.some((protocol) => protocol.startsWith('istio')));
  return certificate !== null && isIstio;
}

function stopOf(
  config: ProxyConfig,
  parcel: Parcel,
  entry: Arrival['entry'],
  direction: Direction,
): Extract<Place, { kind: 'proxy' }>['stop'] {
  const { inner, to, from } = parcel;
  const content = contentOf(parcel);
  return {
    config,
    id: config.id,
    direction,
    arrival: {
      ...content,
      connection: connectionOf(to, from.ip, content),
      entry,
      inner: inner !== null && isTunnelPort(to.port) ? inner : null,
    },
  };
}

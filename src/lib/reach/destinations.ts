/** The addresses that tell requests apart before anything is read of them: those that listeners and filter chains name. */
import type { Listener } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import { isAnyAddress } from '../match/cidr';
import type { CidrRange } from '../envoy/address';
import type { IpPort } from '../match/ip-port';
import { addressBeside, chainAddresses, membersOf } from './chain-addresses';
import { addressesOf, isBound, listenerIndex, takesIpv4 } from '../trace/listener/listener-index';
import { ELSEWHERE } from '../trace/request/destination';

export interface ReachDestination {
  readonly address: IpPort;
  /** In words: an address, `any`, `any other`. */
  readonly ip: string;
  /** In words: a port, `any other`. */
  readonly port: string;
}

const ELSEWHERE_V6 = '2001:db8::1';

/** A port that stands for all that no listener names, in words. */
export const ANY_OTHER_PORT = 'any other';

/** Ports to stand for those that no listener names. */
export const UNNAMED: readonly number[] = [9, 10_009, 20_009, 30_009, 40_009, 50_009];

/** Where a sidecar's application can connect to, one address for all that no listener tells apart. */
export function sidecarDestinations(configs: readonly ProxyConfig[]): readonly ReachDestination[] {
  const listeners = listenersOf(configs).filter(
    (listener) => listener.traffic_direction !== 'INBOUND' && listener.internal_listener === undefined,
  );
  const named = listeners.filter((listener) => !isBound(listener));
  const ports = [...new Set(named.flatMap((listener) => addressesOf(listener).map(({ port }) => port)))];
  const chainPorts = portsOfChains(listeners);
  const all = [...new Set([...ports, ...chainPorts])].sort((a, b) => a - b);
  const atPorts = all.flatMap((port) => atPort(port, listeners, named));
  const other = UNNAMED.find((port) => !all.includes(port)) ?? 9;
  return [...atPorts, ...atOtherPorts(other, listeners)];
}

/** What a waypoint is sent: tunnels that its ztunnels open for the addresses that its internal listeners tell apart. */
export function waypointDestinations(configs: readonly ProxyConfig[]): readonly ReachDestination[] {
  const inner = listenersOf(configs).filter((listener) => listener.internal_listener !== undefined);
  const all = portsOfChains(inner);
  const atPorts = all.flatMap((port) => atPort(port, inner, []));
  return [...atPorts, ...atOtherPorts(UNNAMED.find((port) => !all.includes(port)) ?? 9, inner)];
}

/** Every address that listeners tell apart, at the port that stands for all that none of them names. */
function atOtherPorts(port: number, listeners: readonly Listener[]): readonly ReachDestination[] {
  const ranges = rangesAt(null, listeners);
  const inside = membersOf(ranges).map(({ ip, words }) => ({ address: { ip, port }, ip: words, port: ANY_OTHER_PORT }));
  const ip = addressBeside(ELSEWHERE, ranges);
  return [...inside, ...(ip === null ? [] : [{ address: { ip, port }, ip: 'any', port: ANY_OTHER_PORT }])];
}

/** In order. */
function portsOfChains(listeners: readonly Listener[]): readonly number[] {
  const ports = listeners.flatMap((listener) => chainAddresses(listener).flatMap(({ port }) => port ?? []));
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** The ports on which a gateway listens for requests in plain text. */
export function gatewayDestinations(configs: readonly ProxyConfig[]): readonly ReachDestination[] {
  const ip = configs[0]?.ip ?? ELSEWHERE;
  const bound = listenersOf(configs).filter(
    (listener) => isBound(listener) && listener.internal_listener === undefined && !isTelemetry(listener),
  );
  const ports = [...new Set(bound.flatMap((listener) => addressesOf(listener).map(({ port }) => port)))];
  return ports
    .sort((a, b) => a - b)
    .map((port) => ({ address: { ip: answering(port, ip, bound), port }, ip: 'any', port: String(port) }));
}

/** The gateway's address, or one at which a port of its answers where that is of the other family. */
function answering(port: number, own: string, bound: readonly Listener[]): string {
  const at = bound.filter((listener) => addressesOf(listener).some((address) => address.port === port));
  const takesOwn = at.some(
    (listener) => takesIpv4(listener) || addressesOf(listener).some(({ ip }) => isSix(ip) === isSix(own)),
  );
  return takesOwn ? own : isSix(own) ? ELSEWHERE : ELSEWHERE_V6;
}

function isSix(ip: string): boolean {
  return ip.includes(':');
}

/**
 * The ports of a pod that its sidecar's inbound listener tells apart, and one for all others.
 * https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
 */
export function inboundDestinations(configs: readonly ProxyConfig[]): readonly ReachDestination[] {
  const ip = configs[0]?.ip ?? ELSEWHERE;
  const inbound = listenersOf(configs).filter(({ traffic_direction: direction }) => direction === 'INBOUND');
  const chainPorts = portsOfChains(inbound);
  const bound = inbound.filter(isBound).flatMap((listener) => addressesOf(listener).map(({ port }) => port));
  const ports = [...new Set([...chainPorts, ...bound])].filter((port) => port !== INBOUND_PORT).sort((a, b) => a - b);
  const other = UNNAMED.find((port) => !ports.includes(port)) ?? 9;
  return [
    ...ports.map((port) => ({ address: { ip, port }, ip: 'any', port: String(port) })),
    { address: { ip, port: other }, ip: 'any', port: ANY_OTHER_PORT },
  ];
}

/** Where iptables redirects what comes to a pod. */
const INBOUND_PORT = 15_006;

function listenersOf(configs: readonly ProxyConfig[]): readonly Listener[] {
  return configs.flatMap((config) => listenerIndex(config).entries.map(({ resource }) => resource));
}

/** Istio's own listeners for metrics and probes have neither name of a gateway nor direction; they bear the port in their name. */
function isTelemetry({ address, traffic_direction: direction }: Listener): boolean {
  const port = address?.socket_address?.port_value;
  return direction === undefined && (port === 15_090 || port === 15_021);
}

function atPort(port: number, listeners: readonly Listener[], named: readonly Listener[]): readonly ReachDestination[] {
  const own = named.flatMap(addressesOf).filter((address) => address.port === port);
  const bound = own.flatMap(({ ip }) => (isAnyAddress(ip) ? [] : [{ ip, words: ip }]));
  const ranges = rangesAt(port, listeners);
  const members = new Map([...membersOf(ranges), ...bound].map((one) => [one.ip, one]));
  const exact = [...members.values()].map(({ ip, words }) => ({
    address: { ip, port },
    ip: words,
    port: String(port),
  }));
  const areSix = own.length > 0 && own.every(({ ip }) => isSix(ip));
  const ip = addressBeside(areSix ? ELSEWHERE_V6 : ELSEWHERE, ranges);
  const words = exact.length === 0 ? 'any' : 'any other';
  return [...exact, ...(ip === null ? [] : [{ address: { ip, port }, ip: words, port: String(port) }])];
}

/** The ranges of addresses that chains for this port name, or for every port. */
function rangesAt(port: number | null, listeners: readonly Listener[]): readonly CidrRange[] {
  const own = listeners.filter((listener) => takesAt(listener, port));
  // What no listener of the port takes comes to the one that all connections are redirected to.
  const isWhole = own.some((listener) =>
    addressesOf(listener).some((one) => one.port === port && isAnyAddress(one.ip)),
  );
  const chains = [...own, ...(isWhole ? [] : listeners.filter(isBound))].flatMap(chainAddresses);
  return chains.filter((chain) => chain.port === null || chain.port === port).flatMap(({ ranges }) => ranges);
}

/** Whether a listener that is not bound to an address of its own takes connections to the port. */
function takesAt(listener: Listener, port: number | null): boolean {
  if (listener.internal_listener !== undefined) return true;
  return !isBound(listener) && addressesOf(listener).some((address) => address.port === port);
}

/** The addresses that tell requests apart before anything is read of them: those that listeners and filter chains name. */
import type { Listener } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import { isAnyAddress } from '../match/cidr';
import type { IpPort } from '../match/ip-port';
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
  const chainPorts = listeners.flatMap((listener) => chainsOf(listener).flatMap(({ port }) => port ?? []));
  const all = [...new Set([...ports, ...chainPorts])].sort((a, b) => a - b);
  const atPorts = all.flatMap((port) => atPort(port, listeners, named));
  const other = UNNAMED.find((port) => !all.includes(port)) ?? 9;
  const anywhere = rangesAt(null, listeners).map((ip) => ({ address: { ip, port: other }, ip, port: ANY_OTHER_PORT }));
  return [...atPorts, ...anywhere, { address: { ip: ELSEWHERE, port: other }, ip: 'any', port: ANY_OTHER_PORT }];
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
  const chainPorts = inbound.flatMap((listener) => chainsOf(listener).flatMap(({ port }) => port ?? []));
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
  const ips = new Set([...own.flatMap(({ ip }) => (isAnyAddress(ip) ? [] : [ip])), ...rangesAt(port, listeners)]);
  const exact = [...ips].map((ip) => ({ address: { ip, port }, ip, port: String(port) }));
  const areSix = own.length > 0 && own.every(({ ip }) => isSix(ip));
  const elsewhere = { ip: areSix ? ELSEWHERE_V6 : ELSEWHERE, port };
  return [...exact, { address: elsewhere, ip: ips.size === 0 ? 'any' : 'any other', port: String(port) }];
}

/** An address of each range that chains for this port name, or for every port. */
function rangesAt(port: number | null, listeners: readonly Listener[]): readonly string[] {
  const ranges = listeners
    .filter((listener) => isOfPort(listener, port))
    .flatMap(chainsOf)
    .filter((chain) => chain.port === null || chain.port === port)
    .flatMap(({ ips }) => ips);
  return [...new Set(ranges)];
}

/** Whether a listener takes connections to the port: one that is not bound to an address of its own port is. */
function isOfPort(listener: Listener, port: number | null): boolean {
  return isBound(listener) ? port === null : addressesOf(listener).some((address) => address.port === port);
}

interface ChainAddresses {
  readonly port: number | null;
  readonly ips: readonly string[];
}

function chainsOf({ filter_chains: chains = [] }: Listener): readonly ChainAddresses[] {
  return chains.map(({ filter_chain_match: match = {} }) => ({
    port: match.destination_port ?? null,
    ips: (match.prefix_ranges ?? []).flatMap(({ address_prefix: ip = '', prefix_len: length = 0 }) =>
      ip === '' || length === 0 ? [] : (dialled(ip, length) ?? []),
    ),
  }));
}

/** An address of a range that a client can dial: to the kernel 0.0.0.0 is the host itself. */
function dialled(ip: string, length: number): string | null {
  if (ip !== '0.0.0.0') return ip;
  return length < 8 ? '1.1.1.1' : null;
}

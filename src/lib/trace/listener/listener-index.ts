/** Finds the listener of an address as Envoy's connection handler does. */
import type { Address } from '../../envoy/address';
import type { ResourceEntry } from '../../envoy/config-dump';
import type { Listener } from '../../envoy/listener';
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { ResourceIndex } from '../../envoy/resource-index';
import { isServing } from '../../envoy/serving';
import { isAnyAddress, parseIp } from '../../match/cidr';
import type { IpPort } from '../model';

export type ListenerEntry = ResourceEntry<Listener> & { readonly resource: Listener };

/** A listener and the address of it that took the connection. */
export interface ListenerAtAddress {
  readonly entry: ListenerEntry;
  readonly address: IpPort;
}

/** The listeners of a proxy by address and port. */
export class ListenerIndex {
  readonly entries: readonly ListenerEntry[];
  readonly #internal = new Map<string, ListenerEntry>();
  readonly #byPort = new Map<number, ListenerAtAddress[]>();
  readonly #byAddress = new Map<string, ListenerAtAddress>();

  constructor(entries: Iterable<ResourceEntry<Listener>>) {
    const tcp: ListenerEntry[] = [];
    for (const entry of entries) {
      if (!isServing(entry)) continue;
      const { brief } = entry;
      if (brief === null || !isTcp(brief)) continue;
      tcp.push(entry);
      for (const address of addressesOf(brief)) this.#add({ entry, address });
      if (brief.internal_listener !== undefined && !this.#internal.has(entry.name))
        this.#internal.set(entry.name, entry);
    }
    this.entries = tcp;
  }

  #add(found: ListenerAtAddress): void {
    const { port } = found.address;
    const same = this.#byPort.get(port);
    if (same === undefined) this.#byPort.set(port, [found]);
    else same.push(found);
    const key = keyOf(found.address);
    if (!this.#byAddress.has(key)) this.#byAddress.set(key, found);
  }

  /**
   * The listener of exactly this address, else of the wildcard address of its family with this port. An IPv6 wildcard
   * that takes IPv4 too stands in where there is no IPv4 one.
   * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/original_dst_filter
   */
  at({ ip, port }: IpPort): ListenerAtAddress | null {
    return this.#byAddress.get(keyOf({ ip, port })) ?? this.#wildcard(ip, port);
  }

  #wildcard(ip: string, port: number): ListenerAtAddress | null {
    const six = this.#byAddress.get(keyOf({ ip: '::', port })) ?? null;
    if (parseIp(ip)?.family === 6) return six;
    const four = this.#byAddress.get(keyOf({ ip: '0.0.0.0', port }));
    if (four !== undefined) return four;
    return six !== null && takesIpv4(six.entry.resource) ? six : null;
  }

  /** Every listener address with this port. */
  onPort(port: number): readonly ListenerAtAddress[] {
    return this.#byPort.get(port) ?? [];
  }

  /** The internal listener of a name; null where there is none. */
  internal(name: string): ListenerEntry | null {
    return this.#internal.get(name) ?? null;
  }
}

const indexes = new WeakMap<ResourceIndex, ListenerIndex>();

/** A proxy's listener index, built once for all replicas. Throws InputError where its dump has no listeners section. */
export function listenerIndex(config: ProxyConfig): ListenerIndex {
  const known = indexes.get(config.resources);
  if (known !== undefined) return known;
  config.dump.need('Listeners');
  const index = new ListenerIndex(config.resources.eachListener());
  indexes.set(config.resources, index);
  return index;
}

/** The addresses that a listener takes: its own and the additional ones. */
export function addressesOf(listener: Partial<Listener>): readonly IpPort[] {
  const all = [listener.address, ...(listener.additional_addresses ?? []).map((additional) => additional.address)];
  return all.flatMap((address) => socketOf(address));
}

function socketOf(address: Address | undefined): readonly IpPort[] {
  const socket = address?.socket_address;
  return socket === undefined ? [] : [{ ip: socket.address ?? '', port: socket.port_value ?? 0 }];
}

function isTcp(listener: Partial<Listener>): boolean {
  return listener.udp_listener_config === undefined && listener.address?.socket_address?.protocol !== 'UDP';
}

/** Whether a listener on an IPv6 address takes IPv4, too. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/address.proto (ipv4_compat) */
export function takesIpv4(listener: Listener): boolean {
  return listener.address?.socket_address?.ipv4_compat === true;
}

/** Whether Envoy itself listens on the port; others wait for connections that a bound one hands over. */
export function isBound(listener: Listener): boolean {
  return listener.bind_to_port !== false && listener.deprecated_v1?.bind_to_port !== false;
}

function keyOf({ ip, port }: IpPort): string {
  return `${isAnyAddress(ip) ? (ip.includes(':') ? '::' : '0.0.0.0') : (parseIp(ip)?.bytes.join('.') ?? ip)}|${port}`;
}

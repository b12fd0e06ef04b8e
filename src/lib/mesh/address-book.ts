/** Who is behind an address: pods and Services by IP and name, as far as the source knows them. */
import type { ProxyId } from '../proxy-id';

export interface PodEntry {
  readonly id: ProxyId;
  readonly ips: readonly string[];
}

export interface AddressBook {
  /** The pod with this address; null where none is known. */
  podAt(ip: string): PodEntry | null;
  /** Addresses of a host name as a client in this namespace would resolve it; empty where it is not known. */
  resolve(host: string, namespace: string | null): readonly string[];
}

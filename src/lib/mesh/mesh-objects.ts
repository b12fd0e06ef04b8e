/** The pods, Services and endpoints that an address book looks into, wherever they come from. */
import { parseIp } from '../match/cidr';
import type { ProxyId } from '../proxy-id';
import type { Pod, Service, ServiceEndpoint } from './kubernetes';

export interface PodEntry {
  readonly id: ProxyId;
  readonly ips: readonly string[];
  /** What Kubernetes says of it; null where only its proxy is known. */
  readonly pod: Pod | null;
}

/** What of a mesh is known; what is not there is null or empty, and never made up. */
export interface MeshObjects {
  /** The pod that has this address for itself; null where none is known. */
  podAt(ip: string): PodEntry | null;
  podOf(id: ProxyId): PodEntry | null;
  /** The name of each address's pod; `service` is the one that they are endpoints of, null where that is not known. */
  podNamesAt(ips: readonly string[], service: ProxyId | null): readonly (ProxyId | null)[];
  /** Pods that a Service with a selector may stand for: all of its namespace, or fewer. */
  podsFor(service: Service): Iterable<PodEntry>;
  service(id: ProxyId): Service | null;
  serviceAt(ip: string): Service | null;
  /** Every Service of a namespace. */
  servicesIn(namespace: string): Iterable<Service>;
  /** Every Service that is known already, for messages. */
  services(): Iterable<Service>;
  /** What the EndpointSlices of a Service say; undefined where it has none. */
  endpointsOf(service: ProxyId): readonly ServiceEndpoint[] | undefined;
  /** Says that each of a Service's endpoints is gone to next: their pods can be had at once, where they must be fetched. */
  goesToEach(service: Service): void;
}

/** Addresses compare by value: IPv6 has many spellings, IPv4 has one. */
export function keyOf(ip: string): string {
  return ip.includes(':') ? (parseIp(ip)?.bytes.join('.') ?? ip) : ip;
}

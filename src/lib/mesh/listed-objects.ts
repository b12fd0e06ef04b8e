/** The objects of Kubernetes' lists, and proxies that these do not name. */
import { type ProxyId, proxyName } from '../proxy-id';
import {
  type EndpointSlice,
  type Pod,
  readEndpointSlice,
  readPod,
  readService,
  type Service,
  type ServiceEndpoint,
} from './kubernetes';
import { keyOf, type MeshObjects, type PodEntry } from './mesh-objects';

/** Lists as `kubectl get … -A -o json` prints them; null where there is none. */
export interface MeshLists {
  readonly pods: readonly unknown[] | null;
  readonly services: readonly unknown[] | null;
  readonly endpointSlices: readonly unknown[] | null;
}

/** A proxy whose address its own configuration tells. */
export interface KnownProxy {
  readonly id: ProxyId;
  readonly ips: readonly string[];
}

export class ListedObjects implements MeshObjects {
  readonly #byIp = new Map<string, PodEntry>();
  readonly #pods = new Map<string, PodEntry>();
  readonly #services = new Map<string, Service>();
  readonly #serviceIps = new Map<string, Service>();
  readonly #endpoints = new Map<string, ServiceEndpoint[]>();

  constructor(lists: MeshLists, proxies: readonly KnownProxy[] = []) {
    for (const pod of lists.pods ?? []) this.addPod(readPod(pod));
    for (const proxy of proxies) this.addProxy(proxy);
    for (const service of lists.services ?? []) this.addService(service);
    for (const slice of lists.endpointSlices ?? []) this.addSlice(readEndpointSlice(slice));
  }

  /** Adds a Pod; none for one without a name. */
  addPod(pod: Pod | null): void {
    if (pod !== null) this.#add({ id: pod.id, ips: pod.ips, pod });
  }

  /** Adds a proxy, unless its pod is known. */
  addProxy({ id, ips }: KnownProxy): void {
    if (!this.#pods.has(proxyName(id))) this.#add({ id, ips, pod: null });
  }

  /** Adds a Service as the API server sends it. */
  addService(value: unknown): void {
    const service = readService(value);
    if (service === null) return;
    this.#services.set(proxyName(service), service);
    for (const ip of [...service.clusterIps, ...service.externalIps]) {
      if (!this.#serviceIps.has(keyOf(ip))) this.#serviceIps.set(keyOf(ip), service);
    }
  }

  /** Adds an EndpointSlice; none for one that belongs to no Service. */
  addSlice(slice: EndpointSlice | null): void {
    if (slice === null) return;
    const key = proxyName(slice.service);
    this.#endpoints.set(key, [...(this.#endpoints.get(key) ?? []), ...slice.endpoints]);
  }

  #add(entry: PodEntry): void {
    this.#pods.set(proxyName(entry.id), entry);
    // A pod on the host's network shares its address with every other such pod.
    if (entry.pod?.ended === true || entry.pod?.hostNetwork === true) return;
    for (const ip of entry.ips) {
      const known = this.#byIp.get(keyOf(ip));
      if (known === undefined || known.pod === null) this.#byIp.set(keyOf(ip), entry);
    }
  }

  podAt(ip: string): PodEntry | null {
    return this.#byIp.get(keyOf(ip)) ?? null;
  }

  podOf(id: ProxyId): PodEntry | null {
    return this.#pods.get(proxyName(id)) ?? null;
  }

  podNamesAt(ips: readonly string[]): readonly (ProxyId | null)[] {
    return ips.map((ip) => this.podAt(ip)?.id ?? null);
  }

  podsFor(): Iterable<PodEntry> {
    return this.#pods.values();
  }

  service(id: ProxyId): Service | null {
    return this.#services.get(proxyName(id)) ?? null;
  }

  serviceAt(ip: string): Service | null {
    return this.#serviceIps.get(keyOf(ip)) ?? null;
  }

  servicesIn(namespace: string): Iterable<Service> {
    return [...this.#services.values()].filter((service) => service.namespace === namespace);
  }

  services(): Iterable<Service> {
    return this.#services.values();
  }

  endpointsOf(service: ProxyId): readonly ServiceEndpoint[] | undefined {
    return this.#endpoints.get(proxyName(service));
  }

  /** Everything is there already. */
  goesToEach(): void {
    return undefined;
  }
}

/** Who is behind an address: pods and Services by IP and name, as far as the source knows them. */
import { parseIp } from '../match/cidr';
import { type ProxyId, proxyName } from '../proxy-id';
import {
  type Pod,
  readEndpointSlice,
  readPod,
  readService,
  type Service,
  type ServiceEndpoint,
  type ServicePort,
} from './kubernetes';

export interface PodEntry {
  readonly id: ProxyId;
  readonly ips: readonly string[];
  /** What Kubernetes says of it; null where only its proxy is known. */
  readonly pod: Pod | null;
}

export interface AddressBook {
  /** The pod with this address; null where none is known. */
  podAt(ip: string): PodEntry | null;
  /** The pod of this name; null where none is known. */
  podOf(id: ProxyId): PodEntry | null;
  /** The Service with this cluster IP; null where none is known. */
  serviceAt(ip: string): Service | null;
  /** The Service that a client in this namespace means by this host name; null where none is known. */
  serviceNamed(host: string, namespace: string | null): Service | null;
  /** Every Service that selects a pod. */
  servicesOf(entry: PodEntry): readonly Service[];
  /** The addresses behind a Service's port, those that are ready. */
  endpointsOf(service: Service, port: ServicePort): readonly { readonly ip: string; readonly port: number }[];
  /** Addresses of a host name as a client in this namespace would resolve it; empty where it is not known. */
  resolve(host: string, namespace: string | null): readonly string[];
  /** Names that could have been meant, for messages. */
  names(): Iterable<string>;
}

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

/** Makes an address book of Kubernetes' lists, and of proxies that these do not name. */
export function addressBook(lists: MeshLists, proxies: readonly KnownProxy[] = []): AddressBook {
  return new Book(lists, proxies);
}

class Book implements AddressBook {
  readonly #byIp = new Map<string, PodEntry>();
  readonly #pods = new Map<string, PodEntry>();
  readonly #services = new Map<string, Service>();
  readonly #serviceIps = new Map<string, Service>();
  readonly #endpoints = new Map<string, ServiceEndpoint[]>();

  constructor(lists: MeshLists, proxies: readonly KnownProxy[]) {
    for (const value of lists.pods ?? []) {
      const pod = readPod(value);
      if (pod !== null) this.#addPod({ id: pod.id, ips: pod.ips, pod });
    }
    for (const { id, ips } of proxies) {
      if (!this.#pods.has(proxyName(id))) this.#addPod({ id, ips, pod: null });
    }
    for (const value of lists.services ?? []) this.#addService(readService(value));
    for (const value of lists.endpointSlices ?? []) {
      const slice = readEndpointSlice(value);
      if (slice === null) continue;
      const key = proxyName(slice.service);
      this.#endpoints.set(key, [...(this.#endpoints.get(key) ?? []), ...slice.endpoints]);
    }
  }

  #addPod(entry: PodEntry): void {
    this.#pods.set(proxyName(entry.id), entry);
    // A pod on the host's network shares its address with every other such pod.
    if (entry.pod?.ended === true || entry.pod?.hostNetwork === true) return;
    for (const ip of entry.ips) if (!this.#byIp.has(keyOf(ip))) this.#byIp.set(keyOf(ip), entry);
  }

  #addService(service: Service | null): void {
    if (service === null) return;
    this.#services.set(proxyName(service), service);
    for (const ip of [...service.clusterIps, ...service.externalIps]) {
      if (!this.#serviceIps.has(keyOf(ip))) this.#serviceIps.set(keyOf(ip), service);
    }
  }

  podAt(ip: string): PodEntry | null {
    return this.#byIp.get(keyOf(ip)) ?? null;
  }

  podOf(id: ProxyId): PodEntry | null {
    return this.#pods.get(proxyName(id)) ?? null;
  }

  serviceAt(ip: string): Service | null {
    return this.#serviceIps.get(keyOf(ip)) ?? null;
  }

  /** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
  serviceNamed(host: string, namespace: string | null): Service | null {
    const [name = '', second, third, ...rest] = withoutDot(host).split('.');
    if (second === undefined) return this.#services.get(`${name}.${namespace ?? 'default'}`) ?? null;
    const isService = third === undefined || (third === 'svc' && (rest.length === 0 || rest.length >= 2));
    return isService ? (this.#services.get(`${name}.${second}`) ?? null) : null;
  }

  servicesOf(entry: PodEntry): readonly Service[] {
    return [...this.#services.values()].filter((service) => this.#isBehind(entry, service));
  }

  #isBehind({ id, ips, pod }: PodEntry, service: Service): boolean {
    if (service.namespace !== id.namespace) return false;
    if (pod !== null && Object.keys(service.selector).length > 0) {
      return Object.entries(service.selector).every(([key, value]) => pod.labels[key] === value);
    }
    const endpoints = this.#endpoints.get(proxyName(service)) ?? [];
    return endpoints.some((endpoint) => ips.some((ip) => keyOf(ip) === keyOf(endpoint.ip)));
  }

  endpointsOf(service: Service, port: ServicePort): readonly { readonly ip: string; readonly port: number }[] {
    const listed = this.#endpoints.get(proxyName(service));
    if (listed !== undefined) {
      return listed.flatMap(({ ip, ready, ports }) => {
        const own = ports.find(({ name }) => name === port.name) ?? (ports.length === 1 ? ports[0] : undefined);
        return ready && own !== undefined ? [{ ip, port: own.port }] : [];
      });
    }
    if (Object.keys(service.selector).length === 0) return [];
    return [...this.#pods.values()].flatMap((entry) => {
      const target = targetPortOf(entry.pod, port);
      const [ip] = entry.ips;
      return ip !== undefined && target !== null && entry.pod?.ended === false && this.#isBehind(entry, service)
        ? [{ ip, port: target }]
        : [];
    });
  }

  resolve(host: string, namespace: string | null): readonly string[] {
    const service = this.serviceNamed(host, namespace);
    if (service !== null) return this.#addressesOf(service, namespace);
    return this.#podNamed(host, namespace);
  }

  #addressesOf(service: Service, namespace: string | null): readonly string[] {
    if (service.externalName !== null) {
      const other = this.serviceNamed(service.externalName, namespace);
      return other?.externalName === null ? this.#addressesOf(other, namespace) : [];
    }
    if (service.clusterIps.length > 0) return service.clusterIps;
    const listed = this.#endpoints.get(proxyName(service));
    if (listed !== undefined) return listed.filter(({ ready }) => ready).map(({ ip }) => ip);
    if (Object.keys(service.selector).length === 0) return [];
    return [...this.#pods.values()].filter((entry) => this.#isBehind(entry, service)).flatMap(({ ips }) => ips);
  }

  /** `POD`, `POD.NAMESPACE`, and what a headless Service names its pods: `POD.SERVICE[.NAMESPACE[.svc…]]`. */
  #podNamed(host: string, namespace: string | null): readonly string[] {
    const home = namespace ?? 'default';
    const [name = '', second, third, ...rest] = withoutDot(host).split('.');
    if (second === undefined) return this.#ipsOf(name, home);
    const own = third === undefined ? this.#ipsOf(name, second) : [];
    if (own.length > 0 || (rest.length > 0 && rest[0] !== 'svc')) return own;
    const service = this.#services.get(`${second}.${third ?? home}`);
    return service?.headless === true ? this.#ipsOf(name, service.namespace) : [];
  }

  #ipsOf(name: string, namespace: string): readonly string[] {
    return this.#pods.get(`${name}.${namespace}`)?.ips ?? [];
  }

  *names(): Iterable<string> {
    for (const { name, namespace } of this.#services.values()) {
      yield name;
      yield `${name}.${namespace}`;
      yield `${name}.${namespace}.svc.cluster.local`;
    }
  }
}

/** A Service's target port in one pod; null where it names a port that the pod does not have. */
export function targetPortOf(pod: Pod | null, { targetPort }: ServicePort): number | null {
  if (typeof targetPort === 'number') return targetPort;
  const ports = (pod?.containers ?? []).flatMap((container) => container.ports);
  return ports.find(({ name }) => name === targetPort)?.port ?? null;
}

function withoutDot(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** Addresses compare by value: IPv6 has many spellings. */
function keyOf(ip: string): string {
  return parseIp(ip)?.bytes.join('.') ?? ip;
}

/** Who is behind an address: pods and Services by IP and name, as far as the source knows them. */
import { type ProxyId, proxyName } from '../proxy-id';
import type { Pod, Service, ServicePort } from './kubernetes';
import { type KnownProxy, ListedObjects, type MeshLists } from './listed-objects';
import { keyOf, type MeshObjects, type PodEntry } from './mesh-objects';

export type { KnownProxy, PodEntry };

export interface AddressBook {
  /** The pod with this address; null where none is known. */
  podAt(ip: string): PodEntry | null;
  /** The name of each address's pod, null where none is known; `host` is the service that they are endpoints of. */
  podNamesAt(ips: readonly string[], host: string | null): readonly (string | null)[];
  /** The pod of this name; null where none is known. */
  podOf(id: ProxyId): PodEntry | null;
  /** The Service with this cluster IP; null where none is known. */
  serviceAt(ip: string): Service | null;
  /** The Service that a client in this namespace means by this host name; null where none is known. */
  serviceNamed(host: string, namespace: string | null): Service | null;
  /** Whether a Service selects a pod, or has it among its endpoints. */
  isBehind(entry: PodEntry, service: Service): boolean;
  /** Every Service that selects a pod. */
  servicesOf(entry: PodEntry): readonly Service[];
  /** The addresses behind a Service's port, those that are ready. */
  endpointsOf(service: Service, port: ServicePort): readonly { readonly ip: string; readonly port: number }[];
  /** Addresses of a host name as a client in this namespace would resolve it; empty where it is not known. */
  resolve(host: string, namespace: string | null): readonly string[];
  /** Names that could have been meant, for messages. */
  names(): Iterable<string>;
}

/** Makes an address book of Kubernetes' lists, and of proxies that these do not name. */
export function addressBook(lists: MeshLists, proxies: readonly KnownProxy[] = []): AddressBook {
  return bookOf(new ListedObjects(lists, proxies));
}

/** Makes an address book of objects; it throws what they throw. */
export function bookOf(objects: MeshObjects): AddressBook {
  return new Book(objects);
}

class Book implements AddressBook {
  readonly #objects: MeshObjects;

  constructor(objects: MeshObjects) {
    this.#objects = objects;
  }

  podAt(ip: string): PodEntry | null {
    return this.#objects.podAt(ip);
  }

  podNamesAt(ips: readonly string[], host: string | null): readonly (string | null)[] {
    const service = host === null ? null : serviceMeant(host, null);
    return this.#objects.podNamesAt(ips, service).map((id) => (id === null ? null : proxyName(id)));
  }

  podOf(id: ProxyId): PodEntry | null {
    return this.#objects.podOf(id);
  }

  serviceAt(ip: string): Service | null {
    return this.#objects.serviceAt(ip);
  }

  serviceNamed(host: string, namespace: string | null): Service | null {
    const id = serviceMeant(host, namespace);
    return id === null ? null : this.#objects.service(id);
  }

  servicesOf(entry: PodEntry): readonly Service[] {
    return [...this.#objects.servicesIn(entry.id.namespace)].filter((service) => this.isBehind(entry, service));
  }

  isBehind({ id, ips, pod }: PodEntry, service: Service): boolean {
    // An ExternalName is a name of another host's, and has no endpoints.
    if (service.namespace !== id.namespace || service.externalName !== null) return false;
    if (pod !== null && Object.keys(service.selector).length > 0) {
      return Object.entries(service.selector).every(([key, value]) => pod.labels[key] === value);
    }
    const endpoints = this.#objects.endpointsOf(service) ?? [];
    return endpoints.some((endpoint) => ips.some((ip) => keyOf(ip) === keyOf(endpoint.ip)));
  }

  endpointsOf(service: Service, port: ServicePort): readonly { readonly ip: string; readonly port: number }[] {
    const listed = this.#objects.endpointsOf(service);
    if (listed !== undefined) {
      this.#objects.goesToEach(service);
      return listed.flatMap(({ ip, ready, ports }) => {
        const own = ports.find(({ name }) => name === port.name) ?? (ports.length === 1 ? ports[0] : undefined);
        return ready && own !== undefined ? [{ ip, port: own.port }] : [];
      });
    }
    return this.#podsBehind(service).flatMap((entry) => {
      const target = targetPortOf(entry.pod, port);
      const [ip] = entry.ips;
      return ip !== undefined && target !== null && entry.pod?.ended === false ? [{ ip, port: target }] : [];
    });
  }

  /** By its selector, where no EndpointSlice tells. */
  #podsBehind(service: Service): readonly PodEntry[] {
    if (Object.keys(service.selector).length === 0) return [];
    return [...this.#objects.podsFor(service)].filter((entry) => this.isBehind(entry, service));
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
    const listed = this.#objects.endpointsOf(service);
    if (listed !== undefined) return listed.filter(({ ready }) => ready).map(({ ip }) => ip);
    return this.#podsBehind(service).flatMap(({ ips }) => ips);
  }

  /** `POD`, `POD.NAMESPACE`, and what a headless Service names its pods: `POD.SERVICE[.NAMESPACE[.svc…]]`. */
  #podNamed(host: string, namespace: string | null): readonly string[] {
    const home = namespace ?? 'default';
    const [name = '', second, third, ...rest] = withoutDot(host).split('.');
    if (second === undefined) return this.#ipsOf(name, home);
    const own = third === undefined ? this.#ipsOf(name, second) : [];
    if (own.length > 0 || (rest.length > 0 && rest[0] !== 'svc')) return own;
    const service = this.#objects.service({ name: second, namespace: third ?? home });
    return service?.headless === true ? this.#ipsOf(name, service.namespace) : [];
  }

  #ipsOf(name: string, namespace: string): readonly string[] {
    return this.#objects.podOf({ name, namespace })?.ips ?? [];
  }

  *names(): Iterable<string> {
    for (const { name, namespace } of this.#objects.services()) {
      yield name;
      yield `${name}.${namespace}`;
      yield `${name}.${namespace}.svc.cluster.local`;
    }
  }
}

/**
 * The Service that a host name means where a client in this namespace looks it up; null for a name that is no Service's.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
function serviceMeant(host: string, namespace: string | null): ProxyId | null {
  const [name = '', second, third, ...rest] = withoutDot(host).split('.');
  if (second === undefined) return { name, namespace: namespace ?? 'default' };
  const isService = third === undefined || (third === 'svc' && (rest.length === 0 || rest.length >= 2));
  return isService ? { name, namespace: second } : null;
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

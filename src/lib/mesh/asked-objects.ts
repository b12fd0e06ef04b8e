/** The objects of a running cluster, of which no more is fetched than a question needs. */
import { isLoopback, parseIp } from '../match/cidr';
import { nameFault, type ProxyId, proxyName } from '../proxy-id';
import { readEndpointSlice, readPod, type Service, type ServiceEndpoint } from './kubernetes';
import { type KnownProxy, ListedObjects } from './listed-objects';
import { keyOf, type MeshObjects, type PodEntry } from './mesh-objects';
import { type NetworkPolicy, type PoliciesRead, readNetworkPolicy } from './network-policy';

/** What is still to be fetched: one object, or a short list. */
export type ObjectsNeeded =
  | { readonly kind: 'pod' | 'service' | 'endpoint-slices'; readonly id: ProxyId }
  | { readonly kind: 'pods-at' | 'services-at'; readonly ip: string }
  | { readonly kind: 'pods-behind'; readonly service: Service }
  | { readonly kind: 'services-in' | 'network-policies-in'; readonly namespace: string }
  | { readonly kind: 'all-pods' };

/** A question that stopped because objects are still to be fetched: fetch them, `learn` them, and ask again. */
export class NeedsObjects extends Error {
  readonly needed: readonly ObjectsNeeded[];

  constructor(needed: readonly ObjectsNeeded[]) {
    super(`objects are needed: ${needed.map(keyOfNeed).join(', ')}`);
    this.needed = needed;
  }
}

/** Objects as the API server sends them. */
export interface Learned {
  readonly pods?: readonly unknown[];
  readonly services?: readonly unknown[];
  readonly endpointSlices?: readonly unknown[];
  /** Null where they may not be read. */
  readonly networkPolicies?: readonly unknown[] | null;
}

/** Of more addresses than this the names are asked of the Service's EndpointSlices, all at once. */
const FEW = 3;
/** Of more than this the pods are listed. */
const SOME = 16;
/** https://www.rfc-editor.org/rfc/rfc5737: addresses for examples, which nobody has. */
const NOBODY = /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$|^0\.0\.0\.0$|^::$/;

/** Throws NeedsObjects where the answer is in an object that nobody has fetched yet. */
export class AskedObjects implements MeshObjects {
  readonly #known = new ListedObjects({ pods: null, services: null, endpointSlices: null });
  readonly #answered = new Set<string>();
  /** Pods by their address, as EndpointSlices name them. */
  readonly #targets = new Map<string, ProxyId>();
  readonly #slices = new Set<string>();
  /** By namespace; null where they may not be read. */
  readonly #policies = new Map<string, readonly NetworkPolicy[] | null>();
  #isAmbient = false;
  #isWithStrangers = false;

  /** How much was asked so far. */
  get size(): number {
    return this.#answered.size;
  }

  /** Whether one of the pods that were fetched is in ambient mode. */
  get hasAmbientPods(): boolean {
    return this.#isAmbient;
  }

  /** Whether an address was met that no pod and no Service has. */
  get hasStrangers(): boolean {
    return this.#isWithStrangers;
  }

  /** A proxy whose address its own configuration tells. */
  addProxy(proxy: KnownProxy): void {
    this.#known.addProxy(proxy);
  }

  /** Takes what was fetched for a need: what is missing in it does not exist, or may not be read. */
  learn(need: ObjectsNeeded, { pods = [], services = [], endpointSlices = [], networkPolicies = [] }: Learned): void {
    this.#answered.add(keyOfNeed(need));
    if (need.kind === 'network-policies-in') {
      this.#policies.set(need.namespace, networkPolicies?.flatMap((one) => readNetworkPolicy(one) ?? []) ?? null);
    }
    for (const value of pods) this.#learnPod(value);
    for (const value of services) this.#known.addService(value);
    for (const value of endpointSlices) this.#learnSlice(value);
    if (need.kind === 'services-at' && this.#known.serviceAt(need.ip) === null) this.#isWithStrangers = true;
  }

  #learnPod(value: unknown): void {
    const pod = readPod(value);
    if (pod === null) return;
    this.#known.addPod(pod);
    this.#answered.add(keyOfNeed({ kind: 'pod', id: pod.id }));
    if (pod.annotations['ambient.istio.io/redirection'] === 'enabled') this.#isAmbient = true;
  }

  #learnSlice(value: unknown): void {
    const slice = readEndpointSlice(value);
    if (slice === null) return;
    const name = textOfName(value);
    // Two traces that run at once may both have asked for it.
    if (this.#slices.has(name)) return;
    this.#slices.add(name);
    this.#known.addSlice(slice);
    for (const { ip, pod } of slice.endpoints) if (pod !== null) this.#targets.set(keyOf(ip), pod);
  }

  podAt(ip: string): PodEntry | null {
    const found = this.#known.podAt(ip);
    if (found !== null) {
      this.#require({ kind: 'pod', id: found.id });
      return this.#known.podAt(ip);
    }
    if (!this.#mayBePods(ip)) return null;
    const target = this.#targets.get(keyOf(ip));
    if (target !== undefined) {
      this.#require({ kind: 'pod', id: target });
      const own = this.#known.podAt(ip);
      if (own !== null) return own;
    }
    this.#require({ kind: 'pods-at', ip });
    return this.#known.podAt(ip);
  }

  /** What a Service has for itself no pod has; an external address of one may be a pod's. */
  #mayBePods(ip: string): boolean {
    const own = this.#known.serviceAt(ip)?.clusterIps ?? [];
    return isAskable(ip) && !own.some((one) => keyOf(one) === keyOf(ip));
  }

  podOf(id: ProxyId): PodEntry | null {
    if (isName(id)) this.#require({ kind: 'pod', id });
    return this.#known.podOf(id);
  }

  podNamesAt(ips: readonly string[], service: ProxyId | null): readonly (ProxyId | null)[] {
    const unknown = [...new Set(ips)].filter((ip) => this.#mayBePods(ip) && this.#nameAt(ip) === undefined);
    if (unknown.length > FEW && service !== null && isName(service)) {
      this.#require({ kind: 'endpoint-slices', id: service });
    }
    const left = unknown.filter((ip) => !this.#isAnswered({ kind: 'pods-at', ip }));
    if (left.length > SOME) this.#require({ kind: 'all-pods' });
    else this.#requireAll(left.map((ip) => ({ kind: 'pods-at', ip })));
    return ips.map((ip) => this.#nameAt(ip) ?? null);
  }

  #nameAt(ip: string): ProxyId | undefined {
    return this.#known.podAt(ip)?.id ?? this.#targets.get(keyOf(ip));
  }

  podsFor(service: Service): Iterable<PodEntry> {
    this.#require({ kind: 'pods-behind', service });
    return sortedBy(this.#known.podsFor(), ({ id }) => id);
  }

  service(id: ProxyId): Service | null {
    if (isName(id) && this.#known.service(id) === null) this.#require({ kind: 'service', id });
    return this.#known.service(id);
  }

  serviceAt(ip: string): Service | null {
    const known = this.#known.serviceAt(ip);
    if (known !== null || !isAskable(ip) || this.#nameAt(ip) !== undefined) return known;
    this.#require({ kind: 'pods-at', ip });
    if (this.#known.podAt(ip) !== null) return null;
    this.#require({ kind: 'services-at', ip });
    return this.#known.serviceAt(ip);
  }

  servicesIn(namespace: string): Iterable<Service> {
    if (isName({ name: 'any', namespace })) this.#require({ kind: 'services-in', namespace });
    return sortedBy(this.#known.servicesIn(namespace), (service) => service);
  }

  /** Those that were fetched: the names of a message are not worth a list of them all. */
  services(): Iterable<Service> {
    return sortedBy(this.#known.services(), (service) => service);
  }

  endpointsOf(service: ProxyId): readonly ServiceEndpoint[] | undefined {
    if (isName(service)) this.#require({ kind: 'endpoint-slices', id: service });
    return this.#known.endpointsOf(service);
  }

  /** One list by the Service's labels in place of a request for each pod. */
  goesToEach(service: Service): void {
    if (Object.keys(service.selector).length === 0) return;
    const pods = (this.#known.endpointsOf(service) ?? []).flatMap(({ pod }) => pod ?? []);
    const unknown = pods.filter((id) => !this.#isAnswered({ kind: 'pod', id }));
    if (unknown.length > 1) this.#require({ kind: 'pods-behind', service });
  }

  /** The NetworkPolicies of these namespaces, as far as they may be read. */
  networkPoliciesIn(namespaces: readonly string[]): PoliciesRead {
    const named = namespaces.filter((namespace) => isName({ name: 'any', namespace }));
    this.#requireAll(named.map((namespace) => ({ kind: 'network-policies-in', namespace })));
    return {
      policies: named.flatMap((namespace) => this.#policies.get(namespace) ?? []),
      unread: named.filter((namespace) => this.#policies.get(namespace) === null),
    };
  }

  #require(need: ObjectsNeeded): void {
    this.#requireAll([need]);
  }

  #requireAll(needs: readonly ObjectsNeeded[]): void {
    const open = needs.filter((need) => !this.#isAnswered(need));
    if (open.length > 0) throw new NeedsObjects(open);
  }

  #isAnswered(need: ObjectsNeeded): boolean {
    const isListed = (need.kind === 'pods-at' || need.kind === 'pods-behind') && this.#answered.has('all-pods');
    return isListed || this.#answered.has(keyOfNeed(need));
  }
}

/** The same text for the same need. */
export function keyOfNeed(need: ObjectsNeeded): string {
  switch (need.kind) {
    case 'pod':
    case 'service':
    case 'endpoint-slices':
      return `${need.kind} ${proxyName(need.id)}`;
    case 'pods-at':
    case 'services-at':
      return `${need.kind} ${keyOf(need.ip)}`;
    case 'pods-behind':
      return `${need.kind} ${proxyName(need.service)}`;
    case 'services-in':
    case 'network-policies-in':
      return `${need.kind} ${need.namespace}`;
    case 'all-pods':
      return need.kind;
  }
}

/** As an API server lists them, whichever was fetched first. */
function sortedBy<T>(objects: Iterable<T>, idOf: (one: T) => ProxyId): readonly T[] {
  const keyed = [...objects].map((object) => {
    const { namespace, name } = idOf(object);
    return { object, key: `${namespace}/${name}` };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ object }) => object);
}

/** Whether an address can be somebody's: no loopback address, no path of a socket. */
function isAskable(ip: string): boolean {
  return parseIp(ip) !== null && !isLoopback(ip) && !NOBODY.test(ip);
}

/** What nothing can be called is not asked for: of a Service it would be another request. */
function isName(id: ProxyId): boolean {
  return nameFault(id) === null;
}

function textOfName(slice: unknown): string {
  const { metadata } = slice as { readonly metadata?: { readonly name?: string; readonly namespace?: string } };
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

/**
 * What a ztunnel knows, indexed as it looks things up. All ztunnels of a cluster know the same workloads, services and
 * policies; which pods are redirected to one, and its settings, are its own. https://github.com/istio/ztunnel (src/state)
 */
import { sameIp } from '../match/cidr';
import { type ProxyId, proxyName } from '../proxy-id';
import type { ZtunnelPolicy, ZtunnelService, Settings, ZtunnelWorkload, WorkloadState } from '../ztunnel/resources';
import { keyOf } from './mesh-objects';

/** A section without which a ztunnel's decisions are not known. */
export type LackedSection = 'workloads' | 'services' | 'policies';

/** What one ztunnel's dump holds. */
export interface ZtunnelDump {
  /** The ztunnel's pod; null where nobody knows. */
  readonly id: ProxyId | null;
  readonly workloads: readonly ZtunnelWorkload[];
  readonly services: readonly ZtunnelService[];
  readonly policies: readonly ZtunnelPolicy[];
  /** By the CNI's name for a pod. */
  readonly states: readonly (readonly [key: string, state: WorkloadState])[];
  readonly settings: Settings;
  /** Identities of which it has no certificate, with the state that says why. */
  readonly withoutCertificate?: ReadonlyMap<string, string>;
  /** Sections that every ztunnel writes and that it does not have: what they would hold is not known. */
  readonly lacking?: readonly LackedSection[];
  /** Whether it does not say which pods are redirected to the ztunnel. */
  readonly lacksStates?: boolean;
  /** JSON pointers of its workloads, services and policies into it. */
  readonly pointers?: ReadonlyMap<object, string>;
}

/** A service with its place in the dump. */
export interface PlacedService {
  readonly service: ZtunnelService;
  /** `/services/3`. */
  readonly pointer: string;
}

/** How the ztunnel that serves a pod knows it: from the CNI, and on which node it is itself; what its dump leaves out is not asked. */
interface Owner {
  readonly account?: string | undefined;
  readonly node?: string | undefined;
}

/** Workloads and services of a ztunnel's dump by address, name and uid, as ztunnel looks them up. */
export class ZtunnelIndex {
  readonly dumps: readonly ZtunnelDump[];
  readonly policies: readonly ZtunnelPolicy[];
  readonly services: readonly PlacedService[];
  readonly workloads: readonly ZtunnelWorkload[];
  readonly #byUid = new Map<string, ZtunnelWorkload>();
  readonly #byName = new Map<string, ZtunnelWorkload[]>();
  readonly #byAddress = new Map<string, readonly ZtunnelWorkload[]>();
  readonly #nodesByDump = new Map<ZtunnelDump, ReadonlySet<string>>();
  readonly #openRanks = new Map<string, ZtunnelWorkload>();
  readonly #byVip = new Map<string, PlacedService[]>();
  readonly #byHostname = new Map<string, PlacedService>();
  readonly #byHost = new Map<string, ZtunnelService[]>();
  readonly #served = new Map<string, ProxyId | null>();
  readonly #keys = new Map<string, ProxyId>();
  readonly #owners = new Map<string, Owner>();
  readonly #lacking = new Map<string, ReadonlyMap<string, string>>();
  readonly #settings: Settings;
  #byEndpoint: ReadonlyMap<string, readonly ZtunnelService[]> | undefined;

  /** What ztunnels of other networks know, which have workloads, services and policies of their own. */
  readonly beyond: readonly ZtunnelIndex[];

  /**
   * @param dumps the source's own ztunnel first
   * @param beyond those of other networks
   */
  constructor(dumps: readonly ZtunnelDump[], beyond: readonly ZtunnelIndex[] = []) {
    this.beyond = beyond;
    const [first] = dumps;
    if (first === undefined) throw new Error('an index needs a dump');
    this.dumps = dumps;
    this.policies = first.policies;
    this.workloads = first.workloads;
    const { pointers } = first;
    this.services = first.services.map((service, index) => ({
      service,
      pointer: pointers?.get(service) ?? `/services/${index}`,
    }));
    this.#settings = first.settings;
    for (const workload of first.workloads) this.#addWorkload(workload);
    for (const placed of this.services) this.#addService(placed);
    for (const { id, states, settings, withoutCertificate } of dumps) {
      for (const [key, { info }] of states) {
        const pod = { name: info?.name ?? '', namespace: info?.namespace ?? '' };
        this.#served.set(proxyName(pod), id);
        if (withoutCertificate !== undefined) this.#lacking.set(proxyName(pod), withoutCertificate);
        this.#owners.set(proxyName(pod), { account: info?.serviceAccount, node: settings.localNode });
        this.#keys.set(proxyName({ name: key, namespace: pod.namespace }), pod);
      }
    }
  }

  /** Sections that the dump does not have. */
  get lacking(): readonly LackedSection[] {
    return this.dumps[0]?.lacking ?? [];
  }

  /** The network that ztunnel is on: as its settings say, else that of a pod that it serves. */
  get network(): string {
    return this.#settings.network ?? this.#networkOfPods ?? '';
  }

  get clusterDomain(): string {
    return this.#settings.clusterDomain ?? 'cluster.local';
  }

  /** The namespace whose services ztunnel's DNS prefers where none is canonical; null where none is told. */
  get preferredNamespace(): string | null {
    return this.#settings.preferedServiceNamespace ?? null;
  }

  /** Ports of ztunnel itself, which nothing can be sent to through it. */
  isOwnPort(port: number): boolean {
    return (this.#settings.illegalPorts ?? OWN_PORTS).includes(port);
  }

  /** The workload of a pod; null where ztunnel knows none. Of several of one name, the one that its ztunnel finds, else a pod. */
  workloadOf(pod: ProxyId): ZtunnelWorkload | null {
    const found = this.#byName.get(proxyName(this.#own(pod))) ?? [];
    return found.find((one) => this.#isFound(one)) ?? found.find(isPod) ?? found[0] ?? null;
  }

  /**
   * Whether the ztunnel that serves a pod finds its workload, by name, namespace and service account among those of its own
   * node: a pod whose account or node the CNI and istiod tell differently is served by nobody. True where no ztunnel that is
   * known serves it. https://github.com/istio/ztunnel (src/state/workload.rs, find_by_info)
   */
  findsOwn(workload: ZtunnelWorkload): boolean {
    if (!this.#owners.has(workloadName(workload))) return true;
    return (this.#byName.get(workloadName(workload)) ?? [workload]).some((one) => this.#isFound(one));
  }

  #isFound(workload: ZtunnelWorkload): boolean {
    const { account, node } = this.#owners.get(workloadName(workload)) ?? {};
    const isAccount = account === undefined || (workload.serviceAccount ?? '') === account;
    return isAccount && (node === undefined || lacksNode(workload) || (workload.node ?? '') === node);
  }

  /**
   * Why the ztunnel that serves a workload has no certificate for it: the state in its dump, `Unavailable: …`. Null where it has
   * one, waits for it, or is not known.
   */
  certificateFault(workload: ZtunnelWorkload): string | null {
    const lacking = this.#lacking.get(workloadName(workload));
    return lacking?.get(`spiffe://${identityOf(workload)}`) ?? null;
  }

  /** A pod by ztunnel's name for it, where it is named as the CNI does: a gateway's pod is called after its network there. */
  #own(pod: ProxyId): ProxyId {
    if (this.#byName.has(proxyName(pod)) || this.#served.has(proxyName(pod))) return pod;
    return this.#keys.get(proxyName(pod)) ?? this.#keys.get(`uid-${proxyName(pod)}`) ?? pod;
  }

  workloadByUid(uid: string): ZtunnelWorkload | null {
    return this.#byUid.get(uid) ?? null;
  }

  /** A workload that is known by its host name, not by an address. */
  workloadByHostname(namespace: string, hostname: string): ZtunnelWorkload | null {
    return this.workloads.find((one) => one.namespace === namespace && one.hostname === hostname) ?? null;
  }

  /**
   * The workloads with this address that rank highest, the dump's last first; pods on the host's network have none of their own.
   * Pods beat other workloads, then those that speak HBONE.
   */
  workloadsAt(network: string, ip: string): readonly ZtunnelWorkload[] {
    return this.#byAddress.get(addressKey(network, ip)) ?? [];
  }

  /** As workloadsAt, the first of them. */
  workloadAt(network: string, ip: string): ZtunnelWorkload | null {
    return this.workloadsAt(network, ip)[0] ?? null;
  }

  /** A pod of another network that a ztunnel of which the dump is known serves. */
  servedAt(ip: string): ZtunnelWorkload | null {
    const found = this.workloads.find(
      (one) =>
        one.networkMode !== 'HostNetwork' &&
        (one.workloadIps ?? []).some((own) => own !== null && sameIp(own, ip)) &&
        this.#served.has(workloadName(one)),
    );
    return found ?? null;
  }

  /** Services that have exactly this VIP, in the order of the dump. */
  servicesAt(network: string, ip: string): readonly PlacedService[] {
    return this.#byVip.get(addressKey(network, ip)) ?? [];
  }

  /** Services of every namespace with this host name, in the order of the dump. */
  servicesNamed(hostname: string): readonly ZtunnelService[] {
    return this.#byHost.get(hostname.toLowerCase()) ?? [];
  }

  /** Services that have an endpoint of a workload, in the order of the dump. */
  servicesOf({ uid = '' }: ZtunnelWorkload): readonly ZtunnelService[] {
    this.#byEndpoint ??= servicesByEndpoint(this.services);
    return this.#byEndpoint.get(uid) ?? [];
  }

  /** By `namespace/hostname`. */
  serviceNamed(namespace: string, hostname: string): PlacedService | null {
    return this.#byHostname.get(`${namespace}/${hostname}`) ?? null;
  }

  /** Whether a pod is redirected to a ztunnel whose dump is known; null where its node's is not among them. */
  isServed(pod: ProxyId): boolean | null {
    if (this.#served.has(proxyName(this.#own(pod)))) return true;
    if (this.#served.size === 0) return null;
    const workload = this.workloadOf(pod);
    if (workload === null) return false;
    if (lacksNode(workload)) return null;
    return this.#nodes.has(workload.node ?? '') ? false : null;
  }

  /**
   * What would tell whether a pod is redirected, and is not in the dumps: the node of the pod, or which pods the ztunnel of its
   * node serves. Null where one of them tells, or where istiod's word for it is all that there can be: it says HBONE of the
   * pods that the CNI has redirected, and of those that take tunnels by themselves (`nativeTunnel`).
   * https://github.com/istio/istio (pilot/pkg/serviceregistry/ambient/workloads.go)
   */
  lackOfState(workload: ZtunnelWorkload): 'node' | 'workloadState' | null {
    const { node, networkMode, nativeTunnel } = workload;
    if (!isPod(workload) || networkMode === 'HostNetwork' || nativeTunnel === true) return null;
    if (this.#served.has(workloadName(workload))) return null;
    if (lacksNode(workload)) return 'node';
    for (const dump of this.dumps) {
      if (dump.lacksStates === true && (dump.settings.localNode ?? node) === node) return 'workloadState';
      if (dump.states.length > 0 && this.#nodesOf(dump).size === 0) return 'node';
    }
    return null;
  }

  /** A workload without a protocol, where that would tell which one of several has an address; null where there is none. */
  openRankAt(network: string, ip: string): ZtunnelWorkload | null {
    return this.#openRanks.get(addressKey(network, ip)) ?? null;
  }

  /** The ztunnel that serves a pod; null where that is not known. */
  ztunnelOf(pod: ProxyId): ProxyId | null {
    return this.#served.get(proxyName(this.#own(pod))) ?? null;
  }

  /** Nodes whose ztunnel's dump is known, and says which pods it serves. */
  get #nodes(): ReadonlySet<string> {
    const telling = this.dumps.filter(({ lacksStates }) => lacksStates !== true);
    return new Set(telling.flatMap((dump) => [...this.#nodesOf(dump)]));
  }

  /** The node of a ztunnel, as its settings and the pods that it serves tell it. */
  #nodesOf(dump: ZtunnelDump): ReadonlySet<string> {
    const known = this.#nodesByDump.get(dump);
    if (known !== undefined) return known;
    const nodes = new Set(dump.settings.localNode === undefined ? [] : [dump.settings.localNode]);
    for (const [, { info }] of dump.states) {
      const name = proxyName({ name: info?.name ?? '', namespace: info?.namespace ?? '' });
      for (const { node = '' } of this.#byName.get(name) ?? []) if (node !== '') nodes.add(node);
    }
    this.#nodesByDump.set(dump, nodes);
    return nodes;
  }

  get #networkOfPods(): string | undefined {
    const [name] = this.#served.keys();
    return this.#byName.get(name ?? '')?.find(isPod)?.network;
  }

  #addWorkload(workload: ZtunnelWorkload): void {
    const { uid = '', name = '', namespace = '', network = '' } = workload;
    this.#byUid.set(uid, workload);
    const key = proxyName({ name, namespace });
    this.#byName.set(key, [...(this.#byName.get(key) ?? []), workload]);
    if (workload.networkMode === 'HostNetwork') return;
    for (const ip of workload.workloadIps ?? []) {
      const place = addressKey(network, ip ?? '');
      const known = this.#byAddress.get(place) ?? [];
      const [first] = known;
      this.#noteOpenRank(place, [...known, workload]);
      const more = first === undefined ? 1 : rankOf(workload) - rankOf(first);
      if (more < 0 || known.includes(workload)) continue;
      this.#byAddress.set(place, more > 0 ? [workload] : [workload, ...known]);
    }
  }

  /** Of several at one address what they speak is a part of their rank. */
  #noteOpenRank(place: string, workloads: readonly ZtunnelWorkload[]): void {
    const open = workloads.find(({ protocol }) => protocol === undefined);
    if (open !== undefined && new Set(workloads).size > 1) this.#openRanks.set(place, open);
  }

  #addService(placed: PlacedService): void {
    const { namespace = '', hostname = '', vips } = placed.service;
    this.#byHostname.set(`${namespace}/${hostname}`, placed);
    const host = hostname.toLowerCase();
    this.#byHost.set(host, [...(this.#byHost.get(host) ?? []), placed.service]);
    for (const vip of vips ?? []) {
      const { network, ip } = networkAddress(vip ?? '');
      const key = addressKey(network, ip);
      const known = this.#byVip.get(key) ?? [];
      if (!known.includes(placed)) this.#byVip.set(key, [...known, placed]);
    }
  }
}

function servicesByEndpoint(services: readonly PlacedService[]): ReadonlyMap<string, readonly ZtunnelService[]> {
  const found = new Map<string, Set<ZtunnelService>>();
  for (const { service } of services) {
    for (const endpoint of Object.values(service.endpoints ?? {})) {
      const uid = endpoint?.workloadUid ?? '';
      found.set(uid, (found.get(uid) ?? new Set<ZtunnelService>()).add(service));
    }
  }
  return new Map([...found].map(([uid, set]) => [uid, [...set]]));
}

const POD = '//Pod/';
const OWN_PORTS = [15001, 15006, 15008];

/** Whether a workload is a pod, and its name a pod's. */
export function isPod({ uid }: ZtunnelWorkload): boolean {
  return uid?.includes(POD) === true;
}

/** Whether the node of a pod is not told: each has one. */
export function lacksNode(workload: ZtunnelWorkload): boolean {
  return isPod(workload) && workload.node === undefined;
}

function rankOf(workload: ZtunnelWorkload): number {
  const { protocol } = workload;
  return (isPod(workload) ? 2 : 0) + (protocol === 'HBONE' ? 1 : 0);
}

/** `network/IP` taken apart at its first slash. */
export function networkAddress(text: string): { readonly network: string; readonly ip: string } {
  const at = text.indexOf('/');
  return at < 0 ? { network: '', ip: text } : { network: text.slice(0, at), ip: text.slice(at + 1) };
}

function addressKey(network: string, ip: string): string {
  return `${network}/${keyOf(ip)}`;
}

/** The pod of a workload. */
export function podOf({ name = '', namespace = '' }: ZtunnelWorkload): ProxyId {
  return { name, namespace };
}

/** A pod's name as a trace has it. */
export function workloadName({ name = '', namespace = '' }: ZtunnelWorkload): string {
  return `${name}.${namespace}`;
}

/** A workload's identity without `spiffe://`. */
export function identityOf({ trustDomain = '', namespace = '', serviceAccount = '' }: ZtunnelWorkload): string {
  return `${trustDomain === '' ? 'cluster.local' : trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

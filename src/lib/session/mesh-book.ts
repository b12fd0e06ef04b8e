/** The address book of an open mesh: of lists where there are some, of a running cluster by what questions need. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { type AddressBook, addressBook, bookOf, type KnownProxy } from '../mesh/address-book';
import { AskedObjects, type Learned, type ObjectsNeeded } from '../mesh/asked-objects';
import { type NetworkPolicy, type PoliciesRead, readNetworkPolicy } from '../mesh/network-policy';
import type { KubernetesObjects, MeshSource } from '../source/source';
import { isPod, podOf, type ZtunnelIndex } from '../mesh/ztunnel-index';
import { loadNode } from './load';

/** Who asks for more objects than this is better off with the lists. */
const MOST_OBJECTS = 200;

/** What answers names and addresses, and what of it is still to be fetched. */
export class MeshBook {
  readonly #mesh: MeshSource;
  readonly #ztunnelsOf: (source: ProxyConfig) => Promise<ZtunnelIndex | null>;
  readonly #asked: AskedObjects | null;
  #book: Promise<AddressBook> | undefined;
  #policies: Promise<readonly NetworkPolicy[]> | undefined;

  /** @param ztunnelsOf what the ztunnels know, which tell of pods where there is no list of them */
  constructor(mesh: MeshSource, ztunnelsOf: (source: ProxyConfig) => Promise<ZtunnelIndex | null>) {
    this.#mesh = mesh;
    this.#ztunnelsOf = ztunnelsOf;
    this.#asked = mesh.objects === undefined ? null : new AskedObjects();
  }

  /** Whether a pod that a walk met may be in ambient mode: of lists that is known only later. */
  get hasAmbientPods(): boolean {
    return this.#asked === null || this.#asked.hasAmbientPods;
  }

  /** Whether a walk met an address that no pod and no Service has: a ztunnel may know it. */
  get hasStrangers(): boolean {
    return this.#asked?.hasStrangers === true;
  }

  /** The book for questions of a proxy. That of a running cluster throws NeedsObjects. */
  async of(source: ProxyConfig): Promise<AddressBook> {
    if (this.#asked !== null && this.#asked.size <= MOST_OBJECTS) {
      const own = knownProxy(source);
      if (own !== null) this.#asked.addProxy(own);
      return bookOf(this.#asked);
    }
    this.#book ??= this.#listed(source);
    return await this.#book;
  }

  /** Fetches what NeedsObjects names. */
  async fetch(needed: readonly ObjectsNeeded[]): Promise<void> {
    const { objects } = this.#mesh;
    const asked = this.#asked;
    if (objects === undefined || asked === null) throw new Error('a mesh of lists needs no objects');
    await Promise.all(
      needed.map(async (need) => {
        asked.learn(need, await fetched(objects, this.#mesh, need));
      }),
    );
  }

  /**
   * What answers which NetworkPolicies there are: of what was saved all of them, of a running cluster those of the namespaces that
   * a walk asks about. Undefined where none can be known.
   */
  async policies(): Promise<((namespaces: readonly string[]) => PoliciesRead) | undefined> {
    const asked = this.#asked;
    if (asked !== null) return (namespaces) => asked.networkPoliciesIn(namespaces);
    if (this.#mesh.live === true) return undefined;
    this.#policies ??= this.#savedPolicies();
    const policies = await this.#policies;
    return () => ({ policies, unread: [] });
  }

  async #savedPolicies(): Promise<readonly NetworkPolicy[]> {
    const { networkPolicies } = await this.#mesh.kubernetes(['networkPolicies']);
    return (networkPolicies ?? []).flatMap((one) => readNetworkPolicy(one) ?? []);
  }

  async #listed(source: ProxyConfig): Promise<AddressBook> {
    const lists = await this.#mesh.kubernetes(['pods', 'services', 'endpointSlices']);
    const proxies =
      lists.pods === null ? [...(await this.#addressesOfProxies()), ...(await this.#workloads(source))] : [];
    const own = knownProxy(source);
    return addressBook(lists, own === null ? proxies : [own, ...proxies]);
  }

  /** Without a list of pods a ztunnel tells of them. */
  async #workloads(source: ProxyConfig): Promise<readonly KnownProxy[]> {
    const index = await this.#ztunnelsOf(source);
    const pods = (index?.workloads ?? []).filter((one) => isPod(one) && one.networkMode !== 'HostNetwork');
    return pods.map((pod) => ({ id: podOf(pod), ips: (pod.workloadIps ?? []).flatMap((ip) => ip ?? []) }));
  }

  /** Without a list of pods each proxy's own dump tells its address. */
  async #addressesOfProxies(): Promise<readonly KnownProxy[]> {
    const ids = await this.#mesh.proxies();
    const found = await Promise.all(
      ids.map(async (id): Promise<readonly KnownProxy[]> => {
        const proxy = await this.#mesh.openProxy(id);
        const config = proxy === null ? null : await loadNode(proxy).catch(() => null);
        const known = config === null ? null : knownProxy(config);
        return known === null ? [] : [{ id, ips: known.ips }];
      }),
    );
    return found.flat();
  }
}

async function fetched(objects: KubernetesObjects, mesh: MeshSource, need: ObjectsNeeded): Promise<Learned> {
  switch (need.kind) {
    case 'pod':
      return { pods: [await objects.pod(need.id)] };
    case 'pods-at':
      return { pods: await objects.podsAt(need.ip) };
    case 'pods-behind':
      return { pods: await objects.podsWith(need.service.namespace, need.service.selector) };
    case 'all-pods':
      return { pods: (await mesh.kubernetes(['pods'])).pods ?? [] };
    case 'service':
      return { services: [await objects.service(need.id)] };
    case 'services-at':
      return { services: await objects.servicesAt(need.ip) };
    case 'services-in':
      return { services: await objects.servicesIn(need.namespace) };
    case 'network-policies-in':
      return { networkPolicies: await objects.networkPoliciesIn(need.namespace) };
    case 'endpoint-slices':
      return { endpointSlices: await objects.endpointSlicesOf(need.id) };
  }
}

function knownProxy(config: ProxyConfig): KnownProxy | null {
  const { id, ip } = config;
  return id === null || ip === null ? null : { id, ips: [ip, ...otherAddresses(config)] };
}

/** istiod is told every address of a pod: `INSTANCE_IPS`. */
function otherAddresses(config: ProxyConfig): readonly string[] {
  const ips = config.node.metadata?.['INSTANCE_IPS'];
  return typeof ips === 'string' ? ips.split(',').filter((ip) => ip !== '' && ip !== config.ip) : [];
}

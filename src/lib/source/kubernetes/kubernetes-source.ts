/** The cluster of a kubeconfig as a source. */
import { UnavailableError, UsageError } from '../../errors';
import { type ProxyId, proxyName } from '../../proxy-id';
import type { KubernetesOptions } from '../kubernetes-options';
import type { KubernetesLists, MeshSource, ProxySource } from '../source';
import { openAccess } from './access';
import { ApiRefusal } from './api-error';
import { ApiServer } from './api-server';
import { loadClient } from './client';
import { ClusterLists, type ListName } from './cluster-lists';
import { ClusterObjects } from './cluster-objects';
import { type FoundPod, PodFinder, sortedPods } from './pod-finder';
import { PodProxy } from './pod-proxy';
import { ClusterZtunnels } from './cluster-ztunnels';
import { podState } from './pod-state';
import { dialPod } from './port-forward';

/** Opens the cluster that the options name; nothing is asked of it yet. Throws what openAccess throws. */
export async function openKubernetes(options: KubernetesOptions): Promise<MeshSource> {
  const client = await loadClient();
  const access = await openAccess(client, options);
  return new KubernetesMesh(new ApiServer(client, access, options), options);
}

/** What says nothing of the pod: credentials that do not hold, and a server that has too much to do. */
const UNREFUSED = new Set([401, 429]);

const ALL_LISTS: readonly ListName[] = ['pods', 'services', 'endpointSlices', 'nodes'];

class KubernetesMesh implements MeshSource {
  readonly live = true;
  readonly label: string;
  readonly identity: string;
  readonly #api: ApiServer;
  readonly #options: KubernetesOptions;
  readonly #finder: PodFinder;
  readonly #lists: ClusterLists;
  readonly objects: ClusterObjects;
  readonly ztunnels: ClusterZtunnels;
  readonly #open = new Set<PodProxy>();

  constructor(api: ApiServer, options: KubernetesOptions) {
    this.label = `the cluster of context ${api.access.context}`;
    this.identity = api.access.server.origin + api.access.server.pathname;
    this.#api = api;
    this.#options = options;
    this.#finder = new PodFinder(api, options.note);
    this.#lists = new ClusterLists(api, options.note, () => {
      const opened = [...this.#open].map(({ id }) => id.namespace);
      return [...new Set([...opened, api.access.namespace])];
    });
    this.objects = new ClusterObjects(api, this.#lists);
    this.ztunnels = new ClusterZtunnels(api, options, this.#finder, async (id) => await this.objects.pod(id));
  }

  /** The pods with a proxy, of the namespace given with -n, else of all that may be read. */
  async proxies(): Promise<readonly ProxyId[]> {
    try {
      return (await this.#meshPods()).map(({ id }) => id);
    } catch (error) {
      // Who may not list pods can still name one.
      if (error instanceof ApiRefusal && error.status === 403) return [];
      throw error;
    }
  }

  async open(target: string | undefined): Promise<ProxySource> {
    const found = await this.#find(target);
    const running = found.filter(({ object }) => podState(object).obstacle === null);
    const [first = found[0]] = running;
    if (first === undefined) throw this.#noProxies();
    const { selector, note } = this.#options;
    if (found.length > 1) {
      if (target === undefined && selector === null) {
        throw new UsageError(`${this.label} has ${found.length} proxies, and none was named`);
      }
      note(
        `Took ${proxyName(first.id)} of ${found.length} pods of ${target ?? selector ?? ''}; --all-replicas takes all.`,
      );
    }
    const proxy = this.#proxy(first);
    proxy.requireRunning();
    return proxy;
  }

  /**
   * A pod that is named in full is connected to without being looked up, a round trip less: that it exists and runs shows then.
   * Where the API server refuses the connection, the pod is looked up as ever, which finds the reason, or what else is meant.
   */
  async openConfiguration(target: string | undefined): Promise<ProxySource> {
    const id = target === undefined || this.#options.via !== 'port-forward' ? null : this.#finder.likeliest(target);
    if (id === null) return await this.open(target);
    try {
      const socket = await dialPod(this.#api, id, this.#options.adminPort);
      return this.#kept(new PodProxy(this.#api, id, { socket }, this.#options));
    } catch (error) {
      if (!(error instanceof ApiRefusal) || UNREFUSED.has(error.status)) throw error;
      return await this.open(target);
    }
  }

  /** Pods that have ended are left out where others run. None where ztunnels are all that there is: ambient mode without waypoints. */
  async openAll(target: string | undefined): Promise<readonly ProxySource[]> {
    const found = await this.#find(target);
    if (found.length === 0) {
      const isWhole = target === undefined && this.#options.selector === null;
      if (isWhole && (await this.ztunnels.known())) return [];
      throw this.#noProxies();
    }
    const running = found.filter(({ object }) => podState(object).obstacle?.hasEnded !== true);
    if (running.length === 0) return found.map((pod) => this.#proxy(pod));
    for (const pod of found.filter((one) => !running.includes(one))) {
      this.#options.note(
        `Left out pod ${proxyName(pod.id)}: it ${podState(pod.object).obstacle?.because ?? 'has ended'}`,
      );
    }
    return running.map((pod) => this.#proxy(pod));
  }

  /** Null for a pod that does not exist or has no proxy. */
  async openProxy(id: ProxyId): Promise<ProxySource | null> {
    let object: unknown;
    try {
      object = await this.objects.readPod(id);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      if (error.status === 404) return null;
      if (error.status !== 403) throw error;
      object = null;
    }
    const proxy = this.#proxy({ id, object });
    return proxy.hasProxy ? proxy : null;
  }

  /** Lists that were not asked for are null. */
  async kubernetes(wanted: readonly ListName[] = ALL_LISTS): Promise<KubernetesLists> {
    const list = async (name: ListName): Promise<readonly unknown[] | null> =>
      wanted.includes(name) ? await this.#lists.get(name) : null;
    return {
      pods: await list('pods'),
      services: await list('services'),
      endpointSlices: await list('endpointSlices'),
      nodes: await list('nodes'),
      networkPolicies: await list('networkPolicies'),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((proxy) => proxy.close()));
    this.#open.clear();
    await this.ztunnels.close();
    this.#api.close();
  }

  async #find(target: string | undefined): Promise<readonly FoundPod[]> {
    if (target !== undefined) return await this.#finder.find(target);
    const { selector } = this.#options;
    return selector === null ? await this.#meshPods() : await this.#finder.select(selector);
  }

  async #meshPods(): Promise<readonly FoundPod[]> {
    const { namespace } = this.#options;
    const pods =
      namespace === null ? sortedPods((await this.#lists.get('pods')) ?? []) : await this.#finder.all(namespace);
    return pods
      .filter(({ object }) => podState(object).hasProxy)
      .sort((a, b) => compareText(proxyName(a.id), proxyName(b.id)));
  }

  #proxy({ id, object }: FoundPod): PodProxy {
    this.objects.knows(id, object);
    return this.#kept(new PodProxy(this.#api, id, { object }, this.#options));
  }

  #kept(proxy: PodProxy): PodProxy {
    this.#open.add(proxy);
    return proxy;
  }

  #noProxies(): UnavailableError {
    const { namespace } = this.#options;
    const where = namespace === null ? '' : ` in namespace "${namespace}"`;
    return new UnavailableError(`${this.label} has no pod with an istio-proxy container${where}`, {
      hint: 'Another namespace is named with -n; any pod can be named as POD.NAMESPACE.',
    });
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

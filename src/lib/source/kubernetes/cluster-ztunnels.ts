/** The ztunnels of a cluster: the pods of the DaemonSet `ztunnel`. */
import { UnavailableError, UsageError } from '../../errors';
import { type ProxyId, proxyName } from '../../proxy-id';
import { AdminClient } from '../admin-client';
import { fieldAt, textOrEmpty } from '../../json-fields';
import type { KubernetesOptions } from '../kubernetes-options';
import type { Body, OpenedZtunnel, ZtunnelRequest, Ztunnels, ZtunnelSource } from '../source';
import { parseTarget } from '../target';
import { ISTIO_NAMESPACE, isZtunnelPod } from '../ztunnel';
import { ApiRefusal } from './api-error';
import type { ApiServer } from './api-server';
import { type FoundPod, type PodFinder, sortedPods } from './pod-finder';
import { dialPod, PodAgent } from './port-forward';
import { podSelector } from './workload-selector';
import { uriComponent } from '../../uri-component';

const DAEMONSET = 'ztunnel';
/** The label of its pods in Istio's chart. */
const STANDARD_SELECTOR = 'app=ztunnel';
/** Of so many the one to prefer is taken where any will do. */
const FEW = 5;

export class ClusterZtunnels implements Ztunnels {
  readonly #api: ApiServer;
  readonly #options: KubernetesOptions;
  readonly #finder: PodFinder;
  readonly #podOf: (id: ProxyId) => Promise<unknown>;
  readonly #open = new Map<string, PodZtunnel>();

  /** @param podOf a pod as the API server sends it; null where it does not exist or may not be read */
  constructor(api: ApiServer, options: KubernetesOptions, finder: PodFinder, podOf: (id: ProxyId) => Promise<unknown>) {
    this.#api = api;
    this.#options = options;
    this.#finder = finder;
    this.#podOf = podOf;
  }

  async known(): Promise<boolean> {
    try {
      return (await this.list()).length > 0;
    } catch (error) {
      // Who may not look there traces without them.
      if (error instanceof ApiRefusal) return false;
      throw error;
    }
  }

  async list(): Promise<readonly ProxyId[]> {
    return (await this.#pods(null)).map(({ id }) => id);
  }

  async openAll(): Promise<readonly ZtunnelSource[]> {
    return (await this.#some(null)).map(({ id }) => this.#source(id));
  }

  async open({ target, node, any }: ZtunnelRequest): Promise<OpenedZtunnel> {
    if (node !== undefined) return { ztunnel: this.#source((await this.#first(node)).id), workload: null };
    if (target !== undefined) return await this.#named(target);
    const pods = await this.#some(null);
    const [first] = pods;
    if (first !== undefined && (any || pods.length === 1)) return { ztunnel: this.#source(first.id), workload: null };
    throw new UsageError('ztunnel pod name or --node must be set', {
      hint: `Name one: ${pods
        .slice(0, 20)
        .map(({ id }) => proxyName(id))
        .join(', ')}.`,
    });
  }

  async near(caller: ProxyId | null): Promise<ZtunnelSource | null> {
    try {
      const node = caller === null ? '' : textOrEmpty(fieldAt(await this.#podOf(caller), 'spec', 'nodeName'));
      const own = node === '' ? [] : await this.#pods(node);
      const [first] = own.length > 0 ? own : await this.#labelled(STANDARD_SELECTOR, null, FEW);
      return first === undefined ? null : this.#source(first.id);
    } catch (error) {
      // Who may not look there traces without them.
      if (error instanceof ApiRefusal && error.status === 403) return null;
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((one) => one.close()));
    this.#open.clear();
  }

  /** A ztunnel's pod, or one that is served by the ztunnel of its node. */
  async #named(target: string): Promise<OpenedZtunnel> {
    const [pod] = await this.#finder.find(this.#placed(target));
    if (pod === undefined) throw new UnavailableError(`no pod matches "${target}"`);
    const app = textOrEmpty(fieldAt(pod.object, 'metadata', 'labels', 'app'));
    if (isZtunnelPod(pod.id.name, app)) return { ztunnel: this.#source(pod.id), workload: null };
    const node = textOrEmpty(fieldAt(pod.object, 'spec', 'nodeName'));
    const name = proxyName(pod.id);
    if (pod.object === null) {
      throw new UnavailableError(`pod ${name} may not be read, so its node and the ztunnel there are not known`, {
        hint: 'Name the ztunnel, or its node with --node.',
      });
    }
    if (node === '') throw new UnavailableError(`pod ${name} is not scheduled to a node`);
    return { ztunnel: this.#source((await this.#first(node, ` for pod ${name}`)).id), workload: pod.id };
  }

  /** istioctl looks for a name without a namespace where Istio is, not in the kubeconfig's namespace. */
  #placed(target: string): string {
    const { readings } = parseTarget(target);
    const isPlaced = readings.some(({ namespace }) => namespace !== null);
    return isPlaced ? target : `${target}.${this.#options.namespace ?? this.#namespace}`;
  }

  get #namespace(): string {
    return this.#options.istioNamespace ?? ISTIO_NAMESPACE;
  }

  async #first(node: string, whom = ''): Promise<FoundPod> {
    const [first] = await this.#pods(node);
    if (first !== undefined) return first;
    throw new UnavailableError(`no pods found: there is no ztunnel on node ${node}${whom}`, {
      hint: `kubectl get pods -n ${this.#namespace} -l ${STANDARD_SELECTOR} -o wide shows those that there are.`,
    });
  }

  async #some(node: string | null): Promise<readonly FoundPod[]> {
    const pods = await this.#pods(node);
    if (pods.length > 0) return pods;
    throw new UnavailableError(`the cluster has no ztunnel in namespace "${this.#namespace}"`, {
      hint: "Is ambient mode installed (istioctl install --set profile=ambient)? Another Istio's namespace is named with -i.",
    });
  }

  /**
   * The ztunnels' pods, the one to prefer first; of one node where that is named. They have the label that Istio's chart gives them;
   * where no pod has it, the DaemonSet says what they are known by.
   */
  async #pods(node: string | null): Promise<readonly FoundPod[]> {
    const found = await this.#labelled(STANDARD_SELECTOR, node);
    if (found.length > 0) return found;
    const own = await this.#selector();
    return own === STANDARD_SELECTOR ? [] : await this.#labelled(own, node);
  }

  async #labelled(
    labelSelector: string,
    node: string | null,
    most = Number.POSITIVE_INFINITY,
  ): Promise<readonly FoundPod[]> {
    const path = `/api/v1/namespaces/${uriComponent(this.#namespace)}/pods`;
    const onNode = node === null ? {} : { fieldSelector: `spec.nodeName=${node}` };
    return sortedPods(await this.#api.list(path, { labelSelector, ...onNode }, most));
  }

  async #selector(): Promise<string> {
    try {
      const namespace = uriComponent(this.#namespace);
      const object = await this.#api.get(`/apis/apps/v1/namespaces/${namespace}/daemonsets/${DAEMONSET}`);
      const selector = podSelector('DaemonSet', object, DAEMONSET);
      return selector === '' ? STANDARD_SELECTOR : selector;
    } catch (error) {
      if (error instanceof ApiRefusal && (error.status === 403 || error.status === 404)) return STANDARD_SELECTOR;
      throw error;
    }
  }

  #source(id: ProxyId): PodZtunnel {
    const name = proxyName(id);
    const ztunnel = this.#open.get(name) ?? new PodZtunnel(this.#api, id, this.#options);
    this.#open.set(name, ztunnel);
    return ztunnel;
  }
}

/** The ztunnel in one pod, asked over a port-forward. */
class PodZtunnel implements ZtunnelSource {
  readonly label: string;
  readonly id: ProxyId;
  readonly #client: AdminClient;

  constructor(api: ApiServer, id: ProxyId, { adminPort, idleTimeoutMs, showRequest }: KubernetesOptions) {
    this.label = `pod ${proxyName(id)}`;
    this.id = id;
    const agent = new PodAgent(() => dialPod(api, id, adminPort));
    this.#client = new AdminClient(new URL(`http://localhost:${adminPort}`), {
      idleTimeoutMs,
      showRequest,
      name: this.label,
      agent,
    });
  }

  configDump(): Promise<Body> {
    return Promise.resolve(this.#client.body(['/config_dump']));
  }

  async admin(method: 'GET' | 'POST', path: string): Promise<Body> {
    return await this.#client.send(method, path);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** Single objects of a cluster, each fetched once, as far as the user may read them. */
import { isIP } from 'node:net';
import { type ProxyId, proxyName } from '../../proxy-id';
import { field, fieldAt, listOf, textOrEmpty } from '../../json-fields';
import { podFacts } from '../kubernetes-objects';
import type { KubernetesObjects } from '../source';
import { ApiRefusal } from './api-error';
import type { ApiServer } from './api-server';
import type { ClusterLists } from './cluster-lists';
import { podPath } from './port-forward';
import { uriComponent } from '../../uri-component';

/** What an EndpointSlice names its Service by. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#ownership */
const SERVICE_LABEL = 'kubernetes.io/service-name';

export class ClusterObjects implements KubernetesObjects {
  readonly #api: ApiServer;
  readonly #lists: ClusterLists;
  readonly #pods = new Map<string, Promise<unknown>>();
  /** Families of the first addresses of the pods that were read (4, 6), and addresses whose family nobody has asked for yet. */
  readonly #families = new Set<number>();
  readonly #addresses = new Set<string>();

  constructor(api: ApiServer, lists: ClusterLists) {
    this.#api = api;
    this.#lists = lists;
  }

  /** Takes a pod that was read already. */
  knows(id: ProxyId, object: unknown): void {
    if (object === null) return;
    this.#addresses.add(textOrEmpty(fieldAt(object, 'status', 'podIP')));
    if (!this.#pods.has(proxyName(id))) this.#pods.set(proxyName(id), Promise.resolve(object));
  }

  /** A pod. Throws ApiRefusal where it does not exist or may not be read. */
  async readPod(id: ProxyId): Promise<unknown> {
    const name = proxyName(id);
    const known = this.#pods.get(name) ?? this.#api.get(podPath(id));
    this.#pods.set(name, known);
    return await known;
  }

  async pod(id: ProxyId): Promise<unknown> {
    try {
      return await this.readPod(id);
    } catch (error) {
      if (!(error instanceof ApiRefusal) || (error.status !== 403 && error.status !== 404)) throw error;
      if (error.status === 403) this.#lists.tellForbidden('pods', error);
      return null;
    }
  }

  async podsAt(ip: string): Promise<readonly unknown[]> {
    const found = await this.#lists.select('pods', { fieldSelector: `status.podIP=${ip}` });
    const own = found.filter((pod) => addressesOf(pod).includes(ip));
    for (const pod of own) this.#learn(pod);
    // Only a pod's first address can be asked for: in a cluster of both families the other one stands behind it.
    if (own.length > 0 || this.#isOfFirstAddresses(ip)) return own;
    return ((await this.#lists.get('pods')) ?? []).filter((pod) => addressesOf(pod).includes(ip));
  }

  async podsWith(namespace: string, labels: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    const found = await this.#lists.select('pods', { labelSelector }, namespace);
    for (const pod of found) this.#learn(pod);
    return found;
  }

  async service({ namespace, name }: ProxyId): Promise<unknown> {
    const path = `/api/v1/namespaces/${uriComponent(namespace)}/services/${uriComponent(name)}`;
    try {
      return await this.#api.get(path);
    } catch (error) {
      if (!(error instanceof ApiRefusal) || (error.status !== 403 && error.status !== 404)) throw error;
      // Roles that were made for the lists have `list` alone.
      const fieldSelector = `metadata.name=${name}`;
      const some = error.status === 404 ? [] : await this.#lists.select('services', { fieldSelector }, namespace);
      return some.find((one) => textOrEmpty(fieldAt(one, 'metadata', 'name')) === name) ?? null;
    }
  }

  /** External addresses cannot be asked for, nor can any by API servers before Kubernetes 1.33: the list tells of them. */
  async servicesAt(ip: string): Promise<readonly unknown[]> {
    const found = await this.#lists.select('services', { fieldSelector: `spec.clusterIP=${ip}` });
    const own = found.filter((service) => fieldAt(service, 'spec', 'clusterIP') === ip);
    return own.length > 0 ? own : ((await this.#lists.get('services')) ?? []);
  }

  async servicesIn(namespace: string): Promise<readonly unknown[]> {
    return await this.#lists.select('services', {}, namespace);
  }

  async endpointSlicesOf({ namespace, name }: ProxyId): Promise<readonly unknown[]> {
    return await this.#lists.select('endpointSlices', { labelSelector: `${SERVICE_LABEL}=${name}` }, namespace);
  }

  async networkPoliciesIn(namespace: string): Promise<readonly unknown[] | null> {
    return await this.#lists.ofNamespace('networkPolicies', namespace);
  }

  /** Whether pods have an address of this one's family as their first. The family of none is asked for before: it takes Node 4 ms. */
  #isOfFirstAddresses(ip: string): boolean {
    for (const address of this.#addresses) this.#families.add(isIP(address));
    this.#addresses.clear();
    return this.#families.has(isIP(ip));
  }

  #learn(pod: unknown): void {
    const id = podFacts(pod)?.id;
    if (id !== undefined) this.knows(id, pod);
  }
}

function addressesOf(pod: unknown): readonly string[] {
  const status = field(pod, 'status');
  const others = listOf(field(status, 'podIPs')).map((one) => textOrEmpty(field(one, 'ip')));
  return [textOrEmpty(field(status, 'podIP')), ...others];
}

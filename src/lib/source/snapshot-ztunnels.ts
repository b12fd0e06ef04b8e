/** The ztunnels of a snapshot: `ztunnels/NAMESPACE/POD/config_dump.json`. */
import { UnavailableError, UsageError } from '../errors';
import { type ProxyId, proxyName } from '../proxy-id';
import type { PodFacts } from './kubernetes-objects';
import { resolveTarget } from './resolve';
import type { Body, OpenedZtunnel, ZtunnelRequest, Ztunnels, ZtunnelSource } from './source';
import { parseTarget } from './target';
import { ISTIO_NAMESPACE, isZtunnelPod } from './ztunnel';

export interface SnapshotZtunnelOptions {
  /** Of the snapshot, for messages. */
  readonly label: string;
  readonly ids: readonly ProxyId[];
  /** As given with -n; null where it was not. */
  readonly namespace: string | null;
  readonly body: (id: ProxyId) => Promise<Body | null>;
  /** The snapshot's pods; null where it has no list of them. */
  readonly pods: () => Promise<readonly PodFacts[] | null>;
  readonly note: (line: string) => void;
}

export class SnapshotZtunnels implements Ztunnels {
  readonly #options: SnapshotZtunnelOptions;

  constructor(options: SnapshotZtunnelOptions) {
    this.#options = options;
  }

  known(): Promise<boolean> {
    return Promise.resolve(this.#options.ids.length > 0);
  }

  list(): Promise<readonly ProxyId[]> {
    return Promise.resolve(this.#options.ids);
  }

  openAll(): Promise<readonly ZtunnelSource[]> {
    return Promise.resolve(this.#options.ids.map((id) => this.#source(id)));
  }

  async open({ target, node, any }: ZtunnelRequest): Promise<OpenedZtunnel> {
    const { ids, label } = this.#options;
    const [first] = ids;
    if (first === undefined) {
      throw new UnavailableError(`${label} has no ztunnel`, {
        hint: 'Save one as ztunnels/NAMESPACE/POD/config_dump.json: curl -s localhost:15000/config_dump in its pod prints it.',
      });
    }
    if (node !== undefined) return { ztunnel: this.#source(await this.#onNode(node)), workload: null };
    if (target === undefined) {
      if (ids.length === 1 || any) return { ztunnel: this.#source(first), workload: null };
      throw new UsageError('ztunnel pod name or --node must be set', { hint: `Name one: ${this.#names()}.` });
    }
    const { id, facts } = await this.#find(target);
    const own = ids.find((one) => proxyName(one) === proxyName(id));
    if (own !== undefined) return { ztunnel: this.#source(own), workload: null };
    if (isZtunnelPod(id.name, facts?.labels.get('app'))) {
      throw new UnavailableError(`${label} has no ztunnel ${proxyName(id)}`, { hint: `There are: ${this.#names()}.` });
    }
    return { ztunnel: this.#source(await this.#serving(id, facts, first, any)), workload: id };
  }

  async #find(target: string): Promise<{ readonly id: ProxyId; readonly facts: PodFacts | null }> {
    const { ids, label } = this.#options;
    const namespace = this.#options.namespace ?? ISTIO_NAMESPACE;
    const pods = await this.#options.pods();
    const proxies = [...ids, ...(pods ?? []).map((pod) => pod.id)];
    const named = parseTarget(target);
    if (pods === null && named.kind === 'Pod') {
      const known = named.readings.flatMap((reading) => ids.find((one) => isNamed(one, reading, namespace)) ?? []);
      const [reading] = named.readings;
      const id = known[0] ?? { name: reading?.name ?? target, namespace: reading?.namespace ?? namespace };
      return { id, facts: null };
    }
    const [id] = resolveTarget(target, { label, namespace, proxies, pods, services: null });
    if (id === undefined) throw new UnavailableError(`no pod of ${label} matches "${target}"`);
    return { id, facts: pods?.find((pod) => proxyName(pod.id) === proxyName(id)) ?? null };
  }

  /** The ztunnel of the pod's node; where that is not known, the only one or any. */
  async #serving(pod: ProxyId, facts: PodFacts | null, first: ProxyId, any: boolean): Promise<ProxyId> {
    const { ids, label, note } = this.#options;
    if (ids.length === 1) return first;
    const node = facts?.nodeName ?? null;
    if (node !== null) return await this.#onNode(node);
    if (!any) {
      throw new UnavailableError(`${label} does not say on which node pod ${proxyName(pod)} is`, {
        hint: `Name its ztunnel: ${this.#names()}.`,
      });
    }
    note(`Took ${proxyName(first)}: the snapshot does not say on which node ${proxyName(pod)} is.`);
    return first;
  }

  async #onNode(node: string): Promise<ProxyId> {
    const { ids, label } = this.#options;
    const pods = await this.#options.pods();
    const nodes = new Map((pods ?? []).map((pod) => [proxyName(pod.id), pod.nodeName]));
    const found = ids.find((id) => nodes.get(proxyName(id)) === node);
    if (found !== undefined) return found;
    throw new UnavailableError(`no pods found: ${label} has no ztunnel that is known to run on node ${node}`, {
      hint: `Name one of its pods: ${this.#names()}.`,
    });
  }

  #names(): string {
    return this.#options.ids.slice(0, 20).map(proxyName).join(', ');
  }

  #source(id: ProxyId): ZtunnelSource {
    const { label, body } = this.#options;
    return {
      label: `${proxyName(id)} in ${label}`,
      id,
      configDump: async () => {
        const found = await body(id);
        if (found !== null) return found;
        throw new UnavailableError(`${label} has no config_dump of ${proxyName(id)}`);
      },
    };
  }
}

function isNamed(id: ProxyId, reading: { name: string; namespace: string | null }, namespace: string): boolean {
  return id.name === reading.name && id.namespace === (reading.namespace ?? namespace);
}

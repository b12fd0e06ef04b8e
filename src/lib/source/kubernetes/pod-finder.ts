/** From a target's text to pods of a cluster, asking for no more than the target needs. */
import { wordFor } from '../../caller';
import { UnavailableError } from '../../errors';
import { nearest } from '../../nearest';
import { type ProxyId, proxyName } from '../../proxy-id';
import { field, fieldAt, textOrEmpty } from '../../json-fields';
import { comparePods, podFacts } from '../kubernetes-objects';
import { nearPods } from '../resolve';
import { parseSelector } from '../selector';
import { type NamedIn, parseTarget, type WorkloadKind } from '../target';
import { proxiesOf, proxiesOfBareName } from '../workload';
import { ApiRefusal } from './api-error';
import type { ApiServer } from './api-server';
import { podPath } from './port-forward';
import { podSelector, workloadsPath } from './workload-selector';
import { uriComponent } from '../../uri-component';

/** A pod that a target names; `object` is null where pods may not be read. */
export interface FoundPod {
  readonly id: ProxyId;
  readonly object: unknown;
}

const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';
/** What a namespace may be called (a text with a dot is none), and what any object may. */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/i;

/** Finds pods by name, workload, Service or labels, with as few requests as that takes. */
export class PodFinder {
  readonly #api: ApiServer;
  readonly #note: (line: string) => void;

  constructor(api: ApiServer, note: (line: string) => void) {
    this.#api = api;
    this.#note = note;
  }

  /** Every pod that a target names, the one to prefer first. Throws UnavailableError, naming the nearest, for none. */
  async find(text: string): Promise<readonly FoundPod[]> {
    const target = parseTarget(text);
    if (target.kind === 'Pod' || target.kind === 'unknown') {
      const found = await this.#podNamed(target.readings);
      if (found !== null) return [found];
      const ofWorkload = target.kind === 'Pod' ? await this.#podsOfBareName(target.readings) : [];
      if (ofWorkload.length > 0) return ofWorkload;
      throw await this.#noPod(text, target.readings, target.kind === 'unknown');
    }
    for (const place of this.#places(target.readings)) {
      const found = await this.#podsOf(target.kind, place);
      if (found !== null) return found;
    }
    const slash = text.indexOf('/');
    const asPod = await this.#podNamed([{ namespace: text.slice(0, slash), name: text.slice(slash + 1) }]);
    // Where pods may not be read nothing says that there is such a one.
    if (asPod !== null && asPod.object !== null) return [asPod];
    throw await this.#noWorkload(target.kind, target.readings);
  }

  /** The pod that a text names if it exists, by its first reading; null where the text names a workload. Asks for nothing. */
  likeliest(text: string): ProxyId | null {
    const target = parseTarget(text);
    return target.kind === 'Pod' || target.kind === 'unknown' ? (this.#places(target.readings)[0] ?? null) : null;
  }

  /** Every pod of the namespace whose labels meet a selector, the one to prefer first. */
  async select(selector: string): Promise<readonly FoundPod[]> {
    parseSelector(selector);
    const { namespace } = this.#api.access;
    const pods = await this.#list(namespace, { labelSelector: selector });
    if (pods.length > 0) return pods;
    throw new UnavailableError(`no pods found with selector ${selector} in namespace "${namespace}"`, {
      hint: `Another namespace is named with ${wordFor('namespace')}.`,
    });
  }

  /** Every pod of a namespace. */
  async all(namespace: string): Promise<readonly FoundPod[]> {
    return await this.#list(namespace, {});
  }

  /** The places that readings of a text mean, where they can exist. */
  #places(readings: readonly NamedIn[]): readonly ProxyId[] {
    return readings
      .map(({ name, namespace }) => ({ name, namespace: namespace ?? this.#api.access.namespace }))
      .filter(({ name, namespace }) => NAME.test(name) && NAMESPACE.test(namespace));
  }

  async #podNamed(readings: readonly NamedIn[]): Promise<FoundPod | null> {
    for (const id of this.#places(readings)) {
      try {
        return { id, object: await this.#api.get(podPath(id)) };
      } catch (error) {
        if (!(error instanceof ApiRefusal)) throw error;
        // Who may not read pods may still forward a port to one: the first reading is taken as it is.
        if (error.status === 403) return { id, object: null };
        if (error.status !== 404) throw error;
      }
    }
    return null;
  }

  /** The pods of a workload; null where there is no such workload. */
  async #podsOf(kind: WorkloadKind, place: ProxyId): Promise<readonly FoundPod[] | null> {
    if (kind === 'CronJob') return await this.#byOwner(kind, place);
    const selector = kind === 'Gateway' ? `${GATEWAY_LABEL}=${place.name}` : await this.#selectorOf(kind, place);
    if (typeof selector !== 'string') return selector === MISSING ? null : await this.#byOwner(kind, place);
    const pods = await this.#list(place.namespace, { labelSelector: selector });
    if (pods.length > 0) return pods;
    if (kind === 'Gateway') return null;
    throw new UnavailableError(`${kind.toLowerCase()} "${place.name}" in namespace "${place.namespace}" has no pods`, {
      hint: `It selects ${selector}: is it scaled to zero, or are its pods not made?`,
    });
  }

  async #selectorOf(
    kind: Exclude<WorkloadKind, 'Gateway' | 'CronJob'>,
    { name, namespace }: ProxyId,
  ): Promise<string | typeof MISSING | typeof FORBIDDEN> {
    const path = `${workloadsPath(kind, namespace)}/${uriComponent(name)}`;
    try {
      return podSelector(kind, await this.#api.get(path), name);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      if (error.status === 404) return MISSING;
      if (error.status !== 403) throw error;
      this.#note(`${error.message}; taking the pods by their owners and names`);
      return FORBIDDEN;
    }
  }

  /** A name that no pod has may be a workload's: `productpage-v1.bookinfo`. Its pods are told by owners and names. */
  async #podsOfBareName(readings: readonly NamedIn[]): Promise<readonly FoundPod[]> {
    for (const place of this.#places(readings)) {
      const pods = await orNone(this.#list(place.namespace, {}));
      const facts = pods.flatMap(({ object }) => podFacts(object) ?? []);
      const catalogue = { proxies: pods.map(({ id }) => id), pods: facts, services: null };
      const names = new Set(proxiesOfBareName(place, catalogue).map(proxyName));
      const found = pods.filter(({ id }) => names.has(proxyName(id)));
      if (found.length > 0) return found;
    }
    return [];
  }

  /** The pods of a workload that may not be read, by their owners and names; null for none. */
  async #byOwner(kind: WorkloadKind, place: ProxyId): Promise<readonly FoundPod[] | null> {
    const pods = await this.#list(place.namespace, {});
    const facts = pods.flatMap(({ object }) => podFacts(object) ?? []);
    const catalogue = { proxies: pods.map(({ id }) => id), pods: facts, services: null };
    const names = new Set(proxiesOf({ kind, ...place }, catalogue).map(proxyName));
    const found = pods.filter(({ id }) => names.has(proxyName(id)));
    return found.length > 0 ? found : null;
  }

  /** Pods of a namespace, the one to prefer first. */
  async #list(namespace: string, query: Readonly<Record<string, string>>): Promise<readonly FoundPod[]> {
    const path = `/api/v1/namespaces/${uriComponent(namespace)}/pods`;
    return sortedPods(await this.#api.list(path, query));
  }

  async #noPod(text: string, readings: readonly NamedIn[], isUnknownKind: boolean): Promise<UnavailableError> {
    const [place = { name: text, namespace: this.#api.access.namespace }] = this.#places(readings);
    const there = await orNone(this.#list(place.namespace, {}));
    if (there.length === 0) {
      const missing = await this.#noNamespace(place.namespace);
      if (missing !== null) return missing;
    }
    const { name } = place;
    const elsewhere = await orNone(this.#api.list('/api/v1/pods', { fieldSelector: `metadata.name=${name}` }));
    const same = elsewhere.flatMap((pod) => podFacts(pod)?.id ?? []).filter((id) => id.name === name);
    const near =
      same.length > 0
        ? same.map(proxyName)
        : nearPods(
            name,
            there.map(({ id }) => id),
          );
    const some = there.slice(0, 5).map(({ id }) => proxyName(id));
    const kind = isUnknownKind
      ? ` (no known kind is called "${place.namespace}", so it was taken for a namespace)`
      : '';
    return new UnavailableError(`pod "${name}" not found in namespace "${place.namespace}"${kind}`, {
      hint: hintOf(near, some, `Namespace "${place.namespace}" has no pods that can be seen.`),
    });
  }

  async #noWorkload(kind: WorkloadKind, readings: readonly NamedIn[]): Promise<UnavailableError> {
    const [place = { name: '', namespace: this.#api.access.namespace }] = this.#places(readings);
    const { name, namespace } = place;
    const missing = await this.#noNamespace(namespace);
    if (missing !== null) return missing;
    const objects =
      kind === 'Gateway' || kind === 'CronJob' ? [] : await orNone(this.#api.list(workloadsPath(kind, namespace)));
    const names = objects.map((object) => textOrEmpty(fieldAt(object, 'metadata', 'name')));
    const what = kind === 'Gateway' ? `pods of gateway "${name}"` : `${kind.toLowerCase()} "${name}"`;
    return new UnavailableError(`${what} not found in namespace "${namespace}"`, {
      hint: hintOf(
        nearest(name, names),
        names.slice(0, 5),
        'Another namespace is named with -n, or as NAME.NAMESPACE.',
      ),
    });
  }

  /** The error for a namespace that does not exist; null where it does or may not be read. */
  async #noNamespace(namespace: string): Promise<UnavailableError | null> {
    try {
      await this.#api.get(`/api/v1/namespaces/${uriComponent(namespace)}`);
      return null;
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.status !== 404) return null;
    }
    const all = await orNone(this.#api.list('/api/v1/namespaces'));
    const names = all.map((one) => textOrEmpty(field(field(one, 'metadata'), 'name')));
    return new UnavailableError(`namespace "${namespace}" not found in context "${this.#api.access.context}"`, {
      hint: hintOf(nearest(namespace, names), names.slice(0, 10), 'kubectl get namespaces lists those that there are.'),
    });
  }
}

/** There is no such workload; and there may be, but it may not be read. */
const MISSING = Symbol('missing');
const FORBIDDEN = Symbol('forbidden');

/** Pods with their names, the one to prefer first. */
export function sortedPods(objects: readonly unknown[]): readonly FoundPod[] {
  return objects
    .flatMap((object) => {
      const facts = podFacts(object);
      return facts === null ? [] : [{ id: facts.id, object, facts }];
    })
    .sort((a, b) => comparePods(a.facts, b.facts));
}

function hintOf(near: readonly string[], some: readonly string[], otherwise: string): string {
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  return some.length > 0 ? `Some that there are: ${some.join(', ')}.` : otherwise;
}

/** A list that only helps a message: where it cannot be had, it is empty. */
async function orNone<T>(list: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await list;
  } catch {
    return [];
  }
}

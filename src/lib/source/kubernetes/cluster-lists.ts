/** Lists of a cluster, and parts of them, each list fetched when it is first wanted, as far as the user may read them. */
import { ApiRefusal } from './api-error';
import type { ApiServer } from './api-server';
import type { KubernetesLists } from '../source';
import { uriComponent } from '../../uri-component';
import { addAll } from '../../lists';

export type ListName = keyof KubernetesLists;

const PATHS: Readonly<
  Record<ListName, { readonly api: string; readonly resource: string; readonly namespaced: boolean }>
> = {
  pods: { api: '/api/v1', resource: 'pods', namespaced: true },
  services: { api: '/api/v1', resource: 'services', namespaced: true },
  endpointSlices: { api: '/apis/discovery.k8s.io/v1', resource: 'endpointslices', namespaced: true },
  nodes: { api: '/api/v1', resource: 'nodes', namespaced: false },
  networkPolicies: { api: '/apis/networking.k8s.io/v1', resource: 'networkpolicies', namespaced: true },
};

type List = readonly unknown[] | null;
type Query = Readonly<Record<string, string>>;

export class ClusterLists {
  readonly #api: ApiServer;
  readonly #note: (line: string) => void;
  readonly #namespaces: () => readonly string[];
  readonly #lists = new Map<ListName, Promise<List>>();
  /** What was said about lists of the whole cluster that may not be read. */
  readonly #refused = new Map<ListName, ApiRefusal>();
  readonly #told = new Set<ListName>();

  /** @param namespaces those that are asked about, for where the whole cluster may not be read */
  constructor(api: ApiServer, note: (line: string) => void, namespaces: () => readonly string[]) {
    this.#api = api;
    this.#note = note;
    this.#namespaces = namespaces;
  }

  /** A list of the whole cluster, or of the namespaces where only they may be read; null where none may. */
  async get(name: ListName): Promise<List> {
    const known = this.#lists.get(name) ?? this.#fetch(name);
    this.#lists.set(name, known);
    return await known;
  }

  /**
   * The items that meet a selector, of a namespace where one is given, as far as they may be read. Where the API server
   * does not know the selector, the whole list comes.
   */
  async select(name: ListName, query: Query, namespace: string | null = null): Promise<readonly unknown[]> {
    if (namespace !== null) return (await this.#inNamespaces(name, [namespace], query)) ?? [];
    return (await this.#fetch(name, query)) ?? [];
  }

  /** A list of one namespace; null where it may not be read, of which nothing is said here. */
  async ofNamespace(name: ListName, namespace: string): Promise<List> {
    const found = await this.#try(pathIn(name, namespace), {});
    if (found instanceof ApiRefusal) return found.status === 403 ? null : fail(found);
    return found ?? [];
  }

  /** Says once of a list that it may not be read. */
  tellForbidden(name: ListName, refusal: ApiRefusal): void {
    this.#tell(name, `The ${PATHS[name].resource} may not be read, so they are not known: ${saidBy(refusal)}`);
  }

  async #fetch(name: ListName, query: Query = {}): Promise<List> {
    const { api, resource, namespaced } = PATHS[name];
    // Who may not read the whole is not asked for another part of it.
    const refused = this.#refused.get(name);
    const all = refused ?? (await this.#try(`${api}/${resource}`, query));
    if (!(all instanceof ApiRefusal)) return all;
    if (all.status === 400) return Object.keys(query).length > 0 ? await this.get(name) : fail(all);
    this.#refused.set(name, all);
    const some = namespaced ? await this.#inNamespaces(name, this.#namespaces(), query, all) : null;
    if (some === null) this.tellForbidden(name, all);
    return some;
  }

  /** Null where none of them may be read. */
  async #inNamespaces(
    name: ListName,
    namespaces: readonly string[],
    query: Query,
    refusal: ApiRefusal | null = null,
  ): Promise<List> {
    const { resource } = PATHS[name];
    const read: string[] = [];
    const items: unknown[] = [];
    let last = refusal;
    for (const namespace of namespaces) {
      const some = await this.#try(pathIn(name, namespace), query);
      if (some instanceof ApiRefusal) last = some.status === 400 ? fail(some) : some;
      if (some === null || some instanceof ApiRefusal) continue;
      read.push(namespace);
      addAll(items, some);
    }
    if (read.length === 0) {
      if (refusal === null && last !== null) this.tellForbidden(name, last);
      return null;
    }
    if (refusal !== null) {
      const where = read.join(', ');
      this.#tell(name, `Only the ${resource} of namespace ${where} may be read: those of others are not known.`);
    }
    return items;
  }

  #tell(name: ListName, line: string): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.#note(line);
  }

  /** A list; null where the cluster has no such resource; the refusal where it may not be read or selected. */
  async #try(path: string, query: Query): Promise<List | ApiRefusal> {
    try {
      return await this.#api.list(path, query);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      if (error.status === 403 || error.status === 400) return error;
      if (error.status === 404) return null;
      throw error;
    }
  }
}

function pathIn(name: ListName, namespace: string): string {
  const { api, resource } = PATHS[name];
  return `${api}/namespaces/${uriComponent(namespace)}/${resource}`;
}

function fail(refusal: ApiRefusal): never {
  throw refusal;
}

function saidBy(refusal: ApiRefusal): string {
  return refusal.said || refusal.message;
}

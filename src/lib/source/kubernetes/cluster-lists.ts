/** Lists of a cluster, each fetched when it is first wanted, as far as the user may read them. */
import { ApiRefusal } from './api-error';
import type { ApiServer } from './api-server';
import type { KubernetesLists } from '../source';

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

export class ClusterLists {
  readonly #api: ApiServer;
  readonly #note: (line: string) => void;
  readonly #namespaces: () => readonly string[];
  readonly #lists = new Map<ListName, Promise<List>>();

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

  async #fetch(name: ListName): Promise<List> {
    const { api, resource, namespaced } = PATHS[name];
    const all = await this.#try(`${api}/${resource}`);
    if (!(all instanceof ApiRefusal)) return all;
    const read: string[] = [];
    const items: unknown[] = [];
    for (const namespace of namespaced ? this.#namespaces() : []) {
      const some = await this.#try(`${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`);
      if (some === null || some instanceof ApiRefusal) continue;
      read.push(namespace);
      items.push(...some);
    }
    this.#note(
      read.length > 0
        ? `Only the ${resource} of namespace ${read.join(', ')} may be read: those of others are not known.`
        : `The ${resource} may not be read, so they are not known: ${all.said || all.message}`,
    );
    return read.length > 0 ? items : null;
  }

  /** A list; null where the cluster has no such resource; the refusal where it may not be read. */
  async #try(path: string): Promise<List | ApiRefusal> {
    try {
      return await this.#api.list(path);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      if (error.status === 403) return error;
      if (error.status === 404) return null;
      throw error;
    }
  }
}

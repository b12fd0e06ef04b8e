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
};

export class ClusterLists {
  readonly #api: ApiServer;
  readonly #note: (line: string) => void;
  readonly #lists = new Map<ListName, Promise<readonly unknown[] | null>>();

  constructor(api: ApiServer, note: (line: string) => void) {
    this.#api = api;
    this.#note = note;
  }

  /** A list of the whole cluster, or of the one namespace where only that may be read; null where neither may. */
  async get(name: ListName): Promise<readonly unknown[] | null> {
    const known = this.#lists.get(name) ?? this.#fetch(name);
    this.#lists.set(name, known);
    return await known;
  }

  async #fetch(name: ListName): Promise<readonly unknown[] | null> {
    const { api, resource, namespaced } = PATHS[name];
    const all = await this.#try(`${api}/${resource}`);
    if (!(all instanceof ApiRefusal)) return all;
    const { namespace } = this.#api.access;
    const some = namespaced ? await this.#try(`${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`) : all;
    if (!(some instanceof ApiRefusal)) {
      this.#note(`Only the ${resource} of namespace ${namespace} may be read: names of others are not known.`);
      return some;
    }
    this.#note(`The ${resource} may not be read, so their names are not known: ${some.said || some.message}`);
    return null;
  }

  /** A list; null where the cluster has no such resource; the refusal where it may not be read. */
  async #try(path: string): Promise<readonly unknown[] | null | ApiRefusal> {
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

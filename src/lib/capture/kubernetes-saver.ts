/** Saves the lists of Kubernetes objects that resolve names and targets, trimmed. */
import { MctlError } from '../errors';
import type { KubernetesLists, MeshSource } from '../source/source';
import { rewriteJson, type StringVisitor } from './json-rewriter';
import { type TrimmedListName, trimmedList } from './kubernetes-trim';
import type { Lack } from './lack';
import { isFatal, patiently, type IdleLimit } from './idle-limit';
import { bytesOf, type CaptureStore } from './store';

const FILES: Readonly<Record<TrimmedListName, string>> = {
  pods: 'pods.json',
  services: 'services.json',
  endpointSlices: 'endpointslices.json',
  nodes: 'nodes.json',
  networkPolicies: 'networkpolicies.json',
};

const NAMES = Object.keys(FILES) as readonly TrimmedListName[];

/** NetworkPolicies may be absent: a trace only says where they would stop a tunnel. */
const NEEDED = NAMES.filter((name) => name !== 'networkPolicies');

export interface FetchedLists {
  readonly found: readonly { readonly name: TrimmedListName; readonly items: readonly unknown[] }[];
  readonly lacks: readonly Lack[];
}

export class KubernetesSaver {
  readonly #mesh: MeshSource;
  readonly #store: CaptureStore;
  readonly #patience: IdleLimit;

  constructor(mesh: MeshSource, store: CaptureStore, patience: IdleLimit) {
    this.#mesh = mesh;
    this.#store = store;
    this.#patience = patience;
  }

  /** Lists that the source has; a mesh without any is one of files, and lacks nothing. */
  async fetch(): Promise<FetchedLists> {
    try {
      const lists = await patiently('the lists of Kubernetes objects', this.#patience, this.#mesh.kubernetes(NAMES));
      const found = NAMES.flatMap((name) => {
        const items = itemsOf(lists, name);
        return items === null ? [] : [{ name, items }];
      });
      const missing = found.length === 0 ? [] : NEEDED.filter((name) => itemsOf(lists, name) === null);
      return { found, lacks: missing.map((name) => lackOf(FILES[name], 'the source has none', true)) };
    } catch (error) {
      if (!(error instanceof MctlError) || isFatal(error)) throw error;
      return { found: [], lacks: NAMES.map((name) => lackOf(FILES[name], error.message, false)) };
    }
  }

  /** @param replace what replaces names; null where nothing is replaced */
  async save({ found }: FetchedLists, replace: StringVisitor | null): Promise<void> {
    for (const { name, items } of found) {
      const file = FILES[name];
      const text = bytesOf(`${JSON.stringify(trimmedList(name, items), null, 1)}\n`);
      const chunks = replace === null ? text : rewriteJson(file, text, replace);
      await this.#store.write(['kubernetes', file], chunks);
    }
  }
}

function itemsOf(lists: KubernetesLists, name: TrimmedListName): readonly unknown[] | null {
  return lists[name];
}

function lackOf(what: string, why: string, isOptional: boolean): Lack {
  return { proxy: null, what, why, isOptional };
}

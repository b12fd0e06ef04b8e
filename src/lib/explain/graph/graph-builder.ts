/** Builds a graph from walks that share their beginnings: the same decision at the same place is one node. */
import type { Graph, GraphEdge, GraphNode } from './graph';

export class GraphBuilder {
  readonly #groups = new Map<string, { readonly title: string; readonly nodes: GraphNode[] }>();
  readonly #ids = new Map<string, string>();
  readonly #edges = new Map<string, GraphEdge>();

  /** A node by what tells it from others: the one that is there, else a new one in its group. */
  node(identity: string, group: string, make: Omit<GraphNode, 'id'>): string {
    const known = this.#ids.get(identity);
    if (known !== undefined) return known;
    const id = `n${this.#ids.size}`;
    this.#ids.set(identity, id);
    const nodes = this.#groups.get(group) ?? { title: group, nodes: [] };
    nodes.nodes.push({ id, ...make });
    this.#groups.set(group, nodes);
    return id;
  }

  has(identity: string): boolean {
    return this.#ids.has(identity);
  }

  /** The first edge between two nodes stays. */
  edge(from: string, to: string, text: string, isBranch: boolean): void {
    const key = `${from} ${to}`;
    if (!this.#edges.has(key)) this.#edges.set(key, { from, to, text, isBranch });
  }

  toGraph(): Graph {
    return { groups: [...this.#groups.values()], edges: [...this.#edges.values()] };
  }
}

/** A directed graph in groups, as the drawing languages take it. */

export interface GraphNode {
  /** Letters and digits only. */
  readonly id: string;
  readonly lines: readonly string[];
  readonly kind: 'caller' | 'decision' | 'cluster' | 'endpoint' | 'end';
  readonly mood: 'good' | 'bad' | 'warn' | 'plain';
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Why this way, and how often; empty where nothing is to say. */
  readonly text: string;
  /** Not the way of the main walk. */
  readonly isBranch: boolean;
}

export interface GraphGroup {
  /** Empty for nodes that stand alone. */
  readonly title: string;
  readonly nodes: readonly GraphNode[];
}

export interface Graph {
  readonly groups: readonly GraphGroup[];
  readonly edges: readonly GraphEdge[];
}

const LONGEST = 90;

/** A text short enough for a label. */
export function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST - 1).join('')}…`;
}

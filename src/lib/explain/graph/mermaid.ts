/** A graph as Mermaid's flowchart text. https://mermaid.js.org/syntax/flowchart.html */
import { visibleLine } from '../../render/visible';
import type { Graph, GraphEdge, GraphNode } from './graph';

const SHAPE: Readonly<Record<GraphNode['kind'], readonly [string, string]>> = {
  caller: ['([', '])'],
  decision: ['[', ']'],
  cluster: ['[[', ']]'],
  endpoint: ['(', ')'],
  end: ['{{', '}}'],
};

const CLASSES: Readonly<Record<Exclude<GraphNode['mood'], 'plain'>, string>> = {
  good: 'fill:#d7f5dd,stroke:#1a7f37,color:#0b3d1a',
  bad: 'fill:#ffd8d3,stroke:#b42318,color:#5c120c',
  warn: 'fill:#fff1c2,stroke:#9a6700,color:#4d3400',
};

/** Renders a graph; every text is quoted and its special characters written as entities, so that no name can break it. */
export function renderMermaid({ groups, edges }: Graph): string {
  const nodes = groups.flatMap(({ title, nodes: own }, index) =>
    title === ''
      ? own.map((node) => `  ${nodeText(node)}`)
      : [`  subgraph g${index}["${escaped(title)}"]`, ...own.map((node) => `    ${nodeText(node)}`), '  end'],
  );
  const styles = Object.entries(CLASSES).map(([mood, style]) => `  classDef ${mood} ${style}`);
  return `${['flowchart TD', ...nodes, ...edges.map((edge) => `  ${edgeText(edge)}`), ...styles].join('\n')}\n`;
}

function nodeText({ id, lines, kind, mood }: GraphNode): string {
  const [open, close] = SHAPE[kind];
  const label = lines.map(escaped).join('<br/>');
  return `${id}${open}"${label}"${close}${mood === 'plain' ? '' : `:::${mood}`}`;
}

function edgeText({ from, to, text, isBranch }: GraphEdge): string {
  const arrow = isBranch ? '-.->' : '-->';
  return text === '' ? `${from} ${arrow} ${to}` : `${from} ${arrow}|"${escaped(text)}"| ${to}`;
}

/**
 * Letters, digits, blanks and what cannot mean anything to Mermaid stay; a blank that would make a list of a label, as in
 * `1. x`, becomes one that does not break.
 */
function escaped(text: string): string {
  return visibleLine(text)
    .replace(/^( *(?:\d+[.)]|[-+*])) /, '$1\u00a0')
    .replace(/[^\p{L}\p{M}\p{N} ,.:/=+?!%_✔✘→↓…-]/gu, (one) => `#${one.codePointAt(0) ?? 0};`);
}

/** A graph in Graphviz' DOT language. https://graphviz.org/doc/info/lang.html */
import { visibleLine } from '../../render/visible';
import type { Graph, GraphEdge, GraphNode } from './graph';

const SHAPE: Readonly<Record<GraphNode['kind'], string>> = {
  caller: 'oval',
  decision: 'box',
  cluster: 'box3d',
  endpoint: 'component',
  end: 'octagon',
};

const FILL: Readonly<Record<GraphNode['mood'], string>> = {
  good: '#d7f5dd',
  bad: '#ffd8d3',
  warn: '#fff1c2',
  plain: '#ffffff',
};

/** Renders a graph; every text is a quoted string, so that no name can break it. */
export function renderDot({ groups, edges }: Graph): string {
  const nodes = groups.flatMap(({ title, nodes: own }, index) =>
    title === ''
      ? own.map((node) => `  ${nodeText(node)}`)
      : [
          `  subgraph cluster_${index} {`,
          `    label=${quoted([title])}; labeljust=l; style=rounded; color="#8c959f";`,
          ...own.map((node) => `    ${nodeText(node)}`),
          '  }',
        ],
  );
  const lines = [
    'digraph trace {',
    '  charset="UTF-8"; rankdir=TB; fontname="sans-serif"; fontsize=12;',
    '  node [fontname="sans-serif", fontsize=11, style=filled]; edge [fontname="sans-serif", fontsize=9];',
    ...nodes,
    ...edges.map((edge) => `  ${edgeText(edge)}`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function nodeText({ id, lines, kind, mood }: GraphNode): string {
  return `${id} [label=${quoted(lines)}, shape=${SHAPE[kind]}, fillcolor="${FILL[mood]}"];`;
}

function edgeText({ from, to, text, isBranch }: GraphEdge): string {
  const attributes = [
    ...(text === '' ? [] : [`label=${quoted([`  ${text}`])}`]),
    ...(isBranch ? ['style=dashed'] : []),
  ];
  return `${from} -> ${to}${attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`};`;
}

/** Backslashes are DOT's escapes; an ampersand would begin an entity. */
function quoted(lines: readonly string[]): string {
  const texts = lines.map((line) =>
    visibleLine(line).replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"'),
  );
  return `"${texts.join('\\n')}"`;
}

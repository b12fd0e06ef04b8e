/** A graph in Graphviz' DOT language. https://graphviz.org/doc/info/lang.html */
import type { Graph, GraphNode } from './trace-graph';

const SHAPE: Readonly<Record<GraphNode['kind'], string>> = {
  source: 'oval',
  step: 'box',
  cluster: 'box3d',
  endpoint: 'component',
  end: 'octagon',
};

/** Renders a graph; every text is a quoted string, so that no name can break it. */
export function renderDot(graph: Graph): string {
  const groups = graph.groups.flatMap(({ title, nodes }, index) =>
    title === ''
      ? nodes.map((node) => nodeLine(node, graph))
      : [
          `  subgraph cluster_${index} {`,
          `    label=${quote(title)}; style=rounded;`,
          ...nodes.map((node) => `  ${nodeLine(node, graph)}`),
          '  }',
        ],
  );
  const edges = graph.edges.map(
    ({ from, to, text }) => `  ${from} -> ${to}${text === '' ? '' : ` [label=${quote(text)}]`};`,
  );
  return `${['digraph trace {', '  rankdir=TB; node [fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];', ...groups, ...edges, '}'].join('\n')}\n`;
}

function nodeLine({ id, text, kind }: GraphNode, graph: Graph): string {
  const colour = kind === 'end' ? `, style=filled, fillcolor=${graph.good ? '"#d7f5dd"' : '"#ffd8d3"'}` : '';
  return `  ${id} [label=${quote(text)}, shape=${SHAPE[kind]}${colour}];`;
}

function quote(text: string): string {
  const safe = text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '�');
  return `"${safe.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

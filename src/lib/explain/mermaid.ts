/** A graph as Mermaid's flowchart text. https://mermaid.js.org/syntax/flowchart.html */
import type { Graph, GraphNode } from './trace-graph';

const SHAPE: Readonly<Record<GraphNode['kind'], readonly [string, string]>> = {
  source: ['([', '])'],
  step: ['[', ']'],
  cluster: ['[[', ']]'],
  endpoint: ['(', ')'],
  end: ['{{', '}}'],
};

/** Renders a graph; text is quoted and its special characters written as entities, so that no name can break it. */
export function renderMermaid(graph: Graph): string {
  const groups = graph.groups.flatMap(({ title, nodes }, index) =>
    title === ''
      ? nodes.map(nodeLine)
      : [`  subgraph g${index}["${escape(title)}"]`, ...nodes.map((node) => `  ${nodeLine(node)}`), '  end'],
  );
  const edges = graph.edges.map(({ from, to, text }) =>
    text === '' ? `  ${from} --> ${to}` : `  ${from} -->|"${escape(shorten(text))}"| ${to}`,
  );
  const colour = graph.good ? 'fill:#d7f5dd,stroke:#1a7f37' : 'fill:#ffd8d3,stroke:#b42318';
  return `${['flowchart TD', ...groups, ...edges, `  style finish ${colour}`].join('\n')}\n`;
}

function nodeLine({ id, text, kind }: GraphNode): string {
  const [open, close] = SHAPE[kind];
  return `  ${id}${open}"${escape(text)}"${close}`;
}

const LONGEST = 80;

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function escape(text: string): string {
  return text
    .replace(/[&"<>#;|`\\[\]{}()]/g, (character) => `#${character.codePointAt(0) ?? 0};`)
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '�')
    .replaceAll('\n', '<br/>');
}

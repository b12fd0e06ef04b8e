/** A tree as lines of text, wrapped to a width, each branch under its own rail. */

export type Tone = 'title' | 'good' | 'bad' | 'warn' | 'dim' | 'plain';

export interface TreeNode {
  /** A short word before the text, lined up over the node's siblings: a stage, a label. */
  readonly label?: string;
  readonly text: string;
  readonly tone?: Tone;
  readonly children?: readonly TreeNode[];
}

export interface TreeOptions {
  /** Columns to wrap at; at least 40 are used. */
  readonly width: number;
  readonly colour: boolean;
}

const SGR: Readonly<Record<Tone, string>> = { title: '1', good: '32', bad: '31', warn: '33', dim: '2', plain: '' };
const NARROWEST = 40;
const LABEL_WIDEST = 14;

/** Renders top-level nodes as headings and what is below them as a tree; every line ends in a newline. */
export function renderTree(roots: readonly TreeNode[], options: TreeOptions): string {
  const width = Math.max(NARROWEST, options.width);
  const lines = roots.flatMap((root) => [
    ...wrap(root.text, width).map((line) => paint(line, root.tone ?? 'title', options.colour)),
    ...branchLines(root.children ?? [], '', width, options.colour),
  ]);
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function branchLines(nodes: readonly TreeNode[], rail: string, width: number, colour: boolean): readonly string[] {
  const labelWidth = Math.min(LABEL_WIDEST, Math.max(0, ...nodes.map((node) => node.label?.length ?? 0)));
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    const below = `${rail}${isLast ? '   ' : '│  '}`;
    const label = node.label === undefined ? '' : `${node.label.padEnd(labelWidth)}  `;
    const room = Math.max(width - rail.length - 3 - label.length, NARROWEST / 2);
    const texts = wrap(node.text, room);
    const hang =
      (node.children ?? []).length > 0 ? `│${' '.repeat(Math.max(label.length - 1, 0))}` : ' '.repeat(label.length);
    const own = texts.map((text, line) =>
      line === 0
        ? `${rail}${isLast ? '└─ ' : '├─ '}${paint(label, 'dim', colour)}${paint(text, node.tone ?? 'plain', colour)}`
        : `${below}${label === '' ? '' : hang}${paint(text, node.tone ?? 'plain', colour)}`,
    );
    return [...own, ...branchLines(node.children ?? [], below, width, colour)];
  });
}

function paint(text: string, tone: Tone, colour: boolean): string {
  return colour && SGR[tone] !== '' && text !== '' ? `\u001b[${SGR[tone]}m${text}\u001b[0m` : text;
}

/** Breaks text at blanks; a word longer than the width is broken where the width ends. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    for (const piece of pieces(word, width)) {
      if (line === '') line = piece;
      else if (line.length + 1 + piece.length <= width) line += ` ${piece}`;
      else {
        lines.push(line);
        line = piece;
      }
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  if (word.length <= width) return [word];
  const parts: string[] = [];
  for (let at = 0; at < word.length; at += width) parts.push(word.slice(at, at + width));
  return parts;
}

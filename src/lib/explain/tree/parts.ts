/** Pieces that entries of the tree are made of. */
import type { Paragraph } from '../../render/outline';
import type { Tone } from '../../render/style';

/** How much the tree tells. */
export interface TreeDetail {
  /** Everything that the trace holds, steps without news included. */
  readonly explain: boolean;
}

export function paragraph(text: string, tone: Tone = 'plain', indent = 0): Paragraph {
  return { spans: [{ text, tone }], indent };
}

/** A short label, then text: labels of one group are filled up to the same width. */
export function labelled(label: string, text: string, width: number, tone: Tone = 'plain'): Paragraph {
  return {
    spans: [
      { text: `${label.padEnd(width)}  `, tone: 'dim' },
      { text, tone },
    ],
    hang: width + 2,
  };
}

export function command(line: string, indent = 0): Paragraph {
  return { spans: [{ text: line, tone: 'dim' }], indent, command: true };
}

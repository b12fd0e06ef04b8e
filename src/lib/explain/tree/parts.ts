/** Pieces that entries of the tree are made of. */
import type { Paragraph } from '../../render/outline';
import type { Tone } from '../../render/style';

/** How much the tree tells; with neither, what a person needs at once. */
export interface TreeDetail {
  /** Every step, filter and setting, with the nearest rejected candidates. */
  readonly verbose?: boolean;
  /** Everything that the trace holds, steps without news and all rejected candidates included. */
  readonly explain: boolean;
  /** Whether every other way is told, not those alone that end badly. */
  readonly listBranches?: boolean;
  /** Flags that name the source of the trace, for the commands that it suggests. */
  readonly source?: readonly string[];
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

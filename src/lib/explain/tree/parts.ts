/** Pieces that entries of the tree are made of. */
import { shellWord } from '../../envoy/istio-config';
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

/** A text that is wrapped to the terminal. */
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

/** A command line, which is never wrapped: it is there to be copied. */
export function command(line: string, indent = 0): Paragraph {
  return { spans: [{ text: line, tone: 'dim' }], indent, command: true };
}

/** A command of mctl's own asks the source that the trace came from. */
export function withSource(line: string, source: readonly string[]): string {
  return line.startsWith('mctl ') && source.length > 0 ? `${line} ${source.map(shellWord).join(' ')}` : line;
}

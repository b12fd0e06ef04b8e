/** Pieces that entries of an outline are made of. */
import type { Paragraph } from '../render/outline';
import type { Tone } from '../render/style';

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

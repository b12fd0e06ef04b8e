/** What is wrong with a text of rules, and where. */

/** Unwinds a parser of rules; `parseRules` turns it into a value with the line's number. */
export class RuleFault extends Error {}

/** Throws a fault; the sentence says what was found. */
export function fault(because: string): never {
  throw new RuleFault(because);
}

/** A text of the rules as it can stand in a message: one line, not too long, in quotes. */
export function quote(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g, ' ');
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 59)}…` : line);
}

/**
 * Reads a text line by line.
 * @param read gets each line, trimmed, and its number, from 1; what it throws as a `RuleFault` ends the reading
 * @returns the number of the line and what is wrong with it; null where nothing is
 */
export function eachLine(text: string, read: (line: string, number: number) => void): BrokenRules | null {
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    try {
      read(line.trim(), number);
    } catch (error) {
      if (!(error instanceof RuleFault)) throw error;
      return { kind: 'broken', line: number, because: error.message };
    }
  }
  return null;
}

/** A text that the tools of netfilter would not have printed, or that the kernel would have refused. */
export interface BrokenRules {
  readonly kind: 'broken';
  /** From 1. */
  readonly line: number;
  /** Whole sentence without its full stop. */
  readonly because: string;
}

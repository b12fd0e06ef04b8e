/**
 * Numbers of a document that JavaScript's own cannot hold: beyond 2^53, with more than seventeen digits, out of a double's
 * range. They are kept as they are written.
 */

/** A number as it stands in the document. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** Where nobody writes it as a number, it is a text with all its digits. */
  toJSON(): string {
    return this.text;
  }
}

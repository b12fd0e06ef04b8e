/** What can be wrong with a document, before it is put into words for the user (rejection.ts). */

import { isInputAllowed } from '../limits';

/** The text breaks off: its end stands at `offset`. */
export class Truncated extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super(`ends at byte ${offset}`);
    this.offset = offset;
  }
}

/** The text is not JSON: this byte cannot stand at `offset`. */
export class Malformed extends Error {
  readonly offset: number;
  readonly byte: number;

  constructor(offset: number, byte: number) {
    super(`byte ${byte} at ${offset}`);
    this.offset = offset;
    this.byte = byte;
  }
}

/** More containers stand one in another than are read; the one too many is at `offset`. */
export class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super(`nested too deeply at ${offset}`);
    this.offset = offset;
  }
}

/** The value that begins at `offset` is longer than one may be. */
export class TooLong extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super(`the value at ${offset} is too long`);
    this.offset = offset;
  }
}

/** A list has more entries than one may have, or an object more members. */
export class TooMany extends Error {
  /** Empty for the document itself. */
  readonly pointer: string;
  readonly most: number;

  constructor(pointer: string, most: number) {
    super(`too many entries in ${pointer}`);
    this.pointer = pointer;
    this.most = most;
  }
}

/** Throws TooMany where there are more than these, unless the person allows more input. */
export function bound(count: number, most: number, pointer: string): void {
  if (count > most && !isInputAllowed()) throw new TooMany(pointer, most);
}

/** The text does not begin with an object. */
export class NotAnObject extends Error {}

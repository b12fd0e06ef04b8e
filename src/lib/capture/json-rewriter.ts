/**
 * Changes strings of a JSON document while it streams by: what is not changed goes through as it came, and no more of the
 * document is held than one string. The document must be whole: a text that breaks off is refused.
 */
import { InputError } from '../errors';
import { pauseBefore, withoutPause } from '../long-work';

/** A string of the document, and where it stands. */
export interface StringAt {
  readonly isKey: boolean;
  /** The key of the value, or of the list that it stands in; a key's own text for a key; empty at the top. */
  readonly key: string;
  /** How many objects and lists it is inside. */
  readonly depth: number;
}

/** What is written for a string, where that is known only further on in the document. */
export class Later {
  readonly #text: () => string;
  #settled: string | null = null;

  /** @param text what is to be written, by what is known when it is asked */
  constructor(text: () => string) {
    this.#text = text;
  }

  get isSettled(): boolean {
    return this.#settled !== null;
  }

  /** Nothing that comes changes it any more. */
  settle(): void {
    this.#settled ??= this.#text();
  }

  text(): string {
    this.settle();
    return this.#settled ?? '';
  }
}

export interface StringVisitor {
  /** Strings of fewer bytes are left alone, and not offered, unless they are keys or stand in a list, where one may say something of the next. */
  readonly minBytes: number;
  /** Whether numbers that stand here are written as 0. */
  readonly hidesNumbers?: boolean;
  /** What to write instead; the same text to leave it. */
  visit(text: string, at: StringAt): string | Later;
  /** An object or list ended; what is inside had a depth greater than this. */
  leave(depth: number): void;
}

const BLANK = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
/** What a number may have after its first digit. */
const NUMBER_BYTES = new Set([0x2e, 0x65, 0x45, 0x2b, 0x2d]);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

interface Frame {
  readonly isObject: boolean;
  /** The key that is being read, or of which the value is being read; of a list, the key that it is the value of. */
  key: string;
  expectsKey: boolean;
}

const LONGEST_STRING = 256 * 1024 * 1024;
/** To look one over that is longer takes a moment. */
const LONG_STRING = 256 * 1024;

/** How many bytes may wait for what decides on a string before them; then it is decided by what is known. */
const LONGEST_WAIT = 4 * 1024 * 1024;

type Piece = Uint8Array | Later;

/** @param label what the document is, for messages */
export async function* rewriteJson(
  label: string,
  chunks: AsyncIterable<Uint8Array>,
  visitor: StringVisitor,
): AsyncIterable<Uint8Array> {
  const rewriter = new Rewriter(label, visitor);
  for await (const chunk of chunks) {
    if (rewriter.mayEndLongString(chunk)) await pauseBefore();
    const pieces = rewriter.push(chunk);
    const [only] = pieces;
    if (only !== undefined) yield pieces.length === 1 ? only : Buffer.concat(pieces);
  }
  rewriter.end();
}

class Rewriter {
  readonly #label: string;
  readonly #visitor: StringVisitor;
  readonly #frames: Frame[] = [];
  /** What was read and waits for what comes. */
  #waiting: readonly Piece[] = [];
  /** Bytes of a string that began in an earlier chunk; null outside of strings. */
  #held: Uint8Array[] | null = null;
  #heldSize = 0;
  /** Whether the last byte of the earlier chunk was a backslash that escapes the first of this one. */
  #escaped = false;
  /** Whether a number has begun that is not to be written. */
  #isHiding = false;
  #began = false;
  /** The first backslash of a chunk from some place on; -1 for none. */
  #backslash: { readonly chunk: Uint8Array | null; readonly from: number; readonly at: number } = {
    chunk: null,
    from: 0,
    at: -1,
  };

  constructor(label: string, visitor: StringVisitor) {
    this.#label = label;
    this.#visitor = visitor;
  }

  /** Whether a string may end in the chunk that takes a moment to look over. */
  mayEndLongString(chunk: Uint8Array): boolean {
    const held = this.#held === null ? 0 : this.#heldSize;
    return held + chunk.length > LONG_STRING && (held <= LONG_STRING || chunk.includes(QUOTE));
  }

  /** What to write for a chunk, as far as it is known: the chunk itself where nothing in it is changed. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    return this.#known(this.#pieces(chunk));
  }

  /** Pieces from the first on that is not settled wait for the next chunk. */
  #known(pieces: readonly Piece[]): readonly Uint8Array[] {
    const all = this.#waiting.length === 0 ? pieces : [...this.#waiting, ...pieces];
    const bytes = all.reduce((sum, piece) => sum + (piece instanceof Later ? 0 : piece.length), 0);
    const first = all.findIndex((piece) => piece instanceof Later && !piece.isSettled);
    const until = first < 0 || bytes > LONGEST_WAIT ? all.length : first;
    // A source may fill the same buffer again.
    this.#waiting = all.slice(until).map((piece) => (piece instanceof Later ? piece : Uint8Array.from(piece)));
    return all.slice(0, until).map((piece) => (piece instanceof Later ? encoded(piece.text()) : piece));
  }

  #pieces(chunk: Uint8Array): readonly Piece[] {
    const pieces: Piece[] = [];
    let at = 0;
    // What stands from here on is not written yet.
    let from = 0;
    while (at < chunk.length) {
      let start = at;
      if (this.#held === null) {
        start = this.#toString(chunk, at) + 1;
        if (start > chunk.length) break;
      }
      const end = this.#stringEnd(chunk, start);
      if (end < 0) {
        if (start > from) pieces.push(chunk.subarray(from, start));
        this.#hold(chunk.subarray(start));
        return pieces;
      }
      const written = this.#string(chunk.subarray(start, end));
      if (written !== null) {
        pieces.push(chunk.subarray(from, start), written);
        from = end;
      }
      this.#held = null;
      at = end + 1;
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
    return pieces;
  }

  end(): void {
    if (this.#began && this.#frames.length === 0 && this.#held === null) return;
    throw new InputError(`${this.#label} broke off: its JSON does not end`, { hint: 'Ask for it again.' });
  }

  #hold(bytes: Uint8Array): void {
    this.#held ??= [];
    this.#heldSize = bytes.length + (this.#held.length === 0 ? 0 : this.#heldSize);
    if (this.#heldSize > LONGEST_STRING) throw new InputError(`${this.#label} has a string of more than 256 MiB`);
    // A source may fill the same buffer again.
    this.#held.push(Uint8Array.from(bytes));
  }

  /** Reads structure up to the next string; gives where its quote is, or the chunk's length. */
  #toString(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      switch (chunk[at]) {
        case QUOTE:
          return at;
        case OPEN_OBJECT:
          this.#enter(true);
          break;
        case OPEN_LIST:
          this.#enter(false);
          break;
        case CLOSE_OBJECT:
        case CLOSE_LIST:
          this.#leave();
          break;
        case COMMA: {
          this.#isHiding = false;
          const frame = this.#frames.at(-1);
          if (frame?.isObject === true) frame.expectsKey = true;
          break;
        }
        default:
          this.#number(chunk, at);
      }
    }
    return chunk.length;
  }

  /** Numbers that are not to be written become 0 where they stand: the document keeps its length. */
  #number(chunk: Uint8Array, at: number): void {
    const byte = chunk[at] ?? 0;
    const isDigit = byte >= ZERO && byte <= NINE;
    if (!isDigit && !(this.#isHiding && NUMBER_BYTES.has(byte)) && byte !== MINUS) {
      this.#isHiding = false;
      return;
    }
    if (this.#visitor.hidesNumbers !== true) return;
    chunk[at] = isDigit && !this.#isHiding ? ZERO : BLANK;
    this.#isHiding ||= isDigit;
  }

  #enter(isObject: boolean): void {
    this.#began = true;
    this.#frames.push({ isObject, key: this.#frames.at(-1)?.key ?? '', expectsKey: isObject });
  }

  #leave(): void {
    if (this.#frames.pop() === undefined) throw new InputError(`${this.#label} is not JSON: a bracket closes nothing`);
    this.#visitor.leave(this.#frames.length);
  }

  /** Where the string's closing quote is; -1 where it is not in this chunk. */
  #stringEnd(chunk: Uint8Array, start: number): number {
    let at = start;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (;;) {
      const quote = chunk.indexOf(QUOTE, at);
      const slash = this.#nextBackslash(chunk, at);
      if (slash < 0 || (quote >= 0 && quote < slash)) return quote;
      at = slash + 2;
      this.#escaped = at > chunk.length;
      if (at >= chunk.length) return -1;
    }
  }

  /** The next backslash of the chunk, looked for once: most chunks have few. */
  #nextBackslash(chunk: Uint8Array, at: number): number {
    const known = this.#backslash;
    if (known.chunk === chunk && known.from <= at && (known.at < 0 || known.at >= at)) return known.at;
    this.#backslash = { chunk, from: at, at: chunk.indexOf(BACKSLASH, at) };
    return this.#backslash.at;
  }

  /** What to write for a string, of which the rest is given; null where it stands in this chunk and stays as it is. */
  #string(rest: Uint8Array): Piece | null {
    const held = this.#held ?? [];
    const bytes =
      held.length === 0 ? Buffer.from(rest.buffer, rest.byteOffset, rest.length) : Buffer.concat([...held, rest]);
    const same = held.length === 0 ? null : bytes;
    const frame = this.#frames.at(-1);
    const isKey = frame?.isObject === true && frame.expectsKey;
    if (isKey) frame.expectsKey = false;
    if (!isKey && this.#isTooShort(bytes)) return same;
    const text = this.#decoded(bytes);
    if (isKey) frame.key = text;
    const at = { isKey, key: frame?.key ?? '', depth: this.#frames.length };
    const visit = (): string | Later => this.#visitor.visit(text, at);
    const written = bytes.length > LONG_STRING ? withoutPause(visit) : visit();
    if (written instanceof Later) return written;
    return written === text ? same : encoded(written);
  }

  /** Whether a string is no text of a list, and shorter than those that the visitor asks for. */
  #isTooShort(bytes: Buffer): boolean {
    return this.#frames.at(-1)?.isObject === true && bytes.length < this.#visitor.minBytes;
  }

  #decoded(bytes: Buffer): string {
    if (!bytes.includes(BACKSLASH)) return bytes.toString('utf8');
    try {
      return JSON.parse(`"${bytes.toString('utf8')}"`) as string;
    } catch (error) {
      throw new InputError(`${this.#label} is not JSON: a string has a wrong escape`, { cause: error });
    }
  }
}

/** A string's bytes inside its quotes. */
function encoded(text: string): Uint8Array {
  return Buffer.from(JSON.stringify(text).slice(1, -1));
}

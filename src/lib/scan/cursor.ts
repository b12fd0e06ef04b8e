/** A place in a document that comes in pieces: reads its tokens, skips its containers, and takes out what is marked. */
import { limitOf } from '../limits';
import { Malformed, TooDeep, TooLong, Truncated } from './malformed';
import type { WholeElement } from './entry-run';
import { FittedRun } from './fitted-run';
import { type DocumentBytes, parse } from './parse';
import type { SectionFit } from './section-fit';
import { MAX_DEPTH, StrayByte, UNFINISHED, type Skipper } from './skipper';

/** Reads on as far as the pieces go: yields where it needs the next one, and is given null at the document's end. */
export type ResumableRead<T> = Generator<undefined, T, Uint8Array | null>;

/** What `peek` returns at the document's end. */
export const END = -1;
export const OPEN_BRACE = 0x7b;
export const OPEN_BRACKET = 0x5b;

/** Returned when the current piece is exhausted: feed the next one. */
const NEXT_PIECE = -2;

const EMPTY = new Uint8Array(0);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const CLOSE_BRACKET = 0x5d;
/** From an opening bracket's code to its closing one's. */
const BRACKET_WIDTH = 2;

/** The element of a list that was passed just now; good until the cursor moves on. */
export interface Element extends WholeElement {
  /** Its JSON text, reduced to the fields that are wanted; null where it is taken whole. */
  reduced(): Uint8Array | null;
}

export class Cursor implements Element {
  readonly #skipper: Skipper;
  readonly #keepsPieces: boolean;
  readonly #longest = limitOf('value');
  #piece: Uint8Array = EMPTY;
  #at = 0;
  /** Where the piece begins in the document. */
  #base = 0;
  /** How many containers were entered and not left. */
  #depth = 0;
  /** Where the marked bytes begin in the piece; -1 where nothing is marked. */
  #mark = -1;
  /** Marked bytes of earlier pieces; null where they are not kept. */
  #parts: Uint8Array[] | null = [];
  #markOffset = 0;
  /** How often the skipper's telling text stands in marked bytes of earlier pieces. */
  #tellings = 0;
  /** Whether what was passed is a container that can be reduced. */
  #isReducible = false;
  #isEnded = false;

  /** @param keepsPieces whether elements that come in several pieces are needed whole */
  constructor(skipper: Skipper, keepsPieces = true) {
    this.#skipper = skipper;
    this.#keepsPieces = keepsPieces;
  }

  /** The next byte that is not white space, without passing it; END at the document's end. */
  *peek(): ResumableRead<number> {
    for (;;) {
      const byte = this.#ahead();
      if (byte !== NEXT_PIECE) return byte;
      if (!(yield* this.#advance())) return END;
    }
  }

  /**
   * Passes the opening bracket of an object or array, and its closing one where it is empty. Whether it has a first
   * member or element, which is what comes next.
   */
  *enter(open: number): ResumableRead<boolean> {
    yield* this.#expect(open);
    if ((yield* this.peek()) === open + BRACKET_WIDTH) {
      this.#at++;
      return false;
    }
    this.#depth++;
    return true;
  }

  /** Behind a member or element: passes a comma, and there is a next one, or the closing bracket. */
  *next(open: number): ResumableRead<boolean> {
    let byte = this.#ahead();
    if (byte === NEXT_PIECE) byte = yield* this.peek();
    if (byte !== COMMA && byte !== open + BRACKET_WIDTH) this.fail();
    this.#at++;
    if (byte !== COMMA) this.#depth--;
    return byte === COMMA;
  }

  /** Passes a member's name and its colon. */
  *name(): ResumableRead<string> {
    if ((yield* this.peek()) !== QUOTE) this.fail();
    const name = parse(yield* this.value()) as string;
    yield* this.#expect(COLON);
    return name;
  }

  /** Throws what is wrong with the byte that `peek` saw. */
  fail(): never {
    const byte = this.#piece[this.#at];
    const offset = this.#base + this.#at;
    throw byte === undefined ? new Truncated(offset) : new Malformed(offset, byte);
  }

  /** Passes white space and takes out the value behind it, whatever it is. */
  *value(): ResumableRead<DocumentBytes> {
    let byte = this.#ahead();
    if (byte === NEXT_PIECE) byte = yield* this.peek();
    this.#begin();
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) yield* this.#passContainer(byte);
    else if (byte === QUOTE) yield* this.#passString();
    else yield* this.#passScalar();
    return this.#take();
  }

  /**
   * Passes elements of a list, or members of a map, for as long as they are of the shape at this node of a fitter; null where
   * the next one is not, or not as a whole in the piece.
   */
  fitted({ fitter, node, wanted }: SectionFit, isMap: boolean): FittedRun | null {
    const { count, behind, hasEnded } = fitter.run(node, this.#at, isMap, wanted);
    if (count === 0) return null;
    this.#at = behind;
    if (hasEnded) this.#depth--;
    return new FittedRun({ fitter, piece: this.#piece, base: this.#base, count, hasEnded, isMap });
  }

  /**
   * Passes an element of a list and what stands behind it: a comma, and there is a next one, or the list's end. Where it
   * may be wanted, or all are, it is handed over first.
   */
  *element(take: (element: Element) => void, all: boolean): ResumableRead<boolean> {
    let byte = this.#ahead();
    if (byte === NEXT_PIECE) byte = yield* this.peek();
    this.#begin();
    this.#isReducible = byte === OPEN_BRACE || byte === OPEN_BRACKET;
    if (this.#isReducible) {
      if (!this.#keepsPieces) this.#parts = null;
      this.#at++;
      this.#skipper.open(byte, true, MAX_DEPTH - this.#depth);
      // Nearly always all of it stands in the same piece: a generator less for each element.
      if (!this.#skip()) yield* this.#skipOn();
      if (all || this.#skipper.mayBeWanted()) take(this);
    } else {
      if (byte === QUOTE) yield* this.#passString();
      else yield* this.#passScalar();
      take(this);
    }
    this.#drop();
    const next = this.#ahead();
    if (next !== COMMA && next !== CLOSE_BRACKET) return yield* this.next(OPEN_BRACKET);
    this.#at++;
    if (next !== COMMA) this.#depth--;
    return next === COMMA;
  }

  get offset(): number {
    return this.#markOffset;
  }

  get size(): number {
    return this.#base + this.#at - this.#markOffset;
  }

  reduced(): Uint8Array | null {
    if (!this.#isReducible) return null;
    return this.#skipper.reduced(this.#tellings + this.#skipper.tellings(this.#mark, this.#at));
  }

  whole(): Uint8Array | null {
    const last = this.#piece.subarray(this.#mark, this.#at);
    if (last.length === this.size) return last;
    return this.#parts === null ? null : Buffer.concat([...this.#parts, last]);
  }

  /** Passes white space and the value behind it, keeping nothing. */
  *pass(): ResumableRead<void> {
    const byte = yield* this.peek();
    if (byte !== OPEN_BRACE && byte !== OPEN_BRACKET) parse(yield* this.value());
    else yield* this.#passContainer(byte);
  }

  /** Passes what is left of a container that this bracket has opened, its end included. */
  *leave(bracket: number): ResumableRead<void> {
    this.#depth--;
    this.#skipper.open(bracket, false, MAX_DEPTH - this.#depth);
    if (!this.#skip()) yield* this.#skipOn();
  }

  *#passContainer(bracket: number): ResumableRead<void> {
    this.#at++;
    this.#depth++;
    yield* this.leave(bracket);
  }

  /** What is passed from here on is taken. */
  #begin(): void {
    this.#mark = this.#at;
    this.#markOffset = this.#base + this.#at;
  }

  *#expect(byte: number): ResumableRead<void> {
    if ((yield* this.peek()) !== byte) this.fail();
    this.#at++;
  }

  /** Passes white space in the piece: the byte behind it, or NEXT_PIECE. */
  #ahead(): number {
    const piece = this.#piece;
    for (; this.#at < piece.length; this.#at++) {
      const byte = piece[this.#at] ?? END;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
    return NEXT_PIECE;
  }

  *#advance(): ResumableRead<boolean> {
    if (this.#mark >= 0) {
      // One that fits in a piece is short enough.
      if (this.#base + this.#piece.length - this.#markOffset > this.#longest) throw new TooLong(this.#markOffset);
      this.#tellings += this.#skipper.tellings(this.#mark, this.#piece.length);
      // Copied: the piece's memory may be used again for the next one.
      this.#parts?.push(Uint8Array.from(this.#piece.subarray(this.#mark)));
      this.#mark = 0;
    }
    this.#base += this.#piece.length;
    this.#at = 0;
    const next = this.#isEnded ? null : yield;
    this.#piece = next ?? EMPTY;
    this.#isEnded = next === null;
    if (next === null) return false;
    this.#skipper.load(next);
    return true;
  }

  #take(): DocumentBytes {
    const bytes = this.whole();
    if (bytes === null) throw new Error('pieces of a value are kept');
    const taken = { bytes, offset: this.#markOffset };
    this.#drop();
    return taken;
  }

  #drop(): void {
    this.#mark = -1;
    this.#tellings = 0;
    if (this.#parts?.length !== 0) this.#parts = [];
  }

  /** Skips to the end of the open container; false where the piece ends before it. */
  #skip(): boolean {
    try {
      const behind = this.#skipper.skip(this.#at);
      this.#at = behind === UNFINISHED ? this.#piece.length : behind;
      return behind !== UNFINISHED;
    } catch (error) {
      if (!(error instanceof StrayByte)) throw error;
      this.#at = error.at;
      const byte = this.#piece[error.at];
      // Only for want of room an opening bracket cannot stand there.
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) throw new TooDeep(this.#base + error.at);
      return this.fail();
    }
  }

  *#skipOn(): ResumableRead<void> {
    do {
      if (!(yield* this.#advance())) this.fail();
    } while (!this.#skip());
  }

  *#passString(): ResumableRead<void> {
    let isEscaped = false;
    this.#at++;
    for (;;) {
      const byte = this.#piece[this.#at];
      if (byte === undefined) {
        if (!(yield* this.#advance())) this.fail();
        continue;
      }
      if (byte < 0x20) this.fail();
      this.#at++;
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) return;
    }
  }

  /** A number or a literal: everything up to the next delimiter. */
  *#passScalar(): ResumableRead<void> {
    const start = this.#markOffset;
    for (;;) {
      const byte = this.#piece[this.#at];
      if (byte === undefined) {
        if (!(yield* this.#advance())) this.fail();
        continue;
      }
      if (!isOfScalar(byte)) break;
      this.#at++;
    }
    if (this.#base + this.#at === start) this.fail();
  }
}

/** Letters, digits, `+`, `-` and `.`: what numbers and literals are made of. */
function isOfScalar(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

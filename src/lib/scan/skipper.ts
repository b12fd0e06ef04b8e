/** Finds where a JSON object or array ends without parsing it: the part of the scanner that most bytes pass through. */

/** `skip` came to the end of the piece before the container's end. */
export const UNFINISHED = -1;

/**
 * Deepest nesting of a document that is read, in containers from its first bracket on. What Envoy writes cannot come near:
 * protobuf reads messages of at most 100 levels, each of which is two containers at most. What walks through a value may
 * rely on it.
 */
export const MAX_DEPTH = 500;

/** Of a piece, in bytes: small enough that it stays in the processor's cache while it is worked on. */
export const PIECE_SIZE = 1 << 18;

/** A byte that cannot stand where it does; its offset counts from the beginning of the piece. */
export class StrayByte extends Error {
  readonly at: number;

  constructor(at: number) {
    super(`stray byte at ${at}`);
    this.at = at;
  }
}

/** A global of a module. */
export interface Counter {
  readonly value: number;
}

/** The memory that pieces stand in, and where its parts begin (skip.wat). Behind the piece that was loaded stands a zero. */
export interface SharedMemory {
  readonly memory: WebAssembly.Memory;
  readonly piece: Counter;
  readonly written: Counter;
  readonly shapes: Counter;
}

/**
 * Skips containers in a document that comes in pieces. On the way it checks that brackets pair, that strings end and
 * hold no control characters, and that backslashes stand in strings; it does not look at commas, colons, numbers,
 * literals or what an escape says. After `skip` has returned UNFINISHED, `load` the next piece and skip on from 0.
 */
export interface Skipper {
  /** The longest piece that `load` takes, in bytes. */
  readonly capacity: number;
  /** Where the next piece can be put, to be loaded without being copied; the piece before is overwritten. */
  room(): Uint8Array;
  /** Makes a piece the one that is read. */
  load(piece: Uint8Array): void;
  /**
   * Begins inside a container that this bracket, `{` or `[`, has opened.
   * @param reduces whether it is reduced to the fields that were asked for, where the skipper can do that
   * @param room how many containers may stand one in another, this one counted; the one too many is a stray byte
   */
  open(bracket: number, reduces: boolean, room: number): void;
  /**
   * Reads from this offset in the piece to the end of the container that was opened. Returns the offset behind its
   * closing bracket, or UNFINISHED. Throws StrayByte.
   */
  skip(from: number): number;
  /**
   * The JSON text of the container that was opened last, reduced to the fields that were asked for; null where it must be
   * taken whole. Good until the next one is opened. Lists keep of their elements the objects and lists alone.
   * @param tellings how often the telling text stands in the container
   */
  reduced(tellings: number): Uint8Array | null;
  /** How often the telling text ends between these offsets in the piece, having begun there or, from 0 on, before. */
  tellings(from: number, to: number): number;
  /** Whether the container that was opened last may be wanted, by what is sought and the names to keep. */
  mayBeWanted(): boolean;
  /** For who looks at the pieces beside it; null where they stand in no module's memory. */
  readonly shared: SharedMemory | null;
  /** Gives back what another skipper can use; this one is used no more. */
  release(): void;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSES = 4;

/** The skipper in plain JavaScript, where WebAssembly or its SIMD is not to be had: it reduces nothing. */
export class PlainSkipper implements Skipper {
  readonly capacity = PIECE_SIZE;
  readonly shared = null;
  #room: Uint8Array | null = null;
  #piece: Uint8Array = new Uint8Array(0);
  readonly #brackets = new Uint8Array(MAX_DEPTH);
  #depth = 0;
  #deepest = MAX_DEPTH;
  #isInString = false;
  #isEscaped = false;

  room(): Uint8Array {
    this.#room ??= new Uint8Array(PIECE_SIZE);
    return this.#room;
  }

  load(piece: Uint8Array): void {
    this.#piece = piece;
  }

  reduced(): null {
    return null;
  }

  release(): void {
    this.#room = null;
  }

  tellings(): number {
    return 0;
  }

  mayBeWanted(): boolean {
    return true;
  }

  open(bracket: number, _reduces: boolean, room: number): void {
    this.#deepest = room;
    this.#brackets[0] = bracket;
    this.#depth = 1;
    this.#isInString = false;
    this.#isEscaped = false;
  }

  skip(from: number): number {
    const piece = this.#piece;
    let at = from;
    while (at < piece.length) {
      if (this.#isInString) at = this.#skipString(at);
      else {
        at = this.#skipToString(at);
        if (this.#depth === 0) return at;
      }
    }
    return UNFINISHED;
  }

  /** From inside a string to behind its closing quote, or to the end of the piece. */
  #skipString(from: number): number {
    const piece = this.#piece;
    let at = from;
    if (this.#isEscaped && at < piece.length) {
      this.#isEscaped = false;
      at = this.#behindEscaped(at);
    }
    for (; at < piece.length; at++) {
      const byte = piece[at] ?? 0;
      if (byte === QUOTE) {
        this.#isInString = false;
        return at + 1;
      }
      if (byte < 0x20) throw new StrayByte(at);
      if (byte !== BACKSLASH) continue;
      at++;
      if (at === piece.length) this.#isEscaped = true;
      else this.#behindEscaped(at);
    }
    return piece.length;
  }

  #behindEscaped(at: number): number {
    if ((this.#piece[at] ?? 0) < 0x20) throw new StrayByte(at);
    return at + 1;
  }

  /** From outside of strings to behind the next opening quote, the container's end, or the end of the piece. */
  #skipToString(from: number): number {
    const piece = this.#piece;
    for (let at = from; at < piece.length; at++) {
      const byte = piece[at] ?? 0;
      if (byte === QUOTE) {
        this.#isInString = true;
        return at + 1;
      }
      if (byte < 0x5b) continue;
      if (byte === BACKSLASH) throw new StrayByte(at);
      const bracket = byte | 0x20;
      if (bracket !== 0x7b && bracket !== 0x7d) continue;
      this.#match(byte, at);
      if (this.#depth === 0) return at + 1;
    }
    return piece.length;
  }

  #match(bracket: number, at: number): void {
    if ((bracket & CLOSES) === 0) {
      if (this.#depth === this.#deepest) throw new StrayByte(at);
      this.#brackets[this.#depth++] = bracket;
      return;
    }
    this.#depth--;
    // An opening bracket's code is two less than its closing one's.
    if (this.#brackets[this.#depth] !== bracket - 2) throw new StrayByte(at);
  }
}

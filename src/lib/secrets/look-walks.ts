/**
 * The walk of the first look over a text, from one place that may give reason to the next: in WebAssembly (look.wat) over long texts,
 * which tables are, several times faster than the walk in JavaScript, which is faster to begin with and there on every machine.
 */
import { hasSimd } from '../web-assembly';
import { SHORTEST_RUN } from './encoded';
import { ALARM, ALL_BLANK, GRAM, RUN, SELDOM, SYMBOL, lookTables } from './look-tables';
import base64 from './look.wat';

/** What stands before a place: the symbols of four characters, and how many digits of base64 in one piece. */
interface Seen {
  readonly gram: number;
  readonly run: number;
}

/** A walk over one text. */
export interface LookWalk extends Seen {
  /** The next place from one on, behind the last that was given, that may give reason to look; the text's length where there is none. */
  next(from: number): number;
  /** Is told of digits of base64 in one piece, from a place to another, that give no reason wherever no full stop stands before them. */
  readonly passed?: (from: number, to: number) => void;
}

/** Texts that are shorter, in characters, are not worth being copied. */
const LONG = 2_000;

/** Which of the two walks; null: by the length of the text. */
export type Way = 'plain' | 'module' | null;

export function walkOf(text: string, way: Way): LookWalk {
  const isLong = way === null ? text.length >= LONG : way === 'module';
  const wasm = isLong ? instantiated() : null;
  return wasm === null ? new PlainWalk(text) : new ModuleWalk(text, wasm);
}

class PlainWalk implements LookWalk {
  gram = ALL_BLANK;
  run = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Small, since few texts are read by what is compiled of it. */
  next(from: number): number {
    const text = this.#text;
    const { length } = text;
    const { kinds, bits } = lookTables();
    let { gram, run } = this;
    let at = from;
    for (; at < length; at += 1) {
      const code = text.charCodeAt(at);
      const kind = code < 128 ? (kinds[code] ?? ALARM) : ALARM;
      gram = ((gram << 5) | (kind & SYMBOL)) & GRAM;
      run = (kind & RUN) === 0 ? 0 : run + 1;
      if ((kind & SELDOM) !== 0 || run === SHORTEST_RUN || ((bits[gram >> 3] ?? 0) & (1 << (gram & 7))) !== 0) break;
    }
    this.gram = gram;
    this.run = run;
    return at;
  }
}

interface LookExports {
  readonly memory: WebAssembly.Memory;
  readonly kinds: { readonly value: number };
  readonly bits: { readonly value: number };
  readonly text: { readonly value: number };
  readonly room: { readonly value: number };
  readonly gram: { readonly value: number };
  readonly run: { readonly value: number };
  begin(gram: number): void;
  next(at: number, end: number, shortest: number): number;
  learn(from: number, to: number): void;
}

/** The module with its memory, of which there is one: no walk begins before another has ended. */
interface Look {
  readonly wasm: LookExports;
  readonly memory: Buffer;
}

let made: Look | null = null;

/** Null where this machine or this Node has no WebAssembly SIMD. Throws where the module is broken. */
function instantiated(): Look | null {
  if (made !== null || !hasSimd()) return made;
  const module = new WebAssembly.Module(Buffer.from(base64, 'base64'));
  const wasm = new WebAssembly.Instance(module).exports as LookExports;
  const { kinds, bits } = lookTables();
  // Of the bytes beyond ASCII, which stand in other characters, each alarms.
  const all = new Uint16Array(wasm.memory.buffer, wasm.kinds.value, 256).fill(ALARM);
  all.set(kinds);
  const memory = Buffer.from(wasm.memory.buffer);
  memory.set(bits, wasm.bits.value);
  made = { wasm, memory };
  return made;
}

const NO_ASCII = 0xff;

class ModuleWalk implements LookWalk {
  readonly #text: string;
  readonly #wasm: LookExports;
  readonly #memory: Buffer;
  /** What stands in the memory: from where to where in the text, and which address the beginning of the text would have. */
  #begin = 0;
  #end = 0;
  #base = 0;

  constructor(text: string, { wasm, memory }: Look) {
    this.#text = text;
    this.#wasm = wasm;
    this.#memory = memory;
    wasm.begin(ALL_BLANK);
  }

  get gram(): number {
    return this.#wasm.gram.value;
  }

  get run(): number {
    return this.#wasm.run.value;
  }

  next(from: number): number {
    const { length } = this.#text;
    let at = from;
    for (; at < length; at = this.#end) {
      if (at >= this.#end) this.#load(at);
      const found = this.#wasm.next(this.#base + at, this.#base + this.#end, SHORTEST_RUN) - this.#base;
      if (found < this.#end) return found;
    }
    return length;
  }

  readonly passed = (from: number, to: number): void => {
    if (from >= this.#begin && to <= this.#end) this.#wasm.learn(this.#base + from, this.#base + to);
  };

  /**
   * Writes the piece that begins at a place. A character beyond ASCII takes several bytes, so that what stands behind it is at another
   * place, or outside: but at its first byte the walk stops, and what is there is a reason to look.
   */
  #load(at: number): void {
    const { text, room } = this.#wasm;
    this.#begin = at;
    this.#end = Math.min(this.#text.length, at + room.value);
    const written = this.#memory.write(this.#text.slice(at, this.#end), text.value, room.value, 'utf8');
    // The last character may be one that did not fit in.
    if (written < this.#end - at) this.#memory.fill(NO_ASCII, text.value + written, text.value + this.#end - at);
    this.#base = text.value - at;
  }
}

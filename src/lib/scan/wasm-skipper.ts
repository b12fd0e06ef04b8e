/** The skipper in WebAssembly (skip.wat): several times faster than the plain one, on machines that have its SIMD. */
import { hasSimd } from '../web-assembly';
import { maskNames, ROOT } from './field-mask';
import type { EntryHints, Sought } from './raw-dump';
import base64 from './skip.wat';
import { type Counter, PIECE_SIZE, StrayByte, UNFINISHED, type SharedMemory, type Skipper } from './skipper';

interface SkipExports {
  readonly memory: WebAssembly.Memory;
  readonly faultAt: Counter;
  readonly out: Counter;
  readonly seen: Counter;
  readonly odd: Counter;
  readonly hidden: Counter;
  /** Where the parts of the memory begin: skip.wat lays it out, and says what stands in each. */
  readonly mask: Counter;
  readonly placeShift: Counter;
  readonly names: Counter;
  readonly text: Counter;
  readonly wholeText: Counter;
  readonly tail: Counter;
  readonly piece: Counter;
  readonly written: Counter;
  readonly shapes: Counter;
  open(bracket: number, node: number, room: number): void;
  skip(at: number, end: number): number;
  count(text: number, length: number, at: number, end: number, most: number): number;
}

/** Size of a place of the mask. */
const PLACE_SIZE = 16;
const IN_USE = 1;
const SETS_SEEN = 2;
/** The longest text for which a container is taken whole, in bytes: raw-dump.ts promises as much. */
const MOST_TELLING = 256;
/** What is written of a piece is not longer than the piece; sixteen bytes are written at once, and more are looked at. */
const SPARE = 4_096;
const PAGE = 65_536;
const FAULT = -2;

let compiled: WebAssembly.Module | null = null;

/** Instances that no skipper uses: of a mesh thousands of dumps are read one after the other. */
const idle: SkipExports[] = [];
const MOST_IDLE = 8;
/** One that has grown is let go of. */
const LARGEST_IDLE = 1 << 21;

/**
 * A new skipper; null where this machine or this Node has no WebAssembly SIMD.
 * @param hints what it reduces containers to; null where it reduces none
 */
export function wasmSkipper(hints: EntryHints | null = null): Skipper | null {
  const wasm = instantiated();
  return wasm === null ? null : new WasmSkipper(wasm, hints);
}

/** Throws where the module is broken: it would be no good to fall back, several times slower, without a word. */
function instantiated(): SkipExports | null {
  if (!hasSimd()) return null;
  const used = idle.pop();
  if (used !== undefined) return used;
  compiled ??= new WebAssembly.Module(Buffer.from(base64, 'base64'));
  return new WebAssembly.Instance(compiled).exports as SkipExports;
}

class WasmSkipper implements Skipper {
  readonly capacity = PIECE_SIZE;
  readonly #wasm: SkipExports;
  /** Where in the module's memory the piece begins that is being read. */
  readonly #piece: number;
  /** Where the reduced container begins. */
  readonly #written: number;
  readonly #textLength: number;
  readonly #tellingLength: number;
  readonly #root: number;
  #memory: Uint8Array;
  #end: number;

  constructor(wasm: SkipExports, hints: EntryHints | null) {
    this.#wasm = wasm;
    this.#piece = wasm.piece.value;
    this.#written = wasm.written.value;
    this.#end = this.#piece;
    this.#memory = new Uint8Array(wasm.memory.buffer);
    this.#root = hints === null ? 0 : ROOT;
    if (hints !== null) this.#writeMask(hints);
    this.#textLength = this.#writeText(
      soughtJson(hints?.sought),
      wasm.text.value,
      wasm.wholeText.value - wasm.text.value,
    );
    this.#tellingLength = this.#writeText(
      partJson(hints?.keepWholeIfContains ?? ''),
      wasm.wholeText.value,
      MOST_TELLING,
    );
  }

  room(): Uint8Array {
    this.#makeRoom();
    return this.#memory.subarray(this.#piece, this.#piece + PIECE_SIZE);
  }

  load(piece: Uint8Array): void {
    if (piece.buffer !== this.#memory.buffer) this.room().set(piece);
    this.#end = this.#piece + piece.length;
    this.#memory[this.#end] = 0;
  }

  get shared(): SharedMemory {
    return this.#wasm;
  }

  open(bracket: number, reduces: boolean, room: number): void {
    this.#wasm.open(bracket, reduces ? this.#root : 0, room);
  }

  skip(from: number): number {
    const at = this.#wasm.skip(this.#piece + from, this.#end);
    if (at >= 0) return at - this.#piece;
    if (at === FAULT) throw new StrayByte(this.#wasm.faultAt.value - this.#piece);
    return UNFINISHED;
  }

  reduced(tellings: number): Uint8Array | null {
    const end = this.#wasm.out.value;
    if (end === this.#written || this.#wasm.odd.value === 1) return null;
    if (this.#tellingLength > 0 && this.#wasm.hidden.value === 1) return null;
    if (tellings > 0 && this.#countTellings(this.#written, end) !== tellings) return null;
    return this.#memory.subarray(this.#written, end);
  }

  mayBeWanted(): boolean {
    const { seen, odd, hidden, out, text } = this.#wasm;
    if (this.#textLength === 0 || out.value === this.#written) return true;
    if (seen.value === 1 || odd.value === 1 || hidden.value === 1) return true;
    return this.#wasm.count(text.value, this.#textLength, this.#written, out.value, 1) > 0;
  }

  release(): void {
    if (idle.length >= MOST_IDLE || this.#memory.length > LARGEST_IDLE) return;
    // The mask, the texts and the tail of the last piece: a new skipper finds none.
    this.#memory.fill(0, 0, this.#piece);
    idle.push(this.#wasm);
  }

  tellings(from: number, to: number): number {
    // It may have begun in the piece before.
    const begin = this.#piece + from - (from === 0 ? Math.max(0, this.#tellingLength - 1) : 0);
    return this.#tellingLength === 0 ? 0 : this.#countTellings(begin, this.#piece + to);
  }

  #countTellings(at: number, end: number): number {
    return this.#wasm.count(this.#wasm.wholeText.value, this.#tellingLength, at, end, -1);
  }

  /** Gives its length, 0 where it is too long to be looked for. */
  #writeText(text: string, at: number, most: number): number {
    const bytes = Buffer.from(text);
    if (bytes.length > most) return 0;
    this.#memory.set(bytes, at);
    return bytes.length;
  }

  /** Keeps the end of the piece before, and sees that what is written of the next one has a place. */
  #makeRoom(): void {
    const { value: tail } = this.#wasm.tail;
    this.#memory.copyWithin(tail, this.#end - (this.#piece - tail), this.#end);
    this.#end = this.#piece;
    const missing = this.#wasm.out.value + PIECE_SIZE + SPARE - this.#memory.length;
    if (missing <= 0) return;
    // By half as much again, so that a container of any size is moved a few times only.
    this.#wasm.memory.grow(Math.ceil((missing + this.#memory.length / 2) / PAGE));
    this.#memory = new Uint8Array(this.#wasm.memory.buffer);
  }

  #writeMask({ fields, keep = [] }: EntryHints): void {
    const { mask, placeShift, names: namesAt, text: textAt } = this.#wasm;
    const places = 2 ** (32 - placeShift.value);
    const names = maskNames(fields);
    // Half of the table stays free: a free place ends a search.
    if (names.length > places / 2) throw new Error('a mask has too many names');
    const view = new DataView(this.#memory.buffer);
    let text = namesAt.value;
    for (const { node, name, next } of names) {
      const bytes = Buffer.from(`"${name}`);
      const tail = bytes.readUInt32LE(bytes.length - 4);
      let place = Math.imul(tail ^ Math.imul(0x0100_0193, node), 0x9e37_79b1) >>> placeShift.value;
      while (this.#memory[mask.value + PLACE_SIZE * place + 7] !== 0) place = (place + 1) % places;
      const at = mask.value + PLACE_SIZE * place;
      view.setUint32(at, tail, true);
      view.setUint8(at + 4, node);
      view.setUint8(at + 5, next);
      view.setUint8(at + 6, name.length);
      view.setUint8(at + 7, node === ROOT && keep.includes(name) ? IN_USE | SETS_SEEN : IN_USE);
      view.setUint32(at + 8, text, true);
      this.#memory.set(bytes.subarray(1), text);
      text += name.length;
    }
    if (text > textAt.value) throw new Error('the names of a mask are too long');
  }
}

/** How it stands in JSON; empty where nothing is sought. */
function soughtJson(sought: Sought | undefined): string {
  if (sought === undefined) return '';
  return sought.as === 'string' ? JSON.stringify(sought.text) : partJson(sought.text);
}

/** How a part of a string stands in JSON. */
function partJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The skipper in WebAssembly (skip.wat): several times faster than the plain one, on machines that have its SIMD. */
import base64 from './skip.wat';
import { NO_NAMES, StrayByte, UNFINISHED, type Skipper, type WatchedNames } from './skipper';

interface SkipExports {
  readonly memory: WebAssembly.Memory;
  readonly faultAt: Counter;
  readonly keys: Counter;
  readonly seen: Counter;
  readonly cuts: Counter;
  open(bracket: number): void;
  skip(at: number, end: number): number;
}

/** A global of the module. */
interface Counter {
  value: number;
}

/** The module's memory, as skip.wat lays it out. */
const KEYS = 10_240;
const KEY_SIZE = 16;
const PLACES = 64;
/** Which hashes the last four bytes of keys have. */
const HASHES = 11_264;
/** So that the table always has free places, which end a search. */
const MOST_KEYS = PLACES / 2;
const CUTS = 12_288;
/** skip.wat begins no cut beyond a thousand addresses; a last one takes two more. */
const MOST_CUTS = 1002;
/** Where the piece stands. */
const PIECE = 16_384;
/** Small enough that a piece is still in the processor's cache after it was copied. */
const CAPACITY = 1 << 18;
/** How much of the piece before stands in front of it: a name's last eight bytes and its quote. */
const TAIL = 9;
const FAULT = -2;

const NONE: readonly number[] = [];

let compiled: WebAssembly.Module | null = null;

/** A new skipper; null where this machine or this Node has no WebAssembly SIMD. */
export function wasmSkipper(names: WatchedNames = NO_NAMES): Skipper | null {
  try {
    compiled ??= new WebAssembly.Module(Buffer.from(base64, 'base64'));
    return new WasmSkipper(new WebAssembly.Instance(compiled).exports as SkipExports, names);
  } catch {
    return null;
  }
}

class WasmSkipper implements Skipper {
  readonly capacity = CAPACITY;
  readonly seesNames = true;
  readonly #wasm: SkipExports;
  readonly #memory: Uint8Array;
  readonly #cutAddresses: Uint32Array;
  #end = PIECE;

  constructor(wasm: SkipExports, { keep, cut }: WatchedNames) {
    this.#wasm = wasm;
    this.#memory = new Uint8Array(wasm.memory.buffer);
    this.#cutAddresses = new Uint32Array(wasm.memory.buffer, CUTS, MOST_CUTS);
    const keys = new Map([
      ...cut.map((name) => [tailOf(name), 0] as const),
      ...keep.map((name) => [tailOf(name), 1] as const),
    ]);
    for (const [tail, isKept] of [...keys].slice(0, MOST_KEYS)) this.#writeKey(tail, isKept);
    wasm.keys.value = keys.size > 0 ? 1 : 0;
  }

  load(piece: Uint8Array): void {
    this.#memory.copyWithin(PIECE - TAIL, this.#end - TAIL, this.#end);
    this.#memory.set(piece, PIECE);
    this.#end = PIECE + piece.length;
  }

  open(bracket: number): void {
    this.#wasm.open(bracket);
  }

  skip(from: number): number {
    this.#wasm.cuts.value = 0;
    const at = this.#wasm.skip(PIECE + from, this.#end);
    if (at >= 0) return at - PIECE;
    if (at === FAULT) throw new StrayByte(this.#wasm.faultAt.value - PIECE);
    return UNFINISHED;
  }

  get seen(): boolean {
    return this.#wasm.seen.value === 1;
  }

  cuts(): readonly number[] {
    const count = this.#wasm.cuts.value;
    if (count === 0) return NONE;
    const offsets: number[] = [];
    for (let index = 0; index < count; index++) offsets.push((this.#cutAddresses[index] ?? 0) - PIECE);
    return offsets;
  }

  #writeKey(tail: bigint, isKept: number): void {
    const view = new DataView(this.#memory.buffer);
    let place = Math.imul(Number(tail & 0xffff_ffffn) ^ Number(tail >> 32n), 0x9e37_79b1) >>> 26;
    while (view.getBigUint64(KEYS + KEY_SIZE * place, true) !== 0n) place = (place + 1) % PLACES;
    view.setBigUint64(KEYS + KEY_SIZE * place, tail, true);
    view.setUint8(KEYS + KEY_SIZE * place + 8, isKept);
    view.setUint8(HASHES + (Math.imul(Number(tail >> 32n), 0x9e37_79b1) >>> 24), 1);
  }
}

/** The last eight bytes of a name with its opening quote. Throws where it has fewer. */
function tailOf(name: string): bigint {
  const bytes = Buffer.from(`"${name}`);
  if (bytes.length < 8) throw new Error(`${name} is too short a name to look for`);
  return bytes.readBigUInt64LE(bytes.length - 8);
}

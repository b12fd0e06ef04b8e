/** The skipper in WebAssembly (skip.wat): several times faster than the plain one, on machines that have its SIMD. */
import base64 from './skip.wat';
import { StrayByte, UNFINISHED, type Skipper } from './skipper';

interface SkipExports {
  readonly memory: WebAssembly.Memory;
  readonly faultAt: WebAssembly.Global;
  open(bracket: number): void;
  skip(at: number, end: number): number;
}

/** Where the piece stands in the module's memory. */
const PIECE = 16_384;
/** Small enough that a piece is still in the processor's cache after it was copied. */
const CAPACITY = 1 << 18;
const FAULT = -2;

let compiled: WebAssembly.Module | null = null;

/** A new skipper; null where this machine or this Node has no WebAssembly SIMD. */
export function wasmSkipper(): Skipper | null {
  try {
    compiled ??= new WebAssembly.Module(Buffer.from(base64, 'base64'));
    return new WasmSkipper(new WebAssembly.Instance(compiled).exports as SkipExports);
  } catch {
    return null;
  }
}

class WasmSkipper implements Skipper {
  readonly capacity = CAPACITY;
  readonly #wasm: SkipExports;
  readonly #memory: Uint8Array;
  #end = PIECE;

  constructor(wasm: SkipExports) {
    this.#wasm = wasm;
    this.#memory = new Uint8Array(wasm.memory.buffer);
  }

  load(piece: Uint8Array): void {
    this.#memory.set(piece, PIECE);
    this.#end = PIECE + piece.length;
  }

  open(bracket: number): void {
    this.#wasm.open(bracket);
  }

  skip(from: number): number {
    const at = this.#wasm.skip(PIECE + from, this.#end);
    if (at >= 0) return at - PIECE;
    if (at === FAULT) throw new StrayByte(this.#wasm.faultAt.value - PIECE);
    return UNFINISHED;
  }
}

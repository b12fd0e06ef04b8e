/**
 * Tells of entries whether they are of a shape without parsing them, and writes what is wanted of them (fit.wat): most entries
 * of a dump are as they should be, and of those little is read.
 */
import type { FieldMask } from './field-mask';
import base64 from './fit.wat';
import type { JsonShape, MessageShape } from './json-shape';
import type { Counter, SharedMemory, Skipper } from './skipper';

interface FitExports {
  readonly members: Counter;
  readonly memberShift: Counter;
  readonly names: Counter;
  readonly entries: Counter;
  readonly out: Counter;
  readonly at: Counter;
  readonly ended: Counter;
  run(node: number, at: number, close: number, whole: number, most: number): number;
}

/** Entries of one section, by what is known of them. */
export interface FittedEntries {
  /** Zero where the first is of another shape, or is not known to be of this one. */
  readonly count: number;
  /** Where the next entry begins in the piece, or behind the end of the list or map. */
  readonly behind: number;
  readonly hasEnded: boolean;
}

/** The kinds of fit.wat, each at its number. */
const KINDS = ['anything', 'text', 'flag', 'whole', 'list', 'map', 'message', 'text with'] as const;
const NODE_SIZE = 32;
const MEMBER_SIZE = 32;
/** Numbers of 32 bits that are known of each entry. */
const KNOWN = 5;
const [BEGIN, END, NAME_BEGIN, NAME_END, NULLS] = [0, 1, 2, 3, 4];
const [NOT_TAKEN, AS_IT_STANDS, IN_PART] = [0, 1, 2];
/** Entries of one run are parsed together: about so many bytes of them. */
const RUN = 1 << 16;

let compiled: WebAssembly.Module | null = null;

export class EntryFitter {
  readonly #wasm: FitExports;
  readonly #shared: SharedMemory;
  #memory: Buffer;
  #known: Int32Array;
  readonly #piece: number;
  readonly #written: number;
  readonly #shapes: number;
  #nextNode: number;
  #nextName: number;

  /** The one that reads with a skipper; null where that has no memory to share. */
  static beside({ shared }: Skipper): EntryFitter | null {
    return shared === null ? null : new EntryFitter(shared);
  }

  private constructor(skip: SharedMemory) {
    compiled ??= new WebAssembly.Module(Buffer.from(base64, 'base64'));
    const wasm = new WebAssembly.Instance(compiled, { skip: { ...skip } }).exports as FitExports;
    this.#wasm = wasm;
    this.#shared = skip;
    this.#memory = Buffer.from(skip.memory.buffer);
    this.#piece = skip.piece.value;
    this.#written = skip.written.value;
    this.#shapes = this.#nextNode = skip.shapes.value;
    this.#nextName = wasm.names.value;
    this.#known = new Int32Array(skip.memory.buffer, wasm.entries.value);
    // Of a skipper that was used before.
    this.#memory.fill(0, this.#shapes, wasm.entries.value);
  }

  /** Takes in a shape; gives the number by which `run` knows it. @param fields those that are wanted of its members; null for none */
  add(shape: MessageShape, fields: FieldMask | null): number {
    return this.#node(shape, fields);
  }

  /**
   * Looks at entries from here in the piece on, members of a map where it is one: at as many as fit, and a run's length.
   * @param node that of their shape
   * @param takesAll whether all of each is wanted
   */
  run(node: number, from: number, isMap: boolean, takesAll: boolean): FittedEntries {
    const wasm = this.#wasm;
    this.#look();
    const count = wasm.run(node, this.#piece + from, isMap ? 0x7d : 0x5d, takesAll ? 1 : 0, RUN);
    return { count, behind: wasm.at.value - this.#piece, hasEnded: wasm.ended.value === 1 };
  }

  /** What is wanted of the entries of the last run. */
  values(): readonly unknown[] {
    // Printable ASCII, and no number that a double cannot hold.
    return JSON.parse(this.#memory.toString('latin1', this.#written, this.#wasm.out.value)) as readonly unknown[];
  }

  /** Where an entry of the last run stands in the piece. */
  placeOf(index: number): { readonly begin: number; readonly end: number } {
    return { begin: this.#cell(index, BEGIN) - this.#piece, end: this.#cell(index, END) - this.#piece };
  }

  /** The name of an entry of the last run. */
  nameOf(index: number): string {
    return this.#memory.toString('latin1', this.#cell(index, NAME_BEGIN), this.#cell(index, NAME_END));
  }

  /** Whether a null stands in an entry of the last run in place of what is left out. */
  hasNulls(index: number): boolean {
    return this.#cell(index, NULLS) !== 0;
  }

  /** The skipper's memory stands elsewhere when it has grown. */
  #look(): void {
    const { buffer } = this.#shared.memory;
    if (this.#memory.buffer === buffer) return;
    this.#memory = Buffer.from(buffer);
    this.#known = new Int32Array(buffer, this.#wasm.entries.value);
  }

  #cell(index: number, column: number): number {
    return this.#known[index * KNOWN + column] ?? 0;
  }

  /** Writes the node of a shape, and gives its address. */
  #node(shape: JsonShape, mask: FieldMask | null): number {
    const at = this.#nextNode;
    this.#nextNode += NODE_SIZE;
    if (this.#nextNode > this.#wasm.members.value) throw new Error('there are too many shapes');
    this.#memory.writeInt32LE(KINDS.indexOf(shape.kind), at);
    this.#memory.writeInt32LE(mask === null ? 0 : 1, at + 16);
    if (shape.kind === 'whole') this.#memory.writeBigInt64LE(BigInt(shape.most), at + 8);
    if (shape.kind === 'map') this.#memory.writeBigInt64LE(BigInt(shape.mostNamed ?? -1), at + 8);
    if (shape.kind === 'list' || shape.kind === 'map') {
      this.#memory.writeInt32LE(this.#node(shape.of, mask), at + 4);
    }
    if (shape.kind === 'message') {
      for (const [name, inner] of Object.entries(shape.members)) this.#member(at, name, inner, mask?.[name]);
    }
    return at;
  }

  #member(node: number, name: string, shape: JsonShape, wanted: FieldMask | true | undefined): void {
    const bytes = Buffer.from(`"${name}"`);
    const length = bytes.length - 2;
    if (length < 2 || length > 32) throw new Error(`${name} is too short or too long a name for a shape`);
    const folded = (at: number): number => bytes.readInt32LE(at) | 0x2020_2020;
    const ends = Math.imul(0x9e37_79b1, folded(0)) + Math.imul(0x85eb_ca77, folded(length - 2));
    const hash = Math.imul(0xc2b2_ae3d, (ends | 0) ^ (node + length));
    const shift = this.#wasm.memberShift.value;
    const last = 2 ** (32 - shift) - 1;
    let place = hash >>> shift;
    const addressOf = (index: number): number => this.#wasm.members.value + MEMBER_SIZE * index;
    while (this.#memory.readInt32LE(addressOf(place)) !== 0) place = (place + 1) & last;
    const at = addressOf(place);
    const take = wanted === undefined ? NOT_TAKEN : wanted === true ? AS_IT_STANDS : IN_PART;
    // In the order of the places.
    const numbers = [node, hash, this.#nextName, length];
    for (const [index, number] of numbers.entries()) this.#memory.writeInt32LE(number, at + 4 * index);
    this.#nextName += bytes.copy(this.#memory, this.#nextName, 1, length + 1);
    const inner = this.#node(shape, typeof wanted === 'object' ? wanted : null);
    this.#memory.writeInt32LE(inner, at + 16);
    this.#memory.writeInt32LE(take, at + 20);
  }
}

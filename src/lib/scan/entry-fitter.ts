/**
 * Tells of entries whether they are of a shape without parsing them, and writes what is wanted of them (fit.wat): most entries
 * of a dump are as they should be, and of those little is read.
 */
import type { FieldMask } from './field-mask';
import type { FieldPlaces } from './field-places';
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
  run(node: number, at: number, close: number, whole: number, most: number, tells: number): number;
}

/** Entries of one section, by what is known of them. */
export interface FittedEntries {
  /** Zero where the first is of another shape, or is not known to be of this one. */
  readonly count: number;
  /** Where the next entry begins in the piece, or behind the end of the list or map. */
  readonly behind: number;
  readonly hasEnded: boolean;
}

/** What is wanted of entries that fit: they are passed over where nothing of them is. */
export type WantedOfEntries = 'none' | 'fields' | 'all' | 'places';

/** The kinds of fit.wat, each at its number. */
const KINDS = ['anything', 'text', 'flag', 'whole', 'list', 'map', 'message', 'text with'] as const;
const NODE_SIZE = 32;
const MEMBER_SIZE = 32;
/** Numbers of 32 bits that are known of each entry. */
const KNOWN = 5;
const [BEGIN, END, NAME_BEGIN, NAME_END, NULLS] = [0, 1, 2, 3, 4];
const [NOT_TAKEN, AS_IT_STANDS, IN_PART, TOLD_BEFORE] = [0, 1, 2, 4];
/** Entries of one run are parsed together: about so many bytes of them. */
const RUN = 1 << 16;

/** The largest number or name, -1 for any. */
function largestOf(shape: JsonShape): number {
  return shape.kind === 'whole' ? shape.most : shape.kind === 'map' ? (shape.mostNamed ?? -1) : 0;
}

/** A path whose place is told, and the numbers of all of them. */
interface Told {
  readonly path: string;
  readonly ids: Map<string, number>;
}

/** The path of a member. */
function under(told: Told | null, name: string): Told | null {
  return told === null ? null : { ...told, path: told.path === '' ? name : `${told.path}.${name}` };
}

/** The number of a path: from 1 on. */
function numberOf({ path, ids }: Told): number {
  const number = ids.get(path) ?? ids.size + 1;
  ids.set(path, number);
  return number;
}

/** A member of a message. */
interface Member {
  readonly name: string;
  readonly shape: JsonShape;
  readonly wanted: FieldMask | true | undefined;
  /** Null where no places are told. */
  readonly told: Told | null;
}

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
    return this.#node(shape, fields, null);
  }

  /** As add, of fields whose places are wanted. Gives their numbers by path, as FieldPlaces has them, too. */
  addPlaces(
    shape: MessageShape,
    fields: FieldMask,
  ): { readonly node: number; readonly ids: ReadonlyMap<string, number> } {
    const ids = new Map<string, number>();
    return { node: this.#node(shape, fields, { path: '', ids }), ids };
  }

  /**
   * Looks at entries from here in the piece on, members of a map where it is one: at as many as fit, and a run's length.
   * @param node that of their shape
   * @param wanted whether all of each is wanted, or the places of fields
   */
  run(node: number, from: number, isMap: boolean, wanted: WantedOfEntries): FittedEntries {
    const wasm = this.#wasm;
    this.#look();
    const close = isMap ? 0x7d : 0x5d;
    const count = wasm.run(node, this.#piece + from, close, Number(wanted === 'all'), RUN, Number(wanted === 'places'));
    return { count, behind: wasm.at.value - this.#piece, hasEnded: wasm.ended.value === 1 };
  }

  /** What is wanted of the entries of the last run. */
  values(): readonly unknown[] {
    // Printable ASCII, and no number that a double cannot hold.
    return JSON.parse(this.#memory.toString('latin1', this.#written, this.#wasm.out.value)) as readonly unknown[];
  }

  /** Where the fields of the entries of the last run stand. */
  places(): FieldPlaces {
    const { buffer } = this.#memory;
    const count = (this.#wasm.out.value - this.#written) >> 2;
    return { records: new Int32Array(buffer, this.#written, count), bytes: this.#memory };
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
  #node(shape: JsonShape, mask: FieldMask | null, told: Told | null): number {
    const at = this.#nextNode;
    this.#nextNode += NODE_SIZE;
    if (this.#nextNode > this.#wasm.members.value) throw new Error('there are too many shapes');
    this.#memory.writeInt32LE(KINDS.indexOf(shape.kind), at);
    this.#memory.writeInt32LE(mask === null || told !== null ? 0 : 1, at + 16);
    this.#memory.writeBigInt64LE(BigInt(largestOf(shape)), at + 8);
    if (shape.kind === 'list' || shape.kind === 'map') {
      const inner = mask === null ? null : under(told, '*');
      if (inner !== null) this.#memory.writeInt32LE(numberOf(inner), at + 20);
      this.#memory.writeInt32LE(this.#node(shape.of, mask, inner), at + 4);
    }
    if (shape.kind === 'message') {
      for (const [name, inner] of Object.entries(shape.members)) {
        this.#member(at, { name, shape: inner, wanted: mask?.[name], told: under(told, name) });
      }
    }
    return at;
  }

  #member(node: number, { name, shape, wanted, told }: Member): void {
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
    // With the quote behind it.
    this.#nextName += bytes.copy(this.#memory, this.#nextName, 1);
    const inner = this.#node(shape, typeof wanted === 'object' ? wanted : null, told);
    this.#memory.writeInt32LE(inner, at + 16);
    this.#memory.writeInt32LE(told === null ? take : take === IN_PART ? TOLD_BEFORE : NOT_TAKEN, at + 20);
    if (told !== null && wanted !== undefined) this.#memory.writeInt32LE(numberOf(told), at + 24);
  }
}

/** Keeps the text of entries: in memory, or, where the document can be read again and is large, only where it stands. */
import { cutsUnder, lengthOf, type Taken, without } from './taken';
import { type Parsable, parse } from './parse';
import type { RawEntry, ReadAgain } from './raw-dump';
import { rejection } from './rejection';

/** Entries share blocks of this size, so that a kept entry does not keep the chunk that it came in. */
const BLOCK = 1 << 20;

/** Beyond this many bytes a document that can be read again is read again. */
const IN_MEMORY = 1 << 20;

export class EntryStore {
  readonly #label: string;
  readonly #readAgain: ReadAgain | null;
  readonly #cut: readonly Buffer[];
  #block = Buffer.alloc(0);
  #used = 0;
  #kept = 0;
  #list: EntryList | null = null;

  /** @param cut names of containers whose content nobody will read */
  constructor(label: string, readAgain: ReadAgain | null, cut: readonly string[] = []) {
    this.#label = label;
    this.#readAgain = readAgain;
    this.#cut = cut.map((name) => Buffer.from(`"${name}"`));
  }

  /** An entry by its place: `parent` is the pointer of its list. */
  keep(parent: string, index: number, taken: Taken): RawEntry {
    const { bytes, offset } = taken;
    const cuts = cutsUnder(this.#cut, taken);
    const length = bytes.length - lengthOf(cuts);
    const isNear = this.#readAgain === null || this.#kept + length <= IN_MEMORY;
    if (isNear) this.#kept += length;
    const kept = isNear ? this.#copy(without(bytes, cuts)) : null;
    if (this.#list?.parent !== parent) this.#list = new EntryList(this.#label, parent, this.#readAgain);
    return this.#list.add({ index, offset, size: bytes.length, cuts, kept });
  }

  #copy(bytes: Uint8Array): Uint8Array {
    if (bytes.length > BLOCK / 4) return Uint8Array.from(bytes);
    if (this.#used + bytes.length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK);
      this.#used = 0;
    }
    const copy = this.#block.subarray(this.#used, this.#used + bytes.length);
    copy.set(bytes);
    this.#used += bytes.length;
    return copy;
  }
}

/** Where an entry stands, and its text without the cuts where that is kept. */
interface Span {
  readonly index: number;
  readonly offset: number;
  readonly size: number;
  readonly cuts: readonly number[];
  readonly kept: Uint8Array | null;
}

/**
 * The entries of one list. There can be a hundred thousand: what is known of each stands in columns, in place of objects.
 */
class EntryList {
  readonly label: string;
  readonly parent: string;
  readonly #readAgain: ReadAgain | null;
  readonly #indexes: number[] = [];
  readonly #offsets: number[] = [];
  readonly #sizes: number[] = [];
  readonly #kept = new Map<number, Uint8Array>();
  /** Where the cuts of each begin in `#cuts`, which holds those of all; the next one's beginning is their end. */
  readonly #firsts: number[] = [0];
  #cuts = new Uint32Array(1 << 10);

  constructor(label: string, parent: string, readAgain: ReadAgain | null) {
    this.label = label;
    this.parent = parent;
    this.#readAgain = readAgain;
  }

  add({ index, offset, size, cuts, kept }: Span): RawEntry {
    const row = this.#offsets.length;
    const first = this.#firsts[row] ?? 0;
    if (first + cuts.length > this.#cuts.length) {
      const larger = new Uint32Array(2 * this.#cuts.length + cuts.length);
      larger.set(this.#cuts);
      this.#cuts = larger;
    }
    this.#cuts.set(cuts, first);
    this.#indexes.push(index);
    this.#offsets.push(offset);
    this.#sizes.push(size);
    this.#firsts.push(first + cuts.length);
    if (kept !== null) this.#kept.set(row, kept);
    return new Entry(this, row);
  }

  indexOf(row: number): number {
    return this.#indexes[row] ?? 0;
  }

  sizeOf(row: number): number {
    return this.#sizes[row] ?? 0;
  }

  /** Its text without the cuts; one that is not kept is good until the next is read. */
  textOf(row: number): Parsable {
    const offset = this.#offsets[row] ?? 0;
    const cuts = this.#cuts.subarray(this.#firsts[row], this.#firsts[row + 1]);
    return { bytes: this.#kept.get(row) ?? without(this.#read(offset, this.sizeOf(row)), cuts), offset, cuts };
  }

  #read(offset: number, size: number): Uint8Array {
    if (this.#readAgain === null) throw new Error('what cannot be read again is kept');
    return this.#readAgain(offset, size);
  }
}

class Entry implements RawEntry {
  readonly #list: EntryList;
  readonly #row: number;

  constructor(list: EntryList, row: number) {
    this.#list = list;
    this.#row = row;
  }

  get pointer(): string {
    return `${this.#list.parent}/${this.#list.indexOf(this.#row)}`;
  }

  get size(): number {
    return this.#list.sizeOf(this.#row);
  }

  json(): unknown {
    try {
      return parse(this.#list.textOf(this.#row));
    } catch (error) {
      throw rejection(this.#list.label, error);
    }
  }
}

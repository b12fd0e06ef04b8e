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
  #list: DistantList | null = null;

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
    if (this.#readAgain !== null && this.#kept + length > IN_MEMORY) {
      return this.#listFor(parent, this.#readAgain).add({ index, offset, size: bytes.length, cuts });
    }
    this.#kept += length;
    const kept = { bytes: this.#copy(without(bytes, cuts)), offset, cuts };
    return new NearEntry({ label: this.#label, parent, index, size: bytes.length }, kept);
  }

  #listFor(parent: string, readAgain: ReadAgain): DistantList {
    if (this.#list?.parent !== parent) this.#list = new DistantList(this.#label, parent, readAgain);
    return this.#list;
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

/** A value of the document, parsed; throws InputError where it is none. */
function valueOf(label: string, text: Parsable): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw rejection(label, error);
  }
}

interface Place {
  readonly label: string;
  readonly parent: string;
  readonly index: number;
  readonly size: number;
}

class NearEntry implements RawEntry {
  readonly #place: Place;
  readonly #text: Parsable;

  constructor(place: Place, text: Parsable) {
    this.#place = place;
    this.#text = text;
  }

  get pointer(): string {
    return `${this.#place.parent}/${this.#place.index}`;
  }

  get size(): number {
    return this.#place.size;
  }

  json(): unknown {
    return valueOf(this.#place.label, this.#text);
  }
}

/** Where an entry stands. */
interface Span {
  readonly index: number;
  readonly offset: number;
  readonly size: number;
  readonly cuts: readonly number[];
}

/**
 * The entries of one list that are read again. There can be a hundred thousand: what is known of each stands in columns, in
 * place of objects.
 */
class DistantList {
  readonly label: string;
  readonly parent: string;
  readonly #readAgain: ReadAgain;
  readonly #indexes: number[] = [];
  readonly #offsets: number[] = [];
  readonly #sizes: number[] = [];
  /** Where the cuts of each begin in `#cuts`, which holds those of all; the next one's beginning is their end. */
  readonly #firsts: number[] = [0];
  #cuts = new Uint32Array(1 << 10);

  constructor(label: string, parent: string, readAgain: ReadAgain) {
    this.label = label;
    this.parent = parent;
    this.#readAgain = readAgain;
  }

  add({ index, offset, size, cuts }: Span): RawEntry {
    const first = this.#firsts.at(-1) ?? 0;
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
    return new DistantEntry(this, this.#offsets.length - 1);
  }

  indexOf(row: number): number {
    return this.#indexes[row] ?? 0;
  }

  sizeOf(row: number): number {
    return this.#sizes[row] ?? 0;
  }

  /** Its bytes, good until the next entry's are read. */
  textOf(row: number): Parsable {
    const offset = this.#offsets[row] ?? 0;
    const cuts = this.#cuts.subarray(this.#firsts[row], this.#firsts[row + 1]);
    return { bytes: without(this.#readAgain(offset, this.sizeOf(row)), cuts), offset, cuts };
  }
}

class DistantEntry implements RawEntry {
  readonly #list: DistantList;
  readonly #row: number;

  constructor(list: DistantList, row: number) {
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
    return valueOf(this.#list.label, this.#list.textOf(this.#row));
  }
}

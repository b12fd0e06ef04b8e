/**
 * The entries of one list. There can be a hundred thousand: what is known of each stands in a table of numbers, in place of
 * objects, and their texts are parsed many at once.
 */
import { type SeekableDocument, Windows } from './input';
import { parse, tryParse } from './parse';
import type { RawEntry, RawList } from './raw-dump';
import { rejection } from './rejection';

/** Where an entry stands: its index in the list, and where in the document its text is. */
export interface Place {
  readonly index: number;
  readonly offset: number;
  readonly size: number;
}

/** The table's columns: those of Place, and where the text begins in its block, or NO_TEXT. */
const INDEX = 0;
const OFFSET = 1;
const SIZE = 2;
const BEGIN = 3;
const COLUMNS = 4;
const NO_TEXT = -1;

/** Size of a block of texts, in bytes; one that is longer has a block of its own. */
const BLOCK = 1 << 16;

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

export class EntryList implements RawList {
  readonly label: string;
  readonly parent: string;
  readonly #document: SeekableDocument | null;
  #length = 0;
  #table = new Float64Array(COLUMNS * 8);
  readonly #blocks: Block[] = [];
  /** The block that texts are added to. */
  #open: Block | null = null;
  /** The block that was parsed last: most entries are read one after another. */
  #parsed: { readonly block: Block; readonly values: readonly unknown[] | null } | null = null;
  #windows: Windows | null = null;

  /** @param parent the list's pointer in the document */
  constructor(label: string, parent: string, document: SeekableDocument | null) {
    this.label = label;
    this.parent = parent;
    this.#document = document;
  }

  get length(): number {
    return this.#length;
  }

  *[Symbol.iterator](): Iterator<RawEntry> {
    for (let row = 0; row < this.#length; row++) yield new Entry(this, row);
  }

  /** @param text of the whole entry or of its fields that are read; null where it is read from the document */
  add({ index, offset, size }: Place, text: Uint8Array | null): void {
    const row = this.#length++;
    const at = row * COLUMNS;
    if (at === this.#table.length) {
      const larger = new Float64Array(2 * at);
      larger.set(this.#table);
      this.#table = larger;
    }
    this.#table[at + INDEX] = index;
    this.#table[at + OFFSET] = offset;
    this.#table[at + SIZE] = size;
    this.#table[at + BEGIN] = text === null ? NO_TEXT : this.#blockFor(text, row).add(text);
    if (text === null) this.#open = null;
  }

  indexOf(row: number): number {
    return this.#cell(row, INDEX);
  }

  sizeOf(row: number): number {
    return this.#cell(row, SIZE);
  }

  /** Its JSON value. Throws Malformed. */
  valueOf(row: number): unknown {
    const begin = this.#cell(row, BEGIN);
    if (begin === NO_TEXT) return this.#parseAgain(row);
    const block = this.#blockOf(row);
    const values = this.#valuesOf(block);
    if (values !== null) return values[row - block.firstRow];
    // One of the block is not JSON: this one may be.
    const text = block.text(begin, row + 1 < block.endRow ? this.#cell(row + 1, BEGIN) : block.end);
    const parsed = tryParse(text);
    if (parsed !== null) return parsed.value;
    // What is wrong is said best of the whole entry, which the text is where it cannot be read again.
    return this.#document === null ? parse({ bytes: text, offset: this.#cell(row, OFFSET) }) : this.#parseAgain(row);
  }

  #cell(row: number, column: number): number {
    return this.#table[row * COLUMNS + column] ?? 0;
  }

  #parseAgain(row: number): unknown {
    if (this.#document === null) throw new Error('what cannot be read again is kept');
    this.#windows ??= new Windows(this.#document);
    const offset = this.#cell(row, OFFSET);
    return parse({ bytes: this.#windows.at(offset, this.sizeOf(row)), offset });
  }

  #valuesOf(block: Block): readonly unknown[] | null {
    if (this.#parsed?.block !== block) this.#parsed = { block, values: block.values() };
    return this.#parsed.values;
  }

  /** The block of a row that has a text in one. */
  #blockOf(row: number): Block {
    const last = this.#parsed?.block;
    if (last !== undefined && row >= last.firstRow && row < last.endRow) return last;
    let [from, to] = [0, this.#blocks.length];
    while (from + 1 < to) {
      const middle = (from + to) >> 1;
      if ((this.#blocks[middle]?.firstRow ?? 0) <= row) from = middle;
      else to = middle;
    }
    const block = this.#blocks[from];
    if (block === undefined) throw new Error(`row ${row} has no block`);
    return block;
  }

  #blockFor(text: Uint8Array, row: number): Block {
    if (this.#open?.hasRoomFor(text) === true) return this.#open;
    const block = new Block(row, text.length);
    this.#blocks.push(block);
    this.#open = block;
    return block;
  }
}

/** Texts of entries that follow one another, as a JSON array. */
class Block {
  readonly firstRow: number;
  /** Behind the last entry. */
  endRow: number;
  /** Where the next text would begin. */
  end = 1;
  readonly #bytes: Buffer;

  constructor(firstRow: number, size: number) {
    this.firstRow = firstRow;
    this.endRow = firstRow;
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(BLOCK, size + 2));
  }

  hasRoomFor(text: Uint8Array): boolean {
    return this.end + text.length < this.#bytes.length;
  }

  /** Gives the place where the text begins. */
  add(text: Uint8Array): number {
    const begin = this.end;
    this.#bytes[begin - 1] = begin === 1 ? OPEN_BRACKET : COMMA;
    this.#bytes.set(text, begin);
    this.end = begin + text.length + 1;
    this.endRow++;
    return begin;
  }

  /** The values of all; null where one of them is not JSON. */
  values(): readonly unknown[] | null {
    this.#bytes[this.end - 1] = CLOSE_BRACKET;
    return (tryParse(this.#bytes.subarray(0, this.end))?.value ?? null) as readonly unknown[] | null;
  }

  /** The text between where it begins and where the next one does. */
  text(begin: number, next: number): Uint8Array {
    return this.#bytes.subarray(begin, next - 1);
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
      return this.#list.valueOf(this.#row);
    } catch (error) {
      throw rejection(this.#list.label, error);
    }
  }
}

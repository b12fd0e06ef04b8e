/**
 * The entries of one list. There can be a hundred thousand: what is known of each stands in columns, in place of objects,
 * and their texts are parsed many at once.
 */
import { type SeekableDocument, Windows } from './input';
import { parse, tryParse } from './parse';
import type { RawEntry } from './raw-dump';
import { rejection } from './rejection';

/** Where an entry stands: its index in the list, and where in the document its text is. */
export interface Place {
  readonly index: number;
  readonly offset: number;
  readonly size: number;
}

/** Size of a block of texts, in bytes; one that is longer has a block of its own. */
const BLOCK = 1 << 16;

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

export class EntryList {
  readonly label: string;
  readonly parent: string;
  readonly #document: SeekableDocument | null;
  readonly #indexes: number[] = [];
  readonly #offsets: number[] = [];
  readonly #sizes: number[] = [];
  /** The block of each one's text; null where it is read from the document. */
  readonly #blocks: (Block | null)[] = [];
  #windows: Windows | null = null;
  /** The block that was parsed last: most are read one after another. */
  #parsed: { readonly block: Block; readonly values: readonly unknown[] | null } | null = null;

  constructor(label: string, parent: string, document: SeekableDocument | null) {
    this.label = label;
    this.parent = parent;
    this.#document = document;
  }

  /** @param text of the whole entry or of its fields that are read; null where it is read from the document */
  add({ index, offset, size }: Place, text: Uint8Array | null): RawEntry {
    const row = this.#offsets.length;
    this.#indexes.push(index);
    this.#offsets.push(offset);
    this.#sizes.push(size);
    this.#blocks.push(text === null ? null : this.#blockFor(text, row));
    return new Entry(this, row);
  }

  indexOf(row: number): number {
    return this.#indexes[row] ?? 0;
  }

  sizeOf(row: number): number {
    return this.#sizes[row] ?? 0;
  }

  /** Its JSON value. Throws Malformed. */
  valueOf(row: number): unknown {
    const block = this.#blocks[row] ?? null;
    if (block === null) return this.#parseAgain(row);
    const values = this.#valuesOf(block);
    if (values !== null) return values[row - block.firstRow];
    // One of the block is not JSON: this one may be.
    const text = block.textOf(row);
    const parsed = tryParse(text);
    if (parsed !== null) return parsed.value;
    // What is wrong is said best of the whole entry, which the text is where it cannot be read again.
    return this.#document === null ? parse({ bytes: text, offset: this.#offsets[row] ?? 0 }) : this.#parseAgain(row);
  }

  #parseAgain(row: number): unknown {
    if (this.#document === null) throw new Error('what cannot be read again is kept');
    this.#windows ??= new Windows(this.#document);
    const offset = this.#offsets[row] ?? 0;
    return parse({ bytes: this.#windows.at(offset, this.sizeOf(row)), offset });
  }

  #valuesOf(block: Block): readonly unknown[] | null {
    if (this.#parsed?.block !== block) this.#parsed = { block, values: block.values() };
    return this.#parsed.values;
  }

  #blockFor(text: Uint8Array, row: number): Block {
    const last = this.#blocks[row - 1] ?? null;
    const block = last?.hasRoomFor(text) === true ? last : new Block(row, text.length);
    block.add(text);
    return block;
  }
}

/** Texts of entries that follow one another, as a JSON array. */
class Block {
  readonly firstRow: number;
  readonly #bytes: Buffer;
  /** Where each begins; the last is where the next one would. */
  readonly #begins: number[] = [1];

  constructor(firstRow: number, size: number) {
    this.firstRow = firstRow;
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(BLOCK, size + 2));
  }

  get #end(): number {
    return this.#begins.at(-1) ?? 1;
  }

  hasRoomFor(text: Uint8Array): boolean {
    return this.#end + text.length < this.#bytes.length;
  }

  add(text: Uint8Array): void {
    const begin = this.#end;
    this.#bytes[begin - 1] = begin === 1 ? OPEN_BRACKET : COMMA;
    this.#bytes.set(text, begin);
    this.#begins.push(begin + text.length + 1);
  }

  /** The values of all; null where one of them is not JSON. */
  values(): readonly unknown[] | null {
    const end = this.#end;
    this.#bytes[end - 1] = CLOSE_BRACKET;
    return (tryParse(this.#bytes.subarray(0, end))?.value ?? null) as readonly unknown[] | null;
  }

  textOf(row: number): Uint8Array {
    const at = row - this.firstRow;
    return this.#bytes.subarray(this.#begins[at], (this.#begins[at + 1] ?? 0) - 1);
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

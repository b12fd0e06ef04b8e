/**
 * The entries of one list. There can be a hundred thousand: what is known of each stands in a table of numbers, in place of
 * objects.
 */
import type { SeekableFile } from '../seekable-file';
import { RepeatedParts } from '../repeated-parts';
import { Windows } from './input';
import { Numbers } from './numbers';
import { parse } from './parse';
import type { RawEntry, RawList } from './raw-dump';
import { rejection } from './rejection';
import { EntryTexts } from './entry-texts';

/** What is kept of an entry. */
export interface Kept {
  /** In its list. */
  readonly index: number;
  /** Where in the document its text begins. */
  readonly offset: number;
  readonly size: number;
  /** The text of the whole entry or of the fields that are read; null where it is read from the document. */
  readonly text: Uint8Array | null;
  /** The text of its brief; null where it has none beside the text. */
  readonly brief: Uint8Array | null;
}

/** The table's columns. */
const INDEX = 0;
const OFFSET = 1;
const SIZE = 2;
const COLUMNS = 3;

export class EntryList implements RawList {
  readonly #label: string;
  readonly parent: string;
  readonly #document: SeekableFile | null;
  #length = 0;
  readonly #table = new Numbers();
  readonly #texts = new EntryTexts();
  readonly #briefs = new EntryTexts();
  #windows: Windows | null = null;
  readonly #parts = new RepeatedParts();

  /** @param parent the list's pointer in the document */
  constructor(label: string, parent: string, document: SeekableFile | null) {
    this.#label = label;
    this.parent = parent;
    this.#document = document;
  }

  get length(): number {
    return this.#length;
  }

  *[Symbol.iterator](): Iterator<RawEntry> {
    for (let row = 0; row < this.#length; row++) yield new Entry(this, row);
  }

  *mayHold(text: string): Iterable<RawEntry> {
    for (const row of this.#briefs.mayHold(text)) yield new Entry(this, row);
  }

  /** Adds an entry, and gives it. */
  add({ index, offset, size, text, brief }: Kept): RawEntry {
    const row = this.#length++;
    // In the order of the columns.
    this.#table.push(index);
    this.#table.push(offset);
    this.#table.push(size);
    this.#texts.add(text);
    this.#briefs.add(brief);
    return new Entry(this, row);
  }

  indexOf(row: number): number {
    return this.#cell(row, INDEX);
  }

  sizeOf(row: number): number {
    return this.#cell(row, SIZE);
  }

  /** Its JSON value. Throws InputError. */
  valueOf(row: number): unknown {
    if (!this.#texts.has(row)) return this.#parseAgain(row);
    const parsed = this.#texts.tryValue(row);
    if (parsed !== null) return parsed.value;
    // What is wrong is said best of the whole entry, which the text is where it cannot be read again.
    if (this.#document !== null) return this.#parseAgain(row);
    return this.#parse(row, this.#texts.text(row));
  }

  /** Its JSON text, as it is kept or else as it stands in the document. */
  textOf(row: number): Uint8Array {
    return this.#texts.has(row) ? this.#texts.text(row) : this.#textAgain(row);
  }

  hasBrief(row: number): boolean {
    return this.#briefs.has(row);
  }

  /** The value of its brief; of one that has none, all of it. Throws InputError. */
  briefOf(row: number): unknown {
    const brief = this.#briefs.has(row) ? this.#briefs.tryValue(row) : null;
    return brief === null ? this.valueOf(row) : brief.value;
  }

  #cell(row: number, column: number): number {
    return this.#table.at(row * COLUMNS + column);
  }

  #parseAgain(row: number): unknown {
    return this.#parse(row, this.#textAgain(row));
  }

  #textAgain(row: number): Uint8Array {
    if (this.#document === null) throw new Error('what cannot be read again is kept');
    this.#windows ??= new Windows(this.#document);
    return this.#windows.at(this.#cell(row, OFFSET), this.sizeOf(row));
  }

  #parse(row: number, bytes: Uint8Array): unknown {
    try {
      return parse({ bytes, offset: this.#cell(row, OFFSET) }, this.#parts);
    } catch (error) {
      throw rejection(this.#label, error);
    }
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
    return this.#list.valueOf(this.#row);
  }

  text(): Uint8Array {
    return this.#list.textOf(this.#row);
  }

  get hasBrief(): boolean {
    return this.#list.hasBrief(this.#row);
  }

  brief(): unknown {
    return this.#list.briefOf(this.#row);
  }
}

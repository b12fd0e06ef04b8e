/** JSON texts of the rows of a list, which are parsed many at once. */
import { Numbers } from './numbers';
import { tryParse } from './parse';

/** Size of a block of texts, in bytes; one that is longer has a block of its own. Most lists are small. */
const FIRST_BLOCK = 1 << 12;
const BLOCK = 1 << 16;

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const NO_TEXT = -1;

export class EntryTexts {
  #length = 0;
  /** Where the text of each row begins in its block, or NO_TEXT. */
  readonly #begins = new Numbers();
  readonly #blocks: Block[] = [];
  /** The block that texts are added to. */
  #open: Block | null = null;
  /** The row that was read last. */
  #lastRow = -1;
  /** The block that was parsed last: most rows are read one after another. */
  #parsed: { readonly block: Block; readonly values: readonly unknown[] | null } | null = null;

  /** The text of the next row; null where it has none. */
  add(text: Uint8Array | null): void {
    const row = this.#length++;
    this.#begins.push(text === null ? NO_TEXT : this.#blockFor(text, row).add(text));
    // The rows of a block follow one another.
    if (text === null) this.#open = null;
  }

  has(row: number): boolean {
    return row < this.#length && this.#begins.at(row) !== NO_TEXT;
  }

  /** The value of a row that has a text; null where the text is not JSON. */
  tryValue(row: number): { readonly value: unknown } | null {
    const isNext = row === this.#lastRow + 1;
    this.#lastRow = row;
    const block = this.#blockOf(row);
    // One that is looked up alone is parsed alone.
    if (this.#parsed?.block !== block && !isNext) return tryParse(this.text(row));
    if (this.#parsed?.block !== block) this.#parsed = { block, values: block.values() };
    const { values } = this.#parsed;
    // Where one of the block is not JSON, this one may be.
    return values === null ? tryParse(this.text(row)) : { value: values[row - block.firstRow] };
  }

  text(row: number): Uint8Array {
    const block = this.#blockOf(row);
    const next = row + 1 < block.endRow ? this.#begins.at(row + 1) : block.end;
    return block.text(this.#begins.at(row), next);
  }

  /**
   * The rows in whose text another may stand as a part of a string, in whatever ASCII case, and those that have none, in their
   * order; more may be given.
   */
  *mayHold(text: string): Iterable<number> {
    const sought = folded(Buffer.from(JSON.stringify(text).slice(1, -1)));
    let row = 0;
    for (const block of this.#blocks) {
      while (row < block.firstRow) yield row++;
      if (block.isOdd()) while (row < block.endRow) yield row++;
      else {
        const bytes = folded(block.bytes);
        for (let at = bytes.indexOf(sought); at !== -1;) {
          row = this.#rowAt(at, row, block.endRow);
          yield row++;
          if (row >= block.endRow) break;
          at = bytes.indexOf(sought, this.#begins.at(row));
        }
      }
      row = block.endRow;
    }
    while (row < this.#length) yield row++;
  }

  /** The row between these two whose text holds this place of their block. */
  #rowAt(at: number, first: number, end: number): number {
    let [from, to] = [first, end];
    while (from + 1 < to) {
      const middle = (from + to) >> 1;
      if (this.#begins.at(middle) <= at) from = middle;
      else to = middle;
    }
    return from;
  }

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
    if (block === undefined) throw new Error(`row ${row} has no text`);
    return block;
  }

  #blockFor(text: Uint8Array, row: number): Block {
    if (this.#open?.hasRoomFor(text) === true) return this.#open;
    const size = this.#blocks.length === 0 ? FIRST_BLOCK : BLOCK;
    const block = new Block(row, Math.max(size, text.length + 2));
    this.#blocks.push(block);
    this.#open = block;
    return block;
  }
}

/** EntryTexts of entries that follow one another, as a JSON array. */
class Block {
  readonly firstRow: number;
  /** Behind the last entry. */
  endRow: number;
  /** Where the next text would begin. */
  end = 1;
  readonly #bytes: Buffer;
  #isOdd: boolean | undefined;

  /** @param size in bytes, with the brackets */
  constructor(firstRow: number, size: number) {
    this.firstRow = firstRow;
    this.endRow = firstRow;
    this.#bytes = Buffer.allocUnsafeSlow(size);
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
    this.#isOdd = undefined;
    this.endRow++;
    return begin;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.end - 1);
  }

  /** Whether a text can stand here in other bytes: as an escape, or in a letter whose cases are not ASCII. */
  isOdd(): boolean {
    this.#isOdd ??= /[\\\x80-\xff]/.test(this.bytes.toString('latin1'));
    return this.#isOdd;
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

/** The bytes as characters, ASCII capitals as small letters. */
function folded(bytes: Buffer): string {
  return bytes.toString('latin1').toLowerCase();
}

/** A table whose cells are numbers of texts: of a hundred thousand rows no string and no list is made until they are printed. */
import { plainBlocks, type Table } from '../render/table';
import { withoutSecrets } from '../secrets/secret-text';
import { secretsAreShown } from '../secrets/disclosure';
import { areQuiet } from '../secrets/quiet';
import { grown, type TextPool } from './text-pool';

const BLANK = 0x20;
const NEW_LINE = 0x0a;
/** In rows. */
const BLOCK = 500;

/** Negative where the first of two rows comes first. */
export type RowOrder = (a: number, b: number) => number;

/** Groups of rows: how many there are, and the number of a row's. */
export interface RowGroups {
  readonly count: number;
  readonly of: (row: number) => number;
}

const ONE_GROUP: RowGroups = { count: 1, of: () => 0 };

export class CellTable {
  readonly pool: TextPool;
  readonly #header: readonly string[];
  readonly #padding: number;
  readonly #width: number;
  #cells = new Int32Array(1 << 12);
  count = 0;

  /** @param padding blanks between columns */
  constructor(pool: TextPool, header: readonly string[], padding: number) {
    this.pool = pool;
    this.#header = header;
    this.#padding = padding;
    this.#width = header.length;
  }

  /** Adds a row, whose cells are to be set; gives its number. */
  add(): number {
    const row = this.count++;
    this.#cells = grown(this.#cells, this.count * this.#width);
    return row;
  }

  /** Adds a row of these cells; gives its number. */
  addRow(cells: Int32Array): number {
    const row = this.add();
    const at = row * this.#width;
    for (let column = 0; column < cells.length; column++) this.#cells[at + column] = cells[column] ?? 0;
    return row;
  }

  cell(row: number, column: number): number {
    return this.#cells[row * this.#width + column] ?? 0;
  }

  set(row: number, column: number, number: number): void {
    this.#cells[row * this.#width + column] = number;
  }

  text(row: number, column: number): string {
    return this.pool.text(this.cell(row, column));
  }

  /**
   * Numbers of all rows in an order; rows that it does not tell apart stay as they came.
   * @param groups stand one behind the other: only rows of one group are compared
   */
  ordered(order: RowOrder, { count, of }: RowGroups = ONE_GROUP): Int32Array {
    const places = new Int32Array(count + 1);
    for (let row = 0; row < this.count; row++) more(places, of(row) + 1, 1);
    for (let group = 0; group < count; group++) more(places, group + 1, places[group] ?? 0);
    const rows = new Int32Array(this.count);
    for (let row = 0; row < this.count; row++) rows[more(places, of(row), 1) - 1] = row;
    // Now each place is the end of its group.
    for (let group = 0; group < count; group++) sort(rows.subarray(places[group - 1] ?? 0, places[group]), order);
    return rows;
  }

  /** The same with texts. */
  table(rows: Int32Array): Table {
    const columns = this.#header.map((_heading, column) => column);
    const texts = Array.from(rows, (row) => columns.map((column) => this.text(row, column)));
    return { header: this.#header, rows: texts, padding: this.#padding };
  }

  /** Its plain text in blocks of lines, with no secret in it. */
  blocks(rows: Int32Array): Iterable<string> {
    return this.pool.isPlain ? this.#blocks(rows) : cleanBlocks(this.table(rows));
  }

  *#blocks(rows: Int32Array): Iterable<string> {
    const widths = this.#widths(rows);
    const header = `${this.#header.map((heading, column) => heading.padEnd(widths[column] ?? 0)).join('')}\n`;
    const loud = secretsAreShown() ? null : this.pool.loud();
    const isLoudHeader = loud !== null && !areQuiet(header, this.pool.hasColon);
    // The header is a line of the first block.
    for (let first = 0, behind = BLOCK - 1; first === 0 || first < rows.length; first = behind, behind += BLOCK) {
      const shown = rows.subarray(first, behind);
      const text = (first === 0 ? header : '') + this.#lines(shown, widths);
      const isLoud = loud !== null && ((first === 0 && isLoudHeader) || this.#hasLoud(shown, loud));
      yield isLoud ? withoutSecrets(text) : text;
    }
  }

  /** Of each column but the last, which nothing stands behind. */
  #widths(rows: Int32Array): readonly number[] {
    return this.#header.slice(0, -1).map((heading, column) => {
      let width = heading.length;
      for (const row of rows) width = Math.max(width, this.pool.sizeOf(this.cell(row, column)));
      return width + this.#padding;
    });
  }

  #hasLoud(rows: Int32Array, loud: Uint8Array): boolean {
    for (const row of rows) {
      for (let column = 0; column < this.#width; column++) if (loud[this.cell(row, column)] === 1) return true;
    }
    return false;
  }

  #lines(rows: Int32Array, widths: readonly number[]): string {
    const last = widths.length;
    let size = rows.length * widths.reduce((sum, width) => sum + width, 1);
    for (const row of rows) size += this.pool.sizeOf(this.cell(row, last));
    const bytes = Buffer.alloc(size, BLANK);
    let at = 0;
    for (const row of rows) {
      for (let column = 0; column < last; column++) {
        this.pool.write(this.cell(row, column), bytes, at);
        at += widths[column] ?? 0;
      }
      at = this.pool.write(this.cell(row, last), bytes, at);
      bytes[at++] = NEW_LINE;
    }
    return bytes.toString('latin1', 0, at);
  }
}

/** Adds to a number of a list, and gives it. */
function more(list: Int32Array, at: number, by: number): number {
  return (list[at] = (list[at] ?? 0) + by);
}

/** Most tables come in their order. */
function sort(rows: Int32Array, order: RowOrder): void {
  for (let at = 1; at < rows.length; at++) {
    if (order(rows[at - 1] ?? 0, rows[at] ?? 0) <= 0) continue;
    rows.sort((a, b) => order(a, b) || a - b);
    return;
  }
}

/** Where a cell is more than printable ASCII, of which each byte takes one place. */
function* cleanBlocks(table: Table): Iterable<string> {
  for (const block of plainBlocks(table)) yield withoutSecrets(block);
}

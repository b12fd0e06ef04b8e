/** Tables as text: istioctl's plain columns, and framed ones for a terminal. */
import { visibleLine } from './visible';
import { wrapSpans } from './wrap';
import { largest } from '../lists';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Blanks between columns of the plain form. */
  readonly padding: number;
}

/** Makes the cells of a table fit for whoever reads it: as they are, or visibleTable. */
export type TableTransform = (table: Table) => Table;

/** The table with every cell on one line, its hidden characters as escapes: what people read. */
export function visibleTable(table: Table): Table {
  return { ...table, rows: table.rows.map((row) => row.map(visibleLine)) };
}

/** Plain columns, left aligned, under a header. This is how istioctl prints: nothing is cut or wrapped. */
export function renderPlain(table: Table): string {
  return [...plainBlocks(table)].join('');
}

/** As renderPlain, in blocks of lines. */
export function plainBlocks({ header, rows, padding }: Table): Iterable<string> {
  return columnBlocks([header, ...rows], padding);
}

/**
 * Lines of cells in columns, as Go's text/tabwriter aligns them: a line's last cell is in no column, and a column is as
 * wide as its widest cell among neighbouring lines that have it, plus the padding. Tabs and line ends inside a cell end
 * it. https://pkg.go.dev/text/tabwriter
 */
export function renderColumns(rows: readonly (readonly string[])[], padding: number): string {
  return [...columnBlocks(rows, padding)].join('');
}

function* columnBlocks(rows: readonly (readonly string[])[], padding: number): Iterable<string> {
  const widths = plainWidths(rows, padding);
  if (widths !== null) {
    for (let start = 0; start < rows.length; start += BLOCK) yield plainLines(rows.slice(start, start + BLOCK), widths);
    return;
  }
  const lines = rows.flatMap(linesOf);
  const most = lines.reduce((count, line) => Math.max(count, line.length), 0);
  const own = lines.map((): number[] => []);
  for (let column = 0; column < most - 1; column++) setWidths(lines, own, column, padding);
  for (let start = 0; start < lines.length; start += BLOCK) {
    const block = lines.slice(start, start + BLOCK);
    yield block.map((line, index) => `${padded(line, own[start + index] ?? [])}\n`).join('');
  }
}

/** In lines. */
const BLOCK = 500;

/** Cells that end early, and those whose length is not their width. */
const UNEVEN = /[\t\v\n\f\ud800-\udfff]/;

/**
 * The columns' widths where each line has a cell in each and no cell is unusual, as in most tables and all large ones;
 * null elsewhere.
 */
function plainWidths(rows: readonly (readonly string[])[], padding: number): readonly number[] | null {
  const count = rows[0]?.length ?? 0;
  const widths = new Array<number>(count).fill(0);
  for (const row of rows) {
    if (row.length !== count) return null;
    for (let column = 0; column < count; column++) {
      const cell = row[column] ?? '';
      if (UNEVEN.test(cell)) return null;
      if (cell.length > (widths[column] ?? 0)) widths[column] = cell.length;
    }
  }
  return widths.slice(0, -1).map((width) => width + padding);
}

const BLANKS: string[] = [];

/** So many blanks; as one string however often they are asked for. */
function blanks(count: number): string {
  if (count > 1_000) return ' '.repeat(count);
  while (BLANKS.length <= count) BLANKS.push(' '.repeat(BLANKS.length));
  return BLANKS[count] ?? '';
}

function plainLines(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  let text = '';
  for (const row of rows) {
    for (let column = 0; column < widths.length; column++) {
      const cell = row[column] ?? '';
      text += cell;
      text += blanks((widths[column] ?? 0) - cell.length);
    }
    text += row[widths.length] ?? '';
    text += '\n';
  }
  return text;
}

const SPECIAL = /[\t\v\n\f]/;

function linesOf(cells: readonly string[]): readonly (readonly string[])[] {
  if (!cells.some((cell) => SPECIAL.test(cell))) return [cells];
  return cells
    .join('\t')
    .split(/[\n\f]/)
    .map((line) => line.split(/[\t\v]/));
}

/** Sets one column's width on every line that has it; a line that lacks it ends the block that shares a width. */
function setWidths(
  lines: readonly (readonly string[])[],
  widths: readonly number[][],
  column: number,
  padding: number,
): void {
  const has = (index: number): boolean => (lines[index]?.length ?? 0) - 1 > column;
  for (let start = 0; start < lines.length; start++) {
    if (!has(start)) continue;
    let width = 0;
    let end = start;
    for (; has(end); end++) width = Math.max(width, runes(lines[end]?.[column] ?? '') + padding);
    for (let index = start; index < end; index++) widths[index]?.push(width);
    start = end;
  }
}

function padded(line: readonly string[], widths: readonly number[]): string {
  let text = '';
  line.forEach((cell, column) => {
    const width = widths[column];
    text += width === undefined ? cell : cell + ' '.repeat(width - runes(cell));
  });
  return text;
}

const SURROGATE = /[\ud800-\udfff]/;

/** Code points of a text. */
function runes(text: string): number {
  return SURROGATE.test(text) ? Array.from(text).length : text.length;
}

/** The time of cli-table3 grows with the square of the rows: a table of more is framed here. */
const MOST_FRAMED = 1000;

/** A framed table, its cells wrapped to the width where one is given. Loads cli-table3. */
export async function renderFramed(raw: Table, width: number | null): Promise<string> {
  // cli-table3 reads escape sequences; a cell has none to say.
  const table = visibleTable(raw);
  const widths = width === null ? undefined : fittedWidths(table, width);
  if (table.rows.length > MOST_FRAMED) return renderLongFramed(table, widths ?? fittedWidths(table, null));
  const { default: CliTable } = await import('cli-table3');
  const framed = new CliTable({
    head: [...table.header],
    style: { head: [], border: [] },
    ...(widths === undefined ? {} : { colWidths: widths }),
  });
  for (const row of table.rows) {
    framed.push(row.map((cell, column) => wrapped(cell, (widths?.[column] ?? Number.POSITIVE_INFINITY) - 2)));
  }
  return `${framed.toString()}\n`;
}

/** Whether a framed table is as wide as that at most without a cell that is broken. */
export function fitsIn(table: Table, width: number): boolean {
  const widths = fittedWidths(visibleTable(table), null);
  return widths.reduce((sum, one) => sum + one, widths.length + 1) <= width;
}

/** The same text for a table of any length. Every character is taken to be one column wide. */
export function renderLongFramed(table: Table, widths: readonly number[]): string {
  const rule = (left: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width)).join(middle)}${right}`;
  const framed = (row: readonly string[]): string => {
    const cells = widths.map((width, column) => wrapped(row[column] ?? '', width - 2).split('\n'));
    const height = cells.reduce((most, { length }) => Math.max(most, length), 1);
    return Array.from({ length: height }, (_, line) => {
      const texts = cells.map((lines, column) => {
        const text = lines[line] ?? '';
        return ` ${text}${' '.repeat(Math.max(0, (widths[column] ?? 0) - 1 - runes(text)))}`;
      });
      return `│${texts.join('│')}│`;
    }).join('\n');
  };
  const body = [table.header, ...table.rows].map(framed).join(`\n${rule('├', '┼', '┤')}\n`);
  return `${rule('┌', '┬', '┐')}\n${body}\n${rule('└', '┴', '┘')}\n`;
}

/** Broken at blanks; a word that is longer than the column where the column ends. */
function wrapped(cell: string, width: number): string {
  return wrapSpans([{ text: cell, tone: 'plain' }], width)
    .map((line) => line.map(({ text }) => text).join(''))
    .join('\n');
}

const NARROWEST = 6;

/** Column widths that fit the terminal: the widest columns give way; those of their texts where there is no terminal. */
function fittedWidths(table: Table, width: number | null): number[] {
  const widths = table.header.map(
    (head, column) => table.rows.reduce((widest, row) => Math.max(widest, runes(row[column] ?? '')), runes(head)) + 2,
  );
  if (width === null) return widths;
  const frame = widths.length + 1;
  let excess = widths.reduce((sum, one) => sum + one, frame) - width;
  while (excess > 0) {
    const widest = largest(widths);
    if (widest <= NARROWEST) break;
    widths[widths.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}

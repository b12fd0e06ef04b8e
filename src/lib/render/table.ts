/** Tables as text: istioctl's plain columns, and framed ones for a terminal. */
import { wrapSpans } from './wrap';

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Blanks between columns of the plain form. */
  readonly padding: number;
}

/**
 * Plain columns, left aligned, as wide as their widest cell plus the padding; the last column is not filled up. This is
 * how istioctl prints: nothing is cut or wrapped.
 */
export function renderPlain(table: Table): string {
  const lines = [table.header, ...table.rows];
  const widths = table.header.map(() => 0);
  for (const line of lines) {
    for (const column of widths.keys()) widths[column] = Math.max(widths[column] ?? 0, runes(line[column] ?? ''));
  }
  let text = '';
  for (const line of lines) text += `${plainLine(line, widths, table.padding)}\n`;
  return text;
}

function plainLine(line: readonly string[], widths: readonly number[], padding: number): string {
  let text = line[0] ?? '';
  for (let column = 1; column < line.length; column++) {
    const before = line[column - 1] ?? '';
    text += ' '.repeat((widths[column - 1] ?? 0) + padding - runes(before)) + (line[column] ?? '');
  }
  return text;
}

/** Code points of a text. */
function runes(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : Array.from(text).length;
}

/** A framed table, its cells wrapped to the width where one is given. Loads cli-table3. */
export async function renderFramed(table: Table, width: number | null): Promise<string> {
  const { default: CliTable } = await import('cli-table3');
  const widths = width === null ? undefined : fittedWidths(table, width);
  const framed = new CliTable({
    head: [...table.header],
    style: { head: [], border: [] },
    ...(widths === undefined ? {} : { colWidths: widths }),
  });
  for (const row of table.rows) {
    framed.push(row.map((cell, column) => wrapped(clean(cell), (widths?.[column] ?? Number.POSITIVE_INFINITY) - 2)));
  }
  return `${framed.toString()}\n`;
}

/** cli-table3 reads escape sequences; a cell has none to say. */
function clean(cell: string): string {
  return cell.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** Broken at blanks; a word that is longer than the column where the column ends. */
function wrapped(cell: string, width: number): string {
  return wrapSpans([{ text: cell, tone: 'plain' }], width)
    .map((line) => line.map(({ text }) => text).join(''))
    .join('\n');
}

const NARROWEST = 6;

/** Column widths that fit the terminal: the widest columns give way. */
function fittedWidths(table: Table, width: number): number[] {
  const widths = table.header.map(
    (head, column) => Math.max(runes(head), ...table.rows.map((row) => runes(row[column] ?? ''))) + 2,
  );
  const frame = widths.length + 1;
  let excess = widths.reduce((sum, one) => sum + one, frame) - width;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}

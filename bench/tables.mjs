// Tables of docs/performance.md: filled while the bench measures, and written between the marks that the document has for each.
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** Rows by table, each with its cells by column; both stay in the order in which they came. */
const tables = new Map();

/** Puts a text into a cell; the table, the row and the column are made where there are none. */
export function put(table, row, column, text) {
  if (!tables.has(table)) tables.set(table, new Map());
  const rows = tables.get(table);
  if (!rows.has(row)) rows.set(row, new Map());
  rows.get(row).set(column, text);
}

/** Seconds of processor time and megabytes of memory, as the tables have them; a dash where the system does not tell. */
export function costOf({ cpu, peak }) {
  return cpu === null ? '-' : `${(cpu / 1000).toFixed(2)} / ${peak.toFixed(0)}`;
}

/** A table as Markdown: its first column is the rows' names, the others are aligned to the right. */
function markdown(rows) {
  const columns = [...new Set([...rows.values()].flatMap((cells) => [...cells.keys()]))];
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns]),
    line([' --- ', ...columns.map(() => ' --: ')]),
    ...[...rows].map(([row, cells]) => line([row, ...columns.map((column) => cells.get(column) ?? '')])),
  ].join('\n');
}

/** All tables as Markdown. */
export function tablesText() {
  return [...tables].map(([name, rows]) => `\n${name}\n\n${markdown(rows)}`).join('\n');
}

/** Puts the tables into a document between `<!-- table: NAME -->` and `<!-- end of table -->`. Throws where it has no such marks. */
export async function writeTables(path) {
  let text = readFileSync(path, 'utf8');
  for (const [name, rows] of tables) {
    const begin = `<!-- table: ${name} -->`;
    const end = '<!-- end of table -->';
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${path} has no marks for the table ${name}`);
    text = `${text.slice(0, from + begin.length)}\n\n${markdown(rows)}\n\n${text.slice(to)}`;
  }
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

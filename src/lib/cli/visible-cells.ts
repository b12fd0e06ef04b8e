/** The cells of a table for people: on their lines, with nothing hidden in them, and no secret. */
import type { Table } from '../render/table';
import { visibleLine } from '../render/visible';
import { withoutSecrets } from '../secrets/secret-text';

/** The table with every cell as people read it. */
export function visibleCells(table: Table): Table {
  return { ...table, rows: table.rows.map((row) => row.map(visibleCell)) };
}

/** A secret of several lines is found as long as it has them; where nothing is to be escaped, what is printed is searched. */
export function visibleCell(cell: string): string {
  const shown = visibleLine(cell);
  return shown === cell ? cell : visibleLine(withoutSecrets(cell));
}

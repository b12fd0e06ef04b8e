/** The plain table of a view with nothing filtered, made from where fields stand in the dump's text: no entry is parsed. */
import type { Taking } from '../taking';
import { emptyNotes } from '../../notes';
import type { CellTable } from '../../cell-table';

export interface PlainTable {
  /** Its text in blocks of lines, as istioctl prints it, with no secret in it. */
  readonly blocks: Iterable<string>;
  readonly count: number;
  readonly whyEmpty: readonly string[];
}

/** A plain table in the making: what it takes of a dump, and the table when all of the dump has passed. */
export interface PlainGathering extends Taking {
  made(): PlainTable;
}

/**
 * @param plural the word for several entries, in remarks
 * @param entries how many the dump has
 */
export function plainTable(table: CellTable, rows: Int32Array, plural: string, entries = table.count): PlainTable {
  return {
    blocks: table.blocks(rows),
    count: table.count,
    whyEmpty: entries > 0 ? [] : emptyNotes(plural, entries, []),
  };
}

/** What a view hands to a renderer. */
import type { Table } from '../render/table';

export interface View {
  readonly table: Table;
  /** The same with what istioctl leaves out. */
  readonly wide: () => Table;
  /** istioctl's JSON value. */
  readonly json: () => object;
  /** `listener/NAME` lines. */
  readonly names: () => readonly string[];
  readonly count: number;
  /** What `short` prints in the table's place. */
  readonly instead?: string | null;
}

/** What a filter was given, and the values there are for it. */
export interface FilterReport {
  readonly flag: string;
  readonly given: string;
  readonly values: readonly string[];
}

/** A view made in one pass over a section, of which nothing else is kept. */
export interface Gathered {
  readonly view: View;
  /** How many resources serve, whatever the filters. */
  readonly total: number;
  /** Remarks on resources that do not serve. */
  readonly notes: readonly string[];
}

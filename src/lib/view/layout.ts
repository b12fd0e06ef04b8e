/** The columns of a table, and how the rows of an item are made from them. */
import { type FieldMask, mergeMasks } from '../scan/field-mask';

export type Cells = readonly string[];

/** One column of a table. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  /** The fields of the resource that the cell is read from; none where its name says it all. */
  readonly fields?: FieldMask;
  /** Shown only where every row has a text in it. */
  readonly isShownIfFull?: boolean;
}

/** A table of items. */
export interface Layout<Item> {
  readonly header: Cells;
  /** Blanks between columns. */
  readonly padding: number;
  readonly fields: FieldMask;
  readonly rows: (item: Item) => readonly Cells[];
  /** Columns by number that are shown only where they are full. */
  readonly optional: readonly number[];
}

/** A layout with one row for each item. */
export function rowLayout<Item>(padding: number, columns: readonly Column<Item>[]): Layout<Item> {
  const cells = columns.map(({ cell }) => cell);
  // A list of items for each would be one more to make of a hundred thousand.
  return { ...layout(padding, columns, (item: Item) => [item]), rows: (item) => [cells.map((cell) => cell(item))] };
}

/** A layout with any number of rows for an item. */
export function layout<Item, Row>(
  padding: number,
  columns: readonly Column<Row>[],
  rows: (item: Item) => readonly Row[],
): Layout<Item> {
  const cells = columns.map(({ cell }) => cell);
  return {
    header: columns.map(({ heading }) => heading),
    padding,
    fields: mergeMasks(columns.map(({ fields = {} }) => fields)),
    rows: (item) => rows(item).map((row) => cells.map((cell) => cell(row))),
    optional: columns.flatMap(({ isShownIfFull }, index) => (isShownIfFull === true ? [index] : [])),
  };
}

/** A layout with this column in front: `pc all` names each row. */
export function named<Item>(base: Layout<Item>, heading: string, name: (item: Item) => string): Layout<Item> {
  return {
    ...base,
    header: [heading, ...base.header],
    rows: (item) => base.rows(item).map((cells) => [name(item), ...cells]),
    optional: base.optional.map((index) => index + 1),
  };
}

/** Makes a view of what is written for it: one pass over a document for tables and names, another where whole entries are shown. */
import type { Table } from '../render/table';
import { mergeMasks } from '../scan/field-mask';
import type { Sought } from '../scan/raw-dump';
import { type FilterValues, type GivenFilter, givenFilters, isByName, isGiven, kept, soughtBy } from './filter';
import type { Cells, Layout } from './layout';
import { emptyNotes, vocabularyNotes } from './notes';
import { SharedTexts } from './shared-texts';
import type { AppliedView, Asked, FilterFlag, View, ViewContext, ViewHints, ViewResult, ViewSpec } from './view';

/** For views whose cells need nothing beside the document. */
export const NO_CONTEXT: ViewContext = { now: new Date(0), podOf: () => null, delivered: null };

/** The view that a specification says; see ViewSpec. */
export function defineView<Document, Entry, Item, Key = null>(
  spec: ViewSpec<Document, Entry, Item, Key>,
): View<Document> {
  return new DefinedView(spec);
}

/** What is kept of an item while others are read: there can be a hundred thousand, and no resource stays in memory. */
interface Line<Key> {
  readonly key: Key;
  readonly name: string;
  /** Its rows among those of all: of a list of its own for each, the collection of garbage costs as much as the view. */
  readonly firstRow: number;
  readonly endRow: number;
}

/** What one pass over a document gathers. */
interface Gathered<Key> {
  readonly lines: Line<Key>[];
  readonly rows: Cells[];
  readonly remarks: string[];
  /** Entries that the view shows, and those of them that the filters let through. */
  total: number;
  count: number;
}

class DefinedView<Document, Entry, Item, Key> implements View<Document> {
  readonly #spec: ViewSpec<Document, Entry, Item, Key>;

  constructor(spec: ViewSpec<Document, Entry, Item, Key>) {
    this.#spec = spec;
  }

  get name(): string {
    return this.#spec.name;
  }

  get plural(): string {
    return this.#spec.plural;
  }

  get filters(): readonly FilterFlag[] {
    return Object.entries(this.#spec.filters).map(([flag, { kind, summary, helpValue = null }]) => {
      return { flag, kind, summary, helpValue };
    });
  }

  get hasBrief(): boolean {
    return this.#spec.brief !== undefined;
  }

  valuesOf(flags: object): FilterValues {
    const given = Object.entries(flags as FilterValues);
    return Object.fromEntries(given.filter(([flag, value]) => flag in this.#spec.filters && isGiven(value)));
  }

  hints(asked: Asked, isTable: boolean): ViewHints | null {
    const { reading, filters } = this.#spec;
    if (reading === undefined || reading === null) return null;
    const given = givenFilters(filters, asked.values);
    const read = [this.#layout(asked).fields, reading.fields ?? {}, ...given.map(({ filter }) => filter.fields ?? {})];
    const hints = {
      fields: reading.entryFields(mergeMasks(read)),
      keepAs: isTable ? 'fields' : 'whole',
      sought: longest(given),
      nameText: longest(given.filter(isByName))?.text,
    } as const;
    const { keepWholeIfContains } = reading;
    return keepWholeIfContains === undefined ? hints : { ...hints, keepWholeIfContains };
  }

  hasSome(document: Document, values: FilterValues): boolean {
    for (const entry of this.#passing(document, values)) if (this.#spec.items(entry).length > 0) return true;
    return false;
  }

  *passing(document: Document, values: FilterValues): Iterable<unknown> {
    const given = givenFilters(this.#spec.filters, values);
    for (const entry of this.#spec.each(document)) {
      const left = kept(entry, given);
      if (left !== null) yield left;
    }
  }

  apply(document: Document, asked: Asked, context: ViewContext = NO_CONTEXT): AppliedView {
    const spec = this.#spec;
    const given = givenFilters(spec.filters, asked.values);
    const layout = this.#layout(asked);
    // What is counted are the rows themselves where the view says so.
    const isTable = asked.isTable !== false || spec.countsRows === true;
    const gathered: Gathered<Key> = { lines: [], rows: [], remarks: [], total: 0, count: 0 };
    for (const entry of spec.each(document)) this.#gather(entry, { given, layout, context, gathered, isTable });
    const { remarks, total, count } = gathered;
    const missing = spec.missing?.(document) ?? null;
    return {
      result: this.#result({ document, asked, context, layout, gathered }),
      total,
      warnings: given.flatMap(warningsOf),
      remarks: missing !== null ? [missing] : this.#isNotedInTable(asked) ? [] : remarks,
      whyEmpty: count > 0 || missing !== null ? [] : this.#whyEmpty(document, given),
    };
  }

  /** Adds one entry: a method of its own, which is compiled when it has run a few times. */
  #gather(entry: Entry, { given, layout, context, gathered, isTable }: Gathering<Entry, Item, Key>): void {
    const { isShown, notes, items, countsRows } = this.#spec;
    const { lines, rows, remarks } = gathered;
    if (notes !== undefined) for (const note of notes(entry, context)) remarks.push(note);
    if (isShown?.(entry) === false) return;
    gathered.total++;
    const left = kept(entry, given);
    if (left === null) return;
    const found = items(left);
    if (found.length > 0 && countsRows !== true) gathered.count++;
    for (const item of isTable ? found : []) {
      const firstRow = rows.length;
      for (const cells of layout.rows(item)) rows.push(cells);
      lines.push({ key: this.#key(item), name: this.#spec.label(item), firstRow, endRow: rows.length });
    }
    if (countsRows === true) gathered.count = rows.length;
  }

  #isNotedInTable({ isWide }: Asked): boolean {
    return isWide === true && this.#spec.isNotedInWide === true;
  }

  #result(made: Made<Document, Key>): ViewResult {
    const spec = this.#spec;
    const { document, asked, context, layout } = made;
    const { lines, rows, count, total } = made.gathered;
    const ordered = spec.sorted === undefined ? lines : spec.sorted.order(lines);
    const inNames = spec.sorted?.names === false ? lines : ordered;
    return {
      table: tableOf(layout, ordered === lines ? rows : rowsOf(ordered, rows)),
      wide: () => this.#wide(document, asked.values, context),
      json: () => this.#json(document, asked.values),
      jsonItems: spec.wholeJson === undefined ? () => this.#jsonItems(document, asked.values) : null,
      names: () => inNames.map(({ name }) => `${spec.name}/${name}`),
      count,
      instead: lines.length === 0 ? (spec.emptyText?.(total) ?? null) : null,
    };
  }

  #layout({ isBrief }: Asked): Layout<Item> {
    return (isBrief === true ? this.#spec.brief : undefined) ?? this.#spec.short;
  }

  #key(item: Item): Key {
    // Without an order there are no keys, and nothing looks at them.
    return this.#spec.sorted?.key(item) as Key;
  }

  *#shown(document: Document): Iterable<Entry> {
    const { each, isShown } = this.#spec;
    for (const entry of each(document)) if (isShown?.(entry) !== false) yield entry;
  }

  /** What the filters leave of the entries that are shown. */
  *#passing(
    document: Document,
    values: FilterValues,
    isWanted: (entry: Entry) => boolean = this.#spec.isShown ?? (() => true),
  ): Iterable<Entry> {
    const given = givenFilters(this.#spec.filters, values);
    for (const entry of this.#spec.each(document)) {
      const left = isWanted(entry) ? kept(entry, given) : null;
      if (left !== null) yield left;
    }
  }

  #json(document: Document, values: FilterValues): object {
    const all = [...this.#jsonItems(document, values)];
    return this.#spec.wholeJson?.(all, document) ?? all;
  }

  *#jsonItems(document: Document, values: FilterValues): Iterable<object | null> {
    const { items, sorted, json, again } = this.#spec;
    if (sorted?.json !== true) {
      for (const entry of this.#passing(document, values)) if (items(entry).length > 0) yield json(entry);
      return;
    }
    const found: { readonly key: Key; readonly make: () => Entry }[] = [];
    const given = givenFilters(this.#spec.filters, values);
    for (const entry of this.#shown(document)) {
      const left = kept(entry, given);
      const first = left === null ? undefined : items(left)[0];
      if (left === null || first === undefined) continue;
      // Entries that a filter narrows are narrowed again.
      const make = again?.(entry) ?? ((): Entry => entry);
      found.push({ key: this.#key(first), make });
    }
    for (const { make } of sorted.order(found)) yield json(kept(make(), given) ?? make());
  }

  #wide(document: Document, values: FilterValues, context: ViewContext): Table {
    const { wide, short, items, sorted, isShownInWide, wideRest, each, filters } = this.#spec;
    const layout = wide?.(context) ?? short;
    const found: { readonly key: Key; readonly rows: readonly Cells[] }[] = [];
    const rest = isShownInWide === undefined ? [] : this.#passing(document, values, isShownInWide);
    const texts = new SharedTexts();
    const shared = (cells: Cells): Cells => cells.map((cell) => texts.shared(cell));
    for (const passing of [this.#passing(document, values), rest]) {
      for (const entry of passing) {
        for (const item of items(entry))
          found.push({ key: this.#key(item), rows: Array.from(layout.rows(item), shared) });
      }
    }
    const rows = (sorted?.order(found) ?? found).flatMap((one) => one.rows);
    const byName = givenFilters(filters, values).filter(isByName);
    const more = wideRest?.(each(document), {
      context,
      values,
      header: layout.header,
      passesByName: (entry) => kept(entry, byName) !== null,
    });
    return tableOf(layout, more === undefined ? rows : [...rows, ...more]);
  }

  /** What each filter took away, and the nearest values that there are. */
  #whyEmpty(document: Document, given: readonly GivenFilter<Entry>[]): readonly string[] {
    const { filters, plural, each, isShown = () => true, items } = this.#spec;
    if (Object.keys(filters).length === 0) return [];
    const reports = given.map((one) => ({ ...one, given: String(one.given), values: new Set<string>() }));
    let total = 0;
    for (const entry of each(document)) {
      if (!isShown(entry)) continue;
      total += items(entry).length;
      for (const { filter, values } of reports) for (const value of filter.values(entry)) values.add(value);
    }
    return emptyNotes(plural, total, reports);
  }
}

interface Made<Document, Key> {
  readonly document: Document;
  readonly asked: Asked;
  readonly context: ViewContext;
  readonly layout: { readonly header: Cells; readonly padding: number; readonly optional: readonly number[] };
  readonly gathered: Gathered<Key>;
}

interface Gathering<Entry, Item, Key> {
  readonly given: readonly GivenFilter<Entry>[];
  readonly layout: Layout<Item>;
  readonly context: ViewContext;
  readonly gathered: Gathered<Key>;
  readonly isTable: boolean;
}

/** The rows of lines that were put into another order. */
function rowsOf(lines: readonly Line<unknown>[], rows: readonly Cells[]): readonly Cells[] {
  const ordered: Cells[] = [];
  for (const { firstRow, endRow } of lines) {
    for (let row = firstRow; row < endRow; row++) ordered.push(rows[row] ?? []);
  }
  return ordered;
}

/** The longest text that is sought, which the fewest entries hold. */
function longest<Entry>(given: readonly GivenFilter<Entry>[]): Sought | undefined {
  return given
    .flatMap((one) => soughtBy(one) ?? [])
    .reduce<Sought | undefined>(
      (best, one) => (best === undefined || one.text.length > best.text.length ? one : best),
      undefined,
    );
}

function warningsOf<Entry>({ flag, filter, given }: GivenFilter<Entry>): readonly string[] {
  const { vocabulary } = filter;
  return vocabulary === undefined ? [] : vocabularyNotes(flag, String(given), vocabulary.values, vocabulary.isExact);
}

function tableOf(layout: Made<unknown, unknown>['layout'], rows: readonly Cells[]): Table {
  const { header, padding, optional } = layout;
  const hidden = optional.filter((column) => rows.length === 0 || rows.some((row) => (row[column] ?? '') === ''));
  if (hidden.length === 0) return { header, rows, padding };
  const shown = (cells: Cells): Cells => cells.filter((_cell, column) => !hidden.includes(column));
  return { header: shown(header), rows: rows.map(shown), padding };
}

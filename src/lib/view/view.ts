/**
 * A view: one value that flags, field masks, tables, JSON, names, remarks, the views of checks and comparisons are made from.
 * `ViewSpec` is what is written for a view; `defineView` makes of it the `View` that everybody else uses.
 */
import type { Table } from '../render/table';
import type { FieldMask } from '../scan/field-mask';
import type { EntryHints } from '../scan/raw-dump';
import type { DeliveredEndpoint } from './endpoint/delivered';
import type { Filter, FilterValues } from './filter';
import type { Layout } from './layout';

/** What a view shows of one document. */
export interface ViewResult {
  readonly table: Table;
  /** The same with what istioctl leaves out. */
  readonly wide: () => Table;
  /** istioctl's JSON value. */
  readonly json: () => object;
  /** The elements of that value one at a time, each made when it is come to; null or absent where it is no list of elements. */
  readonly jsonItems?: (() => Iterable<object | null>) | null;
  /** `listener/NAME` lines. */
  readonly names: () => readonly string[];
  /** How many entries are left by the filters. */
  readonly count: number;
  /** The text that `-o short` prints in place of the table; null or absent where it prints the table. */
  readonly instead?: string | null;
}

/** What is asked of a view. */
export interface Asked {
  readonly values: FilterValues;
  /** One line an entry, as `--verbose=false` has it, where the view knows that. */
  readonly isBrief?: boolean;
  /** Whether the wide table is what is printed: what it says need not be remarked as well. */
  readonly isWide?: boolean;
  /** False where no row of the short table is printed: none is made. */
  readonly isTable?: boolean;
}

/** What cells are made from beside the document. */
export interface ViewContext {
  /** The clock that certificates are judged by. */
  readonly now: Date;
  /** `pod.namespace` by IP address; null where nobody knows it. */
  readonly podOf: (ip: string) => string | null;
  /** What EDS delivered, which the wide table of endpoints is joined with; null where it is not at hand. */
  readonly delivered: readonly DeliveredEndpoint[] | null;
}

/** A view of a document, and what is to be said beside it on standard error. */
export interface AppliedView {
  readonly result: ViewResult;
  /** How many entries are shown without filters. */
  readonly total: number;
  /** Values of filters that are none of those that there can be. */
  readonly warnings: readonly string[];
  /** What the view leaves out, and what is wrong with what it shows. */
  readonly remarks: readonly string[];
  /** What each filter took away, where nothing is left. */
  readonly whyEmpty: readonly string[];
}

/** Orders lines by their keys; the order of a document is kept where nothing else is said. */
export type Order<Key> = <T extends { readonly key: Key }>(lines: readonly T[]) => readonly T[];

/**
 * What a view is. An entry is an element of the document (a cluster, a virtual listener, a workload); the filters let it
 * through, narrow it or take it away. An item is what is sorted and named: most entries are one item, a cluster of ten hosts
 * is ten. A layout makes the rows of an item.
 */
export interface ViewSpec<Document, Entry, Item, Key = null> {
  /** The word in front of a name, `listener/NAME`. */
  readonly name: string;
  /** The word for several, in remarks. */
  readonly plural: string;
  readonly each: (document: Document) => Iterable<Entry>;
  /** Entries that are shown in every format; all of them where this is left out. */
  readonly isShown?: (entry: Entry) => boolean;
  /** Entries that only the wide table shows, too. */
  readonly isShownInWide?: (entry: Entry) => boolean;
  /** By flag, in the order of the help. */
  readonly filters: Readonly<Record<string, Filter<Entry>>>;
  readonly items: (entry: Entry) => readonly Item[];
  /** The name of an item, without the word in front of it. */
  readonly label: (item: Item) => string;
  readonly sorted?: {
    readonly key: (item: Item) => Key;
    readonly order: Order<Key>;
    /** Whether names keep the document's order all the same. */
    readonly names: boolean;
    readonly json: boolean;
  };
  readonly short: Layout<Item>;
  /** One row an item: `--verbose=false`. */
  readonly brief?: Layout<Item>;
  /** The short layout where it is left out. */
  readonly wide?: (context: ViewContext) => Layout<Item>;
  /** Rows behind all others of the wide table, which are of no item. */
  readonly wideRest?: (entries: Iterable<Entry>, rest: WideRest<Entry>) => readonly (readonly string[])[];
  /** Null where the entry is null in the document, and JSON shows it. */
  readonly json: (entry: Entry) => object | null;
  /**
   * How an entry is made again: what is sorted waits in this form, so that not all that is read of a large document is held at
   * once. Where it is left out, entries are held.
   */
  readonly again?: (entry: Entry) => () => Entry;
  /** The JSON of all that are selected; a list where this is left out. */
  readonly wholeJson?: (entries: readonly (object | null)[], document: Document) => object;
  /** Whether rows are counted, and not entries: a workload without a connection has none. */
  readonly countsRows?: boolean;
  /** A text in place of an empty short table, given the number of entries. */
  readonly emptyText?: (entries: number) => string;
  /** Remarks on an entry, shown or not. */
  readonly notes?: (entry: Entry, context: ViewContext) => readonly string[];
  /** Whether the wide table says what the remarks do. */
  readonly isNotedInWide?: boolean;
  /** Remarks on what the document lacks. */
  readonly missing?: (document: Document) => string | null;
  /** How entries can be read without the rest of their document; where it is left out they are read whole. */
  readonly reading?: EntryReading | null;
}

/** What the rest of a wide table is made from. */
export interface WideRest<Entry> {
  readonly context: ViewContext;
  readonly values: FilterValues;
  readonly header: readonly string[];
  /** Whether an entry passes the filters that need nothing but its name. */
  readonly passesByName: (entry: Entry) => boolean;
}

/** How entries of a document are read by the fields that a view shows. */
export interface EntryReading {
  /** The fields of an entry that are read where of its resource these are. */
  readonly entryFields: (resource: FieldMask) => FieldMask;
  /** Fields that keys are made from, whatever the layout. */
  readonly fields?: FieldMask;
  /** Entries that hold this text in a field that is not read are kept whole. */
  readonly keepWholeIfContains?: string;
}

/** Hints to whoever reads a document for a view; see EntryHints. */
export interface ViewHints extends Omit<EntryHints, 'keep'> {
  /** Only entries in whose name this stands are wanted. */
  readonly nameText?: string | undefined;
}

/** A flag that filters a view. */
export interface FilterFlag {
  readonly flag: string;
  readonly kind: 'text' | 'port';
  readonly summary: string;
  readonly helpValue: string | null;
}

/** A view, whatever its entries are. */
export interface View<Document> {
  readonly name: string;
  readonly plural: string;
  readonly filters: readonly FilterFlag[];
  readonly hasBrief: boolean;
  /** The values of its filters among many; '' and 0 are none. */
  valuesOf(flags: object): FilterValues;
  /** What of the document is needed; null for all of it. @param isTable whether a table or names are printed */
  hints(asked: Asked, isTable: boolean): ViewHints | null;
  /** Whether the filters leave anything. Looks no further than the first entry that passes. */
  hasSome(document: Document, values: FilterValues): boolean;
  apply(document: Document, asked: Asked, context?: ViewContext): AppliedView;
  /** What the filters leave of the entries, shown or not, in the document's order. */
  passing(document: Document, values: FilterValues): Iterable<unknown>;
}

/** Filters of a view: what a flag lets through, where that can be looked for, and what there is instead. */
import type { FieldMask } from '../scan/field-mask';
import type { Sought } from '../scan/raw-dump';

/** Values by flag. A filter of text takes '' and a filter of a port 0 for "any", as istioctl does. */
export type FilterValues = Readonly<Record<string, string | number | undefined>>;

/** The values that a flag can have. */
export interface FlagVocabulary {
  readonly values: readonly string[];
  /** Whether capital letters are told from small ones. */
  readonly isExact: boolean;
}

/** What a filter of values of one type says. */
interface FilterOf<Entry, Given> {
  readonly summary: string;
  readonly helpValue?: string;
  readonly vocabulary?: FlagVocabulary;
  /** The fields of the resource that it reads. Without any, the entry's name decides, which is known of refused ones, too. */
  readonly fields?: FieldMask;
  /** What is left of the entry: all of it, a narrower one, or nothing. */
  readonly keep: (entry: Entry, given: Given) => Entry | null;
  /** A text that stands in one of the fields of every entry that it lets through; undefined where none is known. */
  readonly sought?: (given: Given) => Sought | undefined;
  /** The values that an entry has, of which the nearest are shown where nothing is left. */
  readonly values: (entry: Entry) => Iterable<string>;
}

export type Filter<Entry> =
  ({ readonly kind: 'text' } & FilterOf<Entry, string>) | ({ readonly kind: 'port' } & FilterOf<Entry, number>);

type Tested<Entry, Given> = Omit<FilterOf<Entry, Given>, 'keep'> & {
  readonly passes: (entry: Entry, given: Given) => boolean;
};

/** A filter by text that an entry passes or not. */
export function textFilter<Entry>({ passes, ...rest }: Tested<Entry, string>): Filter<Entry> {
  return { kind: 'text', ...rest, keep: (entry, given) => (passes(entry, given) ? entry : null) };
}

/** A filter by a port that an entry passes or not. */
export function portFilter<Entry>({ passes, ...rest }: Tested<Entry, number>): Filter<Entry> {
  return { kind: 'port', ...rest, keep: (entry, given) => (passes(entry, given) ? entry : null) };
}

/** A filter with its value. */
export interface GivenFilter<Entry> {
  readonly flag: string;
  readonly filter: Filter<Entry>;
  readonly given: string | number;
}

export type Filters<Entry> = Readonly<Record<string, Filter<Entry>>>;

/** The filters that are given a value. */
export function givenFilters<Entry>(filters: Filters<Entry>, values: FilterValues): readonly GivenFilter<Entry>[] {
  return Object.entries(filters).flatMap(([flag, filter]) => {
    const given = values[flag];
    return isGiven(given) ? [{ flag, filter, given }] : [];
  });
}

/** Whether a filter has a value; any text and any port are none. */
export function isGiven(value: string | number | undefined): value is string | number {
  return value !== undefined && value !== '' && value !== 0;
}

/** What all filters leave of an entry; null for nothing. */
export function kept<Entry>(entry: Entry, given: readonly GivenFilter<Entry>[]): Entry | null {
  let left: Entry | null = entry;
  for (const one of given) {
    left = keptBy(left, one);
    if (left === null) return null;
  }
  return left;
}

function keptBy<Entry>(entry: Entry, { filter, given }: GivenFilter<Entry>): Entry | null {
  return filter.kind === 'port' ? filter.keep(entry, Number(given)) : filter.keep(entry, String(given));
}

/** A text that stands in every entry that passes this filter. */
export function soughtBy<Entry>({ filter, given }: GivenFilter<Entry>): Sought | undefined {
  return filter.kind === 'port' ? filter.sought?.(Number(given)) : filter.sought?.(String(given));
}

/** Whether a filter is decided by an entry's name. */
export function isByName<Entry>({ filter }: GivenFilter<Entry>): boolean {
  return filter.fields === undefined;
}

/** Equal but for capital and small letters, as Go's EqualFold has it. */
export function isSameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * Views of a ztunnel's dump: defined as all views are, and made while the dump streams by, so that of what passes only what is
 * shown is kept. A table keeps the little that its rows are made from; for everything else the text of each entry is kept, or,
 * in a large file, the place where it stands, and an entry is made again when it is come to.
 */
import type { ProxyId } from '../../proxy-id';
import type { DumpOutline, KeptEntry, SectionEntries, Taker, ZtunnelSectionName } from '../../ztunnel/read-dump';
import type { FieldMask } from '../../scan/field-mask';
import { defineView } from '../define-view';
import { type Filter, type FilterValues, givenFilters, type GivenFilter, kept as leftBy } from '../filter';
import { emptyNotes } from '../notes';
import type { PlainGathering } from './plain/plain-view';
import { mergedTaking, type Taking } from './taking';
import type { AppliedView, View, ViewSpec } from '../view';

/** What is asked of a view of a ztunnel. */
export interface ZtunnelAsked {
  readonly values: FilterValues;
  /** Whether only the short table's columns or names are printed, so that the rest of an entry need not be kept. */
  readonly isTable: boolean;
  /** The pod that was named, where it is no ztunnel. */
  readonly pod?: ProxyId | null;
  /** Addresses as they are, without names. */
  readonly isRaw?: boolean;
  /** The clock that certificates are judged by. */
  readonly now: Date;
}

/** A view in the making: what it takes of a dump, and the view when all of the dump has passed. */
export interface Gathering extends Taking {
  made(outline: DumpOutline): AppliedView;
}

/** A view of a ztunnel, whatever its entries are. */
export interface ZtunnelView extends Pick<View<never>, 'filters' | 'hasBrief' | 'valuesOf'> {
  gather(asked: ZtunnelAsked): Gathering;
  /** The plain table alone, with less time and memory; null where that is not made here, or something is filtered. */
  plain(asked: Pick<ZtunnelAsked, 'values' | 'pod' | 'isRaw'>): PlainGathering | null;
}

/** What the entries of a view have in common. */
export interface MadeAgain<Entry> {
  /** Makes it again from the dump, where it is not held. */
  readonly again?: () => Entry;
}

/** Entries that the filters let through, and how their dump is. */
export interface KeptEntries<Entry> {
  /** Held where only tables are shown; otherwise each is read from the dump when it is come to. */
  readonly entries: Iterable<Entry>;
  readonly outline: DumpOutline;
}

/**
 * What a view of a section is. An entry is what is kept of a member of the section: with the whole of it where more than the
 * short table is shown, and with what its cells are joined with.
 */
export interface ZtunnelViewSpec<
  Name extends ZtunnelSectionName,
  Entry extends MadeAgain<Entry>,
  Joined,
  Key,
> extends Omit<ViewSpec<KeptEntries<Entry>, Entry, Entry, Key>, 'each' | 'items' | 'again'> {
  readonly section: Name;
  /** What cells are made from beside the entry; it is whole when all of the dump has passed. */
  readonly join: (asked: ZtunnelAsked) => { readonly joined: Joined } & Partial<Taking>;
  /** The fields that `entry` and the filters read of a member; all, where they are left out. */
  readonly fields?: FieldMask;
  /** What is kept of a member that the dump has, null for one that is null; null where nothing is kept. */
  readonly entry: (member: SectionEntries[Name] | null, joined: Joined, asked: ZtunnelAsked) => Entry | null;
  /** Whether an entry is of the pod that was named. A view without it shows the whole ztunnel. */
  readonly isOf?: (entry: Entry, pod: ProxyId) => boolean;
  /** The filter that a named pod beats. */
  readonly beatenByPod?: string;
  /** Makes the plain table of all entries, under the headings of its columns. */
  readonly plain?: (header: readonly string[]) => PlainGathering;
}

/** The view that a specification says. */
export function ztunnelView<Name extends ZtunnelSectionName, Entry extends MadeAgain<Entry>, Joined, Key = null>(
  spec: ZtunnelViewSpec<Name, Entry, Joined, Key>,
): ZtunnelView {
  const { section, join, fields, entry: entryOf, isOf, beatenByPod, plain, ...rest } = spec;
  const view = defineView<KeptEntries<Entry>, Entry, Entry, Key>({
    ...rest,
    each: ({ entries }) => entries,
    items: (entry) => [entry],
    again: (entry) => entry.again ?? (() => entry),
  });
  return {
    filters: view.filters,
    hasBrief: view.hasBrief,
    valuesOf: (flags) => view.valuesOf(flags),
    plain: ({ values, pod = null, isRaw = false }) => {
      const isFiltered = isRaw || pod !== null || givenFilters(spec.filters, values).length > 0;
      return isFiltered ? null : (plain?.(spec.short.header) ?? null);
    },
    gather: (asked) => {
      const pod = isOf === undefined ? null : (asked.pod ?? null);
      const values = pod !== null && beatenByPod !== undefined ? { ...asked.values, [beatenByPod]: '' } : asked.values;
      const { joined, takers = {}, fields: joinedFields = {} } = join(asked);
      const passing = new Passing(spec.plural, givenFilters(spec.filters, values));
      const held: Entry[] = [];
      const kept: KeptEntry<SectionEntries[Name]>[] = [];
      const take: Taker<SectionEntries[Name]> = (member, _token, keep) => {
        const entry = entryOf(member, joined, asked);
        if (entry === null) return;
        const left = passing.filter(entry, pod === null || isOf?.(entry, pod) === true);
        if (left === null) return;
        if (asked.isTable) held.push(left);
        else kept.push(keep());
      };
      return {
        ...mergedTaking([
          { takers, fields: joinedFields },
          { takers: { [section]: take }, fields: { [section]: fields } },
        ]),
        made: (outline) => {
          const entries = asked.isTable ? held : made(kept, (member) => entryOf(member, joined, asked));
          const { total, whyEmpty } = passing;
          return { ...view.apply({ entries, outline }, { values, isTable: asked.isTable }), total, whyEmpty };
        },
      };
    },
  };
}

/** Entries that are read and made when they are come to, and again where that is asked for. */
function made<Member, Entry extends MadeAgain<Entry>>(
  kept: readonly KeptEntry<Member>[],
  make: (member: Member | null) => Entry | null,
): Iterable<Entry> {
  const entryOf = (one: KeptEntry<Member>): Entry => {
    const entry = make(one.read());
    if (entry === null) throw new Error('an entry that was made once is made again');
    return entry;
  };
  return {
    *[Symbol.iterator]() {
      for (const one of kept) yield Object.assign(entryOf(one), { again: () => entryOf(one) });
    },
  };
}

/** Of the values that there are for a filter, as many are looked at for the nearest. */
const MOST_VALUES = 1_000;

/** Filters entries as they pass, and counts what there is for each filter. */
class Passing<Entry> {
  total = 0;
  #count = 0;
  readonly #plural: string;
  readonly #given: readonly GivenFilter<Entry>[];
  readonly #values: readonly { readonly filter: Filter<Entry>; readonly seen: Set<string> }[];

  constructor(plural: string, given: readonly GivenFilter<Entry>[]) {
    this.#plural = plural;
    this.#given = given;
    this.#values = given.map(({ filter }) => ({ filter, seen: new Set() }));
  }

  /** What the filters leave of an entry; null where nothing. */
  filter(entry: Entry, isWanted: boolean): Entry | null {
    this.total++;
    for (const { filter, seen } of this.#values) {
      if (seen.size < MOST_VALUES) for (const value of filter.values(entry)) seen.add(value);
    }
    const left = isWanted ? leftBy(entry, this.#given) : null;
    if (left !== null) this.#count++;
    return left;
  }

  /** Empty where something is left. */
  get whyEmpty(): readonly string[] {
    if (this.#count > 0) return [];
    const reports = this.#given.map(({ flag, given }, index) => {
      return { flag, given: String(given), values: this.#values[index]?.seen ?? [] };
    });
    return emptyNotes(this.#plural, this.total, reports);
  }
}

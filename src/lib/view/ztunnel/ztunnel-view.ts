/**
 * Views of a ztunnel's dump: defined as all views are, and made while the dump streams by, so that of what passes only what is
 * shown is kept. A table keeps the little that its rows are made from, everything else the entries.
 */
import type { ProxyId } from '../../proxy-id';
import type { DumpOutline, SectionEntries, Takers, ZtunnelSectionName } from '../../ztunnel/read-dump';
import { defineView } from '../define-view';
import { type Filter, type FilterValues, givenFilters, type GivenFilter, kept } from '../filter';
import { emptyNotes } from '../notes';
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
export interface Gathering {
  readonly takers: Takers;
  made(outline: DumpOutline): AppliedView;
}

/** A view of a ztunnel, whatever its entries are. */
export interface ZtunnelView extends Pick<View<never>, 'filters' | 'hasBrief' | 'valuesOf'> {
  gather(asked: ZtunnelAsked): Gathering;
}

/** Entries that were kept, and how their dump is. */
export interface KeptEntries<Entry> {
  readonly entries: readonly Entry[];
  readonly outline: DumpOutline;
}

/**
 * What a view of a section is. An entry is what is kept of a member of the section: with the whole of it where more than the
 * short table is shown, and with what its cells are joined with.
 */
export interface ZtunnelViewSpec<Name extends ZtunnelSectionName, Entry, Joined, Key> extends Omit<
  ViewSpec<KeptEntries<Entry>, Entry, Entry, Key>,
  'each' | 'items'
> {
  readonly section: Name;
  /** What cells are made from beside the entry; it is whole when all of the dump has passed. */
  readonly join: (asked: ZtunnelAsked) => { readonly joined: Joined; readonly takers?: Takers };
  /** What is kept of a member that the dump has, null for one that is null; null where nothing is kept. */
  readonly entry: (member: SectionEntries[Name] | null, joined: Joined, asked: ZtunnelAsked) => Entry | null;
  /** Whether an entry is of the pod that was named. A view without it shows the whole ztunnel. */
  readonly isOf?: (entry: Entry, pod: ProxyId) => boolean;
  /** The filter that a named pod beats. */
  readonly beatenByPod?: string;
}

/** The view that a specification says. */
export function ztunnelView<Name extends ZtunnelSectionName, Entry, Joined, Key = null>(
  spec: ZtunnelViewSpec<Name, Entry, Joined, Key>,
): ZtunnelView {
  const { section, join, entry: entryOf, isOf, beatenByPod, ...rest } = spec;
  const view = defineView<KeptEntries<Entry>, Entry, Entry, Key>({
    ...rest,
    each: ({ entries }) => entries,
    items: (entry) => [entry],
  });
  return {
    filters: view.filters,
    hasBrief: view.hasBrief,
    valuesOf: (flags) => view.valuesOf(flags),
    gather: (asked) => {
      const pod = isOf === undefined ? null : (asked.pod ?? null);
      const values = pod !== null && beatenByPod !== undefined ? { ...asked.values, [beatenByPod]: '' } : asked.values;
      const { joined, takers = {} } = join(asked);
      const passing = new Passing(spec.plural, givenFilters(spec.filters, values));
      const take = (member: SectionEntries[Name] | null): void => {
        const entry = entryOf(member, joined, asked);
        if (entry !== null) passing.add(entry, pod === null || isOf?.(entry, pod) === true);
      };
      return {
        takers: mergedTakers([takers, { [section]: take }]),
        made: (outline) => {
          const { entries, total, whyEmpty } = passing;
          return { ...view.apply({ entries, outline }, { values, isTable: asked.isTable }), total, whyEmpty };
        },
      };
    },
  };
}

/** Of the values that there are for a filter, as many are looked at for the nearest. */
const MOST_VALUES = 1_000;

/** What the filters let through, and what there is for each of them. */
class Passing<Entry> {
  readonly entries: Entry[] = [];
  total = 0;
  readonly #plural: string;
  readonly #given: readonly GivenFilter<Entry>[];
  readonly #values: readonly { readonly filter: Filter<Entry>; readonly seen: Set<string> }[];

  constructor(plural: string, given: readonly GivenFilter<Entry>[]) {
    this.#plural = plural;
    this.#given = given;
    this.#values = given.map(({ filter }) => ({ filter, seen: new Set() }));
  }

  add(entry: Entry, isWanted: boolean): void {
    this.total++;
    for (const { filter, seen } of this.#values) {
      if (seen.size < MOST_VALUES) for (const value of filter.values(entry)) seen.add(value);
    }
    const left = isWanted ? kept(entry, this.#given) : null;
    if (left !== null) this.entries.push(left);
  }

  /** Empty where something is left. */
  get whyEmpty(): readonly string[] {
    if (this.entries.length > 0) return [];
    const reports = this.#given.map(({ flag, given }, index) => {
      return { flag, given: String(given), values: this.#values[index]?.seen ?? [] };
    });
    return emptyNotes(this.#plural, this.total, reports);
  }
}

/** Hands each entry to all that take it. */
export function mergedTakers(all: readonly Takers[]): Takers {
  const takers: Partial<Record<ZtunnelSectionName, Take>> = {};
  for (const one of all) {
    for (const [name, take] of Object.entries(one) as [ZtunnelSectionName, Take][]) {
      const before = takers[name];
      takers[name] =
        before === undefined
          ? take
          : (entry, token) => {
              before(entry, token);
              take(entry, token);
            };
    }
  }
  return takers;
}

type Take = (entry: unknown, token: number | string) => void;

/** `pc all`: every view of a proxy, in istioctl's order and with each resource's name in front. */
import type { ConfigDump, ResourceEntry } from '../envoy/config-dump';
import type { RawList } from '../scan/raw-dump';
import { type TableTransform, renderColumns, type Table } from '../render/table';
import { bootstrapVersions } from './bootstrap-view';
import { labelledClusterView } from './cluster-view';
import { edsView } from './endpoint/eds-view';
import type { FilterValues } from './filter';
import { labelledListenerView } from './listener-view';
import type { DumpView } from './resource-view';
import { routeView } from './route-view';
import { secretView } from './secret-view';
import type { AppliedView, FilterFlag, View } from './view';

/** What the flags of `pc all` say; those that filter by their names. */
export interface AllAsked {
  readonly values: FilterValues;
  readonly isBrief: boolean;
  readonly withHeaders: boolean;
}

/** The sections that `pc all` reads for its text. */
export const ALL_SECTIONS = ['Bootstrap', 'Clusters', 'Listeners', 'Routes', 'Secrets', 'Endpoints'] as const;

/** One view of the whole. */
interface Part {
  readonly title: string;
  readonly view: DumpView;
  /** The flags that filter it; another view of the whole may have a filter of the same name that is not meant. */
  readonly flags: readonly string[];
  /** What stands in front of each row's first cell; null where the view has names of its own. */
  readonly prefix: string | null;
  /** Whether remarks on resources that do not serve are said. */
  readonly isRemarked: boolean;
}

/** The parts with a table, in istioctl's order; its first is the bootstrap. @param now the clock for certificates */
function partsAt(now: Date): readonly Part[] {
  const own = { prefix: null, isRemarked: true };
  return [
    { title: 'CLUSTER', view: labelledClusterView, flags: ['fqdn', 'direction', 'subset', 'port'], ...own },
    { title: 'LISTENER', view: labelledListenerView, flags: ['address', 'port', 'type'], ...own },
    { title: 'ROUTE', view: routeView, flags: ['name'], prefix: 'route', isRemarked: true },
    { title: 'SECRET', view: secretView(now), flags: [], prefix: 'secret', isRemarked: false },
    { title: 'ENDPOINTS', view: edsView, flags: ['address', 'port'], prefix: 'endpoint', isRemarked: false },
  ];
}

/** The filters of the whole: those that its parts name, with what each takes away of every part that has it. */
export const ALL_FILTERS: CommandFilters = { filters: filtersOf(partsAt(new Date(0))) };

/** Filters that a command has flags for. */
type CommandFilters = Pick<View<never>, 'filters'>;

function filtersOf(parts: readonly Part[]): readonly FilterFlag[] {
  const filters = new Map<string, FilterFlag>();
  for (const { view, flags, title } of parts) {
    for (const flag of flags) {
      const own = view.filters.find((one) => one.flag === flag);
      if (own === undefined) throw new Error(`the view ${title} has no filter ${flag}`);
      const known = filters.get(flag);
      filters.set(flag, known === undefined ? own : { ...known, summary: `${known.summary} ${own.summary}` });
    }
  }
  return [...filters.values()];
}

/** What the flags of the command say of these filters. */
export function allValues(flags: object): FilterValues {
  const given = Object.entries(flags as FilterValues);
  return Object.fromEntries(given.filter(([flag]) => ALL_FILTERS.filters.some((one) => one.flag === flag)));
}

function valuesOf({ flags, view }: Part, values: FilterValues): FilterValues {
  return view.valuesOf(Object.fromEntries(flags.map((flag) => [flag, values[flag]])));
}

/** Text and remarks of the whole. */
export interface AllView {
  /** istioctl's text: a table each, blank lines between them. */
  readonly text: string;
  /** What is not there, does not serve, or was filtered away, and values of filters that are none. */
  readonly notes: readonly string[];
}

/** By whom the whole is read, and when. */
export interface AllReader {
  /** The clock that certificates are judged by. */
  readonly now: Date;
  /** Makes the cells of a table fit for the reader. */
  readonly cells: TableTransform;
}

/** Makes the whole. */
export function allView(
  dump: ConfigDump,
  { values, isBrief, withHeaders }: AllAsked,
  { now, cells }: AllReader,
): AllView {
  const parts = partsAt(now).map((part) => {
    return { ...part, applied: part.view.apply(dump, { values: valuesOf(part, values), isBrief }) };
  });
  const texts: readonly (readonly [string, string])[] = [
    ['BOOTSTRAP', bootstrapVersions(dump, cells)],
    ...parts.map(({ title, prefix, applied }) => [title, partText(prefix, applied, cells)] as const),
  ];
  const [clusters, listeners, routes] = ['CLUSTER', 'LISTENER', 'ROUTE'].map((title) =>
    parts.filter((part) => part.title === title),
  );
  const remarked = [listeners, routes, clusters].flatMap((some) => some ?? []);
  return {
    text: texts.map(([title, text]) => `${withHeaders ? `------ ${title} INFO ------\n\n` : ''}${text}`).join('\n'),
    notes: [
      ...ALL_SECTIONS.filter((name) => dump.section(name) === null).map(
        (name) => `The dump has no ${name}ConfigDump: its part is empty.`,
      ),
      ...remarked.flatMap(({ applied }) => applied.warnings),
      ...remarked.flatMap(({ applied }) => applied.remarks),
      ...[clusters, listeners, routes].flatMap((some) => some ?? []).flatMap(emptyNote),
    ],
  };
}

function partText(prefix: string | null, { result }: AppliedView, cells: TableTransform): string {
  const { table, instead } = result;
  if (typeof instead === 'string') return `${instead}\n`;
  const { header, rows, padding } = cells(prefix === null ? table : prefixed(table, prefix));
  return renderColumns([header, ...rows], padding);
}

/** The table with the kind in front of each row's first cell. */
function prefixed(table: Table, kind: string): Table {
  return { ...table, rows: table.rows.map(([first = '', ...rest]) => [`${kind}/${first}`, ...rest]) };
}

/** A part that has something, of which the filters leave nothing. */
function emptyNote({ view, applied }: Part & { readonly applied: AppliedView }): readonly string[] {
  const { total, result } = applied;
  return total > 0 && result.count === 0 ? [`No ${view.plural} left of ${total}: the filters took them away.`] : [];
}

/** A section of the dump as Envoy wrote it, without the entries that the filters take away. */
export interface WholeSection {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly lists: readonly (readonly [name: string, entries: () => Iterable<unknown>])[];
}

/** Every section of the dump; entries are parsed when they are come to. */
export function allSections(dump: ConfigDump, values: FilterValues): readonly WholeSection[] {
  const dropped = new Set(partsAt(new Date(0)).flatMap((part) => takenAway(dump, part, values)));
  return dump.sections.map(({ fields, lists }) => ({
    fields,
    lists: Object.entries(lists).map(([name, entries]) => [name, () => entriesBut(dropped, entries)] as const),
  }));
}

function* entriesBut(dropped: ReadonlySet<string>, entries: RawList): Iterable<unknown> {
  for (const entry of entries) if (!dropped.has(entry.pointer)) yield entry.json();
}

/** The whole as one value. */
export function allJson(sections: readonly WholeSection[]): object {
  const configs = sections.map(({ fields, lists }) => ({
    ...fields,
    ...Object.fromEntries(lists.map(([name, entries]) => [name, [...entries()]])),
  }));
  return { configs };
}

/** Pointers of a part's entries none of whose states passes. A resource that was only ever refused passes by its name alone. */
function takenAway(dump: ConfigDump, part: Part, all: FilterValues): readonly string[] {
  const values = valuesOf(part, all);
  if (Object.keys(values).length === 0) return [];
  const pointersBy = (given: FilterValues): ReadonlySet<string> => {
    const pointers = new Set<string>();
    for (const entry of part.view.passing(dump, given)) pointers.add(entryPointer(entry as ResourceEntry<unknown>));
    return pointers;
  };
  const kept = pointersBy(values);
  return [...pointersBy({})].filter((pointer) => !kept.has(pointer));
}

/** `/configs/N/LIST/M` of a resource's pointer. */
function entryPointer({ pointer }: ResourceEntry<unknown>): string {
  return pointer.split('/').slice(0, 5).join('/');
}

/** `pc all`: every view of a proxy, in istioctl's order and with each resource's name in front. */
import type { ConfigDump, ResourceEntry } from '../envoy/config-dump';
import { parseIstioClusterName } from '../envoy/cluster';
import type { RawEntry } from '../scan/raw-dump';
import { renderColumns, renderPlain, type Table } from '../render/table';
import { bootstrapVersions } from './bootstrap-view';
import {
  CLUSTER_DIRECTIONS,
  type ClusterFilters,
  clusterView,
  passesName,
  selectClusters,
  sortedByName,
} from './cluster-view';
import { edsView } from './eds-view';
import { LISTENER_TYPES, type ListenerFilters, namedListenerTable, selectListeners } from './listener-view';
import { stateNotes, vocabularyNotes } from './notes';
import { routeView, selectRoutes } from './route-view';
import { secretView } from './secret-view';
import type { View } from './view';

export interface AllFilters extends ClusterFilters, ListenerFilters {
  readonly name?: string | undefined;
  readonly verbose: boolean;
  readonly withHeaders: boolean;
}

/** The sections that `pc all` reads for its text. */
export const ALL_SECTIONS = ['Bootstrap', 'Clusters', 'Listeners', 'Routes', 'Secrets', 'Endpoints'] as const;

/** istioctl's text: a table each, blank lines between them. @param now the clock that certificates are judged by */
export function allText(dump: ConfigDump, filters: AllFilters, now: Date): string {
  const { fqdn, direction, subset, port, address, type, name, verbose, withHeaders } = filters;
  const endpoints = edsView(dump.endpoints, { address, port }, 'with-port', () => null);
  const listeners = selectListeners(dump.listeners, { address, port, type });
  const routes = routeView(selectRoutes(dump.routes, { name }), verbose);
  const parts: readonly (readonly [string, string])[] = [
    ['BOOTSTRAP', bootstrapVersions(dump)],
    ['CLUSTER', clusterText(selectClusters(dump.clusters, { fqdn, direction, subset, port }))],
    ['LISTENER', renderPlain(namedListenerTable(listeners, verbose))],
    ['ROUTE', renderPlain(prefixed(routes.table, 'route'))],
    ['SECRET', secretText(secretView(dump, now))],
    ['ENDPOINTS', renderPlain(prefixed(endpoints.table, 'endpoint'))],
  ];
  return parts.map(([title, text]) => `${withHeaders ? `------ ${title} INFO ------\n\n` : ''}${text}`).join('\n');
}

/** A cluster without a name has no first cell in istioctl's table. */
function clusterText(clusters: ReturnType<typeof selectClusters>): string {
  const { header, rows, padding } = clusterView(clusters).table;
  const named = sortedByName(clusters).map(({ name }, index) => {
    const cells = rows[index] ?? [];
    if (name === '') return cells;
    const [fqdn = '', ...rest] = cells;
    const isParsed = parseIstioClusterName(name) !== null;
    return [`cluster/${name}`, isParsed ? fqdn : `cluster/${fqdn}`, ...rest];
  });
  return renderColumns([['NAME', ...header], ...named], padding);
}

function secretText({ table, instead }: View): string {
  return typeof instead === 'string' ? `${instead}\n` : renderPlain(prefixed(table, 'secret'));
}

/** The table with the kind in front of each row's first cell. */
function prefixed(table: Table, kind: string): Table {
  return { ...table, rows: table.rows.map(([first = '', ...rest]) => [`${kind}/${first}`, ...rest]) };
}

/** The whole dump as Envoy wrote it, without the entries that the filters take away. */
export function allJson(dump: ConfigDump, filters: AllFilters): object {
  const dropped = new Set(filteredOut(dump, filters));
  const configs = dump.sections.map((section) => {
    const holds = ({ pointer }: RawEntry): boolean => !dropped.has(pointer);
    const lists = Object.entries(section.lists).map(
      ([name, entries]) => [name, [...entries].filter(holds).map((entry) => entry.json())] as const,
    );
    return { ...section.fields, ...Object.fromEntries(lists) };
  });
  return { configs };
}

/** Pointers of the entries that do not pass, whatever state their resources are in. */
function filteredOut(dump: ConfigDump, filters: AllFilters): readonly string[] {
  const { fqdn, direction, subset, port, address, type, name } = filters;
  const served = (entry: ResourceEntry<unknown>): ResourceEntry<never> => ({ ...entry, state: 'active' }) as never;
  const passesCluster = selectorOf((entry) => passesName(entry.name, { fqdn, direction, subset, port }));
  const passesListener = selectorOf((entry) => selectListeners([served(entry)], { address, port, type }).length > 0);
  const passesRoute = selectorOf((entry) => selectRoutes([served(entry)], { name }).length > 0);
  const passesEndpoint = selectorOf(
    (entry) => edsView([served(entry)], { address, port }, 'with-port', () => null).count > 0,
  );
  return [
    ...(isSet(fqdn, direction, subset, port) ? passesCluster(dump.clusters) : []),
    ...(isSet(address, port, type) ? passesListener(dump.listeners) : []),
    ...(isSet(name) ? passesRoute(dump.routes) : []),
    ...(isSet(address, port) ? passesEndpoint(dump.endpoints) : []),
  ];
}

function isSet(...filters: readonly (string | number | undefined)[]): boolean {
  return filters.some((filter) => filter !== undefined && filter !== '' && filter !== 0);
}

/** Of a list's entries, those none of whose states passes. A resource that was only ever rejected passes by none. */
function selectorOf(
  passes: (entry: ResourceEntry<unknown>) => boolean,
): (entries: readonly ResourceEntry<unknown>[]) => readonly string[] {
  return (entries) => {
    const kept = new Set(entries.filter(passes).map(entryPointer));
    return [...new Set(entries.map(entryPointer))].filter((pointer) => !kept.has(pointer));
  };
}

/** `/configs/N/LIST/M` of a resource's pointer. */
function entryPointer({ pointer }: ResourceEntry<unknown>): string {
  return pointer.split('/').slice(0, 5).join('/');
}

/** What is not there, does not serve, or was filtered away, and values of filters that are none. */
export function allNotes(dump: ConfigDump, filters: AllFilters): readonly string[] {
  const { type, direction } = filters;
  return [
    ...ALL_SECTIONS.filter((name) => dump.section(name) === null).map(
      (name) => `The dump has no ${name}ConfigDump: its part is empty.`,
    ),
    ...vocabularyNotes('type', type, LISTENER_TYPES),
    ...vocabularyNotes('direction', direction, CLUSTER_DIRECTIONS, true),
    ...stateNotes('listener', dump.listeners),
    ...stateNotes('route', dump.routes),
    ...stateNotes('cluster', dump.clusters),
    ...emptyParts(dump, filters),
  ];
}

/** Parts that have something, of which the filters leave nothing. */
function emptyParts(dump: ConfigDump, filters: AllFilters): readonly string[] {
  const { fqdn, direction, subset, port, address, type, name } = filters;
  const parts = [
    ['clusters', selectClusters(dump.clusters, {}), selectClusters(dump.clusters, { fqdn, direction, subset, port })],
    ['listeners', selectListeners(dump.listeners, {}), selectListeners(dump.listeners, { address, port, type })],
    ['routes', selectRoutes(dump.routes, {}), selectRoutes(dump.routes, { name })],
  ] as const;
  return parts.flatMap(([noun, all, left]) =>
    all.length > 0 && left.length === 0 ? [`No ${noun} left of ${all.length}: the filters took them away.`] : [],
  );
}

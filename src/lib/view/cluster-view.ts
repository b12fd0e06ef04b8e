/** `pc cluster`: where a proxy can send traffic. */
import { type Cluster, parseIstioClusterName } from '../envoy/cluster';
import type { ResourceEntry } from '../envoy/config-dump';
import { toJsonNames } from '../envoy/field-names';
import type { Table } from '../render/table';
import type { FieldMask } from '../scan/field-mask';
import { OWNER, ownerCell } from './istio-owner';
import { withoutType } from './listener-view';
import { byBytes } from './order';
import { stateCell, withRejected } from './state-text';
import { stateNote } from './notes';
import type { Gathered, View } from './view';

export interface ClusterFilters {
  readonly fqdn?: string | undefined;
  readonly direction?: string | undefined;
  readonly subset?: string | undefined;
  readonly port?: number | undefined;
  readonly name?: string | undefined;
}

export const CLUSTER_DIRECTIONS = ['inbound', 'outbound', 'inbound-vip'];

/** The fields of a cluster in a dump that its short table and the filters look at. */
export const FIELDS_IN_TABLE: FieldMask = {
  name: true,
  error_state: true,
  cluster: { name: true, type: true, metadata: OWNER },
};

/** A text that stands in every cluster that the filters let through; undefined where none is known. */
export function hintOf({ fqdn = '', subset = '', port = 0, name = '' }: ClusterFilters): string | undefined {
  return [name, fqdn, subset, port === 0 ? '' : `|${port}|`].find((text) => text !== '');
}

type Entry = ResourceEntry<Cluster> & { readonly resource: Cluster };

/** Clusters that serve and that the filters let through, in the dump's order. istioctl looks for pieces of the name. */
export function selectClusters(entries: readonly ResourceEntry<Cluster>[], filters: ClusterFilters): readonly Entry[] {
  return entries.filter((entry): entry is Entry => isServing(entry) && passesName(entry.name, filters));
}

function isServing(entry: ResourceEntry<Cluster>): entry is Entry {
  return entry.resource !== null && entry.state !== 'warming' && entry.state !== 'error';
}

/** Whether a cluster's name passes the filters. */
export function passesName(cluster: string, filters: ClusterFilters): boolean {
  const { fqdn = '', direction = '', subset = '', port = 0, name = '' } = filters;
  return (
    cluster.includes(fqdn) &&
    cluster.includes(direction) &&
    cluster.includes(subset) &&
    (port === 0 || cluster.includes(`|${port}|`)) &&
    (name === '' || cluster === name)
  );
}

/** Warming clusters that the filters let through. */
export function selectWarming(entries: readonly ResourceEntry<Cluster>[], filters: ClusterFilters): readonly Entry[] {
  return entries.filter(
    (entry): entry is Entry => entry.state === 'warming' && entry.resource !== null && passesName(entry.name, filters),
  );
}

/** Clusters that Envoy refused. */
export function selectRejected(
  entries: readonly ResourceEntry<Cluster>[],
  filters: ClusterFilters,
): readonly ResourceEntry<Cluster>[] {
  return entries.filter((entry) => entry.state === 'error' && passesName(entry.name, filters));
}

/** @param warming clusters that do not serve yet, which only `wide` shows */
export function clusterView(
  selected: readonly Entry[],
  warming: readonly Entry[] = [],
  rejected: readonly ResourceEntry<Cluster>[] = [],
): View {
  const ordered = sortedByName(selected);
  return {
    table: { header: HEADER, rows: ordered.map((entry) => row(entry)), padding: 5 },
    wide: () => withRejected(wideTable(sortedByName([...selected, ...warming])), rejected),
    json: () => ordered.map(({ resource }) => withoutType(toJsonNames(resource) as object)),
    names: () => ordered.map(({ name }) => `cluster/${name}`),
    count: selected.length,
  };
}

/** The short table and names, in one pass. Formats that show whole clusters go by `whole`, made when asked for. */
export function gatherClusters(
  entries: Iterable<ResourceEntry<Cluster>>,
  filters: ClusterFilters,
  whole: () => View,
): Gathered {
  const lines: { readonly name: string; readonly parts: Parts; readonly row: readonly string[] }[] = [];
  const notes: string[] = [];
  let total = 0;
  for (const entry of entries) {
    const note = stateNote('cluster', entry);
    if (note !== null) notes.push(note);
    if (!isServing(entry)) continue;
    total++;
    if (!passesName(entry.name, filters)) continue;
    const parsed = parseIstioClusterName(entry.name);
    lines.push({ name: entry.name, parts: parsed ?? unparsed(entry.name), row: row(entry, parsed) });
  }
  const ordered = lines.sort((a, b) => compareParts(a.parts, b.parts));
  const view = {
    table: { header: HEADER, rows: ordered.map((line) => line.row), padding: 5 },
    wide: () => whole().wide(),
    json: () => whole().json(),
    names: () => ordered.map(({ name }) => `cluster/${name}`),
    count: lines.length,
  };
  return { view, total, notes };
}

const HEADER = ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'];

interface Parts {
  readonly fqdn: string;
  readonly port: number;
  readonly subset: string;
  readonly direction: string;
}

function partsOf(name: string): Parts {
  return parseIstioClusterName(name) ?? unparsed(name);
}

function unparsed(name: string): Parts {
  return { fqdn: name, port: 0, subset: '', direction: '' };
}

/** By the host, subset, port and direction that clusters' names hold. */
export function sortedByName<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  return entries
    .map((entry) => ({ entry, parts: partsOf(entry.name) }))
    .sort((a, b) => compareParts(a.parts, b.parts))
    .map(({ entry }) => entry);
}

function compareParts(a: Parts, b: Parts): number {
  // Step by step: this runs for each comparison of a sort, and the first one nearly always decides.
  return byBytes(a.fqdn, b.fqdn) || byBytes(a.subset, b.subset) || a.port - b.port || byBytes(a.direction, b.direction);
}

function row({ name, resource }: Entry, parts = parseIstioClusterName(name)): readonly string[] {
  const own = [resource.type ?? 'STATIC', ownerCell(resource.metadata)];
  if (parts === null) return [name, '-', '-', '-', ...own];
  return [parts.fqdn, String(parts.port), parts.subset === '' ? '-' : parts.subset, parts.direction, ...own];
}

function wideTable(entries: readonly Entry[]): Table {
  const rows = entries.map((entry) => [
    ...row(entry),
    stateCell(entry),
    entry.resource.lb_policy ?? 'ROUND_ROBIN',
    entry.resource.lb_subset_config === undefined ? '-' : 'subsets',
    limitsCell(entry.resource),
    entry.resource.outlier_detection === undefined ? '-' : settingsCell(entry.resource.outlier_detection),
    tlsCell(entry.resource),
  ]);
  const header = [...HEADER, 'STATE', 'LB POLICY', 'LB SUBSETS', 'CIRCUIT BREAKERS', 'OUTLIER DETECTION', 'TLS'];
  return { header, rows, padding: 2 };
}

/** What Istio writes where nothing is limited. */
const UNLIMITED = 4_294_967_295;

function limitsCell({ circuit_breakers: breakers }: Cluster): string {
  const limits = (breakers?.thresholds ?? []).flatMap((threshold) =>
    Object.entries(threshold).flatMap(([key, value]) =>
      typeof value === 'number' && value !== UNLIMITED ? [`${key}=${value}`] : [],
    ),
  );
  return limits.length === 0 ? '-' : limits.join(',');
}

function settingsCell(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(',');
}

function tlsCell(cluster: Cluster): string {
  const sockets = [
    ...(cluster.transport_socket_matches ?? []).map((match) => match.name ?? ''),
    ...(cluster.transport_socket === undefined ? [] : [(cluster.transport_socket.name ?? '').split('.').at(-1) ?? '']),
  ];
  return sockets.length === 0 ? '-' : sockets.join(',');
}

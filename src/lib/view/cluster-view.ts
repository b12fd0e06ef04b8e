/** `pc cluster`: where a proxy can send traffic. */
import { type Cluster, type IstioClusterName, parseIstioClusterName } from '../envoy/cluster';
import type { ResourceEntry } from '../envoy/config-dump';
import { toJsonNames } from '../envoy/field-names';
import type { Table } from '../render/table';
import type { FieldMask } from '../scan/field-mask';
import type { Sought } from '../scan/raw-dump';
import { OWNER, ownerCell } from './istio-owner';
import { withoutType } from './listener-view';
import { byBytesOf } from './order';
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

/** What stands in the name of every cluster that the filters let through; undefined where none is known. */
export function soughtBy({ fqdn = '', subset = '', port = 0, name = '' }: ClusterFilters): Sought | undefined {
  if (name !== '') return { text: name, as: 'string' };
  const text = [fqdn, subset, port === 0 ? '' : `|${port}|`].find((one) => one !== '');
  return text === undefined ? undefined : { text, as: 'part' };
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
    table: { header: HEADER, rows: ordered.map((entry) => rowOf(lineOf(entry))), padding: 5 },
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
  const lines: Line[] = [];
  const notes: string[] = [];
  let total = 0;
  for (const entry of entries) {
    const note = stateNote('cluster', entry);
    if (note !== null) notes.push(note);
    if (!isServing(entry)) continue;
    total++;
    if (passesName(entry.name, filters)) lines.push(lineOf(entry));
  }
  const ordered = sortedByParts(lines);
  const view = {
    table: { header: HEADER, rows: ordered.map(rowOf), padding: 5 },
    wide: () => whole().wide(),
    json: () => whole().json(),
    names: () => ordered.map(({ name }) => `cluster/${name}`),
    count: lines.length,
  };
  return { view, total, notes };
}

const HEADER = ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'];

/** What the short table shows of a cluster. There can be a hundred thousand: one object each. */
interface Line {
  readonly name: string;
  readonly isIstios: boolean;
  readonly fqdn: string;
  readonly port: number;
  readonly subset: string;
  readonly direction: string;
  readonly type: string;
  readonly owner: string;
}

function lineOf({ name, resource }: Entry): Line {
  const parsed = parseIstioClusterName(name);
  const { fqdn, port, subset, direction } = parsed ?? unparsed(name);
  return {
    name,
    isIstios: parsed !== null,
    fqdn,
    port,
    subset,
    direction,
    type: resource.type ?? 'STATIC',
    owner: ownerCell(resource.metadata),
  };
}

function unparsed(name: string): IstioClusterName {
  return { fqdn: name, port: 0, subset: '', direction: '' };
}

function rowOf({ isIstios, fqdn, port, subset, direction, type, owner }: Line): readonly string[] {
  if (!isIstios) return [fqdn, '-', '-', '-', type, owner];
  return [fqdn, String(port), subset === '' ? '-' : subset, direction, type, owner];
}

type Parts = Pick<Line, 'name' | 'fqdn' | 'port' | 'subset' | 'direction'>;

/** By the host, subset, port and direction that clusters' names hold. */
export function sortedByName<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  const lines = entries.map((entry) => {
    const { name } = entry;
    return { entry, name, ...(parseIstioClusterName(name) ?? unparsed(name)) };
  });
  return sortedByParts(lines).map(({ entry }) => entry);
}

function sortedByParts<T extends Parts>(lines: readonly T[]): readonly T[] {
  const compare = byBytesOf(lines.map(({ name }) => name));
  // Step by step: this runs for each comparison of a sort, and the first one nearly always decides.
  return [...lines].sort(
    (a, b) =>
      compare(a.fqdn, b.fqdn) || compare(a.subset, b.subset) || a.port - b.port || compare(a.direction, b.direction),
  );
}

function wideTable(entries: readonly Entry[]): Table {
  const rows = entries.map((entry) => [
    ...rowOf(lineOf(entry)),
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

/** `pc cluster`: where a proxy can send traffic. */
import { type Cluster, type IstioClusterName, parseIstioClusterName } from '../envoy/cluster';
import type { ResourceEntry } from '../envoy/config-dump';
import { CLUSTERS } from '../envoy/sections';
import { OWNER, ownerCell } from './istio-owner';
import { type Filters, portFilter, textFilter } from './filter';
import { type Column, type Layout, rowLayout } from './layout';
import { byBytesOf } from './order';
import { dumpView, resourceSpec } from './resource-view';
import { stateCell } from './state-text';

/** Directions that istiod writes into the names of clusters. */
export const CLUSTER_DIRECTIONS = ['inbound', 'outbound', 'inbound-vip'];

type Entry = ResourceEntry<Cluster>;

/** A cluster with what its name says; the name of another than Istio's says nothing but itself. */
export interface NamedCluster extends IstioClusterName {
  readonly name: string;
  readonly isIstios: boolean;
}

interface Item {
  readonly named: NamedCluster;
  readonly entry: Entry;
  readonly cluster: Cluster;
}

/** istioctl looks for pieces of the name: what has the piece in another place passes, too. */
const filters: Filters<Entry> = {
  fqdn: textFilter({
    summary: 'Clusters whose name holds this service name.',
    helpValue: 'HOST',
    passes: ({ name }, text) => name.includes(text),
    sought: (text) => ({ text, as: 'part' }),
    values: ({ name }) => partsOf(name).map(({ fqdn }) => fqdn),
  }),
  direction: textFilter({
    summary: 'Clusters of this direction: inbound, outbound.',
    vocabulary: { values: CLUSTER_DIRECTIONS, isExact: true },
    passes: ({ name }, text) => name.includes(text),
    values: ({ name }) => partsOf(name).map(({ direction }) => direction),
  }),
  subset: textFilter({
    summary: 'Clusters of this subset.',
    passes: ({ name }, text) => name.includes(text),
    sought: (text) => ({ text, as: 'part' }),
    values: ({ name }) => partsOf(name).flatMap(({ subset }) => (subset === '' ? [] : [subset])),
  }),
  port: portFilter({
    summary: 'Clusters of this port.',
    passes: ({ name }, port) => name.includes(`|${port}|`),
    sought: (port) => ({ text: `|${port}|`, as: 'part' }),
    values: ({ name }) => partsOf(name).map(({ port }) => String(port)),
  }),
  name: textFilter({
    summary: 'The cluster of exactly this name.',
    helpValue: 'NAME',
    passes: ({ name }, text) => name === text,
    sought: (text) => ({ text, as: 'string' }),
    values: ({ name }) => [name],
  }),
};

function partsOf(name: string): readonly IstioClusterName[] {
  const parts = parseIstioClusterName(name);
  return parts === null ? [] : [parts];
}

const COLUMNS: readonly Column<Item>[] = [
  { heading: 'SERVICE FQDN', cell: ({ named }) => named.fqdn },
  { heading: 'PORT', cell: ({ named }) => (named.isIstios ? String(named.port) : '-') },
  { heading: 'SUBSET', cell: ({ named }) => (named.subset === '' ? '-' : named.subset) },
  { heading: 'DIRECTION', cell: ({ named }) => (named.isIstios ? named.direction : '-') },
  { heading: 'TYPE', cell: ({ cluster }) => cluster.type ?? 'STATIC', fields: { type: true } },
  {
    heading: 'DESTINATION RULE',
    cell: ({ cluster }) => ownerCell(cluster.metadata),
    fields: { metadata: OWNER },
  },
];

const WIDE_COLUMNS: readonly Column<Item>[] = [
  ...COLUMNS,
  { heading: 'STATE', cell: ({ entry }) => stateCell(entry) },
  { heading: 'LB POLICY', cell: ({ cluster }) => cluster.lb_policy ?? 'ROUND_ROBIN' },
  { heading: 'LB SUBSETS', cell: ({ cluster }) => (cluster.lb_subset_config === undefined ? '-' : 'subsets') },
  { heading: 'CIRCUIT BREAKERS', cell: ({ cluster }) => limitsCell(cluster) },
  { heading: 'OUTLIER DETECTION', cell: ({ cluster }) => settingsCell(cluster.outlier_detection) },
  { heading: 'TLS', cell: ({ cluster }) => tlsCell(cluster) },
];

const short = rowLayout(5, COLUMNS);

const spec = resourceSpec<Cluster, Item, NamedCluster>({
  name: 'cluster',
  plural: 'clusters',
  section: CLUSTERS,
  filters,
  items: (entry) => [{ named: namedCluster(entry.name), entry, cluster: entry.resource }],
  label: ({ named }) => named.name,
  sorted: { key: ({ named }) => named, order: sortedByParts, names: true, json: true },
  short,
  wide: () => rowLayout(2, WIDE_COLUMNS),
  reading: {},
});

const use = { section: CLUSTERS.name, isSectionNeeded: true, isEntryNeeded: true } as const;

export const clusterView = dumpView(spec, use);

/** As `pc all` has it: the name in front, which a cluster without one has no cell for. */
const labelled: Layout<Item> = {
  ...short,
  header: ['NAME', ...short.header],
  rows: (item) => short.rows(item).map((cells) => labelledRow(item.named, cells)),
};

export const labelledClusterView = dumpView({ ...spec, short: labelled }, use);

function labelledRow({ name, isIstios }: NamedCluster, cells: readonly string[]): readonly string[] {
  if (name === '') return cells;
  const [fqdn = '', ...rest] = cells;
  return [`cluster/${name}`, isIstios ? fqdn : `cluster/${fqdn}`, ...rest];
}

function namedCluster(name: string): NamedCluster {
  const parts = parseIstioClusterName(name);
  if (parts === null) return { name, isIstios: false, fqdn: name, port: 0, subset: '', direction: '' };
  // Written out: copying an object's fields with `...` is several times slower, and there can be a hundred thousand clusters.
  const { fqdn, port, subset, direction } = parts;
  return { name, isIstios: true, fqdn, port, subset, direction };
}

/** By the host, subset, port and direction that clusters' names hold. */
export function sortedByClusterName<T extends { readonly key: string }>(lines: readonly T[]): readonly T[] {
  return sortedByParts(lines.map((line) => ({ line, key: namedCluster(line.key) }))).map(({ line }) => line);
}

function sortedByParts<T extends { readonly key: NamedCluster }>(lines: readonly T[]): readonly T[] {
  const compare = byBytesOf(lines.map(({ key }) => key.name));
  // Step by step: this runs for each comparison of a sort, and the first one nearly always decides.
  return [...lines].sort(
    ({ key: a }, { key: b }) =>
      compare(a.fqdn, b.fqdn) || compare(a.subset, b.subset) || a.port - b.port || compare(a.direction, b.direction),
  );
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

function settingsCell(settings: Readonly<Record<string, unknown>> | undefined): string {
  if (settings === undefined) return '-';
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

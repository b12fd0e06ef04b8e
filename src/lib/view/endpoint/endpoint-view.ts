/** `pc endpoint`: the hosts of a proxy's clusters and their health, from /clusters. */
import type { ClusterStatus, HostStatus } from '../../envoy/endpoint';
import { toJsonNames } from '../../envoy/field-names';
import { defineView } from '../define-view';
import { type Column, rowLayout } from '../layout';
import { byBytesOf } from '../order';
import type { ViewContext } from '../view';
import { addressPort, addressText, localityText, portText } from './address-text';
import type { DeliveredEndpoint } from './delivered';
import { endpointFilters } from './endpoint-filters';

/** A cluster's status, with those of its hosts that the filters let through; in JSON all its hosts stay. */
interface Entry {
  readonly status: ClusterStatus;
  readonly hosts: readonly Host[];
}

/** A host and the cluster that it is of. */
interface Host {
  readonly address: string;
  readonly port: number;
  readonly host: HostStatus;
  readonly cluster: string;
}

/** What hosts are sorted by. */
type SortKey = Pick<Host, 'address' | 'port' | 'cluster'>;

const ADDRESS = { host_statuses: { address: true } } as const;
const HEALTH = { host_statuses: { health_status: { eds_health_status: true } } } as const;

const filters = endpointFilters<Entry, Host>({
  cluster: ({ status }) => status.name ?? '',
  endpoints: ({ hosts }) => hosts,
  narrowed: (entry, passes) => {
    const hosts = entry.hosts.filter(passes);
    return hosts.length === 0 ? null : { ...entry, hosts };
  },
  addresses: ({ address }) => [address],
  shownAddresses: ({ address }) => [address],
  port: ({ port }) => port,
  health: healthOf,
  addressFields: ADDRESS,
  healthFields: HEALTH,
});

function healthOf({ host }: Host): string {
  return host.health_status?.eds_health_status ?? 'UNKNOWN';
}

const COLUMNS: readonly Column<Host>[] = [
  { heading: 'ENDPOINT', cell: ({ address, port }) => portText(address, port), fields: ADDRESS },
  { heading: 'STATUS', cell: healthOf, fields: HEALTH },
  {
    heading: 'OUTLIER CHECK',
    cell: ({ host }) => checkCell(host.health_status?.failed_outlier_check),
    fields: { host_statuses: { health_status: { failed_outlier_check: true } } },
  },
  { heading: 'CLUSTER', cell: ({ cluster }) => cluster },
];

function checkCell(hasFailed: boolean | undefined): string {
  return hasFailed === true ? 'FAILED' : 'OK';
}

/** Clusters with a host that passes the filters, in the dump's order. The document can be gone through again and again. */
export const endpointView = defineView<Iterable<ClusterStatus>, Entry, Host, SortKey>({
  name: 'endpoint',
  plural: 'endpoints',
  each: eachEntry,
  isShown: ({ hosts }) => hosts.length > 0,
  filters,
  items: ({ hosts }) => hosts,
  label: ({ address, port }) => portText(address, port),
  sorted: {
    key: ({ address, port, cluster }) => ({ address, port, cluster }),
    order: sortedByAddress,
    names: true,
    json: false,
  },
  short: rowLayout(5, COLUMNS),
  wide: (context) => rowLayout(2, wideColumns(context)),
  wideRest: (entries, { context }) => unusedRows(entries, context),
  json: ({ status }) => toJsonNames(status) as object,
  reading: { entryFields: (fields) => ({ name: true, ...fields }) },
});

function* eachEntry(statuses: Iterable<ClusterStatus>): Iterable<Entry> {
  for (const status of statuses) yield { status, hosts: hostsOf(status) };
}

function hostsOf({ name: cluster = '', host_statuses: hosts = [] }: ClusterStatus): readonly Host[] {
  return hosts.map((host) => ({ address: addressText(host.address), port: addressPort(host.address), host, cluster }));
}

function sortedByAddress<T extends { readonly key: SortKey }>(lines: readonly T[]): readonly T[] {
  const addresses = byBytesOf(lines.map(({ key }) => key.address));
  const clusters = byBytesOf(lines.map(({ key }) => key.cluster));
  return [...lines].sort(
    ({ key: a }, { key: b }) => addresses(a.address, b.address) || a.port - b.port || clusters(a.cluster, b.cluster),
  );
}

/** A host that EDS said nothing of: of a static cluster, or found by DNS. */
const NOT_DELIVERED = { weight: 1, priority: 0, locality: '', status: '-' };

/** Beside the hosts what EDS delivered, where it is at hand. */
function wideColumns({ podOf, delivered }: ViewContext): readonly Column<Host>[] {
  const byKey = new Map((delivered ?? []).map((one) => [keyOf(one.cluster, one.ip, one.port), one]));
  const found = ({ cluster, address, port }: Host): Pick<DeliveredEndpoint, keyof typeof NOT_DELIVERED> =>
    byKey.get(keyOf(cluster, address, port)) ?? NOT_DELIVERED;
  const columns: readonly Column<Host>[] = [
    ...COLUMNS,
    { heading: 'WEIGHT', cell: (one) => String(one.host.weight ?? found(one).weight) },
    { heading: 'PRIORITY', cell: (one) => String(one.host.priority ?? found(one).priority) },
    { heading: 'LOCALITY', cell: (one) => localityText(one.host.locality) || found(one).locality || '-' },
    { heading: 'ACTIVE CHECK', cell: ({ host }) => checkCell(host.health_status?.failed_active_health_check) },
    { heading: 'POD', cell: ({ address }) => podOf(address) ?? '-' },
  ];
  return delivered === null ? columns : [...columns, { heading: 'EDS', cell: (one) => found(one).status }];
}

function keyOf(cluster: string, ip: string, port: number): string {
  return `${cluster} ${ip} ${port}`;
}

/** What EDS delivered and Envoy lists no host for. */
function unusedRows(entries: Iterable<Entry>, { delivered, podOf }: ViewContext): readonly (readonly string[])[] {
  const used = new Set<string>();
  for (const { hosts } of entries)
    for (const { cluster, address, port } of hosts) used.add(keyOf(cluster, address, port));
  return (delivered ?? [])
    .filter(({ cluster, ip, port }) => !used.has(keyOf(cluster, ip, port)))
    .map(({ ip, port, cluster, weight, priority, locality, status }) => {
      const place = [String(weight), String(priority), locality || '-', '-', podOf(ip) ?? '-'];
      return [portText(ip, port), 'NOT IN USE', '-', cluster, ...place, status];
    });
}

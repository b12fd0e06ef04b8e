/** `pc endpoint`: the hosts of a proxy's clusters and their health, from /clusters. */
import type { Address } from '../envoy/address';
import { parseIstioClusterName } from '../envoy/cluster';
import type { ClusterStatus, HostStatus, Locality } from '../envoy/endpoint';
import { toJsonNames } from '../envoy/field-names';
import type { Table } from '../render/table';
import type { FieldMask } from '../scan/field-mask';
import type { Sought } from '../scan/raw-dump';
import { byBytesOf } from './order';
import type { View } from './view';

export interface EndpointFilters {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly cluster?: string | undefined;
  readonly status?: string | undefined;
  readonly fqdn?: string | undefined;
  readonly direction?: string | undefined;
  readonly subset?: string | undefined;
}

export const HEALTH_STATUSES = ['UNKNOWN', 'HEALTHY', 'UNHEALTHY', 'DRAINING', 'TIMEOUT', 'DEGRADED'];

/** The fields of a cluster's status that the short table and the filters look at. */
export const FIELDS_IN_TABLE: FieldMask = {
  name: true,
  host_statuses: { address: true, health_status: { eds_health_status: true, failed_outlier_check: true } },
};

/** What stands in every cluster's status or assignment that the filters let through; undefined where none is known. */
export function soughtBy({ cluster = '', address = '', fqdn = '', subset = '' }: EndpointFilters): Sought | undefined {
  const text = [cluster, fqdn, address, subset].find((one) => one !== '');
  return text === undefined ? undefined : { text, as: 'part' };
}

/** A host and the cluster that it is of. */
interface Host {
  readonly address: string;
  readonly port: number;
  readonly host: HostStatus;
  readonly cluster: string;
}

/** What the tables show of a host. */
interface Line {
  readonly address: string;
  readonly port: number;
  readonly cluster: string;
  readonly cells: readonly string[];
}

/** An address's text, as istioctl prints it. */
export function addressText(address: Address | undefined): string {
  if (address?.socket_address !== undefined) return address.socket_address.address ?? '';
  if (address?.pipe !== undefined) return `unix://${address.pipe.path ?? ''}`;
  const { server_listener_name: listener, endpoint_id: id = '' } = address?.envoy_internal_address ?? {};
  return listener === undefined ? 'unknown' : `envoy://${listener}/${id}`;
}

export function portText(address: string, port: number): string {
  return port === 0 ? address : `${address}:${port}`;
}

function healthOf(host: HostStatus): string {
  return host.health_status?.eds_health_status ?? 'UNKNOWN';
}

/**
 * Whether an endpoint's cluster passes the filters of its name: `--cluster` is istioctl's, the others are held against what
 * the name says.
 */
export function passesCluster(name: string, filters: EndpointFilters): boolean {
  const { cluster = '', fqdn = '', direction = '', subset = '' } = filters;
  if (cluster !== '' && name.toLowerCase() !== cluster.toLowerCase()) return false;
  const parts = parseIstioClusterName(name);
  return (
    (parts?.fqdn ?? name).includes(fqdn) &&
    (direction === '' || parts?.direction.toLowerCase() === direction.toLowerCase()) &&
    (subset === '' || parts?.subset === subset)
  );
}

function passesHost({ address: own, port: ownPort, host }: Host, filters: EndpointFilters): boolean {
  const { address = '', port = 0, status = '' } = filters;
  return (
    (address === '' || own.toLowerCase() === address.toLowerCase()) &&
    (port === 0 || ownPort === port) &&
    (status === '' || healthOf(host).toLowerCase() === status.toLowerCase())
  );
}

/**
 * Clusters with a host that passes the filters, in the dump's order; all their hosts stay in the JSON.
 * @param statuses what can be gone through again and again; nothing of it is kept but the rows
 * @param delivered the wide rows of what EDS delivered, which `wide` joins; null where it is not at hand
 */
export function endpointView(
  statuses: Iterable<ClusterStatus>,
  filters: EndpointFilters,
  podOf: (ip: string) => string | null,
  delivered: readonly DeliveredEndpoint[] | null = null,
): View {
  const lines: Line[] = [];
  let count = 0;
  for (const { hosts } of selected(statuses, filters)) {
    count++;
    for (const one of hosts)
      lines.push({ address: one.address, port: one.port, cluster: one.cluster, cells: row(one) });
  }
  return {
    table: { header: HEADER, rows: sortedByAddress(lines).map(({ cells }) => cells), padding: 5 },
    wide: () => {
      const hosts = sortedByAddress([...selected(statuses, filters)].flatMap((one) => one.hosts));
      return wideTable(hosts, podOf, delivered === null ? null : joined(delivered, statuses));
    },
    json: () => [...selected(statuses, filters)].map(({ status }) => toJsonNames(status) as object),
    names: () => sortedByAddress(lines).map(({ address, port }) => `endpoint/${portText(address, port)}`),
    count,
  };
}

function* selected(
  statuses: Iterable<ClusterStatus>,
  filters: EndpointFilters,
): Iterable<{ readonly status: ClusterStatus; readonly hosts: readonly Host[] }> {
  for (const status of statuses) {
    if (!passesCluster(status.name ?? '', filters)) continue;
    const hosts = hostsOf(status).filter((host) => passesHost(host, filters));
    if (hosts.length > 0) yield { status, hosts };
  }
}

function sortedByAddress<T extends Pick<Host, 'address' | 'port' | 'cluster'>>(hosts: readonly T[]): readonly T[] {
  const addresses = byBytesOf(hosts.map(({ address }) => address));
  const clusters = byBytesOf(hosts.map(({ cluster }) => cluster));
  return [...hosts].sort(
    (a, b) => addresses(a.address, b.address) || a.port - b.port || clusters(a.cluster, b.cluster),
  );
}

const HEADER = ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'];

function hostsOf(status: ClusterStatus): readonly Host[] {
  return (status.host_statuses ?? []).map((host) => ({
    address: addressText(host.address),
    port: host.address?.socket_address?.port_value ?? 0,
    host,
    cluster: status.name ?? '',
  }));
}

function row({ address, port, host, cluster }: Host): readonly string[] {
  const outlier = host.health_status?.failed_outlier_check === true ? 'FAILED' : 'OK';
  return [portText(address, port), healthOf(host), outlier, cluster];
}

/** An endpoint as EDS delivered it. */
export interface DeliveredEndpoint {
  readonly cluster: string;
  readonly ip: string;
  readonly port: number;
  readonly status: string;
  readonly weight: number;
  readonly priority: number;
  readonly locality: string;
}

/** What EDS delivered, by key, and those of it that Envoy lists no host for. */
interface Joined {
  readonly byKey: ReadonlyMap<string, DeliveredEndpoint>;
  readonly unused: readonly DeliveredEndpoint[];
}

function joined(delivered: readonly DeliveredEndpoint[], statuses: Iterable<ClusterStatus>): Joined {
  const hosts = new Set<string>();
  for (const status of statuses)
    for (const { cluster, address, port } of hostsOf(status)) hosts.add(keyOf(cluster, address, port));
  const entries = delivered.map((one) => [keyOf(one.cluster, one.ip, one.port), one] as const);
  return { byKey: new Map(entries), unused: entries.filter(([key]) => !hosts.has(key)).map(([, one]) => one) };
}

function keyOf(cluster: string, ip: string, port: number): string {
  return `${cluster} ${ip} ${port}`;
}

const WIDE_HEADER = [...HEADER, 'WEIGHT', 'PRIORITY', 'LOCALITY', 'ACTIVE CHECK', 'POD'];

/** Hosts, beside them what EDS delivered, and behind them what it delivered and Envoy does not use. */
function wideTable(hosts: readonly Host[], podOf: (ip: string) => string | null, eds: Joined | null): Table {
  const rows = hosts.map((one) => wideRow(one, podOf(one.address), eds));
  const unused = (eds?.unused ?? []).map((one) => unusedRow(one, podOf(one.ip)));
  return { header: eds === null ? WIDE_HEADER : [...WIDE_HEADER, 'EDS'], rows: [...rows, ...unused], padding: 2 };
}

/** A host that EDS said nothing of: of a static cluster, or found by DNS. */
const NOT_DELIVERED = { weight: 1, priority: 0, locality: '', status: '-' };

function wideRow(one: Host, pod: string | null, eds: Joined | null): readonly string[] {
  const { host, cluster, address, port } = one;
  const found = eds?.byKey.get(keyOf(cluster, address, port)) ?? NOT_DELIVERED;
  return [
    ...row(one),
    String(host.weight ?? found.weight),
    String(host.priority ?? found.priority),
    localityText(host.locality) || found.locality || '-',
    host.health_status?.failed_active_health_check === true ? 'FAILED' : 'OK',
    pod ?? '-',
    ...(eds === null ? [] : [found.status]),
  ];
}

function unusedRow(one: DeliveredEndpoint, pod: string | null): readonly string[] {
  const { ip, port, cluster, weight, priority, locality, status } = one;
  const place = portText(ip, port);
  return [
    place,
    'NOT IN USE',
    '-',
    cluster,
    String(weight),
    String(priority),
    locality || '-',
    '-',
    pod ?? '-',
    status,
  ];
}

/** `region/zone/subzone`, as far as they are set. */
export function localityText(locality: Locality | undefined): string {
  const { region = '', zone = '', sub_zone: subZone = '' } = locality ?? {};
  if (zone === '') return region;
  return subZone === '' ? `${region}/${zone}` : `${region}/${zone}/${subZone}`;
}

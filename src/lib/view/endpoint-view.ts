/** `pc endpoint`: the hosts of a proxy's clusters and their health, from /clusters. */
import type { Address } from '../envoy/address';
import type { ClusterStatus, HostStatus, Locality } from '../envoy/endpoint';
import { toJsonNames } from '../envoy/field-names';
import type { Table } from '../render/table';
import { passesName } from './cluster-view';
import { byBytes, firstOf } from './order';
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

/** Objects and lists of a cluster's status that the short table does not show anything of. */
export const UNREAD_IN_TABLE = ['circuit_breakers', 'success_rate_ejection_threshold'];

/** A text that stands in every cluster's status or assignment that the filters let through; undefined where none is known. */
export function hintOf({ cluster = '', address = '', fqdn = '', subset = '' }: EndpointFilters): string | undefined {
  return [cluster, fqdn, address, subset].find((text) => text !== '');
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

/** Whether an endpoint's cluster passes the filters of its name. */
export function passesCluster(name: string, { cluster = '', fqdn, direction, subset }: EndpointFilters): boolean {
  return (
    (cluster === '' || name.toLowerCase() === cluster.toLowerCase()) && passesName(name, { fqdn, direction, subset })
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
 */
export function endpointView(
  statuses: Iterable<ClusterStatus>,
  filters: EndpointFilters,
  podOf: (ip: string) => string | null,
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
    wide: () => wideTable(sortedByAddress([...selected(statuses, filters)].flatMap(({ hosts }) => hosts)), podOf),
    json: () => [...selected(statuses, filters)].map(({ status }) => toJsonNames(status) as object),
    names: sortedByAddress(lines).map(({ address, port }) => `endpoint/${portText(address, port)}`),
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
  return [...hosts].sort((a, b) =>
    firstOf(byBytes(a.address, b.address), a.port - b.port, byBytes(a.cluster, b.cluster)),
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

function wideTable(hosts: readonly Host[], podOf: (ip: string) => string | null): Table {
  const rows = hosts.map((one) => [
    ...row(one),
    String(one.host.weight ?? 1),
    String(one.host.priority ?? 0),
    localityText(one.host.locality) || '-',
    one.host.health_status?.failed_active_health_check === true ? 'FAILED' : 'OK',
    podOf(one.address) ?? '-',
  ]);
  return { header: [...HEADER, 'WEIGHT', 'PRIORITY', 'LOCALITY', 'ACTIVE CHECK', 'POD'], rows, padding: 2 };
}

/** `region/zone/subzone`, as far as they are set. */
export function localityText(locality: Locality | undefined): string {
  const { region = '', zone = '', sub_zone: subZone = '' } = locality ?? {};
  if (zone === '') return region;
  return subZone === '' ? `${region}/${zone}` : `${region}/${zone}/${subZone}`;
}

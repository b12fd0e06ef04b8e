/** `pc eds`, and `pc endpoint` where only a config_dump is at hand: endpoints as EDS delivered them. */
import type { Address } from '../envoy/address';
import type { ResourceEntry } from '../envoy/config-dump';
import type { ClusterLoadAssignment, LbEndpoint, LocalityLbEndpoints } from '../envoy/endpoint';
import { toJsonNames } from '../envoy/field-names';
import type { Table } from '../render/table';
import type { FieldMask } from '../scan/field-mask';
import { sortedByName } from './cluster-view';
import {
  addressText,
  type DeliveredEndpoint,
  type EndpointFilters,
  localityText,
  passesCluster,
  portText,
} from './endpoint-view';
import { withoutType } from './listener-view';
import type { View } from './view';

/** What the wide table shows of an endpoint. */
interface Row {
  readonly name: string;
  readonly status: string;
  readonly locality: string;
  readonly cluster: string;
  readonly weight: number;
  readonly priority: number;
  readonly ip: string;
  readonly port: number;
}

/** An assignment and the cells that a short table has of its endpoints. */
interface Line {
  readonly name: string;
  readonly cells: readonly (readonly string[])[];
}

/** How `--address` compares: istioctl's eds wants the port with it; `endpoint` does not. */
export type AddressMatch = 'with-port' | 'without-port';

/** The fields of an assignment in a dump that the short table of `pc endpoint` and the filters look at. */
export const FIELDS_IN_TABLE: FieldMask = {
  name: true,
  error_state: true,
  endpoint_config: {
    cluster_name: true,
    endpoints: {
      lb_endpoints: {
        endpoint: { address: true, additional_addresses: { address: true } },
        health_status: true,
      },
    },
  },
};

/**
 * Assignments cut to the endpoints that pass the filters; those without any are dropped.
 * @param entries what can be gone through again and again; nothing of it is kept but the rows
 */
export function edsView(
  entries: Iterable<ResourceEntry<ClusterLoadAssignment>>,
  filters: EndpointFilters,
  by: AddressMatch,
  podOf: (ip: string) => string | null,
): View {
  const lines: Line[] = [];
  for (const assignment of passing(entries, filters, by)) {
    lines.push({ name: assignment.cluster_name ?? '', cells: cellsOf(assignment, by) });
  }
  const rows = sortedByName(lines).flatMap(({ cells }) => cells);
  const ordered = (): readonly ClusterLoadAssignment[] =>
    sortedByName(
      [...passing(entries, filters, by)].map((assignment) => ({ name: assignment.cluster_name ?? '', assignment })),
    ).map(({ assignment }) => assignment);
  return {
    table: { header: by === 'with-port' ? EDS_HEADER : ENDPOINT_HEADER, rows, padding: 5 },
    wide: () =>
      wideTable(
        ordered().flatMap((assignment) => rowsOf(assignment, by)),
        podOf,
      ),
    json: () => ordered().map((assignment) => withoutType(toJsonNames(assignment) as object)),
    names: () => rows.map(([name = '']) => `endpoint/${name}`),
    count: lines.length,
  };
}

const EDS_HEADER = ['NAME', 'STATUS', 'LOCALITY', 'CLUSTER'];
/** The columns of `pc endpoint`; EDS knows nothing of outlier detection. */
const ENDPOINT_HEADER = ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'];

function* passing(
  entries: Iterable<ResourceEntry<ClusterLoadAssignment>>,
  filters: EndpointFilters,
  by: AddressMatch,
): Iterable<ClusterLoadAssignment> {
  for (const { resource } of entries) {
    if (resource === null || !passesCluster(resource.cluster_name ?? '', filters)) continue;
    const endpoints = (resource.endpoints ?? []).map((locality) => narrowed(locality, filters, by));
    const isEmpty = endpoints.every((locality) => (locality.lb_endpoints ?? []).length === 0);
    if (!isEmpty) yield { ...resource, endpoints };
  }
}

/** A locality with the endpoints that pass; one that loses all stays, as in istioctl's JSON. */
function narrowed(locality: LocalityLbEndpoints, filters: EndpointFilters, by: AddressMatch): LocalityLbEndpoints {
  if (locality.lb_endpoints === undefined) return locality;
  const kept = locality.lb_endpoints.filter((one) => passes(one, filters, by));
  if (kept.length > 0) return { ...locality, lb_endpoints: kept };
  return Object.fromEntries(Object.entries(locality).filter(([key]) => key !== 'lb_endpoints'));
}

function passes(
  endpoint: LbEndpoint,
  { address = '', port = 0, status = '' }: EndpointFilters,
  by: AddressMatch,
): boolean {
  const own = endpoint.endpoint?.address;
  const ownPort = own?.socket_address?.port_value ?? 0;
  const texts = by === 'with-port' ? namesOf(endpoint) : addressesOf(endpoint).map(addressText);
  return (
    (address === '' || texts.some((text) => text.toLowerCase() === address.toLowerCase())) &&
    (port === 0 || ownPort === port) &&
    (status === '' || healthOf(endpoint).toLowerCase() === status.toLowerCase())
  );
}

function healthOf(endpoint: LbEndpoint): string {
  return endpoint.health_status ?? 'UNKNOWN';
}

function addressesOf({ endpoint }: LbEndpoint): readonly (Address | undefined)[] {
  return [endpoint?.address, ...(endpoint?.additional_addresses ?? []).map((one) => one.address)];
}

/** As the endpoint view writes a host. */
function hostText({ endpoint }: LbEndpoint): string {
  return portText(addressText(endpoint?.address), endpoint?.address?.socket_address?.port_value ?? 0);
}

/** Every endpoint that passes, for the endpoint view to join. */
export function deliveredEndpoints(
  entries: Iterable<ResourceEntry<ClusterLoadAssignment>>,
  filters: EndpointFilters,
): readonly DeliveredEndpoint[] {
  return [...passing(entries, filters, 'without-port')].flatMap((assignment) => rowsOf(assignment, 'without-port'));
}

/** Each address as istioctl's eds view writes it: always with a port, pipes by their path. */
function namesOf(endpoint: LbEndpoint): readonly string[] {
  return addressesOf(endpoint).map((address) => {
    const socket = address?.socket_address;
    if (socket !== undefined) return `${socket.address ?? ''}:${socket.port_value ?? 0}`;
    return address?.pipe === undefined ? addressText(address) : (address.pipe.path ?? '');
  });
}

/** The cells of each endpoint. There can be a hundred thousand: nothing else of them is kept. */
function cellsOf(
  { endpoints = [], cluster_name: cluster = '' }: ClusterLoadAssignment,
  by: AddressMatch,
): readonly (readonly string[])[] {
  return endpoints.flatMap(({ locality, lb_endpoints: some = [] }) => {
    const third = by === 'with-port' ? localityText(locality) : '-';
    return some.map((endpoint) => [nameOf(endpoint, by), healthOf(endpoint), third, cluster]);
  });
}

function nameOf(endpoint: LbEndpoint, by: AddressMatch): string {
  return by === 'with-port' ? namesOf(endpoint).join(',') : hostText(endpoint);
}

function rowsOf(assignment: ClusterLoadAssignment, by: AddressMatch): readonly Row[] {
  return (assignment.endpoints ?? []).flatMap((locality: LocalityLbEndpoints) =>
    (locality.lb_endpoints ?? []).map((endpoint) => ({
      name: nameOf(endpoint, by),
      status: healthOf(endpoint),
      locality: localityText(locality.locality),
      cluster: assignment.cluster_name ?? '',
      weight: endpoint.load_balancing_weight ?? 1,
      priority: locality.priority ?? 0,
      ip: addressText(endpoint.endpoint?.address),
      port: endpoint.endpoint?.address?.socket_address?.port_value ?? 0,
    })),
  );
}

function wideTable(rows: readonly Row[], podOf: (ip: string) => string | null): Table {
  return {
    header: ['ENDPOINT', 'STATUS', 'CLUSTER', 'WEIGHT', 'PRIORITY', 'LOCALITY', 'POD'],
    rows: rows.map((row) => [
      row.name,
      row.status,
      row.cluster,
      String(row.weight),
      String(row.priority),
      row.locality === '' ? '-' : row.locality,
      podOf(row.ip) ?? '-',
    ]),
    padding: 2,
  };
}

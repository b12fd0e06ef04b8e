/** `pc eds`, and `pc endpoint` where only a config_dump is at hand: endpoints as EDS delivered them. */
import type { Address } from '../../envoy/address';
import type { ConfigDump, ResourceEntry } from '../../envoy/config-dump';
import type { ClusterLoadAssignment, LbEndpoint, LocalityLbEndpoints } from '../../envoy/endpoint';
import type { Cluster } from '../../envoy/cluster';
import { CLUSTERS, ENDPOINTS } from '../../envoy/sections';
import { isServing } from '../../envoy/serving';
import { sortedByClusterName } from '../cluster-view';
import type { FilterValues } from '../filter';
import { type Column, type Layout, rowLayout } from '../layout';
import { dumpView, resourceJson } from '../resource-view';
import type { ViewContext, ViewSpec } from '../view';
import { addressPort, addressText, localityText, portText } from './address-text';
import type { DeliveredEndpoint } from './delivered';
import { endpointFilters } from './endpoint-filters';

type Entry = ResourceEntry<ClusterLoadAssignment>;

/** An endpoint, its locality and its cluster. */
interface Item {
  readonly endpoint: LbEndpoint;
  readonly group: LocalityLbEndpoints;
  readonly cluster: string;
}

const ADDRESS = {
  endpoints: { lb_endpoints: { endpoint: { address: true, additional_addresses: { address: true } } } },
} as const;
const HEALTH = { endpoints: { lb_endpoints: { health_status: true } } } as const;

/** How `--address` compares: istioctl's eds wants the port with it; `endpoint` does not. */
type AddressMatch = 'with-port' | 'without-port';

function filtersBy(by: AddressMatch): ReturnType<typeof endpointFilters<Entry, LbEndpoint>> {
  const plain = (one: LbEndpoint): readonly string[] => addressesOf(one).map(addressText);
  return endpointFilters<Entry, LbEndpoint>({
    cluster: clusterOf,
    endpoints: (entry) => itemsOf(entry).map(({ endpoint }) => endpoint),
    narrowed,
    addresses: by === 'with-port' ? namesOf : plain,
    shownAddresses: by === 'with-port' ? (one) => [namesOf(one).join(',')] : (one) => plain(one).slice(0, 1),
    port: ({ endpoint }) => addressPort(endpoint?.address),
    health: healthOf,
    addressFields: ADDRESS,
    healthFields: HEALTH,
  });
}

function clusterOf({ resource }: Entry): string {
  return resource?.cluster_name ?? '';
}

/** An assignment with the endpoints that pass; a locality that loses all stays, as in istioctl's JSON. */
function narrowed(entry: Entry, passes: (endpoint: LbEndpoint) => boolean): Entry | null {
  const endpoints = (entry.resource?.endpoints ?? []).map((locality) => {
    if (locality.lb_endpoints === undefined) return locality;
    const kept = locality.lb_endpoints.filter(passes);
    if (kept.length > 0) return { ...locality, lb_endpoints: kept };
    return Object.fromEntries(Object.entries(locality).filter(([key]) => key !== 'lb_endpoints'));
  });
  const left = { ...entry, resource: { ...entry.resource, endpoints } };
  return hasEndpoints(left) ? left : null;
}

function hasEndpoints({ resource }: Entry): boolean {
  return (resource?.endpoints ?? []).some(({ lb_endpoints: some = [] }) => some.length > 0);
}

function itemsOf({ resource }: Entry): readonly Item[] {
  const cluster = resource?.cluster_name ?? '';
  return (resource?.endpoints ?? []).flatMap((group) =>
    (group.lb_endpoints ?? []).map((endpoint) => ({ endpoint, group, cluster })),
  );
}

function healthOf(endpoint: LbEndpoint): string {
  return endpoint.health_status ?? 'UNKNOWN';
}

function addressesOf({ endpoint }: LbEndpoint): readonly (Address | undefined)[] {
  return [endpoint?.address, ...(endpoint?.additional_addresses ?? []).map((one) => one.address)];
}

/** Each address as istioctl's eds view writes it: always with a port, pipes by their path. */
function namesOf(endpoint: LbEndpoint): readonly string[] {
  return addressesOf(endpoint).map((address) => {
    const socket = address?.socket_address;
    if (socket !== undefined) return `${socket.address ?? ''}:${socket.port_value ?? 0}`;
    return address?.pipe === undefined ? addressText(address) : (address.pipe.path ?? '');
  });
}

/** As the endpoint view writes a host. */
function hostText({ endpoint: { endpoint } }: Item): string {
  return portText(addressText(endpoint?.address), addressPort(endpoint?.address));
}

const STATUS: Column<Item> = { heading: 'STATUS', cell: ({ endpoint }) => healthOf(endpoint), fields: HEALTH };
const CLUSTER: Column<Item> = { heading: 'CLUSTER', cell: ({ cluster }) => cluster };

/** Where assignments stand in a dump. */
interface Place {
  readonly each: (dump: ConfigDump) => Iterable<Entry>;
  readonly entryFields: typeof ENDPOINTS.entryFields;
  /** What is said of a dump without what EDS delivered. */
  readonly missing: string;
}

const BY_EDS: Place = {
  each: ENDPOINTS.each,
  entryFields: ENDPOINTS.entryFields,
  missing: 'The dump has no EndpointsConfigDump: endpoints are in /config_dump?include_eds.',
};

/** Assignments that stand in clusters themselves: of kind STATIC, STRICT_DNS and LOGICAL_DNS. */
const IN_CLUSTERS: Place = {
  each: eachInCluster,
  entryFields: (fields) => CLUSTERS.entryFields({ name: true, load_assignment: fields }),
  missing:
    'The dump has no EndpointsConfigDump: only endpoints that stand in a cluster itself are shown; those that EDS delivered are in /config_dump?include_eds.',
};

function* eachInCluster(dump: ConfigDump): Iterable<Entry> {
  for (const entry of CLUSTERS.each(dump)) yield inCluster(entry);
}

function inCluster({ again, ...entry }: ResourceEntry<Cluster>): Entry {
  const { name = '', load_assignment: own } = entry.resource ?? {};
  const assignment = own === undefined ? null : { ...own, cluster_name: name };
  const made = again === undefined ? {} : { again: () => inCluster(again()) };
  return { ...entry, ...made, resource: assignment, brief: assignment, isPresent: assignment !== null };
}

/** Assignments cut to the endpoints that pass the filters; those without any are not there. */
function specBy(
  by: AddressMatch,
  label: (item: Item) => string,
  short: Layout<Item>,
  place = BY_EDS,
): ViewSpec<ConfigDump, Entry, Item, string> {
  return {
    name: 'endpoint',
    plural: 'endpoints',
    each: place.each,
    isShown: (entry) => isServing(entry) && hasEndpoints(entry),
    filters: filtersBy(by),
    items: itemsOf,
    label,
    sorted: { key: ({ cluster }) => cluster, order: sortedByClusterName, names: true, json: true },
    short,
    wide: (context) => rowLayout(2, wideColumns(label, context)),
    json: ({ resource }) => resourceJson(resource ?? {}),
    again: (entry) => entry.again ?? (() => entry),
    missing: (dump) => (dump.section('Endpoints') === null ? place.missing : null),
    reading: { entryFields: place.entryFields },
  };
}

function wideColumns(label: (item: Item) => string, { podOf }: ViewContext): readonly Column<Item>[] {
  return [
    { heading: 'ENDPOINT', cell: label },
    STATUS,
    CLUSTER,
    { heading: 'WEIGHT', cell: ({ endpoint }) => String(endpoint.load_balancing_weight ?? 1) },
    { heading: 'PRIORITY', cell: ({ group }) => String(group.priority ?? 0) },
    { heading: 'LOCALITY', cell: ({ group }) => localityText(group.locality) || '-' },
    { heading: 'POD', cell: ({ endpoint }) => podOf(addressText(endpoint.endpoint?.address)) ?? '-' },
  ];
}

const edsName = ({ endpoint }: Item): string => namesOf(endpoint).join(',');

/** `pc eds`. */
export const edsView = dumpView(
  specBy(
    'with-port',
    edsName,
    rowLayout<Item>(5, [
      { heading: 'NAME', cell: edsName, fields: ADDRESS },
      STATUS,
      {
        heading: 'LOCALITY',
        cell: ({ group }) => localityText(group.locality),
        fields: { endpoints: { locality: true } },
      },
      CLUSTER,
    ]),
  ),
  { section: ENDPOINTS.name, isSectionNeeded: false, isEntryNeeded: false, isJoinedWithPods: true },
);

const HOSTS = rowLayout<Item>(5, [
  { heading: 'ENDPOINT', cell: hostText, fields: ADDRESS },
  STATUS,
  { heading: 'OUTLIER CHECK', cell: () => '-' },
  CLUSTER,
]);

/** `pc endpoint` of a config_dump; EDS knows nothing of outlier detection. */
export const deliveredView = dumpView(specBy('without-port', hostText, HOSTS), {
  section: ENDPOINTS.name,
  isSectionNeeded: true,
  isEntryNeeded: false,
  isJoinedWithPods: true,
});

/** `pc endpoint` of a config_dump without what EDS delivered: the endpoints that stand in clusters. */
export const ownEndpointsView = dumpView(specBy('without-port', hostText, HOSTS, IN_CLUSTERS), {
  section: CLUSTERS.name,
  isSectionNeeded: true,
  isEntryNeeded: false,
  isJoinedWithPods: true,
});

/** Every endpoint that passes, for the endpoint view to join. */
export function deliveredEndpoints(dump: ConfigDump, values: FilterValues): readonly DeliveredEndpoint[] {
  return [...(deliveredView.passing(dump, values) as Iterable<Entry>)]
    .flatMap(itemsOf)
    .map(({ endpoint, group, cluster }) => ({
      cluster,
      ip: addressText(endpoint.endpoint?.address),
      port: addressPort(endpoint.endpoint?.address),
      status: healthOf(endpoint),
      weight: endpoint.load_balancing_weight ?? 1,
      priority: group.priority ?? 0,
      locality: localityText(group.locality),
    }));
}

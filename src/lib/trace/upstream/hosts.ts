/** The hosts of a cluster: from /clusters where it was given, else from EDS or the cluster itself. */
import type { Address } from '../../envoy/address';
import { messageTypeOf } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type {
  ClusterLoadAssignment,
  ClusterStatus,
  HostStatus,
  LbEndpoint,
  Locality,
  LocalityLbEndpoints,
} from '../../envoy/endpoint';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { fractionOf } from '../../match/fraction';
import { picksByHash } from './balancer-settings';
import { type Host, type HostSet, OVERPROVISIONING } from './host';
import { assignedHealth, reportedHealth } from './host-health';

/** A cluster's hosts in the order of their source. A report of /clusters says more of health; EDS says more of the rest. */
export function hostSet(config: ProxyConfig, cluster: Cluster): HostSet {
  const name = cluster.name ?? '';
  const assignment = assignmentOf(config, cluster);
  const owner = { cluster: name, hashed: picksByHash(cluster) };
  const listed = assignment === null ? [] : assignedHosts(assignment, owner);
  const assigned = isResolved(cluster) ? listed.map(namedByAddress) : listed;
  const status = config.status(name);
  return {
    hosts: status === null ? assigned : reportedHosts(status, assigned, owner),
    overprovisioningFactor: assignment?.policy?.overprovisioning_factor ?? OVERPROVISIONING,
    // Envoy's dump of endpoints leaves this setting out.
    weightedPriorityHealth:
      (assignment?.policy?.weighted_priority_health ?? cluster.load_assignment?.policy?.weighted_priority_health) ===
      true,
  };
}

/**
 * Whether addresses are names that Envoy resolves. A host of such a cluster bears the name that it was resolved from, unless it has
 * another; one of any other cluster only what its `hostname` says.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/endpoint/v3/endpoint_components.proto#config-endpoint-v3-endpoint
 */
function isResolved({ type, cluster_type: custom }: Cluster): boolean {
  return type === 'STRICT_DNS' || type === 'LOGICAL_DNS' || messageTypeOf(custom?.typed_config) === DNS_CLUSTER;
}

const DNS_CLUSTER = 'envoy.extensions.clusters.dns.v3.DnsCluster';

function namedByAddress(host: Host): Host {
  return host.hostname === '' ? { ...host, hostname: host.address } : host;
}

/** Envoy's own `load_assignment`, or what EDS delivered in its place. */
function assignmentOf(config: ProxyConfig, { name = '', load_assignment: own }: Cluster): ClusterLoadAssignment | null {
  return config.assignment(name)?.resource ?? own ?? null;
}

/** The share of the requests, 0 to 1, that the endpoints ask to be dropped; Envoy takes one category alone. */
export function droppedShare(config: ProxyConfig, cluster: Cluster): number {
  const [first] = assignmentOf(config, cluster)?.policy?.drop_overloads ?? [];
  return fractionOf(first?.drop_percentage);
}

/** What a host has of its cluster. */
type Owner = Pick<Host, 'cluster' | 'hashed'>;

function assignedHosts(assignment: ClusterLoadAssignment, owner: Owner): readonly Host[] {
  return (assignment.endpoints ?? []).flatMap((group) =>
    (group.lb_endpoints ?? []).map((endpoint) => assignedHost(endpoint, group, owner)),
  );
}

/** There can be 100,000 of these: fields that are named are made several times as fast as those of a spread. */
function assignedHost(endpoint: LbEndpoint, group: LocalityLbEndpoints, { cluster, hashed }: Owner): Host {
  const { address, port, internal } = addressOf(endpoint.endpoint?.address);
  const { health, class: hostClass, faults, excluded } = assignedHealth(endpoint.health_status);
  return {
    address,
    port,
    internal,
    health,
    class: hostClass,
    faults,
    excluded,
    hostname: endpoint.endpoint?.hostname ?? '',
    weight: Math.max(1, endpoint.load_balancing_weight ?? 1),
    priority: group.priority ?? 0,
    locality: localityKey(group.locality),
    localityWeight: group.load_balancing_weight ?? 0,
    metadata: endpoint.metadata ?? group.metadata ?? null,
    hashed,
    cluster,
  };
}

function reportedHosts(status: ClusterStatus, assigned: readonly Host[], owner: Owner): readonly Host[] {
  const known = new Map<string, Host>();
  for (const host of assigned) {
    const keys = host.hostname === '' ? [addressKey(host)] : [addressKey(host), `${host.hostname}|${host.port}`];
    for (const key of keys) if (!known.has(key)) known.set(key, host);
  }
  return (status.host_statuses ?? []).map((reported) => reportedHost(reported, known, owner));
}

function reportedHost(reported: HostStatus, known: ReadonlyMap<string, Host>, owner: Owner): Host {
  const address = addressOf(reported.address);
  const assigned = assignedTo(address, reported.hostname ?? '', known);
  return {
    ...assigned,
    ...address,
    ...reportedHealth(reported.health_status ?? {}),
    hostname: reported.hostname ?? assigned.hostname,
    weight: Math.max(1, reported.weight ?? assigned.weight),
    priority: reported.priority ?? assigned.priority,
    locality: reported.locality === undefined ? assigned.locality : localityKey(reported.locality),
    ...owner,
  };
}

const UNASSIGNED: Omit<Host, 'address' | 'port' | 'internal' | keyof Owner> = {
  ...assignedHealth(undefined),
  hostname: '',
  weight: 1,
  priority: 0,
  locality: localityKey(undefined),
  localityWeight: 0,
  metadata: null,
};

/** A host of a DNS cluster is assigned by its name and reported by its address. */
function assignedTo(address: Located, hostname: string, known: ReadonlyMap<string, Host>): typeof UNASSIGNED {
  const byName = hostname === '' ? undefined : known.get(addressKey({ ...address, address: hostname }));
  return known.get(addressKey(address)) ?? byName ?? UNASSIGNED;
}

type Located = Pick<Host, 'address' | 'port' | 'internal'>;

function addressOf(address: Address | undefined): Located {
  const socket = address?.socket_address;
  if (socket !== undefined) return { address: socket.address ?? '', port: socket.port_value ?? 0, internal: null };
  const inner = address?.envoy_internal_address;
  if (inner !== undefined) {
    const listener = inner.server_listener_name ?? '';
    const id = inner.endpoint_id ?? '';
    return { address: `envoy://${listener}${id === '' ? '' : `/${id}`}`, port: 0, internal: listener };
  }
  return { address: address?.pipe?.path ?? '', port: 0, internal: null };
}

function addressKey({ address, port }: Located): string {
  return `${address}|${port}`;
}

function localityKey(locality: Locality | undefined): string {
  return `${locality?.region ?? ''}/${locality?.zone ?? ''}/${locality?.sub_zone ?? ''}`;
}

/** Destinations that are not there, and clusters with nowhere to send a request. */
import { type Cluster, parseIstioClusterName } from '../envoy/cluster';
import type { ClusterLoadAssignment, ClusterStatus } from '../envoy/endpoint';
import type { ProxyConfig } from '../envoy/proxy-config';
import { type ClusterReference, destinations } from './destinations';
import type { Finding } from './finding';
import { ownerOf } from './route-tables';

/** Istio's cluster for traffic that shall go nowhere. */
const BLACK_HOLE = 'BlackHoleCluster';

/** Clusters that a route names and the proxy does not have. */
export function missingClusters(config: ProxyConfig): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { cluster, from, isMirror, missingStatus, owner, pointer } of destinations(config)) {
    if (config.cluster(cluster) !== null) continue;
    findings.push({
      rule: 'missing-cluster',
      severity: isMirror ? 'warning' : 'error',
      resource: from,
      message: isMirror
        ? `its mirror ${cluster} is not a cluster of this proxy: no copy is sent`
        : `it leads to ${cluster}, which is not a cluster of this proxy: ${missingStatus === null ? 'connections are closed' : `requests get ${missingStatus}`}`,
      owner,
      config: pointer,
    });
  }
  return findings;
}

/** Clusters without endpoints, or without a healthy one. Clusters whose endpoints the dump does not tell are passed over. */
export function emptyClusters(config: ProxyConfig): readonly Finding[] {
  const users = new Map<string, ClusterReference>();
  for (const destination of destinations(config)) {
    if (!destination.isMirror && !users.has(destination.cluster)) users.set(destination.cluster, destination);
  }
  const findings: Finding[] = [];
  // One at a time: of a hundred thousand clusters none is kept.
  for (const { name, resource, state, pointer } of config.dump.eachCluster()) {
    if (resource === null || state !== 'active' || name === BLACK_HOLE) continue;
    const hosts = hostsOf(name, resource, config);
    if (hosts === null || hosts.healthy > 0) continue;
    findings.push(emptyFinding({ name, pointer, resource, total: hosts.total }, users.get(name)));
  }
  return findings;
}

interface EmptyCluster {
  readonly name: string;
  readonly pointer: string;
  readonly resource: Cluster;
  readonly total: number;
}

function emptyFinding({ name, pointer, resource, total }: EmptyCluster, user: ClusterReference | undefined): Finding {
  const subset = parseIstioClusterName(name)?.subset ?? '';
  const what =
    total > 0
      ? `none of its ${total} endpoints is healthy`
      : subset === ''
        ? 'it has no endpoints'
        : `no pod has the labels of its subset ${subset}`;
  return {
    rule: total > 0 ? 'no-healthy-endpoint' : subset === '' ? 'cluster-without-endpoints' : 'subset-without-endpoints',
    // A Service without pods is everyday; a subset that a route picks and that is empty fails requests by intent.
    severity: user !== undefined && subset !== '' ? 'error' : 'warning',
    resource: `cluster ${name}`,
    message: `${what}${user === undefined ? '' : `; ${user.from} leads here`}`,
    owner: ownerOf(resource.metadata) ?? user?.owner ?? null,
    config: pointer,
  };
}

interface Hosts {
  readonly total: number;
  readonly healthy: number;
}

/** Null where nothing tells: another discovery type, or a dump without endpoints. */
function hostsOf(name: string, cluster: Cluster, config: ProxyConfig): Hosts | null {
  const type = cluster.type ?? (cluster.cluster_type === undefined ? 'STATIC' : null);
  if (type === null || type === 'ORIGINAL_DST') return null;
  const status = config.status(name);
  if (status !== null) return reportedHosts(status);
  if (type === 'EDS') {
    const entry = config.assignment(name);
    // Made again, since nobody else asks for it: of a large dump it is not kept.
    const assignment = (entry?.again?.() ?? entry)?.resource ?? null;
    return assignment === null ? null : assignedHosts(assignment);
  }
  return cluster.load_assignment === undefined ? null : assignedHosts(cluster.load_assignment);
}

function assignedHosts({ endpoints = [] }: ClusterLoadAssignment): Hosts {
  const all = endpoints.flatMap((locality) => locality.lb_endpoints ?? []);
  const healthy = all.filter(({ health_status: health = 'UNKNOWN' }) => SERVING.has(health));
  return { total: all.length, healthy: healthy.length };
}

/** Health statuses of EDS with which Envoy sends traffic. */
const SERVING: ReadonlySet<string> = new Set(['UNKNOWN', 'HEALTHY', 'DEGRADED']);

function reportedHosts({ host_statuses: hosts = [] }: ClusterStatus): Hosts {
  const healthy = hosts.filter(({ health_status: health = {} }) => {
    const { eds_health_status: eds = 'HEALTHY', failed_active_health_check: active, failed_outlier_check } = health;
    return SERVING.has(eds) && active !== true && failed_outlier_check !== true;
  });
  return { total: hosts.length, healthy: healthy.length };
}

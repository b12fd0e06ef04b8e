/** TCP services that no connection reaches, since the listener of their port, for all addresses, leads to another host. */
import { type Cluster, parseIstioClusterName } from '../envoy/cluster';
import type { Listener } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import { type ClusterReference, destinations } from './destinations';
import type { Finding } from './finding';
import { ownerOf } from './route-tables';

/** Addresses that stand for all. */
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * A TCP connection has no host name: hosts without addresses of their own share the listener `0.0.0.0_PORT`, which leads to one of
 * them alone. A cluster counts that nothing leads to, neither to it nor to a subset of its host, and whose port such a listener has.
 * https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry (addresses)
 */
export function tcpPortsOfOthers(config: ProxyConfig): readonly Finding[] {
  const takers = takersByPort(destinations(config));
  if (takers.size === 0) return [];
  const reached = new Set<string>();
  for (const { cluster } of destinations(config)) reached.add(serviceOf(cluster) ?? '');
  const findings: Finding[] = [];
  // One at a time: there can be a hundred thousand.
  for (const { name, resource, state, pointer } of config.dump.eachCluster()) {
    const parts = parseIstioClusterName(name);
    const taker = takers.get(Number(parts?.port));
    if (state !== 'active' || parts === null || taker === undefined) continue;
    if (parts.direction !== 'outbound' || parts.subset !== '' || reached.has(serviceOf(name) ?? name)) continue;
    if (resource === null || !isDialled(resource)) continue;
    findings.push({
      rule: 'tcp-port-of-another-host',
      severity: 'warning',
      resource: `cluster ${name}`,
      message: `nothing leads to it: TCP connections to ${parts.fqdn}:${parts.port} go to ${taker.cluster}, since ${taker.from} has the port for all addresses. Give each host addresses of its own, or another port`,
      owner: ownerOf(resource.metadata),
      config: pointer,
    });
  }
  return findings;
}

/** `PORT HOST` of one of Istio's outbound clusters; null of another. */
function serviceOf(cluster: string): string | null {
  const parts = parseIstioClusterName(cluster);
  return parts?.direction === 'outbound' ? `${parts.port} ${parts.fqdn}` : null;
}

/** By port, the first TCP proxy of a listener for all addresses that leads to another service of that port. */
function takersByPort(references: Iterable<ClusterReference>): ReadonlyMap<number, ClusterReference> {
  const takers = new Map<number, ClusterReference>();
  for (const reference of references) {
    const port = wildcardPort(reference.listener);
    if (port === null || takers.has(port) || !(serviceOf(reference.cluster) ?? '').startsWith(`${port} `)) continue;
    takers.set(port, reference);
  }
  return takers;
}

function wildcardPort(listener: Listener | null): number | null {
  const { address = '', port_value: port } = listener?.address?.socket_address ?? {};
  return port !== undefined && WILDCARDS.has(address) ? port : null;
}

/** A headless service is reached by the addresses of its pods, and of clusters that another one is made of nobody asks. */
function isDialled({ type }: Cluster): boolean {
  return type === 'STRICT_DNS' || type === 'LOGICAL_DNS' || type === 'STATIC' || type === 'EDS';
}

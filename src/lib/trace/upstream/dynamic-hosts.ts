/** Hosts that the request itself names: original destinations and the dynamic forward proxy. */
import { messageTypeOf } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type { HttpMessage } from '../../http/message';
import { firstHeader } from '../../http/message';
import { hostOf, portOf } from '../../http/authority';
import type { IpPort } from '../model';
import { parseIp } from '../../match/cidr';
import { type MetadataFields, metadataValue } from '../../match/metadata-matcher';
import { isUnknown, type Unknown, unknown } from '../../match/ternary';
import type { BalancingNote } from '../facts/upstream';
import type { Host, HostChance } from './host';

/** Where the request is addressed, as clusters that have no endpoints of their own see it. */
export interface OriginalDestination {
  readonly local: IpPort;
  /** Whether the original destination was restored; an ORIGINAL_DST cluster needs that. */
  readonly restored: boolean;
  readonly message: HttpMessage | null;
  /** Dynamic metadata of the request, or of the connection; absent where there is none. */
  readonly metadata?: (namespace: string) => MetadataFields;
  /** Whether a filter has had a host resolved; absent where the filters have not run yet. */
  readonly isResolved?: (host: string) => boolean;
  /** The server name for a forward proxy on SNI: with the port that it forwards to. */
  readonly forward: { readonly host: string; readonly port: number } | null;
}

interface DynamicHosts {
  readonly chances: readonly HostChance[];
  readonly notes: readonly BalancingNote[];
  /** The input that names the host and is not known; absent where it is. */
  readonly unknown?: string;
}

/** Whether the cluster's hosts hang on the request. */
export function isDynamic(cluster: Cluster): boolean {
  return cluster.type === 'ORIGINAL_DST' || isForwardProxy(cluster);
}

function isForwardProxy({ cluster_type: type }: Cluster): boolean {
  return messageTypeOf(type?.typed_config).endsWith('.clusters.dynamic_forward_proxy.v3.ClusterConfig');
}

/** Null where the cluster's hosts do not hang on the request. */
export function dynamicHosts(cluster: Cluster, to: OriginalDestination): DynamicHosts | null {
  if (cluster.type === 'ORIGINAL_DST') return originalDestination(cluster, to);
  return isForwardProxy(cluster) ? forwardProxy(cluster, to) : null;
}

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/service_discovery#original-destination */
function originalDestination(cluster: Cluster, to: OriginalDestination): DynamicHosts {
  const config = cluster.original_dst_lb_config ?? {};
  const header = config.http_header_name ?? 'x-envoy-original-dst-host';
  const byMetadata = metadataOverride(cluster, to);
  if (isUnknown(byMetadata)) return { chances: [], notes: [], unknown: byMetadata.unknown };
  const told = config.use_http_header === true && to.message !== null ? firstHeader(to.message, header) : null;
  if (isUnknown(told)) return { chances: [], notes: [], unknown: told.unknown };
  const inHeader = told === null ? null : addressIn(told);
  const named = byMetadata ?? inHeader;
  const address = named ?? (to.restored ? to.local : null);
  if (address === null) return { chances: [], notes: [{ kind: 'no-original-destination' }] };
  const port = config.upstream_port_override ?? address.port;
  const note: BalancingNote =
    byMetadata !== null
      ? { kind: 'address-in-metadata', key: keyOf(config.metadata_key) }
      : inHeader === null
        ? { kind: 'original-destination' }
        : { kind: 'address-in-header', header };
  return { chances: [only({ ip: address.ip, port }, '', cluster)], notes: [note] };
}

type MetadataKey = NonNullable<NonNullable<Cluster['original_dst_lb_config']>['metadata_key']>;

/** Dynamic metadata comes before the header. Istio's proxies name a waypoint in it: the tunnel's address is another then. */
function metadataOverride(
  { original_dst_lb_config: config }: Cluster,
  { metadata }: OriginalDestination,
): IpPort | Unknown | null {
  const key = config?.metadata_key;
  if (key === undefined || metadata === undefined) return null;
  const { fields, unknown: input } = metadata(key.key ?? '');
  const found = metadataValue(key, fields);
  if (found === undefined && input !== null) return unknown(input);
  const value: unknown = Array.isArray(found) ? found[0] : found;
  return typeof value === 'string' ? addressIn(value) : null;
}

function keyOf({ key = '', path = [] }: MetadataKey = {}): readonly string[] {
  return [key, ...path.map((segment) => segment.key ?? '')];
}

function addressIn(text: string): IpPort | null {
  const port = portOf(text);
  const ip = hostOf(text);
  return port === null || parseIp(ip) === null ? null : { ip, port: Number(port) };
}

/**
 * The host of the request as it is sent on, which a filter has had resolved: another one is there if a request before had it resolved.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_proxy
 */
function forwardProxy(cluster: Cluster, to: OriginalDestination): DynamicHosts {
  const { message, forward } = to;
  if (forward !== null) {
    return {
      chances: [only({ ip: forward.host, port: forward.port }, forward.host, cluster)],
      notes: [{ kind: 'forwards-by-server-name' }],
    };
  }
  const authority = message?.authority ?? '';
  if (authority === '') return { chances: [], notes: [{ kind: 'no-host-named' }] };
  if (to.isResolved?.(authority) === false) {
    const input = `whether ${authority} was resolved before: no filter does so for this request`;
    return { chances: [], notes: [], unknown: input };
  }
  const port = Number(portOf(authority) ?? (cluster.transport_socket === undefined ? 80 : 443));
  const host = hostOf(authority);
  return { chances: [only({ ip: host, port }, host, cluster)], notes: [{ kind: 'forwards-by-authority' }] };
}

function only({ ip, port }: IpPort, hostname: string, cluster: Cluster): HostChance {
  const host: Host = {
    address: ip,
    port,
    internal: null,
    hostname,
    health: 'HEALTHY',
    class: 'healthy',
    faults: [],
    excluded: false,
    weight: 1,
    priority: 0,
    locality: '',
    localityWeight: 0,
    metadata: null,
    hashed: false,
    cluster: cluster.name ?? '',
  };
  return { host, share: 1 };
}

/** Connections that come to a filter chain with an HTTP connection manager. */
import { isIP } from 'node:net';
import type { CheckRequest, RequestMode } from '../check/check-file';
import { hostPort } from '../envoy/address';
import { messageOf } from '../envoy/any';
import type { ManagerAt } from '../envoy/http-managers';
import type { FilterChainMatch } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import { listenerFilterName, type ProxyProtocol } from '../trace/listener/listener-filters';
import { roleOf } from '../trace/listener/role';
import { destinationsInTree } from './matcher-tree-destinations';

/** The connection's part of a request. */
export interface DownstreamConnection {
  readonly scheme: 'http' | 'https';
  readonly port: number;
  readonly request: Pick<CheckRequest, 'mode' | 'originalDst' | 'tls' | 'sni' | 'alpn' | 'proxyProtocol'>;
}

/** Addresses for documentation: where any address will do. https://www.rfc-editor.org/rfc/rfc5737 */
const ANYWHERE = '192.0.2.1';
const ANYWHERE_V6 = '2001:db8::1';

/** Ways to come to the chain, to be tried in turn; whether one does is the trace's to say. */
export function downstreamConnectionsTo(
  at: ManagerAt,
  hosts: readonly string[],
  config: ProxyConfig,
  asked: RequestMode | null = null,
): readonly DownstreamConnection[] {
  const mode = asked ?? modeOf(at, config);
  const isInbound = mode === 'inbound';
  const match = at.chain.filter_chain_match ?? {};
  const connection = connectionOf(at, match, isInbound);
  return destinationsOf(at, match, hosts, config, isInbound).map(({ ip, port }) => ({
    scheme: connection.scheme,
    port,
    request: {
      ...(mode === null ? {} : { mode }),
      originalDst: hostPort(ip, port),
      ...connection.tls,
      ...proxyHeaderFor(at),
    },
  }));
}

/** Where a listener wants a PROXY protocol header, one that names the caller itself, of a version that it takes. */
function proxyHeaderFor({ listener }: ManagerAt): Pick<CheckRequest, 'proxyProtocol'> {
  const filter = listener.listener_filters?.find((one) => listenerFilterName(one) === 'proxy_protocol');
  if (filter === undefined) return {};
  const config = messageOf<ProxyProtocol>(filter.typed_config);
  if (config.allow_requests_without_proxy_protocol === true) return {};
  return { proxyProtocol: config.disallowed_versions?.includes('V1') === true ? 'v2:' : true };
}

/** How a request comes to the listener, where the proxy's type does not say it already. */
function modeOf({ listener }: ManagerAt, config: ProxyConfig): NonNullable<CheckRequest['mode']> | null {
  const role = roleOf(config);
  const isInternal = listener.internal_listener !== undefined;
  if (role === 'waypoint') return isInternal ? null : 'gateway';
  if (isInternal) return 'waypoint';
  return listener.traffic_direction === 'INBOUND' && role !== 'router' ? 'inbound' : null;
}

interface Destination {
  readonly ip: string;
  readonly port: number;
}

function destinationsOf(
  at: ManagerAt,
  match: FilterChainMatch,
  hosts: readonly string[],
  config: ProxyConfig,
  isInbound: boolean,
): readonly Destination[] {
  const inTree = destinationsInTree(at.listener.filter_chain_matcher, at.chain.name ?? '');
  if (inTree.length > 0) return inTree;
  const bound = at.listener.address?.socket_address;
  const port = match.destination_port ?? (isInbound ? null : (bound?.port_value ?? null));
  const ips = ipsOf(match, bound?.address ?? '', hosts, isInbound ? config.ip : null);
  // The chain of a sidecar for every port that no other chain is for.
  const ports = port === null ? [8080, 3000, 9999] : [port];
  return ips.flatMap((ip) => ports.map((one) => ({ ip, port: one })));
}

function ipsOf(
  match: FilterChainMatch,
  bound: string,
  hosts: readonly string[],
  own: string | null,
): readonly string[] {
  const [range] = match.prefix_ranges ?? [];
  if (range?.address_prefix !== undefined && (range.prefix_len ?? 0) > 0) return [range.address_prefix];
  if (own !== null) return [own];
  if (isIP(bound) !== 0 && bound !== '0.0.0.0' && bound !== '::') return [bound];
  const named = hosts.filter((host) => isIP(host) !== 0);
  return [...new Set([...named.slice(0, 1), bound === '::' ? ANYWHERE_V6 : ANYWHERE])];
}

interface ConnectionParts {
  readonly scheme: 'http' | 'https';
  readonly tls: Pick<CheckRequest, 'tls' | 'sni' | 'alpn'>;
}

/** TLS as the chain asks for it: between sidecars with a certificate of the mesh, else as a client's. */
function connectionOf(at: ManagerAt, match: FilterChainMatch, isInbound: boolean): ConnectionParts {
  const [name] = match.server_names ?? [];
  const isTls = match.transport_protocol === 'tls' || name !== undefined || at.chain.transport_socket !== undefined;
  if (!isTls || match.transport_protocol === 'raw_buffer') return { scheme: 'http', tls: {} };
  const context = messageOf<{ require_client_certificate?: boolean }>(at.chain.transport_socket?.typed_config);
  const isMutual = isInbound || context.require_client_certificate === true;
  const protocols = match.application_protocols ?? [];
  return {
    scheme: isInbound ? 'http' : 'https',
    tls: {
      ...(isMutual ? { tls: 'mtls' as const } : {}),
      ...(name === undefined ? {} : { sni: name.replace('*', 'any') }),
      ...(protocols.length === 0 || isInbound ? {} : { alpn: [...protocols] }),
    },
  };
}

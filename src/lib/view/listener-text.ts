/** istioctl's short texts for listeners and their filter chains. */
import { messageOf, type TypedExtension } from '../envoy/any';
import type { FilterChain, FilterChainMatch, HttpConnectionManager, Listener, TcpProxy } from '../envoy/listener';
import { rangeText } from '../match/cidr';
import type { FieldMask } from '../scan/field-mask';
import { clusterText, INLINE_ROUTES, inlineRouteText } from './match-text';

/**
 * istioctl does not call a listener TCP if this text occurs anywhere in its TCP proxy. Entries that contain it are kept whole,
 * because the short tables do not read all fields.
 */
export const BLACK_HOLE = 'BlackHoleCluster';

const HCM = 'envoy.filters.network.http_connection_manager';
const TCP = 'envoy.filters.network.tcp_proxy';

/** Of a connection manager its routes, of a TCP proxy its cluster; both may be wrapped in a TypedStruct. */
const MESSAGE: FieldMask = {
  ...{ '@type': true, cluster: true, stat_prefix: true },
  ...{ rds: { route_config_name: true }, route_config: INLINE_ROUTES },
};
const FILTERS: FieldMask = { filters: { name: true, typed_config: { ...MESSAGE, value: MESSAGE } } };
const MATCH: FieldMask = { filter_chain_match: true };

/** The fields of a listener that its addresses, its direction, its filters (and type) and its chains' matches are read from. */
export const ADDRESS_FIELDS: FieldMask = { address: true, additional_addresses: { address: true } };
export const DIRECTION_FIELDS: FieldMask = { traffic_direction: true };
export const FILTER_FIELDS: FieldMask = { filter_chains: FILTERS, default_filter_chain: FILTERS };
export const MATCH_FIELDS: FieldMask = { filter_chains: MATCH, default_filter_chain: MATCH };

/** `inbound`, `outbound` or `unspecified`. */
export function directionOf(listener: Listener): string {
  return (listener.traffic_direction ?? 'UNSPECIFIED').toLowerCase();
}

/** The port of its first address; 0 for a pipe or an internal listener. */
export function portOf(listener: Listener): number {
  return listener.address?.socket_address?.port_value ?? 0;
}

/** Its addresses: IP addresses, or the paths of pipes. */
export function addressesOf(listener: Listener): readonly string[] {
  const first = addressText(listener.address);
  const others = listener.additional_addresses;
  return others === undefined ? [first] : [first, ...others.map(({ address }) => addressText(address))];
}

function addressText(address: Listener['address']): string {
  return address?.socket_address?.address ?? address?.pipe?.path ?? '';
}

/** A listener's chains, the default one last. */
export function chainsOf(listener: Listener): readonly FilterChain[] {
  const own = listener.filter_chains ?? [];
  return listener.default_filter_chain === undefined ? own : [...own, listener.default_filter_chain];
}

function isBlackHole(filter: TypedExtension): boolean {
  return holds(filter.typed_config, BLACK_HOLE);
}

/** Whether a text stands in any name or string of a value. */
function holds(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.includes(text);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => holds(inner, text) || name.includes(text));
}

/** istioctl's type: what the filters of all chains are, black holes left out. */
export function listenerType(listener: Listener): string {
  const filters = chainsOf(listener).flatMap((chain) => chain.filters ?? []);
  const http = filters.some((filter) => filter.name === HCM);
  const tcp = filters.some((filter) => filter.name === TCP && !isBlackHole(filter));
  if (http) return tcp ? 'HTTP+TCP' : 'HTTP';
  return tcp ? 'TCP' : 'UNKNOWN';
}

/** Where a chain leads, with what istioctl's cell leaves out: weights, and that a connection is dropped. */
export function wideDestination(chain: FilterChain): string {
  for (const filter of chain.filters ?? []) {
    if (filter.name === HCM) break;
    if (filter.name !== TCP) continue;
    const { cluster, weighted_clusters: weighted } = messageOf<TcpProxy>(filter.typed_config);
    if (cluster !== undefined) return clusterText(cluster);
    return (weighted?.clusters ?? []).map((one) => `${one.weight ?? 0}: ${one.name ?? ''}`).join(', ');
  }
  return destinationOf(chain);
}

/** What of a match istioctl's cell leaves out: the conditions on the source. */
export function sourceParts(match: FilterChainMatch): readonly string[] {
  const parts: string[] = [];
  if (match.source_type !== undefined && match.source_type !== 'ANY') parts.push(`Source: ${match.source_type}`);
  const ranges = [...(match.source_prefix_ranges ?? []), ...(match.direct_source_prefix_ranges ?? [])];
  if (ranges.length > 0) parts.push(`From: ${ranges.map(rangeText).join(',')}`);
  if ((match.source_ports ?? []).length > 0) parts.push(`From port: ${(match.source_ports ?? []).join(',')}`);
  return parts;
}

const NICKNAMES: Readonly<Record<string, string>> = {
  'http/1.0,http/1.1,h2c,istio-http/1.0,istio-http/1.1,istio-h2': 'HTTP TLS',
  'istio,istio-http/1.0,istio-http/1.1,istio-h2': 'Istio HTTP Plain',
  'istio-peer-exchange,istio': 'TCP TLS',
  'http/1.0,http/1.1,h2c': 'HTTP',
};

/** istioctl's MATCH cell. */
export function matchCell(match: FilterChainMatch): string {
  const parts: string[] = [];
  if ((match.server_names ?? []).length > 0) parts.push(`SNI: ${(match.server_names ?? []).join(',')}`);
  if ((match.transport_protocol ?? '') !== '') parts.push(`Trans: ${match.transport_protocol ?? ''}`);
  const protocols = (match.application_protocols ?? []).join(',');
  if (protocols !== '') parts.push(`App: ${NICKNAMES[protocols] ?? protocols}`);
  const port = match.destination_port === undefined ? '' : `:${match.destination_port}`;
  const ranges = (match.prefix_ranges ?? []).map(rangeText).join(',');
  if (ranges !== '') parts.push(`Addr: ${ranges}${port}`);
  else if (port !== '') parts.push(`Addr: *${port}`);
  return parts.length === 0 ? 'ALL' : parts.join('; ');
}

/** Where a chain's first deciding filter sends a connection. */
export function destinationOf(chain: FilterChain): string {
  for (const filter of chain.filters ?? []) {
    if (filter.name === HCM) return managerText(messageOf<HttpConnectionManager>(filter.typed_config));
    if (filter.name === TCP && !isBlackHole(filter)) {
      return clusterText(messageOf<TcpProxy>(filter.typed_config).cluster ?? '');
    }
  }
  return 'Non-HTTP/Non-TCP';
}

function managerText(manager: HttpConnectionManager): string {
  if (manager.route_config !== undefined) return inlineRouteText(manager.route_config);
  const name = manager.rds?.route_config_name ?? '';
  return name === '' ? 'HTTP' : `Route: ${name}`;
}

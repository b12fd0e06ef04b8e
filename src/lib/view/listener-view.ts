/** `pc listener`: which addresses a proxy listens on, and what becomes of a connection. */
import { messageOf, type TypedExtension } from '../envoy/any';
import type { ResourceEntry } from '../envoy/config-dump';
import { toJsonNames } from '../envoy/field-names';
import type { FilterChain, FilterChainMatch, HttpConnectionManager, Listener, TcpProxy } from '../envoy/listener';
import { rangeText } from '../match/cidr';
import type { Table } from '../render/table';
import type { FieldMask } from '../scan/field-mask';
import type { Sought } from '../scan/raw-dump';
import { clusterText, INLINE_ROUTES, inlineRouteText } from './match-text';
import { byBytes, firstOf } from './order';
import { stateNote } from './notes';
import { stateCell, withRejected } from './state-text';
import type { Gathered, View } from './view';

export interface ListenerFilters {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly type?: string | undefined;
  readonly direction?: string | undefined;
  readonly name?: string | undefined;
}

export const LISTENER_TYPES = ['HTTP', 'TCP', 'HTTP+TCP', 'UNKNOWN'];
export const LISTENER_DIRECTIONS = ['inbound', 'outbound', 'unspecified'];

/** Of a connection manager its routes, of a TCP proxy its cluster; both may be wrapped in a TypedStruct. */
const MESSAGE: FieldMask = {
  ...{ '@type': true, cluster: true, stat_prefix: true },
  ...{ rds: { route_config_name: true }, route_config: INLINE_ROUTES },
};
const FILTER: FieldMask = { ...MESSAGE, value: MESSAGE };
const CHAIN: FieldMask = { filter_chain_match: true, filters: { name: true, typed_config: FILTER } };
const LISTENER: FieldMask = {
  name: true,
  address: true,
  additional_addresses: { address: true },
  traffic_direction: true,
  filter_chains: CHAIN,
  default_filter_chain: CHAIN,
};

const VERSION: FieldMask = { listener: LISTENER };

/** The fields of a listener in a dump that its short tables and the filters look at. */
export const FIELDS_IN_TABLE: FieldMask = {
  name: true,
  error_state: true,
  active_state: VERSION,
  warming_state: VERSION,
  draining_state: VERSION,
  listener: LISTENER,
};

/** Where it stands, be it in fields that are not read otherwise, a TCP proxy is no TCP listener to istioctl. */
export const BLACK_HOLE = 'BlackHoleCluster';

/** What stands in every listener that the filters let through; undefined where none is known. */
export function soughtBy({ port = 0, name = '', address = '' }: ListenerFilters): Sought | undefined {
  if (name !== '') return { text: name, as: 'string' };
  if (port !== 0) return { text: String(port), as: 'part' };
  // Letters of an address may be large or small.
  return address === '' || /[a-z]/i.test(address) ? undefined : { text: address, as: 'string' };
}

const HCM = 'envoy.filters.network.http_connection_manager';
const TCP = 'envoy.filters.network.tcp_proxy';

/** A listener that serves. */
export type ListenerEntry = ResourceEntry<Listener> & { readonly resource: Listener };

/** Listeners that serve and that the filters let through, in the dump's order. */
export function selectListeners(
  entries: readonly ResourceEntry<Listener>[],
  filters: ListenerFilters,
): readonly ListenerEntry[] {
  return entries.filter((entry): entry is ListenerEntry => isServing(entry) && passes(entry.resource, filters));
}

function isServing(entry: ResourceEntry<Listener>): entry is ListenerEntry {
  return entry.resource !== null && (entry.state === 'active' || entry.state === 'static');
}

function passes(listener: Listener, filters: ListenerFilters): boolean {
  const { address = '', port = 0, type = '', direction = '', name = '' } = filters;
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  return (
    (address === '' || addressesOf(listener).some((own) => same(own, address))) &&
    (port === 0 || portOf(listener) === port) &&
    (type === '' || same(listenerType(listener), type)) &&
    (direction === '' || same(directionOf(listener), direction)) &&
    (name === '' || listener.name === name)
  );
}

export function directionOf(listener: Listener): string {
  return (listener.traffic_direction ?? 'UNSPECIFIED').toLowerCase();
}

export function portOf(listener: Listener): number {
  return listener.address?.socket_address?.port_value ?? 0;
}

export function addressesOf(listener: Listener): readonly string[] {
  const all = [listener.address, ...(listener.additional_addresses ?? []).map((one) => one.address)];
  return all.map((address) => address?.socket_address?.address ?? address?.pipe?.path ?? '');
}

function chainsOf(listener: Listener): readonly FilterChain[] {
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

/** Warming and draining versions of listeners that the filters let through. */
export function selectNotServing(
  entries: readonly ResourceEntry<Listener>[],
  filters: ListenerFilters,
): readonly ListenerEntry[] {
  return entries.filter(
    (entry): entry is ListenerEntry =>
      (entry.state === 'warming' || entry.state === 'draining') &&
      entry.resource !== null &&
      passes(entry.resource, filters),
  );
}

/** Listeners that Envoy refused: of what they would be, only the name is known. */
export function selectRejected(
  entries: readonly ResourceEntry<Listener>[],
  { name = '' }: ListenerFilters,
): readonly ResourceEntry<Listener>[] {
  return entries.filter((entry) => entry.state === 'error' && (name === '' || entry.name === name));
}

/**
 * The view of the listeners selected.
 * @param notServing warming and draining ones, which only `wide` shows
 * @param rejected ones that Envoy refused, likewise
 */
export function listenerView(
  selected: readonly ListenerEntry[],
  verbose: boolean,
  notServing: readonly ListenerEntry[] = [],
  rejected: readonly ResourceEntry<Listener>[] = [],
): View {
  return {
    table: verbose ? chainTable(sorted(selected)) : typeTable(sorted(selected)),
    wide: () => withRejected(wideTable(sorted([...selected, ...notServing])), rejected),
    json: () => selected.map(({ resource }) => withoutType(toJsonNames(resource) as object)),
    names: () => selected.map(({ name }) => `listener/${name}`),
    count: selected.length,
  };
}

interface Line {
  readonly name: string;
  readonly key: SortKey;
  readonly rows: Table['rows'];
}

/** The short tables and names, in one pass. Formats that show whole listeners go by `whole`, made when asked for. */
export function gatherListeners(
  entries: Iterable<ResourceEntry<Listener>>,
  filters: ListenerFilters,
  verbose: boolean,
  whole: () => View,
): Gathered {
  const lines: Line[] = [];
  const notes: string[] = [];
  let total = 0;
  const tableFor = verbose ? chainTable : typeTable;
  for (const entry of entries) {
    const note = stateNote('listener', entry);
    if (note !== null) notes.push(note);
    if (!isServing(entry)) continue;
    total++;
    if (!passes(entry.resource, filters)) continue;
    lines.push({ name: entry.name, key: keyOf(entry), rows: tableFor([entry]).rows });
  }
  const rows = [...lines].sort((a, b) => compareKeys(a.key, b.key)).flatMap((line) => line.rows);
  const view = {
    table: { ...tableFor([]), rows },
    wide: () => whole().wide(),
    json: () => whole().json(),
    names: () => lines.map(({ name }) => `listener/${name}`),
    count: lines.length,
  };
  return { view, total, notes };
}

/** A resource as istioctl prints it: without the type that wraps it. */
export function withoutType(resource: object): object {
  return Object.fromEntries(Object.entries(resource).filter(([key]) => key !== '@type'));
}

export function sorted(entries: readonly ListenerEntry[]): readonly ListenerEntry[] {
  return entries
    .map((entry) => ({ entry, key: keyOf(entry) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ entry }) => entry);
}

/** What listeners are sorted by. */
interface SortKey {
  readonly port: number;
  readonly address: string;
  readonly type: string;
}

function keyOf({ resource }: ListenerEntry): SortKey {
  return { port: portOf(resource), address: addressesOf(resource)[0] ?? '', type: listenerType(resource) };
}

function compareKeys(a: SortKey, b: SortKey): number {
  return firstOf(a.port - b.port, byBytes(a.address, b.address), byBytes(a.type, b.type));
}

function typeTable(entries: readonly ListenerEntry[]): Table {
  return {
    header: ['ADDRESSES', 'PORT', 'TYPE'],
    padding: 1,
    rows: entries.map(({ resource }) => [
      addressesOf(resource).join(','),
      String(portOf(resource)),
      listenerType(resource),
    ]),
  };
}

function chainTable(entries: readonly ListenerEntry[]): Table {
  const rows = entries.flatMap(({ resource }) => {
    const addresses = addressesOf(resource).join(',');
    const port = String(portOf(resource));
    return chainsOf(resource)
      .map((chain) => [addresses, port, matchCell(chain.filter_chain_match ?? {}), destinationOf(chain)] as const)
      .sort(([, , , a], [, , , b]) => byBytes(b, a));
  });
  return { header: ['ADDRESSES', 'PORT', 'MATCH', 'DESTINATION'], rows, padding: 1 };
}

function wideTable(entries: readonly ListenerEntry[]): Table {
  const rows = entries.flatMap((entry) => {
    const { resource } = entry;
    const own = [
      entry.name,
      stateCell(entry),
      addressesOf(resource).join(','),
      String(portOf(resource)),
      directionOf(resource),
    ];
    const chains = chainsOf(resource);
    if (chains.length === 0) return [[...own, '-', '-', '-', '-']];
    return chains.map((chain, index) => [
      ...own,
      chain === resource.default_filter_chain ? 'default' : String(index),
      chain.name ?? '-',
      [matchCell(chain.filter_chain_match ?? {}), ...sourceParts(chain.filter_chain_match ?? {})].join('; '),
      wideDestination(chain),
    ]);
  });
  const header = ['NAME', 'STATE', 'ADDRESSES', 'PORT', 'DIRECTION', 'ORDER', 'CHAIN', 'MATCH', 'DESTINATION'];
  return { header, rows, padding: 2 };
}

/** Where a chain leads, with what istioctl's cell leaves out: weights, and that a connection is dropped. */
function wideDestination(chain: FilterChain): string {
  for (const filter of chain.filters ?? []) {
    if (filter.name === HCM) break;
    if (filter.name !== TCP) continue;
    const { cluster, weighted_clusters: weighted } = messageOf<TcpProxy>(filter.typed_config);
    if (cluster !== undefined) return clusterText(cluster);
    return (weighted?.clusters ?? []).map((one) => `${one.weight ?? 0}: ${one.name ?? ''}`).join(', ');
  }
  return destinationOf(chain);
}

function sourceParts(match: FilterChainMatch): readonly string[] {
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

/** istioctl's table with each listener's name in front, as `pc all` has it. */
export function namedListenerTable(entries: readonly ListenerEntry[], verbose: boolean): Table {
  const ordered = sorted(entries);
  const header = (verbose ? chainTable([]) : typeTable([])).header;
  const rows = ordered.flatMap((entry) =>
    (verbose ? chainTable([entry]) : typeTable([entry])).rows.map((row) => [`listener/${entry.name}`, ...row]),
  );
  return { header: ['NAME', ...header], rows, padding: 1 };
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

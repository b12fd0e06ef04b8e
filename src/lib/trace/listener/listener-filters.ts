/**
 * What a listener's filters find out about a connection before a filter chain is chosen.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/listener_filters
 */
import { durationMs, messageOf, messageTypeOf } from '../../envoy/any';
import type { Listener, ListenerFilter, ListenerFilterPredicate } from '../../envoy/listener';
import type { Connection, NamedPeer } from '../connection';
import type { Detected, Peer } from '../../http/connection-facts';
import { isUnknown } from '../../match/ternary';
import { watcher } from '../../match/watch';
import { step } from '../hop/record';
import type { ListenerFilterEffect, ListenerFiltersCause } from '../facts/listener';
import type { DetailOf, StepFacts } from '../facts/step';
import type { IpPort } from '../model';

/** What is known of a connection while listener filters run over it. */
export interface SocketState {
  readonly detected: Detected;
  /** The connection's local address as Envoy has it: the accepting one until the original destination is restored. */
  readonly local: IpPort;
  readonly restored: boolean;
  /** A PROXY protocol header that is still in front of the bytes; null where none came, or a filter took it off. */
  readonly proxyHeader: NamedPeer | null;
  /** The peer, as such a header named it; null where no filter has read one. */
  readonly source: Peer | null;
}

export interface FiltersResult extends SocketState {
  /** Set where the connection ends here. */
  readonly closed: {
    readonly reason: 'listener-filter-timeout' | 'connection-closed';
    readonly cause: ListenerFiltersCause;
  } | null;
  /** The filter whose work is not known, and that may close the connection or make another of it; null where there is none. */
  readonly open: string | null;
  readonly steps: readonly StepFacts[];
}

/** Those of which nothing is evaluated, and of which it is told how they may act: they hang on load alone. */
const TOLD_APART = new Set(['local_ratelimit']);

interface Effect {
  readonly detected?: Detected;
  readonly local?: IpPort | undefined;
  /** A header that was taken off. */
  readonly source?: Peer;
  readonly waits?: boolean;
  readonly closes?: ListenerFiltersCause;
  readonly says: ListenerFilterEffect;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const ORIGINAL_DST: ListenerFilter = { name: 'envoy.filters.listener.original_dst' };

const PROXY_PROTOCOL: ListenerFilter = { name: 'envoy.filters.listener.proxy_protocol' };

/**
 * Its own, and those that older fields stand for: `use_original_dst`, and `use_proxy_proto` of the first filter chain.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto (use_proxy_proto)
 */
function filtersOf({ listener_filters: own = [], ...listener }: Listener): readonly ListenerFilter[] {
  return [
    ...own,
    ...(listener.use_original_dst === true ? [ORIGINAL_DST] : []),
    ...(listener.filter_chains?.[0]?.use_proxy_proto === true ? [PROXY_PROTOCOL] : []),
  ];
}

/** Runs the listener's filters in order over a connection. */
export function runListenerFilters(
  listener: Listener,
  pointer: string,
  connection: Connection,
  start: SocketState,
): FiltersResult {
  const filters = filtersOf(listener);
  const isOwn = (listener.listener_filters ?? []).length > 0;
  const place = `${pointer}/${isOwn ? 'listener_filters' : listener.use_original_dst === true ? 'use_original_dst' : 'filter_chains/0/use_proxy_proto'}`;
  let state = start;
  const says: DetailOf<'listener-filters'>[] = [];
  for (const filter of filters) {
    if (filter.filter_disabled !== undefined && holds(filter.filter_disabled, state.local.port)) {
      says.push({ filter: listenerFilterName(filter), effect: { kind: 'disabled-for-port', port: state.local.port } });
      continue;
    }
    const effect = effectOf(filter, connection, state);
    says.push({ filter: listenerFilterName(filter), effect: effect.says });
    if (effect.closes !== undefined) {
      return result(state, place, says, { reason: 'connection-closed', cause: effect.closes });
    }
    if (effect.waits === true) return result(state, place, says, timeOut(listener));
    state = {
      detected: effect.detected ?? state.detected,
      local: effect.local ?? state.local,
      restored: state.restored || effect.local !== undefined,
      proxyHeader: effect.source === undefined ? state.proxyHeader : null,
      source: effect.source ?? state.source,
    };
  }
  return result(state, place, says, null);
}

function result(
  state: SocketState,
  pointer: string,
  says: readonly DetailOf<'listener-filters'>[],
  closed: FiltersResult['closed'],
): FiltersResult {
  const other = says.find(({ filter, effect }) => effect.kind === 'filter-not-evaluated' && !TOLD_APART.has(filter));
  const open = other?.filter ?? null;
  if (says.length === 0) return { ...state, closed, open, steps: [] };
  const cause = closed?.cause ?? ({ kind: 'detected', detected: state.detected } as const);
  const outcome = closed === null ? 'passed' : 'ended';
  const config = { config: pointer, details: says };
  return { ...state, closed, open, steps: [step('listener-filters', outcome, null, cause, config)] };
}

/** A client that waits for the server: the filters time out, and Envoy goes on without them, or closes. */
function timeOut(listener: Listener): FiltersResult['closed'] {
  const timeout = durationMs(listener.listener_filters_timeout) ?? DEFAULT_TIMEOUT_MS;
  if (timeout !== 0 && listener.continue_on_listener_filters_timeout === true) return null;
  const timeoutMs = timeout === 0 ? null : timeout;
  return { reason: 'listener-filter-timeout', cause: { kind: 'waits-for-client', timeoutMs } };
}

function effectOf(filter: ListenerFilter, connection: Connection, state: SocketState): Effect {
  switch (listenerFilterName(filter)) {
    case 'tls_inspector':
      return inspectTls(connection, state);
    case 'http_inspector':
      return inspectHttp(connection, state);
    case 'original_dst':
      // A connection that was not redirected has no other destination than it had.
      return { local: state.restored ? state.local : connection.destination, says: { kind: 'restores-destination' } };
    case 'proxy_protocol':
      return proxyProtocol(filter, state);
    case 'original_src':
      return { says: { kind: 'keeps-client-address' } };
    default:
      return { says: { kind: 'filter-not-evaluated' } };
  }
}

function inspectTls(connection: Connection, { detected: before, proxyHeader }: SocketState): Effect {
  if (proxyHeader !== null) return { says: { kind: 'no-client-hello', headerFirst: true } };
  if (connection.tls === null) {
    if (connection.payload === 'server-first') return { waits: true, says: { kind: 'waits-for-first-byte' } };
    return { says: { kind: 'no-client-hello', headerFirst: false } };
  }
  const { sni, alpn } = connection.tls;
  const detected = {
    transportProtocol: 'tls',
    serverName: sni === null ? before.serverName : sni.toLowerCase(),
    applicationProtocols: alpn.length > 0 ? alpn : before.applicationProtocols,
  };
  return { detected, says: { kind: 'client-hello', sni, alpn } };
}

const INSPECTED: Readonly<Record<string, string>> = { 'http/1.0': 'http/1.0', 'http/1.1': 'http/1.1', 'http/2': 'h2c' };

function inspectHttp(connection: Connection, { detected: before, proxyHeader }: SocketState): Effect {
  const { transportProtocol } = before;
  if (transportProtocol !== '' && transportProtocol !== 'raw_buffer') {
    return { says: { kind: 'transport-is-known', transport: transportProtocol } };
  }
  if (proxyHeader !== null) return { says: { kind: 'no-http', why: 'header-first' } };
  if (connection.tls !== null) return { says: { kind: 'no-http', why: null } };
  if (connection.payload === 'server-first') return { waits: true, says: { kind: 'waits-for-first-byte' } };
  const protocol = INSPECTED[connection.payload];
  if (protocol === undefined) return { says: { kind: 'no-http', why: null } };
  if (connection.overlooked === true) return { says: { kind: 'no-http', why: 'unknown-method' } };
  return { detected: { ...before, applicationProtocols: [protocol] }, says: { kind: 'http-detected', protocol } };
}

/** `envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol`, as far as it is read. */
export interface ProxyProtocol {
  readonly allow_requests_without_proxy_protocol?: boolean;
  readonly disallowed_versions?: readonly string[];
}

/**
 * Takes the header off: its source becomes the connection's, and the peer itself stays the direct one; its destination is the
 * one that was meant, as if it had been restored. A version that is not allowed closes the connection, but where requests may come
 * without a header: there it is none, and stays in front of what comes.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/proxy_protocol
 */
function proxyProtocol(filter: ListenerFilter, { proxyHeader, detected }: SocketState): Effect {
  const config = messageOf<ProxyProtocol>(filter.typed_config);
  if (proxyHeader !== null) {
    if (config.disallowed_versions?.includes(`V${proxyHeader.version ?? 1}`) === true) {
      const says = { kind: 'proxy-header-not-allowed' } as const;
      return config.allow_requests_without_proxy_protocol === true ? { says } : { closes: says, says };
    }
    const source = isUnknown(proxyHeader.ip) ? null : proxyHeader.ip;
    const { destination: local, ip, port } = proxyHeader;
    return { source: { ip, port }, local, detected, says: { kind: 'proxy-header-names', source } };
  }
  if (config.allow_requests_without_proxy_protocol === true) {
    return { says: { kind: 'no-proxy-header', allowed: true } };
  }
  return { closes: { kind: 'proxy-header-missing' }, says: { kind: 'no-proxy-header', allowed: false } };
}

/** `envoy.filters.listener.tls_inspector` and the message's name give the same short name. */
export function listenerFilterName(filter: ListenerFilter): string {
  const type = messageTypeOf(filter.typed_config);
  const byType = /^envoy\.extensions\.filters\.listener\.([a-z_]+)\./.exec(type)?.[1];
  return byType ?? (filter.name ?? type).replace('envoy.filters.listener.', '');
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto */
function holds(predicate: ListenerFilterPredicate, port: number): boolean {
  if (predicate.any_match === true) return true;
  if (predicate.or_match !== undefined) return (predicate.or_match.rules ?? []).some((rule) => holds(rule, port));
  if (predicate.and_match !== undefined) return (predicate.and_match.rules ?? []).every((rule) => holds(rule, port));
  if (predicate.not_match !== undefined) return !holds(predicate.not_match, port);
  const range = predicate.destination_port_range;
  if (range === undefined) return false;
  const { start = 0, end = 0 } = range;
  watcher()?.port(port, start, end);
  return port >= start && port < end;
}

/**
 * A filter chain's network filters, in order up to the one that ends it.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/listeners/network_filters
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { HttpConnectionManager, TcpProxy } from '../../envoy/listener';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { watcher } from '../../match/watch';
import { type Ending, ending } from '../hop/ending';
import { KNOWN_NETWORK_FILTERS } from '../facts/known-filters';
import { ownField } from '../../own-field';
import { runNetworkFilter } from '../filters/network-filters';
import { CLUSTER_STATE } from '../filters/shared/filter-state';
import { isOthersState, writesKnownState } from '../filters/shared/state-writers';
import { StreamState } from '../../http/stream-state';
import { carrying } from '../hop/ending';
import type { HopEnd } from '../hop/context';
import { HopRecord, step } from '../hop/record';
import { walkHttp } from '../http/walk-http';
import type { ChosenChain } from '../listener/filter-chain';
import type { Inside } from '../listener/tls-termination';
import type { Stream } from './stream';
import { connectsAtOnce, destine, leadsNowhere, proxyTcp } from './tcp-proxy';

const TCP_PROXY = 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
const MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const RBAC = 'envoy.extensions.filters.network.rbac.v3.RBAC';
const SET_STATE = 'envoy.extensions.filters.network.set_filter_state.v3.Config';
const SNI_CLUSTER = 'envoy.extensions.filters.network.sni_cluster.v3.SniCluster';
const SNI_FORWARD = /\.sni_dynamic_forward_proxy\.(?:v3|v3alpha)\.FilterConfig$/;

/** Runs the chain's filters over a connection. */
export function runChain({ chain, pointer }: ChosenChain, start: Stream, inside: Inside, record: HopRecord): HopEnd {
  const filters = chain.filters ?? [];
  const state = new StreamState(start.state);
  // Filters of one listener may leave something for another that the connection goes on to.
  if (!writesKnownState(filters)) state.knowsAbsent(() => false);
  else if (start.state === null) state.knowsAbsent(isOthersState);
  let stream = start;
  let open: HopEnd | null = null;
  for (const [index, filter] of filters.entries()) {
    const at = `${pointer}/filters/${index}`;
    const type = messageTypeOf(filter.typed_config);
    const last = finish({ filter, at, stream, inside, state }, type, record);
    if (last !== null) return open ?? last;
    if (type === RBAC && stream.payload === 'server-first') {
      const cause = { kind: 'not-asked-before-first-byte' } as const;
      record.add(step('network-filter', 'noted', filter.name ?? null, cause, { config: at }));
      continue;
    }
    const end = runNetworkFilter(
      { context: stream.context, filter, pointer: at, connection: stream.connection, state },
      record,
    );
    if (end !== null && isOpen(end)) open ??= end;
    else if (end !== null) return closedBy(end, { filters, index, pointer }, withCluster(stream, state), record);
    stream = changed(stream, type, filter);
  }
  return open ?? unfinished(filters, record, pointer);
}

/** Whether it is a filter that is not evaluated: what comes behind it is told all the same, as far as it is what happens then. */
function isOpen({ outcome, cause }: Ending): boolean {
  return outcome.verdict === 'unknown' && cause.kind === 'connection-open';
}

/**
 * The TCP proxy behind a filter that closes has chosen its cluster and called it already: it does so when the connection
 * is made, and the filter closes with the first byte. A proxy that has nowhere to go closes before that.
 */
function closedBy(end: HopEnd, { filters, index, pointer }: Closing, stream: Stream, record: HopRecord): HopEnd {
  const at = filters.findIndex((filter, place) => place > index && messageTypeOf(filter.typed_config) === TCP_PROXY);
  const filter = filters[at];
  if (filter === undefined) return end;
  const proxy = messageOf<TcpProxy>(filter.typed_config);
  if (!connectsAtOnce(proxy, stream.connection.tls !== null)) return end;
  return leadsNowhere(destine(proxy, stream, record))
    ? proxyTcp(proxy, `${pointer}/filters/${at}`, stream, record)
    : end;
}

/** Filters that do nothing before the first byte. */
const AT_FIRST_BYTE: ReadonlySet<string> = new Set([RBAC, 'envoy.extensions.filters.network.ext_authz.v3.ExtAuthz']);

/**
 * The end of a connection whose TCP proxy has nowhere to go: it calls its cluster when the connection is accepted, so that
 * whatever would come of the TLS handshake is never seen. Null where another filter takes the connection, where one that comes before
 * may hold it, or where there is somewhere to go.
 */
export function endBeforeHandshake({ chain, pointer }: ChosenChain, start: Stream, record: HopRecord): HopEnd | null {
  const aside = new HopRecord(start.context.proxy, start.context.direction);
  const state = new StreamState(start.state);
  let stream = start;
  for (const [index, filter] of (chain.filters ?? []).entries()) {
    const type = messageTypeOf(filter.typed_config);
    if (type === TCP_PROXY) {
      const proxy = messageOf<TcpProxy>(filter.typed_config);
      const sent = withCluster(stream, state);
      const isLost = connectsAtOnce(proxy, true) && leadsNowhere(destine(proxy, sent, aside));
      return isLost ? proxyTcp(proxy, `${pointer}/filters/${index}`, sent, record) : null;
    }
    if (AT_FIRST_BYTE.has(type)) continue;
    if (!isNoted(type) && type !== SNI_CLUSTER && type !== SET_STATE) return null;
    const { connection } = stream;
    runNetworkFilter({ context: stream.context, filter, pointer, connection, state }, aside);
    stream = changed(stream, type, filter);
  }
  return null;
}

function isNoted(type: string): boolean {
  return ownField<string>(KNOWN_NETWORK_FILTERS, type) === 'noted';
}

/** A filter that closes the connection, and its place in the chain. */
interface Closing {
  readonly filters: readonly TypedExtension[];
  readonly index: number;
  readonly pointer: string;
}

function changed(stream: Stream, type: string, filter: TypedExtension): Stream {
  const { serverName } = stream.connection.detected;
  if (serverName === '') return stream;
  if (type === SNI_CLUSTER) {
    const { config } = stream.context;
    watcher()?.serverName(serverName, clusterNames(config), config);
    return { ...stream, cluster: serverName };
  }
  if (!SNI_FORWARD.test(type)) return stream;
  watcher()?.other('the server name that a connection is sent on by');
  const { port_value: port = 443 } = messageOf<{ port_value?: number }>(filter.typed_config);
  return { ...stream, forward: { host: serverName, port } };
}

function clusterNames({ dump }: ProxyConfig): readonly string[] {
  return Array.from(dump.eachCluster(), ({ name }) => name);
}

function withCluster(stream: Stream, state: StreamState): Stream {
  const named = state.filterState(CLUSTER_STATE);
  return { ...stream, state, ...(typeof named === 'string' ? { cluster: named } : {}) };
}

interface LastInput {
  readonly filter: TypedExtension;
  readonly at: string;
  readonly stream: Stream;
  readonly inside: Inside;
  readonly state: StreamState;
}

function http({ filter, at, stream, inside, state }: LastInput, record: HopRecord): HopEnd {
  const { connection } = stream;
  return walkHttp(
    {
      context: stream.context,
      manager: messageOf<HttpConnectionManager>(filter.typed_config),
      pointer: `${at}/typed_config`,
      arrival: {
        message: stream.message,
        payload: inside.payload,
        isTls: inside.terminated !== null,
        isOpaqueTls: inside.opaque !== null,
        alpn: inside.terminated?.alpn ?? null,
        localPort: connection.local.port,
        sourceIp: connection.source.ip,
        ownIp: stream.context.config.ip,
        isAgain: stream.isAgain,
        presentsCertificate: (connection.tls?.certificate ?? null) !== null,
      },
      connection,
      restored: stream.restored,
      validated: inside.terminated?.validated ?? false,
      state,
    },
    record,
  );
}

/** The end of a connection that its filter takes for itself: the TCP proxy and the connection manager; null for others. */
function finish(input: LastInput, type: string, record: HopRecord): HopEnd | null {
  const { filter, at, stream, state } = input;
  if (type === MANAGER) return http(input, record);
  if (type !== TCP_PROXY) return null;
  const proxy = messageOf<TcpProxy>(filter.typed_config);
  return carrying(state, proxyTcp(proxy, at, withCluster(stream, state), record));
}

/** The filters ended without one that takes the connection. */
function unfinished(filters: readonly TypedExtension[], record: HopRecord, pointer: string): HopEnd {
  const last = filters.at(-1);
  if (last === undefined) {
    const cause = { kind: 'no-network-filters' } as const;
    record.add(step('network-filter', 'ended', null, cause, { config: pointer }));
    return ending('failed', 'connection-closed', cause);
  }
  const name = last.name ?? messageTypeOf(last.typed_config);
  const cause = { kind: 'last-filter-not-known', name } as const;
  record.add(step('network-filter', 'unknown', name, cause, { config: `${pointer}/filters/${filters.length - 1}` }));
  return ending('unknown', 'unknown-input', cause);
}

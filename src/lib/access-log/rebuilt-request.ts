/** The request that an access log line is about, as far as the line holds it. */
import type { IpPort } from '../match/ip-port';
import type { Direction } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import type { LogEntry } from './entry';

/** What is known of the proxy that wrote the line. */
export interface WriterFacts {
  /** Its own addresses. */
  readonly ips: readonly string[];
  /** From the node id: `sidecar`, `router`, `waypoint`. */
  readonly type: string | null;
  /** Ports of listeners that are called directly, and not through iptables, as a gateway's are. */
  readonly ownPorts: ReadonlySet<number>;
}

export interface RebuiltRequest {
  readonly query: TraceQuery;
  readonly mode: Direction;
  /** Whether the original destination is not known, and a stand-in is called that no listener has. */
  readonly isAnywhere?: true;
}

/**
 * The question to trace at the proxy that wrote the line: one hop, from there. Null where the line holds no address and no
 * host to call. The destination is the downstream local address: for a captured connection Envoy has put the original one there.
 */
export function rebuiltRequest(entry: LogEntry, writer: WriterFacts): RebuiltRequest | null {
  const mode = modeOf(entry, writer);
  const local = entry.downstreamLocal;
  const host = entry.authority ?? (local === null ? null : hostText(local.ip));
  if (local !== null && isUnrestored(local)) return anywhere(entry, local, writer);
  if (host === null) return null;
  const isHttp = entry.method !== null;
  const isTls = entry.serverName !== null;
  const query: TraceQuery = {
    url: isHttp ? httpUrl(entry, host, mode) : tcpUrl(entry, isTls, host),
    mode,
    oneHop: true,
    ...(isHttp ? messageOf(entry, host) : {}),
    ...(local === null ? {} : { originalDst: local }),
    ...(mode === 'outbound' ? {} : callerOf(entry)),
    ...(isTls && isHttp ? tlsOf(entry, mode) : {}),
  };
  return { query, mode };
}

function modeOf(entry: LogEntry, writer: WriterFacts): Direction {
  if (writer.type === 'router') return 'gateway';
  if (writer.type === 'waypoint') return 'waypoint';
  const called = entry.downstreamLocal;
  if (called !== null && writer.ownPorts.has(called.port) && writer.ips.includes(called.ip)) return 'gateway';
  if (entry.cluster !== null) {
    if (/^inbound(?:-vip)?\||^InboundPassthroughCluster/.test(entry.cluster)) return 'inbound';
    if (entry.cluster.startsWith('outbound')) return 'outbound';
  }
  const local = entry.downstreamLocal;
  return local !== null && writer.ips.includes(local.ip) && local.ip !== entry.downstreamRemote?.ip
    ? 'inbound'
    : 'outbound';
}

/** https://www.rfc-editor.org/rfc/rfc5737: an address that nobody has. */
const NOBODY = '192.0.2.1';

/**
 * Without the original destination the connection stays at the listener that iptables redirects to, and filter chains are chosen by
 * that listener's port: istiod has one that drops it, so that a line of HTTP is of a proxy that has another.
 */
function anywhere(entry: LogEntry, { port }: IpPort, { ips: [own] }: WriterFacts): RebuiltRequest {
  const mode = port === 15006 ? 'inbound' : 'outbound';
  const originalDst = { ip: mode === 'inbound' && own !== undefined ? own : NOBODY, port };
  const place = `${hostText(originalDst.ip)}:${originalDst.port}`;
  const query: TraceQuery = { url: `tcp://${place}`, mode, oneHop: true, originalDst };
  if (entry.method === null) return { query, mode, isAnywhere: true };
  const path = entry.path?.startsWith('/') === true ? entry.path : '';
  const message = messageOf(entry, entry.authority ?? place);
  return { query: { ...query, url: `http://${place}${path}`, ...message }, mode, isAnywhere: true };
}

/**
 * The redirect's target in place of the original destination: the kernel did not tell that one (SO_ORIGINAL_DST), because it had
 * already forgotten the connection, or because somebody called the port itself.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/original_dst_filter
 */
function isUnrestored(local: IpPort): boolean {
  return (local.port === 15001 || local.port === 15006) && local.ip.startsWith('127.');
}

function hostText(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}

/** Envoy gives an address that it took from X-Forwarded-For the port 0: who called directly is then not held. */
function callerOf({ downstreamRemote }: LogEntry): Pick<TraceQuery, 'sourceIp'> {
  return downstreamRemote === null || downstreamRemote.port === 0 ? {} : { sourceIp: downstreamRemote.ip };
}

/** The URL only carries path and scheme: the authority is sent as it is in the line. */
function httpUrl(entry: LogEntry, host: string, mode: Direction): string {
  const isTls = entry.serverName !== null && mode !== 'inbound' && mode !== 'waypoint';
  const { downstreamLocal: local } = entry;
  const place = local === null ? host : `${hostText(local.ip)}:${local.port}`;
  const path = entry.path ?? '/';
  return `${isTls ? 'https' : 'http'}://${place}${path.startsWith('/') ? path : ''}`;
}

function tcpUrl({ serverName, downstreamLocal: local }: LogEntry, isTls: boolean, host: string): string {
  const place = isTls ? (serverName ?? host) : host;
  return `${isTls ? 'tls' : 'tcp'}://${place}:${local?.port ?? 443}`;
}

/**
 * `X-Forwarded-For` as the client sent it: with `use_remote_address` Envoy has put the caller behind it, with a comma and no blank.
 * Where the caller was taken from the header, the line does not say who called directly: there it stays as it is.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-for
 */
function forwardedByClient({ forwardedFor, downstreamRemote }: LogEntry): string | null {
  if (forwardedFor === null || downstreamRemote === null) return null;
  if (downstreamRemote.port === 0) return forwardedFor;
  const { before, last } = lastForwarded(forwardedFor);
  return last === downstreamRemote.ip ? before : forwardedFor;
}

/** The last address of an `X-Forwarded-For`, and what stands before it; null where it stands alone. */
export function lastForwarded(value: string): { readonly before: string | null; readonly last: string } {
  const comma = value.lastIndexOf(',');
  return { before: comma < 0 ? null : value.slice(0, comma), last: value.slice(comma + 1).trim() };
}

const VERSIONS: Readonly<Record<string, '1.0' | '1.1' | '2'>> = { 'HTTP/1.0': '1.0', 'HTTP/1.1': '1.1', 'HTTP/2': '2' };

function messageOf(
  entry: LogEntry,
  host: string,
): Pick<TraceQuery, 'method' | 'headers' | 'httpVersion' | 'requestTarget'> {
  const sent = [...entry.headers].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  const forwarded = forwardedByClient(entry);
  if (forwarded !== null) sent.push(['x-forwarded-for', forwarded]);
  return {
    method: entry.method ?? 'GET',
    headers: [['Host', host], ...sent],
    httpVersion: VERSIONS[entry.protocol ?? ''],
    ...(entry.path?.startsWith('/') === false ? { requestTarget: entry.path } : {}),
  };
}

/** A sidecar's own server name (`outbound_.9080_._.host`) is mutual TLS between sidecars. */
function tlsOf(entry: LogEntry, mode: Direction): Pick<TraceQuery, 'tls' | 'sni' | 'alpn' | 'sourcePrincipal'> {
  const isMutual = mode === 'inbound' || mode === 'waypoint' || entry.peerPrincipal !== null;
  return {
    tls: isMutual ? 'mtls' : 'tls',
    sni: entry.serverName ?? '',
    ...(entry.peerPrincipal === null ? {} : { sourcePrincipal: entry.peerPrincipal }),
  };
}

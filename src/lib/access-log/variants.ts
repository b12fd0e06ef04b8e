/** What a line does not hold, tried one thing at a time. */
import type { CidrRange } from '../envoy/address';
import { messageOf } from '../envoy/any';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Trace } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import type { LogEntry } from './entry';
import { callersOf } from './open-callers';
import { openAuthorities } from './open-authority';
import { distinct, type Headers, openHeaders } from './open-headers';
import { openPaths, pathsRewritten, pathsWithQuery } from './open-paths';
import { openScopes } from './open-scopes';
import { lastForwarded } from './rebuilt-request';
import { rememberedFor } from '../remembered';
import type { Variant } from './variant';

/** A variant with its trace, from which others are made. */
export interface Tried extends Variant {
  readonly trace: Trace;
}

/** What the variants of a line are made from. */
export interface OfLine {
  readonly entry: LogEntry;
  /** Headers that the walk asked about. */
  readonly asked: readonly Headers[];
  /** Ranges that the walk held the caller's address against. */
  readonly ranges: readonly CidrRange[];
  readonly config: ProxyConfig;
}

const FORWARDED_FOR = 'x-forwarded-for';

/** Other requests that the line may be about, the likeliest first. */
export function* variants(line: OfLine, tried: Tried): Generator<Variant> {
  const { entry, config } = line;
  const { query } = tried;
  if (entry.method !== null) yield* ofMessage(line, tried);
  if (query.tls === 'tls') yield { query: { ...query, tls: 'mtls' }, needs: 'a client certificate' };
  if (entry.method !== null) yield* withoutName(entry, query);
  if (query.url.startsWith('https:')) yield* offering(query);
  yield* otherSide(entry, query, config);
  if (query.proxyProtocol === undefined) yield* withProxyHeader(entry, query, config);
  yield* callersOf(query, entry, line.ranges);
  if (entry.method === null) yield* insideOfConnection(query);
}

/** Where a listener takes headers of version 2 alone, one of that version. */
function* withProxyHeader(entry: LogEntry, query: TraceQuery, config: ProxyConfig): Generator<Variant> {
  const version = refusesFirstVersion(config) ? ({ version: 2 } as const) : {};
  yield { query: { ...query, proxyProtocol: { ip: null, port: null, ...version } }, needs: 'a PROXY protocol header' };
  const { sourceIp: ip, ...others } = query;
  const port = entry.downstreamRemote?.port ?? null;
  if (ip === undefined) return;
  const header = { ip, port, ...version };
  yield { query: { ...others, proxyProtocol: header }, needs: `a PROXY protocol header of ${ip}` };
}

const refusesFirstVersion = rememberedFor((config: ProxyConfig): boolean =>
  config.servingListeners.some(({ resource }) =>
    (resource?.listener_filters ?? []).some(({ typed_config: filter }) => {
      const { disallowed_versions: versions = [] } = messageOf<{ disallowed_versions?: readonly string[] }>(filter);
      return versions.includes('V1');
    }),
  ),
);

/** Headers, credentials, path and authority. */
function* ofMessage(line: OfLine, { query, trace }: Tried): Generator<Variant> {
  const { entry, config } = line;
  const [hop] = trace.hops;
  for (const path of hop === undefined ? [] : pathsRewritten(config, hop, entry)) {
    const needs = `the path ${path}, which Envoy rewrote`;
    yield { query: { ...query, url: withOtherPath(query, path), requestTarget: undefined }, needs };
  }
  for (const headers of headersToTry(line, trace)) {
    const needs = headers.map(([name, value]) => `${name}: ${value}`).join(', ');
    yield { query: withHeaders(query, headers), needs };
  }
  yield* forwardedOtherwise(entry, query);
  if (trace.status === 401) yield { query: { ...query, rightCredentials: true }, needs: 'the right credentials' };
  for (const path of hop === undefined ? [] : openPaths(config, hop, entry)) yield withPath(query, path, entry);
  for (const path of hop === undefined ? [] : pathsWithQuery(config, hop, entry)) {
    yield { query: { ...query, url: withOtherPath(query, path) }, needs: `the query ${path.slice(path.indexOf('?'))}` };
  }
  for (const authority of openAuthorities(config, entry)) {
    const needs = `the authority ${authority}, which Envoy changed`;
    yield { query: withHeaders(query, [['Host', authority]]), needs };
  }
}

/** Envoy may have written it itself, before the filters or with the address that it detected, or put the caller behind what came. */
function* forwardedOtherwise({ forwardedFor: logged }: LogEntry, query: TraceQuery): Generator<Variant> {
  if (logged === null) return;
  const sent = query.headers?.find(([name]) => name === FORWARDED_FOR)?.[1] ?? null;
  if (sent !== null) {
    const headers = (query.headers ?? []).filter(([name]) => name !== FORWARDED_FOR);
    yield { query: { ...query, headers }, needs: `no ${FORWARDED_FOR} of the client` };
  }
  for (const value of [lastForwarded(logged).before, logged]) {
    if (value === null || value === sent) continue;
    yield { query: withHeaders(query, [[FORWARDED_FOR, value]]), needs: `${FORWARDED_FOR}: ${value} of the client` };
  }
}

/** Sets of headers, each once. */
function headersToTry({ entry, asked, config }: OfLine, trace: Trace): readonly Headers[] {
  const [hop] = trace.hops;
  const routed = hop === undefined ? [] : openHeaders(config, hop, entry);
  const implied = impliedHeaders(entry, trace);
  // What the answer implies is true of it all at once, and first of all.
  const together = implied.length > 1 ? [implied.flat()] : [];
  return distinct([...together, ...routed, ...openScopes(config, entry), ...implied, ...asked]);
}

/** TLS whose client names no server leaves nothing in the line. */
function* withoutName({ serverName }: LogEntry, query: TraceQuery): Generator<Variant> {
  if (serverName !== null || query.tls !== undefined || !query.url.startsWith('http:')) return;
  const inTls = { ...query, url: query.url.replace(/^http:/, 'https:'), sni: '' };
  yield { query: { ...inTls, tls: 'tls' }, needs: 'TLS without a server name' };
  yield { query: { ...inTls, tls: 'mtls' }, needs: 'TLS without a server name and a client certificate' };
}

function* offering(query: TraceQuery): Generator<Variant> {
  for (const alpn of OFFERED) yield { query: { ...query, alpn }, needs: `ALPN ${alpn.join(', ')}` };
}

/** A header that was tried before is tried with another value. */
function withHeaders(query: TraceQuery, headers: Headers): TraceQuery {
  const names = new Set(headers.map(([name]) => name));
  const others = (query.headers ?? []).filter(([name]) => !names.has(name));
  return { ...query, headers: [...others, ...headers] };
}

function withOtherPath({ url }: TraceQuery, path: string): string {
  return `${/^[a-z]+:\/\/[^/]*/.exec(url)?.[0] ?? ''}${path}`;
}

/** The path of the line is a header that the client sent beside this path. */
function withPath(query: TraceQuery, path: string, entry: LogEntry): Variant {
  const header = ['x-envoy-original-path', entry.path ?? ''] as const;
  return {
    query: {
      ...query,
      url: withOtherPath(query, path),
      requestTarget: undefined,
      headers: [...(query.headers ?? []), header],
    },
    needs: `the path ${path} and x-envoy-original-path: ${entry.path ?? ''}`,
  };
}

/** A call to the proxy's own address is logged alike where it leaves the pod's application and where it comes in. */
function* otherSide(entry: LogEntry, query: TraceQuery, config: ProxyConfig): Generator<Variant> {
  const local = entry.downstreamLocal?.ip ?? null;
  if (local === null || local !== config.ip || (query.mode !== 'outbound' && query.mode !== 'inbound')) return;
  const mode = query.mode === 'outbound' ? 'inbound' : 'outbound';
  yield { query: { ...query, mode }, needs: `a call that is ${mode}` };
}

/** Bytes of a body that no buffer takes. */
const MORE_THAN_TAKEN = '1000000000000';

/** What settles a question that the walk left open: credentials, an identity, the caller's address, the length of the body. */
export function* settled(entry: LogEntry, query: TraceQuery, ranges: readonly CidrRange[]): Generator<Variant> {
  yield { query: { ...query, rightCredentials: true }, needs: 'the right credentials' };
  yield { query: { ...query, sourcePrincipal: NOBODY }, needs: 'a caller of another identity' };
  if (!entry.headers.has(LENGTH)) {
    yield { query: withHeaders(query, [[LENGTH, '0']]), needs: 'a body that is not too long' };
    yield { query: withHeaders(query, [[LENGTH, MORE_THAN_TAKEN]]), needs: 'a body that is too long' };
  }
  yield* callersOf(query, entry, ranges);
}

const NOBODY = 'spiffe://cluster.local/ns/nobody/sa/nobody';

const LENGTH = 'content-length';

/** Headers that what Envoy answered implies. */
function impliedHeaders({ status, details, flags }: LogEntry, { reason }: Trace): readonly Headers[] {
  const isFault = flags?.split(',').includes('FI') === true && status !== null;
  const upgrade: Headers = [
    ['connection', 'upgrade'],
    ['upgrade', 'websocket'],
  ];
  return [
    // To a gRPC client Envoy's own answers have status 200 and the cause in grpc-status.
    ...(status === 200 && details !== 'via_upstream' ? [[['content-type', 'application/grpc'] as const]] : []),
    ...(details === 'upgrade_failed' ? [upgrade] : []),
    ...(reason === 'tls-required' ? [[['x-forwarded-proto', 'https'] as const]] : []),
    ...(isFault ? [[['x-envoy-fault-abort-request', String(status)] as const]] : []),
    ...(details === 'request_payload_too_large' ? [[[LENGTH, MORE_THAN_TAKEN] as const]] : []),
  ];
}

/** What clients commonly offer in ALPN, which the line does not hold. */
const OFFERED: readonly (readonly string[])[] = [
  ['h2', 'http/1.1'],
  ['http/1.1'],
  ['h2'],
  ['istio-peer-exchange', 'istio'],
];

/** A TCP proxy passes HTTP on as it passes anything, and logs nothing of it; but filter chains may be chosen by it. */
function* insideOfConnection(query: TraceQuery): Generator<Variant> {
  if (query.url.startsWith('tls:')) yield* offering(query);
  const place = /^[a-z]+:\/\/([^/]*)/.exec(query.url)?.[1] ?? '';
  yield { query: { ...query, url: `http://${place}/`, httpVersion: '1.1' }, needs: 'HTTP/1.1 in the connection' };
  yield { query: { ...query, url: `http://${place}/`, httpVersion: '2' }, needs: 'HTTP/2 in the connection' };
  yield { query: { ...query, url: `tls://${place}`, sni: '' }, needs: 'TLS without a server name in the connection' };
  yield { query: { ...query, serverFirst: true }, needs: 'a server that speaks first' };
}

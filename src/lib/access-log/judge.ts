/** One access log line, explained: read, rebuilt, traced and compared. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Trace } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import { compare, type LineComparison } from './compare';
import type { LogEntry } from './entry';
import { openAuthorities } from './open-authority';
import { type Headers, openHeaders } from './open-headers';
import { openScopes } from './open-scopes';
import type { RebuiltRequest } from './rebuilt-request';

/** The proxy that wrote the line, ready to be asked. */
export interface Prophet {
  readonly config: ProxyConfig;
  trace(query: TraceQuery): Promise<Trace>;
  /** The same with every way that chance can take. */
  everyWay(query: TraceQuery): Promise<Trace>;
}

export interface Judgement {
  readonly comparison: LineComparison;
  /** What the line does not hold and the configuration needs to do what it says (`end-user: luffy`); null where it needs nothing. */
  readonly needs: string | null;
  /** The question whose answer was compared. */
  readonly query: TraceQuery;
}

/**
 * Of bytes that Envoy's HTTP codec refuses a line holds neither method nor path: any such bytes explain it, whatever the
 * configuration. A path that could not be normalised, or was redirected for it, stands in the line as it was changed.
 */
function notHeld({ method, protocol, details }: LogEntry): string | null {
  if (method === null && protocol !== null) return 'bytes that are not valid HTTP';
  return details === 'path_normalization_failed' ? 'the path as it was sent' : null;
}

interface Variant {
  readonly query: TraceQuery;
  readonly needs: string;
}

/** How many traces are made for one line: what is open is tried alone, then two at once. */
const MOST_TRACES = 96;

interface Tried extends Variant {
  readonly trace: Trace;
}

/**
 * Holds a line against the configuration. What the line does not hold is open: it agrees where some value of it, or two, make
 * the configuration do what the line says, and differs where none of those that are tried does: headers that the routes and
 * scopes ask for, a client certificate, what is inside of a connection that was passed on as it came.
 */
export async function judge(entry: LogEntry, { query }: RebuiltRequest, prophet: Prophet): Promise<Judgement> {
  const lacking = notHeld(entry);
  if (lacking !== null) return { comparison: { kind: 'agree' }, needs: lacking, query };
  if (entry.protocol === 'HTTP/3') return { comparison: { kind: 'unknown', because: QUIC }, needs: null, query };
  const trace = await prophet.trace(query);
  const comparison = compare(entry, trace);
  if (comparison.kind !== 'differ') return { comparison, needs: null, query };
  if (await agreesByChance(entry, query, prophet)) return { comparison: { kind: 'agree' }, needs: null, query };
  let round: readonly Tried[] = [{ query, needs: '', trace }];
  let traces = 0;
  for (let depth = 0; depth < 2; depth += 1) {
    const next: Tried[] = [];
    for (const before of round) {
      for (const variant of variants(entry, before.query, before.trace, prophet.config)) {
        if (traces++ >= MOST_TRACES) return { comparison, needs: null, query };
        const again = await prophet.trace(variant.query);
        const needs = [before.needs, variant.needs].filter((text) => text !== '').join(' and ');
        const judged = compare(entry, again);
        if (judged.kind === 'agree') return { comparison: judged, needs, query: variant.query };
        next.push({ query: variant.query, needs, trace: again });
      }
    }
    round = next;
  }
  return { comparison, needs: null, query };
}

/** Where Envoy answered itself, chance may have decided: an injected fault, a weighted cluster without an endpoint. */
async function agreesByChance(entry: LogEntry, query: TraceQuery, prophet: Prophet): Promise<boolean> {
  if (entry.flags === null) return false;
  const { branches, ...main } = await prophet.everyWay(query);
  return branches.some((branch) => compare(entry, { ...main, ...branch, branches: [] }).kind === 'agree');
}

const QUIC = 'HTTP/3 comes over QUIC, whose listeners mctl does not trace';

function* variants(entry: LogEntry, query: TraceQuery, trace: Trace, config: ProxyConfig): Generator<Variant> {
  const [hop] = trace.hops;
  if (entry.method !== null) {
    const routed = hop === undefined ? [] : openHeaders(config, hop, entry);
    for (const headers of [...routed, ...openScopes(config, entry), ...impliedHeaders(entry, trace)]) {
      const needs = headers.map(([name, value]) => `${name}: ${value}`).join(', ');
      yield { query: { ...query, headers: [...(query.headers ?? []), ...headers] }, needs };
    }
    for (const authority of openAuthorities(config, entry)) {
      const headers = (query.headers ?? []).filter(([name]) => name !== 'Host');
      yield {
        query: { ...query, headers: [['Host', authority], ...headers] },
        needs: `the authority ${authority}, which the route rewrote`,
      };
    }
  }
  if (query.tls === 'tls') yield { query: { ...query, tls: 'mtls' }, needs: 'a client certificate' };
  if (query.url.startsWith('https:')) {
    for (const alpn of OFFERED) yield { query: { ...query, alpn }, needs: `ALPN ${alpn.join(', ')}` };
  }
  yield* otherSide(entry, query, config);
  if (query.proxyProtocol === undefined) {
    yield { query: { ...query, proxyProtocol: { ip: null, port: null } }, needs: 'a PROXY protocol header' };
  }
  if (entry.method === null) yield* insideOfConnection(query);
}

/** A call to the proxy's own address is logged alike where it leaves the pod's application and where it comes in. */
function* otherSide(entry: LogEntry, query: TraceQuery, config: ProxyConfig): Generator<Variant> {
  const local = entry.downstreamLocal?.ip ?? null;
  if (local === null || local !== config.ip || (query.mode !== 'outbound' && query.mode !== 'inbound')) return;
  const mode = query.mode === 'outbound' ? 'inbound' : 'outbound';
  yield { query: { ...query, mode }, needs: `a call that is ${mode}` };
}

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
  if (query.url.startsWith('tls:')) {
    for (const alpn of OFFERED) yield { query: { ...query, alpn }, needs: `ALPN ${alpn.join(', ')}` };
  }
  const place = /^[a-z]+:\/\/([^/]*)/.exec(query.url)?.[1] ?? '';
  yield { query: { ...query, url: `http://${place}/`, httpVersion: '1.1' }, needs: 'HTTP/1.1 in the connection' };
  yield { query: { ...query, url: `http://${place}/`, httpVersion: '2' }, needs: 'HTTP/2 in the connection' };
  yield { query: { ...query, url: `tls://${place}`, sni: '' }, needs: 'TLS without a server name in the connection' };
  yield { query: { ...query, serverFirst: true }, needs: 'a server that speaks first' };
}

/** From a cluster that was found to the host that gets the request, and how it is spoken to. */
import { parseIpPort } from '../../match/ip-port';
import { runtimeOf } from '../../match/runtime';
import { isUnknown, type Ternary } from '../../match/ternary';
import type { RetryPolicy } from '../../envoy/route';
import { rememberedFor } from '../../remembered';
import type { Payload, TlsClient } from '../connection';
import { type Ending, ending } from '../hop/ending';
import type { Forward, HopContext, HopEnd, InternalRedirect, ToInternal } from '../hop/context';
import { type HopRecord, step, unevaluated } from '../hop/record';
import type { Peer } from '../../http/connection-facts';
import { headerValues, type HttpMessage } from '../../http/message';
import type { StepFacts } from '../facts/step';
import type {
  ClusterCause,
  ClusterChoice,
  ClusterSetting,
  EndpointCause,
  EndpointSetting,
  SendsFacts,
  TlsCause,
} from '../facts/upstream';
import type { IpPort } from '../model';
import { clusterOrigin } from '../origin';
import { clusterSettings, tlsSettings } from './cluster-details';
import type { Host } from './host';
import { lostShare } from './load-balance';
import { drawHost } from './host-draw';
import { type CallFacts, type UpstreamCall, upstreamCall } from './transport';
import type { ClusterEntry, Upstream } from './upstream';
import { zeroLimit } from './zero-limit';
import type { Cluster } from '../../envoy/cluster';

export interface Sending {
  readonly context: HopContext;
  readonly upstream: Upstream;
  /** Why this cluster. */
  readonly choice: ClusterChoice;
  /** Settings of the way to this cluster. */
  readonly details: readonly ClusterSetting[];
  /** What came to this proxy. */
  readonly payload: Payload;
  /** TLS that came and was not terminated: it goes on as it is. */
  readonly passedTls: TlsClient | null;
  /** Whose connection it is that is sent on, for the next proxy where the cluster sends PROXY protocol headers. */
  readonly source: Peer;
  readonly isHttp: boolean;
  readonly isGrpc: Ternary;
  /** The request as it goes on, by the host name of the host that gets it. */
  readonly message: (hostname: string) => HttpMessage | null;
  /** Whether the route has that name sent as the authority. */
  readonly rewritesHost?: boolean;
  /** Whether the request has a hash by the route's policies; absent where nothing has one. */
  readonly hasHash?: () => boolean;
  readonly retry: RetryPolicy | null;
  readonly internalRedirect?: InternalRedirect | null;
  readonly alpnOverride: CallFacts['alpnOverride'];
  /** The priority that the route has; DEFAULT where this is left out. */
  readonly priority?: 'DEFAULT' | 'HIGH';
  /** What the request lacks that it must have to be sent on; null where it is whole. */
  readonly lacks?: string | null;
  /** The end where a limit of the cluster, or what the request lacks, refuses everything. */
  readonly refused: (cause: ClusterCause, responseFlags: string) => Ending;
  /** The end where no host can be chosen. */
  readonly noHost: (cluster: string, cause: EndpointCause | ClusterCause) => Ending;
}

/** Adds the steps of cluster, endpoint and TLS. */
export function sendOn(sending: Sending, record: HopRecord): HopEnd {
  const { upstream, choice, context } = sending;
  const entry = upstream.entry;
  if (entry === null) {
    return sending.noHost(upstream.name, { kind: 'cluster-not-in-dump', name: upstream.name });
  }
  const details = [...clusterSettings(entry.resource), ...sending.details];
  const origin = clusterOrigin(entry.resource.metadata);
  const left = unevaluated([entry.resource, 'Cluster']);
  record.add(step('cluster', 'matched', upstream.name, choice, { config: entry.pointer, details, origin, ...left }));
  const drawn = drawHost(upstream, context.decisions, sending.hasHash ?? (() => false));
  if (drawn === null) return noHost(sending, record);
  const { host } = drawn;
  record.add(step('endpoint', 'matched', addressText(host), drawn.cause, { details: notes(sending, host) }));
  const cluster = clusterOf(sending, entry, host);
  const limit = zeroLimit(cluster, sending.priority ?? 'DEFAULT', sending.isHttp, runtimeOf(context.config));
  if (isUnknown(limit)) {
    const open = { kind: 'endpoints-open', input: limit.unknown } as const;
    record.add(step('endpoint', 'unknown', addressText(host), open));
    return ending('unknown', 'unknown-input', open);
  }
  if (limit !== null) {
    const cause = { kind: 'limit-is-zero', limit: limit.limit } as const;
    record.add(step('cluster', 'ended', cluster.name ?? '', cause, { config: entry.pointer }));
    return sending.refused(cause, limit.responseFlags);
  }
  const lacks = sending.lacks ?? null;
  if (lacks !== null) {
    const cause = { kind: 'lacks-header', header: lacks } as const;
    record.add(step('cluster', 'ended', cluster.name ?? '', cause, { config: entry.pointer }));
    return sending.refused(cause, 'DPE');
  }
  const call = callTo(sending, cluster, host);
  record.add(tlsStep(call, host, entry, sending));
  if (call.open === null) return { kind: 'forward', forward: forwardTo(sending, host, call) };
  const open = { kind: 'endpoints-open', input: call.open } as const;
  record.add(step('endpoint', 'unknown', addressText(host), open));
  return ending('unknown', 'unknown-input', open);
}

function noHost(sending: Sending, record: HopRecord): Ending {
  const { unknown } = sending.upstream;
  if (unknown !== null) {
    const open = { kind: 'endpoints-open', input: unknown } as const;
    record.add(step('endpoint', 'unknown', null, open));
    return ending('unknown', 'unknown-input', open);
  }
  const { name, chances, notes: why } = sending.upstream;
  const lost = lostShare(chances);
  const cause = { kind: 'no-endpoints', cluster: name, count: chances.length, lost, notes: why } as const;
  record.add(step('endpoint', 'ended', null, cause));
  return sending.noHost(name, cause);
}

function notes({ upstream, rewritesHost, message }: Sending, host: Host): readonly EndpointSetting[] {
  const authority = rewritesHost === true ? (message(host.hostname)?.authority ?? '') : null;
  const isNamed = host.hostname !== '';
  return [
    ...upstream.notes.map((note) => ({ kind: 'balancing-note', note }) as const),
    ...(host.faults.length === 0 ? [] : [{ kind: 'endpoint-health', faults: host.faults } as const]),
    ...(authority === null ? [] : [{ kind: 'host-by-endpoint', authority, isNamed } as const]),
  ];
}

/** The cluster that has the host: one of those that an aggregate is made of. */
function clusterOf({ context }: Sending, entry: ClusterEntry, host: Host): Cluster {
  const own = host.cluster === entry.name ? entry.resource : context.config.cluster(host.cluster)?.resource;
  return own ?? entry.resource;
}

function callTo(sending: Sending, cluster: Cluster, host: Host): UpstreamCall {
  const facts: CallFacts = {
    config: sending.context.config,
    cluster,
    message: sending.isHttp ? sending.message(host.hostname) : null,
    payload: sending.payload,
    alpnOverride: sending.alpnOverride,
  };
  return upstreamCall(facts, host);
}

function tlsStep(call: UpstreamCall, host: Host, entry: ClusterEntry, sending: Sending): StepFacts {
  const { match, socket } = call.socket;
  const cause = {
    kind: 'speaks-to',
    what: spoken(call.tls, sending.passedTls),
    endpoint: addressText(host),
    socket: { match, isThere: socket !== null },
  } as const;
  const details = call.tls === null ? [] : tlsSettings(call.tls);
  const left = call.notEvaluated.length === 0 ? {} : { notEvaluated: call.notEvaluated };
  return step('tls', 'passed', match, cause, {
    config: entry.pointer,
    details,
    sends: sendsOf(call, sending),
    ...left,
  });
}

function sendsOf({ tls, payload }: UpstreamCall, sending: Sending): SendsFacts {
  return {
    tls: tlsMode(tls),
    callersTls: sending.passedTls !== null,
    payload,
    isGrpc: sending.isGrpc === true,
    localities: localitiesOf(sending.upstream),
  };
}

/** https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings-TLSmode */
function tlsMode(tls: TlsClient | null): SendsFacts['tls'] {
  if (tls === null) return 'DISABLE';
  if (tls.certificate === null) return 'SIMPLE';
  return tls.alpn.some((protocol) => protocol.startsWith('istio')) ? 'ISTIO_MUTUAL' : 'MUTUAL';
}

/** `priority 0: r1/z1`, where there are several priorities with localities. */
const localitiesOf = rememberedFor(({ chances }: Upstream): readonly string[] => {
  const byPriority = new Map<number, Set<string>>();
  for (const { host } of chances) {
    if (host.locality === '') continue;
    byPriority.set(host.priority, (byPriority.get(host.priority) ?? new Set()).add(host.locality));
  }
  if (byPriority.size < 2) return [];
  const sorted = [...byPriority].sort(([a], [b]) => a - b);
  return sorted.map(([priority, names]) => `priority ${priority}: ${[...names].join(', ')}`);
});

/** TLS that nobody opened stays what it is. */
function spoken(tls: TlsClient | null, passed: TlsClient | null): Extract<TlsCause, { kind: 'speaks-to' }>['what'] {
  if (tls === null) return passed === null ? 'plain-text' : 'callers-tls';
  return tls.certificate === null ? 'tls' : 'mutual-tls';
}

function forwardTo(sending: Sending, host: Host, call: UpstreamCall): Forward {
  // TLS around bytes that are TLS themselves hides them from the next proxy.
  const hidden = call.tls !== null && sending.passedTls !== null;
  return {
    cluster: sending.upstream.name,
    to:
      host.internal === null
        ? addressOf(host, sending.context)
        : { ...internalOf(host, host.internal), metadata: call.metadata },
    tls: call.tls ?? sending.passedTls,
    payload: hidden ? 'tcp' : call.payload,
    payloadFixed: call.payloadFixed,
    isHttp: sending.isHttp,
    message: hidden ? null : overHttp(sending.message(host.hostname), call.payload),
    ...(sending.isHttp ? { connecting: () => sending.message('') } : {}),
    retry: sending.retry,
    isGrpc: sending.isGrpc,
    internalRedirect: sending.internalRedirect ?? null,
    proxyHeader: call.proxyHeader === null ? null : { ...sending.source, version: call.proxyHeader },
  };
}

/** An upgrade that goes on over HTTP/2 is another kind of request there. */
function overHttp(message: HttpMessage | null, payload: Payload): HttpMessage | null {
  const isUpgrade = payload === 'http/2' && message !== null && headerValues(message, 'upgrade').length > 0;
  return isUpgrade ? { ...message, isExtendedConnect: true } : message;
}

/** A host name is resolved as far as the mesh knows it. */
function addressOf({ address, port }: Host, context: HopContext): IpPort {
  const namespace = context.config.id?.namespace ?? null;
  return { ip: context.book.resolve(address, namespace)[0] ?? address, port };
}

/** Where the internal listener is to go on to, from the endpoint's metadata or its id. */
function internalOf(host: Host, listener: string): Omit<ToInternal, 'metadata'> {
  const local = host.metadata?.filter_metadata?.['envoy.filters.listener.original_dst']?.['local'];
  const id = host.address.slice(`envoy://${listener}/`.length);
  return {
    internal: listener,
    destination: (typeof local === 'string' ? parseIpPort(local) : null) ?? parseIpPort(id),
  };
}

function addressText({ address, port }: Host): string {
  if (port === 0) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

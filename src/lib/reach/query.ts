/** The request of a class's values, as a trace is asked of it and as a check file writes it. */
import { hostPort } from '../envoy/address';
import { CLIENT_DIMENSIONS, offeredBy } from '../algebra/client';
import type { TraceQuery } from '../trace/request/query';
import type { FreeDimension } from './client-recorder';
import type { AskedRequests } from './recorder';
import { ANY_OTHER_PORT, type ReachDestination } from './destinations';
import type { RequestValues } from './explore';

/** Where requests go, from whom, and how far they are followed. */
export interface ReachWay {
  readonly destination: ReachDestination;
  /** From a pod's own application, to a gateway's port, to a pod from any caller, or through a ztunnel to a waypoint. */
  readonly mode: 'outbound' | 'gateway' | 'inbound' | 'waypoint';
  readonly oneHop: boolean;
  /** What all requests have that are asked about. */
  readonly fixed: FixedRequest;
}

/** What no class is divided by where it is given. */
export type FixedRequest = Pick<
  TraceQuery,
  'sourceIp' | 'sourcePrincipal' | 'sni' | 'alpn' | 'tls' | 'claims' | 'httpVersion' | 'mode' | 'uid' | 'gid'
>;

/** The port behind the host in an authority, as clients write it: those of a gateway name the host alone. */
function authoritySuffix({ destination: { address }, mode }: ReachWay): string {
  return mode === 'gateway' || address.port === 80 ? '' : `:${address.port}`;
}

/** What a walk has to know of the requests that are asked about. */
export function askedOn(way: ReachWay): AskedRequests {
  const { address, port } = way.destination;
  const standIn = port === ANY_OTHER_PORT ? address.port : null;
  return {
    suffix: authoritySuffix(way),
    free: new Set(freeOn(way)),
    named: new Set(),
    standIn,
    ports: new Set(),
    given: new Set(),
  };
}

/** What is free of who sends a request so. In a tunnel plain text comes to a waypoint, and who sends it is the tunnel's. */
const FREE: Readonly<Record<ReachWay['mode'], readonly FreeDimension[]>> = {
  outbound: ['token'],
  gateway: ['token', ...CLIENT_DIMENSIONS],
  inbound: ['token', ...CLIENT_DIMENSIONS],
  waypoint: ['token', 'principal', 'source-ip'],
};

/** What clients differ in: an application behind its own sidecar in its token alone. */
export function freeOn({ mode, fixed }: ReachWay): readonly FreeDimension[] {
  const given = new Set<FreeDimension>([
    ...(fixed.claims === undefined ? [] : ['token' as const]),
    ...(fixed.sourceIp === undefined ? [] : ['source-ip' as const]),
    ...(fixed.sourcePrincipal === undefined ? [] : ['principal' as const]),
    ...(fixed.sni === undefined ? [] : ['sni' as const]),
    ...(fixed.alpn === undefined ? [] : ['alpn' as const]),
    ...(fixed.tls === undefined ? [] : ['tls' as const]),
  ]);
  return FREE[mode].filter((dimension) => !given.has(dimension));
}

/** The TLS that a client speaks by what is given of it; undefined where that says nothing. */
export function givenTls({ tls, sourcePrincipal, sni }: FixedRequest): FixedRequest['tls'] {
  return tls ?? (sourcePrincipal !== undefined ? 'mtls' : sni !== undefined ? 'tls' : undefined);
}

/** @param matters of its dimensions those that tell its class from others; all where undefined */
export function queryOf(values: RequestValues, way: ReachWay, matters?: ReadonlySet<string>): TraceQuery {
  const { destination, mode, oneHop, fixed } = way;
  const { address } = destination;
  const host = values.get('host') ?? '';
  const named = [...values].filter(([dimension]) => dimension.startsWith('query:'));
  const query = named.map(([dimension, value]) => `${dimension.slice('query:'.length)}=${value}`).join('&');
  const headers = [...values].flatMap(([dimension, value]) =>
    dimension.startsWith('header:') ? [[dimension.slice('header:'.length), value] as const] : [],
  );
  return {
    ...fixed,
    ...clientOf(values, way, matters),
    url: `http://${host}:${address.port}${values.get('path') ?? '/'}${query === '' ? '' : `?${query}`}`,
    method: values.get('method'),
    headers: mode === 'gateway' ? [['host', host], ...headers] : headers,
    originalDst: address,
    mode,
    oneHop,
  };
}

/** Who sends it, where that is not given. */
function clientOf(values: RequestValues, way: ReachWay, matters?: ReadonlySet<string>): FixedRequest {
  const free = new Set(freeOn(way));
  const isAsked = (dimension: FreeDimension): boolean =>
    free.has(dimension) && (matters === undefined || matters.has(dimension));
  const valueOf = (dimension: FreeDimension): string | undefined =>
    isAsked(dimension) ? values.get(dimension) : undefined;
  const tls = (valueOf('tls') as TraceQuery['tls']) ?? givenTls(way.fixed);
  const isTls = tls === 'tls' || tls === 'mtls';
  const offer = isTls ? valueOf('alpn') : undefined;
  return {
    ...told('claims', isAsked('token') ? claimsOf(values, matters) : undefined),
    ...told('tls', tls),
    ...told('sni', isTls && isAsked('sni') ? (values.get('sni') ?? '') : undefined),
    ...told('alpn', offer === undefined ? undefined : offeredBy(offer)),
    ...told('sourcePrincipal', tls === 'mtls' || way.mode === 'waypoint' ? valueOf('principal') : undefined),
    ...told('sourceIp', valueOf('source-ip')),
  };
}

function told<K extends keyof FixedRequest>(key: K, value: FixedRequest[K]): Pick<FixedRequest, K> | object {
  return value === undefined ? {} : { [key]: value };
}

/** The claims of a valid token; none where there is no token. */
function claimsOf(values: RequestValues, matters?: ReadonlySet<string>): Readonly<Record<string, string>> {
  if (!values.has('token')) return {};
  const all = [...values].filter(([dimension]) => dimension.startsWith('claim:'));
  const own = matters === undefined ? all : all.filter(([dimension]) => matters.has(dimension));
  const claims = (own.length === 0 ? all : own).map(([dimension, value]) => [dimension.slice('claim:'.length), value]);
  return Object.fromEntries(claims) as Readonly<Record<string, string>>;
}

/** A request as a check file has it. */
export interface Witness extends Omit<FixedRequest, 'claims'> {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly originalDst?: string;
  readonly oneHop?: boolean;
  readonly claims?: FixedRequest['claims'];
  /** That it has no token. */
  readonly noToken?: boolean;
}

/** @param hasAddress whether the address must be given; otherwise the host of the URL leads there */
export function witnessRequest(query: TraceQuery, way: ReachWay, hasAddress: boolean): Witness {
  const { method = 'GET', headers = [], url, claims, sni, alpn, tls, sourceIp, sourcePrincipal } = query;
  const { ip, port } = way.destination.address;
  const isWithoutToken = claims !== undefined && Object.keys(claims).length === 0;
  return {
    url,
    ...(method === 'GET' ? {} : { method }),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(hasAddress ? { originalDst: hostPort(ip, port) } : {}),
    ...(way.oneHop ? { oneHop: true } : {}),
    ...withoutClaims(way.fixed),
    ...(way.mode === 'inbound' ? { mode: 'inbound' as const } : {}),
    ...told('tls', tls === 'plaintext' ? undefined : tls),
    ...told('sni', sni),
    ...told('alpn', alpn),
    ...told('sourcePrincipal', sourcePrincipal),
    ...told('sourceIp', sourceIp),
    ...(isWithoutToken ? { noToken: true } : told('claims', claims)),
  };
}

function withoutClaims(fixed: FixedRequest): Omit<FixedRequest, 'claims'> {
  return Object.fromEntries(Object.entries(fixed).filter(([key]) => key !== 'claims'));
}

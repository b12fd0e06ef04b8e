/** Requests that should meet a route: its own conditions are met, and those of routes before it are dodged. */
import type { CheckRequest } from '../check/check-file';
import { hostPort } from '../envoy/address';
import type { RouteMatch, VirtualHost } from '../envoy/route';
import type { DownstreamConnection } from './downstream-connections';
import { bareHost, hostWitnesses } from './host-witness';
import { pathWitnesses } from '../http/conditions/path-witness';
import type { Draft } from '../http/conditions/condition';
import { witnessOf } from '../http/route-witness';
import { headerWitness, METHODS } from '../match/value-witness';
import { rememberedFor } from '../remembered';

/** What a request is but for its connection and path. */
interface Message extends Draft {
  readonly method: string;
}

/** In the order to be tried. Nearly every route is met by the first: what else there is is made when it is asked for. */
export function* candidates(
  host: VirtualHost,
  index: number,
  arrivals: readonly DownstreamConnection[],
): Generator<CheckRequest> {
  const match = host.routes?.[index]?.match ?? {};
  const own = messageFor(match);
  if (own === null) return;
  const paths = match.connect_matcher === undefined ? [...wantedOf(match, ':path'), ...pathWitnesses(match)] : [''];
  const hosts = [...wantedOf(match, ':authority'), ...witnessesOf(host)];
  const [arrival, path, domain] = [arrivals[0], paths[0], hosts[0]];
  if (arrival === undefined || path === undefined || domain === undefined) return;
  yield requestOf(arrival, domain, path, own, 'url');
  yield* requests({ messages: messagesFor(match, own, headersBefore(host, index)), arrivals, paths, hosts });
}

interface Choices {
  readonly messages: readonly Message[];
  readonly arrivals: readonly DownstreamConnection[];
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
}

/** All but the first of everything. Nearly every other route takes all but one or two of them. */
function* requests({ messages, arrivals, paths, hosts }: Choices): Generator<CheckRequest> {
  const sizes = [messages.length, arrivals.length, paths.length, hosts.length, AUTHORITIES.length];
  for (const numbers of nearestFirst(sizes)) {
    const [m = 0, a = 0, p = 0, h = 0, way = 0] = numbers;
    const [message, arrival, path, host] = [messages[m], arrivals[a], paths[p], hosts[h]];
    if (message === undefined || arrival === undefined || path === undefined || host === undefined) continue;
    if (numbers.some((number) => number > 0)) yield requestOf(arrival, host, path, message, AUTHORITIES[way] ?? 'url');
  }
}

/** Hosts that a virtual host's domains take, for all of its routes. */
const witnessesOf = rememberedFor(({ domains = [] }: VirtualHost): readonly string[] => hostWitnesses(domains));

/** The authority that the URL means, or the domain as a Host header. */
const AUTHORITIES = ['url', 'header'] as const;

/** Every combination of numbers below the sizes, those with the most noughts first. */
function* nearestFirst(sizes: readonly number[]): Generator<readonly number[]> {
  if (sizes.includes(0)) return;
  for (let count = 0; count <= sizes.length; count++) yield* combinations(sizes, count);
}

/** Combinations in which so many numbers are not nought. */
function* combinations(sizes: readonly number[], count: number): Generator<readonly number[]> {
  const [size, ...rest] = sizes;
  if (size === undefined) {
    if (count === 0) yield [];
    return;
  }
  if (count <= rest.length) for (const tail of combinations(rest, count)) yield [0, ...tail];
  if (count === 0) return;
  for (let number = 1; number < size; number++) {
    for (const tail of combinations(rest, count - 1)) yield [number, ...tail];
  }
}

/** What the route's own matchers of a pseudo-header want. */
function wantedOf(match: RouteMatch, name: string): readonly string[] {
  const own = (match.headers ?? []).filter((matcher) => matcher.name?.toLowerCase() === name);
  const value = own.length === 0 ? undefined : headerWitness(own);
  return value === null || value === undefined || value === '' ? [] : [value];
}

function requestOf(
  arrival: DownstreamConnection,
  domain: string,
  path: string,
  message: Message,
  authority: (typeof AUTHORITIES)[number],
): CheckRequest {
  const query = message.query === '' ? '' : `?${message.query}`;
  const url = `${arrival.scheme}://${placeOf(bareHost(domain), arrival)}${path === '' ? '/' : path}${query}`;
  const request: CheckRequest = {
    url,
    ...(message.method === 'GET' ? {} : { method: message.method }),
    ...arrival.request,
    ...(message.presentsCertificate ? { tls: 'mtls' as const } : {}),
    ...(message.isGrpc ? { httpVersion: '2' } : {}),
  };
  return withHeaders(request, authority === 'url' ? message.headers : [['Host', domain], ...message.headers]);
}

/** Host and port as a URL has them: without the port that the scheme means. */
function placeOf(host: string, { scheme, port }: DownstreamConnection): string {
  const own = { http: 80, https: 443 }[scheme];
  if (port !== own) return hostPort(host, port);
  return host.includes(':') ? `[${host}]` : host;
}

function withHeaders(request: CheckRequest, headers: readonly (readonly [string, string])[]): CheckRequest {
  return headers.length === 0 ? request : { ...request, headers: Object.fromEntries(headers) };
}

/**
 * Messages that meet the route's conditions, then those that also fail conditions of routes before it.
 * @param own the first of them
 * @param named headers that routes before it ask for
 */
function messagesFor(match: RouteMatch, own: Message, named: readonly string[]): readonly Message[] {
  const isFree = !(match.headers ?? []).some(({ name }) => name === ':method') && match.connect_matcher === undefined;
  const given = new Set(own.headers.map(([name]) => name));
  // A route before it may want a header to be absent, or to hold anything but something.
  const extra = named.filter((name) => !given.has(name));
  const dodging = extra.flatMap((name) => {
    const value = headerWitness((match.headers ?? []).filter((one) => (one.name ?? '').toLowerCase() === name));
    return value === null ? [] : [{ ...own, headers: [...own.headers, [name, value ?? 'x'] as const] }];
  });
  const methods = isFree && !own.isGrpc ? METHODS.filter((method) => method !== own.method) : [];
  return [own, ...dodging, ...methods.map((method) => ({ ...own, method }))];
}

interface FirstUse {
  readonly name: string;
  /** The number of the first route that asks for it. */
  readonly at: number;
}

/** Headers that a virtual host's routes ask for, as they come. */
const usesIn = rememberedFor(firstUses);

/** How many headers of routes before one are tried against them: a virtual host may ask for thousands. */
const DODGED = 24;

function headersBefore(host: VirtualHost, index: number): readonly string[] {
  const named: string[] = [];
  for (const { name, at } of usesIn(host)) {
    if (at >= index || named.length === DODGED) break;
    named.push(name);
  }
  return named;
}

function firstUses(host: VirtualHost): readonly FirstUse[] {
  const found = new Map<string, number>();
  for (const [at, { match = {} }] of (host.routes ?? []).entries()) {
    for (const { name = '' } of match.headers ?? []) {
      const lower = name.toLowerCase();
      if (!lower.startsWith(':') && lower !== 'host' && !found.has(lower)) found.set(lower, at);
    }
  }
  return [...found].map(([name, at]) => ({ name, at }));
}

/** Null where no message is found that the conditions take. */
function messageFor(match: RouteMatch): Message | null {
  const draft = witnessOf(match);
  return draft === null ? null : { ...draft, method: draft.method ?? 'GET' };
}

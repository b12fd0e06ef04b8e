/** An HTTP request as Envoy's filters and routes see it, and the one way to look up its headers. */
import { type HeaderView, joined } from '../match/header-matcher';
import { watcher } from '../match/watch';
import { isUnknown, type Ternary, unknown, type Unknown } from '../match/ternary';

/** A header's value; unknown where it is there, but what set it is not worked out. */
export type HeaderValue = string | Unknown;

export interface HttpMessage {
  /** Empty where a filter took it away. */
  readonly method: string;
  /** The Host header or `:authority`; null where there is none. */
  readonly authority: string | null;
  /** Path and query as they are written; empty for CONNECT, and where a filter took them away. */
  readonly path: string;
  /** `http` or `https`; another one alone where a proxy follows a redirect to it; empty where a filter took it away. */
  readonly scheme: string;
  readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2';
  /** In order, names in lower case, without Host. */
  readonly headers: readonly (readonly [name: string, value: HeaderValue])[];
  /** Whether the target of the request named the scheme, as a whole address does. */
  readonly namesScheme?: boolean;
  /** Whether a proxy sends an upgrade on over HTTP/2, where it is CONNECT with `:protocol` and has no such headers. */
  readonly isExtendedConnect?: boolean;
  /** Whether the body came in chunks, of which the header `transfer-encoding` told before a proxy took it away. */
  readonly isChunked?: boolean;
  /** The request as a connection manager got it, where that has changed it since; absent: as it is. */
  readonly received?: HttpMessage;
}

/**
 * Every value of a header in order; empty where it is missing. Names are compared without case. Pseudo-headers are headers
 * like others, and `host` is `:authority`, wherever Envoy looks a header up.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers
 */
export function headerValues(message: HttpMessage, name: string): readonly HeaderValue[] {
  const lower = name.toLowerCase();
  switch (lower) {
    case ':method':
      return message.method === '' ? [] : [message.method];
    case ':path':
      return message.path === '' ? [] : [message.path];
    case ':authority':
    case 'host':
      return message.authority === null ? [] : [message.authority];
    case ':scheme':
      return message.scheme === '' ? [] : [message.scheme];
    default:
      watcher()?.looksAt(lower);
      return message.headers.filter(([own]) => own === lower).map(([, value]) => value);
  }
}

/**
 * Tells who watches a walk that the value of a header that configuration names decides. Of a pseudo-header and of `host`, which a
 * request always has, each value may decide otherwise: too many to tell one by one.
 * @param how in words, behind the header's name: `which names the cluster`
 */
export function tellValue(message: object | null, name: string, how: string): void {
  const lower = name.toLowerCase();
  if (lower.startsWith(':') || lower === 'host') watcher()?.other(`the header ${lower}, ${how}`);
  else watcher()?.reads(lower, message);
}

/** The first value of a header, which is what counts wherever Envoy wants one alone; null where it is missing. */
export function firstHeader(message: HttpMessage, name: string): HeaderValue | null {
  watcher()?.reads(name, message);
  return headerValues(message, name)[0] ?? null;
}

/** The values of a header joined by commas; null where it is missing. */
export function joinedHeader(message: HttpMessage, name: string): HeaderValue | null {
  watcher()?.reads(name, message);
  const values = headerValues(message, name);
  return values.length === 0 ? null : joined(values);
}

/** The message's headers for matchers. */
export function headerView(message: HttpMessage, joinRepeated: boolean): HeaderView {
  return { joinRepeated, of: message, values: (name) => headerValues(message, name) };
}

/** No headers: of a connection that has no request. */
export const NO_HEADERS: HeaderView = { joinRepeated: true, values: () => [] };

/** The message with a header set to one value. */
export function withHeader(message: HttpMessage, name: string, value: HeaderValue): HttpMessage {
  return { ...message, headers: [...message.headers.filter(([own]) => own !== name), [name, value]] };
}

/** The message without these headers. */
export function withoutHeaders(message: HttpMessage, names: readonly string[]): HttpMessage {
  const headers = message.headers.filter(([name]) => !names.includes(name));
  return headers.length === message.headers.length ? message : { ...message, headers };
}

/** The path without query and fragment. */
export function pathOnly(path: string): string {
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/**
 * Whether Envoy takes a request for gRPC: by its content type alone. One without a path, CONNECT, it never does.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (RouteMatch.grpc)
 */
export function isGrpc(message: HttpMessage): Ternary {
  if (message.path === '') return false;
  const type = firstHeader(message, 'content-type');
  if (isUnknown(type)) return unknown(`whether the request is gRPC: ${type.unknown}`);
  return type !== null && (type === 'application/grpc' || type.startsWith('application/grpc+'));
}

/**
 * Whether answers of Envoy's own are in gRPC's form. Its surprise: what the request was when it came decides, whatever early header
 * mutations and filters have made of its content type. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/local_reply
 */
export function isAnsweredAsGrpc(message: HttpMessage): Ternary {
  return isGrpc(message.received ?? message);
}

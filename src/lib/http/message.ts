/** An HTTP request as Envoy's filters and routes see it. */
import type { HeaderView } from '../match/header-matcher';

export interface HttpMessage {
  readonly method: string;
  /** The Host header or `:authority`; null where there is none. */
  readonly authority: string | null;
  /** Path and query as they are written; empty for CONNECT. */
  readonly path: string;
  readonly scheme: 'http' | 'https';
  readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2';
  /** In order, names in lower case, without Host. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The message's headers for matchers, pseudo-headers among them. */
export function headerView(message: HttpMessage, joinRepeated: boolean): HeaderView {
  return {
    joinRepeated,
    values(name) {
      switch (name) {
        case ':method':
          return [message.method];
        case ':path':
          return message.path === '' ? [] : [message.path];
        case ':authority':
          return message.authority === null ? [] : [message.authority];
        case ':scheme':
          return [message.scheme];
        default:
          return message.headers.filter(([own]) => own === name).map(([, value]) => value);
      }
    },
  };
}

/** Every value of a header; empty where it is missing. */
export function headerValues(message: HttpMessage, name: string): readonly string[] {
  return message.headers.filter(([own]) => own === name).map(([, value]) => value);
}

/** The message with a header set to one value. */
export function withHeader(message: HttpMessage, name: string, value: string): HttpMessage {
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
 * Whether Envoy takes a request for gRPC: by its content type alone.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (RouteMatch.grpc)
 */
export function isGrpc(message: HttpMessage): boolean {
  const [type = ''] = headerValues(message, 'content-type');
  return type === 'application/grpc' || type.startsWith('application/grpc+');
}

/** What the caller will put on the wire, from the question as it was asked. */
import { UsageError } from '../../errors';
import { isToken } from '../../http-token';
import type { ProxyHeader, TlsClient } from '../connection';
import { certificateOf } from '../../http/connection-facts';
import type { HttpMessage } from '../../http/message';
import type { TraceQuery } from './query';
import { parseUrl, type RequestUrl, type Scheme } from './url';
import { addAll } from '../../lists';

/** A request as its caller sends it: every header is known. */
export interface SentMessage extends HttpMessage {
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The caller's side of the request: everything but addresses. */
export interface RequestPlan {
  readonly url: RequestUrl;
  /** Null for `tcp` and `tls`. */
  readonly message: SentMessage | null;
  /** What is inside the connection, inside TLS if there is TLS; TLS that agrees on HTTP/2 changes http/1.1 to http/2. */
  readonly payload: 'http/1.0' | 'http/1.1' | 'http/2' | 'tcp' | 'server-first';
  /** Whether the HTTP version was asked for, so that ALPN does not change it; who offers HTTP/2 speaks it where it is taken. */
  readonly payloadFixed: boolean;
  readonly tls: TlsClient | null;
  /** The PROXY protocol header in front of all this; null where the caller sends none. */
  readonly proxyHeader: ProxyHeader | null;
}

const HTTP_SCHEMES: readonly Scheme[] = ['http', 'https', 'grpc'];

/**
 * Works out the caller's message, TLS and payload. As curl does: the authority is the URL's host, with the port where it
 * is not the scheme's own; a Host header replaces it; user information becomes an Authorization header.
 * Throws UsageError for a bad URL or header.
 */
export function planRequest(query: TraceQuery): RequestPlan {
  const url = parseUrl(query.url);
  const isHttp = HTTP_SCHEMES.includes(url.scheme);
  const tls = tlsOf(query, url, isHttp);
  return {
    url,
    message: isHttp ? messageOf(query, url, tls !== null) : null,
    payload: payloadOf(query, url, isHttp),
    payloadFixed:
      (query.httpVersion !== undefined || query.connectProtocol !== undefined || url.scheme === 'grpc') &&
      tls?.alpn.includes('h2') !== true,
    tls,
    proxyHeader: query.proxyProtocol ?? null,
  };
}

function payloadOf(query: TraceQuery, url: RequestUrl, isHttp: boolean): RequestPlan['payload'] {
  if (!isHttp) return query.serverFirst === true ? 'server-first' : 'tcp';
  if (query.connectProtocol !== undefined) {
    if (query.httpVersion === undefined || query.httpVersion === '2') return 'http/2';
    throw new UsageError(`--connect-protocol opens a stream of HTTP/2, not of HTTP/${query.httpVersion}`);
  }
  if (query.httpVersion === '1.0') return 'http/1.0';
  if (query.httpVersion === '2' || (url.scheme === 'grpc' && query.httpVersion === undefined)) return 'http/2';
  return 'http/1.1';
}

function messageOf(query: TraceQuery, url: RequestUrl, isTls: boolean): SentMessage {
  const given = (query.headers ?? []).map(([name, value]) => [headerName(name), trimmed(value)] as const);
  const hosts = given.filter(([name]) => name === 'host').map(([, value]) => value);
  const headers = given.filter(([name]) => name !== 'host');
  if (url.userInfo !== null && !headers.some(([name]) => name === 'authorization')) {
    headers.push(['authorization', `Basic ${base64(url.userInfo)}`]);
  }
  if (url.scheme === 'grpc' && !headers.some(([name]) => name === 'content-type')) {
    headers.push(['content-type', 'application/grpc']);
  }
  const upgrade = upgradeHeaders(query);
  addAll(headers, upgrade);
  const method = upgrade.length > 0 ? 'GET' : methodOf(query, url);
  const payload = payloadOf(query, url, true);
  return {
    method,
    authority:
      targetOfConnect(query, method, payload) ?? (hosts.length > 0 ? hosts.join(',') : authorityOf(url, method)),
    path: method === 'CONNECT' ? '' : (query.requestTarget ?? url.target),
    scheme: isTls ? 'https' : 'http',
    protocol: payload === 'http/2' ? 'HTTP/2' : payload === 'http/1.0' ? 'HTTP/1.0' : 'HTTP/1.1',
    headers,
    ...(upgrade.length > 0 ? { isExtendedConnect: true } : {}),
  };
}

/** The target of CONNECT is its host: with HTTP/1 another one may be given, which counts more than Host. */
function targetOfConnect(
  { requestTarget }: TraceQuery,
  method: string,
  payload: RequestPlan['payload'],
): string | null {
  return method === 'CONNECT' && payload !== 'http/2' ? (requestTarget ?? null) : null;
}

function methodOf({ method }: TraceQuery, { scheme }: RequestUrl): string {
  return method ?? (scheme === 'grpc' ? 'POST' : 'GET');
}

/**
 * An extended CONNECT as Envoy's codec hands it on: a GET that asks for an upgrade, as HTTP/1.1 has it.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades, https://www.rfc-editor.org/rfc/rfc8441
 */
function upgradeHeaders({ connectProtocol, method }: TraceQuery): readonly (readonly [string, string])[] {
  if (connectProtocol === undefined) return [];
  if (method !== undefined && method !== 'CONNECT') {
    throw new UsageError(`--connect-protocol sends CONNECT, and the method is ${method}`, {
      hint: 'Leave the method out.',
    });
  }
  if (!isToken(connectProtocol)) {
    throw new UsageError(`--connect-protocol takes the name of a protocol, such as websocket`);
  }
  return [
    ['connection', 'upgrade'],
    ['upgrade', connectProtocol],
  ];
}

/** RFC 9110 token; anything else is no header name that could be sent. */
function headerName(name: string): string {
  if (!isToken(name)) {
    throw new UsageError(`${JSON.stringify(name)} is not a header name`, { hint: "Write -H 'name: value'." });
  }
  return name.toLowerCase();
}

function trimmed(value: string): string {
  return value.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** CONNECT names its port always. https://www.rfc-editor.org/rfc/rfc9112#section-3.2.3 */
function authorityOf(url: RequestUrl, method: string): string {
  const host = url.host.includes(':') ? `[${url.host}]` : url.host;
  const own = { http: 80, https: 443, grpc: 80, tcp: 0, tls: 443 }[url.scheme];
  return url.port === own && method !== 'CONNECT' ? host : `${host}:${url.port}`;
}

function tlsOf(query: TraceQuery, url: RequestUrl, isHttp: boolean): TlsClient | null {
  const mode = query.tls ?? (url.scheme === 'https' || url.scheme === 'tls' ? 'tls' : 'plaintext');
  if (mode === 'plaintext') {
    if (query.sni !== undefined && query.sni !== '') {
      throw new UsageError('--sni needs TLS', { hint: 'Use an https:// or tls:// URL, or --tls tls.' });
    }
    return null;
  }
  const principal = query.sourcePrincipal;
  return {
    sni: sniOf(query, url),
    alpn: query.alpn ?? alpnOf(query, url, isHttp, mode),
    certificate: mode === 'mtls' ? certificateOf(principal) : null,
  };
}

/** As curl and every TLS library: the URL's host, but never an IP literal. */
function sniOf(query: TraceQuery, url: RequestUrl): string | null {
  if (query.sni !== undefined) return query.sni === '' ? null : query.sni.toLowerCase();
  const isIp = url.host.includes(':') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(url.host);
  return isIp ? null : url.host.toLowerCase();
}

/** What the caller offers: a sidecar's list for mutual TLS on a plain scheme, otherwise curl's. */
function alpnOf(query: TraceQuery, url: RequestUrl, isHttp: boolean, mode: 'tls' | 'mtls'): readonly string[] {
  const http2 = query.httpVersion === '2' || query.connectProtocol !== undefined || url.scheme === 'grpc';
  if (mode === 'mtls' && url.scheme !== 'https') {
    if (!isHttp) return ['istio-peer-exchange', 'istio'];
    return http2 ? ['istio-h2', 'istio', 'h2'] : ['istio-http/1.1', 'istio', 'http/1.1'];
  }
  if (!isHttp) return [];
  if (query.httpVersion === '1.0') return ['http/1.0'];
  if (query.httpVersion === '1.1') return ['http/1.1'];
  return url.scheme === 'grpc' ? ['h2'] : ['h2', 'http/1.1'];
}

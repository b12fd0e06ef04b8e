/**
 * What Envoy's HTTP codecs refuse and change of a request's head, before anything else is asked.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/protocol.proto (HttpProtocolOptions, Http1ProtocolOptions)
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/header_sanitizing
 */
import type { HttpConnectionManager } from '../envoy/listener';
import { matchString } from '../match/string-matcher';
import { isUnknown, type Unknown, unknown } from '../match/ternary';
import { watcher } from '../match/watch';
import { isValidAuthority } from './authority';
import { connectionFault, type ConnectionFault, withoutNamedHeaders } from './connection-header';
import { tokensOf } from './header-tokens';
import { type HeaderValue, headerValues, type HttpMessage, withHeader, withoutHeaders } from './message';
import { withJoinedHeaders } from './joined-headers';
import { isToken } from '../http-token';
import { isKnownMethod } from './methods';
import { isNoHttp2Path, isNoTarget, targetRefusal, type TargetFault, withTarget } from './request-target';

/** What a codec refuses: an HTTP/1 one answers, an HTTP/2 one resets the stream (`DR`) or closes the connection (`DPE`). */
export interface CodecRefusal {
  /** Null where no answer comes. */
  readonly status: number | null;
  readonly responseFlags: 'DPE' | 'DR';
  readonly fault: CodecFault;
}

/** What of a request's head a codec refuses. */
export type CodecFault =
  | ConnectionFault
  | TargetFault
  | { readonly kind: 'method'; readonly method: string }
  | { readonly kind: 'length-with-coding' }
  | { readonly kind: 'transfer-coding' }
  | { readonly kind: 'connect-with-length' }
  | { readonly kind: 'extended-connect' }
  | { readonly kind: 'connection-header'; readonly name: string }
  | { readonly kind: 'te-header' }
  | { readonly kind: 'empty-authority' }
  | { readonly kind: 'repeated-length' }
  | { readonly kind: 'odd-length'; readonly length: string }
  | { readonly kind: 'control-character'; readonly name: string }
  | { readonly kind: 'underscore'; readonly name: string }
  | { readonly kind: 'unescaped-path' }
  | { readonly kind: 'odd-authority'; readonly authority: string }
  | { readonly kind: 'connect-without-port'; readonly authority: string }
  | { readonly kind: 'too-many-headers'; readonly count: number; readonly most: number }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly mostKib: number };

const DEFAULT_HEADERS_KB = 60;
const DEFAULT_HEADERS_COUNT = 100;

/** Fewer headers than this may be as many as a request has that is asked about. */
const FEW_HEADERS = 50;
/** Pseudo-headers of HTTP/2 count as headers. */
const PSEUDO_HEADERS = [':method', ':scheme', ':path', ':authority'];
/** Of a connection, and not of a message: HTTP/2 has none of these. */
const CONNECTION_SPECIFIC = ['connection', 'upgrade', 'keep-alive', 'proxy-connection', 'transfer-encoding'];

/** Null where the codec takes the request's head. */
export function codecRefusal(manager: HttpConnectionManager, message: HttpMessage): CodecRefusal | null {
  return message.protocol === 'HTTP/2' ? http2Refusal(manager, message) : http1Refusal(manager, message);
}

/** What an HTTP/1 codec answers. */
function refused(status: number, fault: CodecFault): CodecRefusal {
  return { status, responseFlags: 'DPE', fault };
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/protocol.proto (allow_custom_methods) */
function takesMethod({ http_protocol_options: options }: HttpConnectionManager, method: string): boolean {
  return isKnownMethod(method) || (options?.allow_custom_methods === true && isToken(method));
}

/** The order is the codec's: the request line, the size, each header, the framing. */
function http1Refusal(manager: HttpConnectionManager, message: HttpMessage): CodecRefusal | null {
  const line = oddLine(manager, message);
  if (line !== null) return refused(400, line);
  const tooLarge = sizeRefusal(manager, http1Size(message));
  if (tooLarge !== null) return refused(431, tooLarge);
  const bad = badLength(message);
  if (bad !== null && !isChunkedInstead(manager, message)) return refused(400, bad);
  const tooManyBefore = countBeforeUnderscore(manager, message);
  if (tooManyBefore !== null) return refused(431, tooManyBefore);
  const odd = oddHeader(manager, message) ?? oddTarget(message);
  if (odd !== null) return refused(400, odd);
  const counted = kept(manager, withJoinedHeaders(message)).length + (message.authority === null ? 0 : 1);
  const tooMany = countRefusal(manager, counted);
  if (tooMany !== null) return refused(431, tooMany);
  const framing = framingRefusal(manager, message);
  if (framing !== null) return framing;
  const named = connectionFault(withoutIgnoredUpgrade(manager, message));
  if (named !== null) return refused(400, named);
  const target = targetRefusal(manager, message);
  if (target !== null) return refused(target.kind === 'odd-target' ? 400 : 403, target);
  return withoutPort(message);
}

function withoutPort(message: HttpMessage): CodecRefusal | null {
  const portless = portlessTarget(message);
  return portless === null ? null : refused(400, portless);
}

function oddLine(manager: HttpConnectionManager, message: HttpMessage): CodecFault | null {
  if (!takesMethod(manager, message.method)) return { kind: 'method', method: message.method };
  return isNoTarget(message) ? { kind: 'odd-target' } : null;
}

function framingRefusal(manager: HttpConnectionManager, message: HttpMessage): CodecRefusal | null {
  const coding = headerValues(message, 'transfer-encoding');
  if (coding.length === 0) return connectBody(message);
  const both = headerValues(message, 'content-length').length > 0 && !allowsBoth(manager);
  if (both) return refused(400, { kind: 'length-with-coding' });
  if (coding.length > 1 || !isChunked(coding[0]) || message.method === 'CONNECT') {
    return refused(501, { kind: 'transfer-coding' });
  }
  return null;
}

function connectBody(message: HttpMessage): CodecRefusal | null {
  const [length] = headerValues(message, 'content-length');
  if (message.method !== 'CONNECT' || length === undefined || isUnknown(length) || /^0+$/.test(length)) return null;
  return refused(400, { kind: 'connect-with-length' });
}

function http2Refusal(manager: HttpConnectionManager, message: HttpMessage): CodecRefusal | null {
  if (message.isExtendedConnect === true && manager.http2_protocol_options?.allow_connect !== true) {
    return { status: null, responseFlags: 'DPE', fault: { kind: 'extended-connect' } };
  }
  const malformed = malformedHttp2(message) ?? badLength(message) ?? oddValue(message) ?? oddTarget(message);
  if (malformed !== null) return { status: null, responseFlags: 'DPE', fault: malformed };
  const names = pseudoHeaders(message).filter((name) => headerValues(message, name).length > 0);
  // The codec keeps cookies aside until all headers are there, and then adds them as one without counting again.
  const counted = withoutHeaders(message, ['cookie']);
  const reset =
    underscoredRefusal(manager, message) ??
    countRefusal(manager, kept(manager, withJoinedHeaders(counted)).length + names.length) ??
    sizeRefusal(manager, http2Size(counted, names));
  return reset === null ? null : { status: null, responseFlags: 'DR', fault: reset };
}

/** CONNECT has neither a scheme nor a path, unless it is extended. https://www.rfc-editor.org/rfc/rfc9113#section-8.5 */
function pseudoHeaders({ method, isExtendedConnect }: HttpMessage): readonly string[] {
  return method === 'CONNECT' && isExtendedConnect !== true ? [':method', ':authority'] : PSEUDO_HEADERS;
}

/** https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2 */
function malformedHttp2(message: HttpMessage): CodecFault | null {
  if (message.isExtendedConnect === true) return null;
  if (isNoHttp2Path(message)) return { kind: 'odd-target' };
  const specific = message.headers.find(([name]) => CONNECTION_SPECIFIC.includes(name));
  if (specific !== undefined) return { kind: 'connection-header', name: specific[0] };
  const te = headerValues(message, 'te').find(
    (value) => typeof value === 'string' && value.toLowerCase() !== 'trailers',
  );
  if (te !== undefined) return { kind: 'te-header' };
  return message.authority === '' ? { kind: 'empty-authority' } : null;
}

/** A length is one whole number of 64 bits. */
function badLength(message: HttpMessage): CodecFault | null {
  const lengths = headerValues(message, 'content-length');
  if (lengths.length > 1) return { kind: 'repeated-length' };
  const [length] = lengths;
  if (length === undefined || isUnknown(length)) return null;
  const isNumber = /^\d{1,40}$/.test(length) && BigInt(length) === BigInt.asUintN(64, BigInt(length));
  return isNumber ? null : { kind: 'odd-length', length };
}

/** Where both may come, the length is dropped unread. */
function isChunkedInstead(manager: HttpConnectionManager, message: HttpMessage): boolean {
  return allowsBoth(manager) && headerValues(message, 'transfer-encoding').length > 0;
}

function allowsBoth({ http_protocol_options: options }: HttpConnectionManager): boolean {
  return options?.allow_chunked_length === true;
}

function isChunked(value: HeaderValue | undefined): boolean {
  return value === undefined || isUnknown(value) || value.toLowerCase() === 'chunked';
}

function oddHeader(manager: HttpConnectionManager, message: HttpMessage): CodecFault | null {
  return oddValue(message) ?? underscoredRefusal(manager, message);
}

/** Of control characters a value has the tab alone. */
function oddValue(message: HttpMessage): CodecFault | null {
  const odd = message.headers.find(([, value]) => typeof value === 'string' && hasControl(value));
  return odd === undefined ? null : { kind: 'control-character', name: odd[0] };
}

function hasControl(text: string): boolean {
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(text);
}

function underscoredRefusal(manager: HttpConnectionManager, message: HttpMessage): CodecFault | null {
  if (underscoresAction(manager) !== 'REJECT_REQUEST') return null;
  const name = message.headers.find(([one]) => one.includes('_'))?.[0];
  return name === undefined ? null : { kind: 'underscore', name };
}

/** HTTP/1 headers are counted as they are read, Host first: there may be too many before one is refused for its name. */
function countBeforeUnderscore(manager: HttpConnectionManager, message: HttpMessage): CodecFault | null {
  const at = message.headers.findIndex(([name]) => name.includes('_'));
  if (at < 0 || underscoresAction(manager) !== 'REJECT_REQUEST') return null;
  const before = withJoinedHeaders({ ...message, headers: message.headers.slice(0, at) });
  return countRefusal(manager, before.headers.length + (message.authority === null ? 0 : 1));
}

/** What is dropped is not counted. */
function kept(manager: HttpConnectionManager, { headers }: HttpMessage): HttpMessage['headers'] {
  return underscoresAction(manager) === 'DROP_HEADER' ? headers.filter(([name]) => !name.includes('_')) : headers;
}

function underscoresAction({ common_http_protocol_options: options }: HttpConnectionManager): string {
  return options?.headers_with_underscores_action ?? 'ALLOW';
}

/** Whether a request target holds what must be percent-encoded in it. https://www.rfc-editor.org/rfc/rfc3986#section-2 */
export function hasUnescaped(path: string): boolean {
  return !/^[\x21-\x7e]*$/.test(path);
}

function oddTarget({ path, authority }: HttpMessage): CodecFault | null {
  if (hasUnescaped(path)) return { kind: 'unescaped-path' };
  return authority === null || isValidAuthority(authority) ? null : { kind: 'odd-authority', authority };
}

/** The target of CONNECT in HTTP/1 is a host and a port. https://www.rfc-editor.org/rfc/rfc9112#section-3.2.3 */
function portlessTarget({ method, authority }: HttpMessage): CodecFault | null {
  const port = /^(?:\[[^\]]*\]|[^:]+):(\d{1,10})$/.exec(authority ?? '')?.[1];
  if (method !== 'CONNECT' || (port !== undefined && Number(port) <= 65_535)) return null;
  return { kind: 'connect-without-port', authority: authority ?? '' };
}

function countRefusal(
  { common_http_protocol_options: options }: HttpConnectionManager,
  count: number,
): CodecFault | null {
  const most = options?.max_headers_count ?? DEFAULT_HEADERS_COUNT;
  if (most < FEW_HEADERS) watcher()?.other(`the number of headers (max_headers_count ${most})`);
  return count <= most ? null : { kind: 'too-many-headers', count, most };
}

function sizeRefusal(manager: HttpConnectionManager, size: number): CodecFault | null {
  const most = manager.max_request_headers_kb ?? DEFAULT_HEADERS_KB;
  return size <= most * 1024 ? null : { kind: 'too-large', bytes: size, mostKib: most };
}

/** Values that are not worked out are taken to have no more bytes than this, all together. */
const MOST_UNKNOWN = 8192;

/** Whether values that are not known may make a head that is small enough as far as it is known too large. */
export function sizeInDoubt(manager: HttpConnectionManager, message: HttpMessage): Unknown | null {
  const open = message.headers.map(([, value]) => value).find(isUnknown);
  if (open === undefined || sizeRefusal(manager, http1Size(message) + MOST_UNKNOWN) === null) return null;
  return unknown(`how long the headers are: ${open.unknown}`);
}

function bytes(text: HeaderValue): number {
  return isUnknown(text) ? 0 : Buffer.byteLength(text, 'utf8');
}

/** Every byte of the head as it is sent, with the request line and the line breaks. */
function http1Size({ method, path, authority, headers, protocol }: HttpMessage): number {
  const target = path === '' ? (authority ?? '') : path;
  const line = bytes(method) + 1 + bytes(target) + 1 + protocol.length + 2;
  const host = authority === null ? 0 : 'Host: '.length + bytes(authority) + 2;
  return headers.reduce((sum, [name, value]) => sum + bytes(name) + 2 + bytes(value) + 2, line + host + 2);
}

/** Names and values alone. */
function http2Size(message: HttpMessage, pseudo: readonly string[]): number {
  const first = pseudo.reduce((sum, name) => sum + name.length + bytes(headerValues(message, name)[0] ?? ''), 0);
  return message.headers.reduce((sum, [name, value]) => sum + bytes(name) + bytes(value), first);
}

/**
 * The request as the codec hands it on: headers with underscores dropped where that is asked for, a length dropped behind a
 * transfer coding, headers that are kept once and cookies of HTTP/2 joined into one, and upgrades that Envoy does not know of and headers
 * that Connection names taken away.
 */
export function decoded(manager: HttpConnectionManager, message: HttpMessage): HttpMessage {
  const headers = kept(manager, message);
  const aimed = withTarget(manager, message);
  const named = withJoinedHeaders(headers === message.headers ? aimed : { ...aimed, headers });
  if (message.protocol === 'HTTP/2') return withOneCookie(named);
  const framed = isChunkedInstead(manager, named) ? withoutHeaders(named, ['content-length']) : named;
  return withoutNamedHeaders(withoutIgnoredUpgrade(manager, framed));
}

/** https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3 */
function withOneCookie(message: HttpMessage): HttpMessage {
  const cookies = headerValues(message, 'cookie');
  if (cookies.length <= 1) return message;
  const known = cookies.flatMap((cookie) => (isUnknown(cookie) ? [] : [cookie]));
  return withHeader(message, 'cookie', cookies.find(isUnknown) ?? known.join('; '));
}

/**
 * `Upgrade: h2c` is dropped with all that belongs to it, and so is what `ignore_http_11_upgrade` names.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades
 */
function withoutIgnoredUpgrade(manager: HttpConnectionManager, message: HttpMessage): HttpMessage {
  const connection = headerValues(message, 'connection');
  const [upgrade] = headerValues(message, 'upgrade');
  if (typeof upgrade !== 'string' || !connection.some((value) => tokensOf(value).includes('upgrade'))) return message;
  if (upgrade.toLowerCase() === 'h2c') return withoutHeaders(message, ['upgrade', 'connection', 'http2-settings']);
  const ignored = manager.http_protocol_options?.ignore_http_11_upgrade ?? [];
  const all = upgrade.split(',').map((one) => one.trim());
  return ignored.length > 0 && all.every((one) => ignored.some((matcher) => matchString(matcher, one) === true))
    ? withoutHeaders(message, ['upgrade', 'connection'])
    : message;
}

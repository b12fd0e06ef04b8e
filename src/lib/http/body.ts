/** How long the body of a request is, as far as its headers tell. */
import { isUnknown, unknown, type Unknown } from '../match/ternary';
import { firstHeader, type HttpMessage } from './message';

/** Methods whose requests have a body only where they say so. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/**
 * Bytes of the body: Content-Length, else 0 where there can be none. Unknown where it is sent in pieces: by
 * `Transfer-Encoding`, or over HTTP/2, whose streams (those of gRPC always) need no length. Null where Content-Length is no number.
 * https://www.rfc-editor.org/rfc/rfc9110#name-content-length
 */
export function bodySize(message: HttpMessage): bigint | Unknown | null {
  const length = firstHeader(message, 'content-length');
  if (isUnknown(length)) return length;
  if (length !== null) return /^\d{1,18}$/.test(length) ? BigInt(length) : null;
  const isStreamed = message.protocol === 'HTTP/2' && !WITHOUT_BODY.has(message.method);
  return isStreamed || isChunked(message) ? unknown('the size of the request') : 0n;
}

/** Whether the body of a request of HTTP/1 comes in chunks. */
export function isChunked(message: HttpMessage): boolean {
  return message.isChunked === true || firstHeader(message, 'transfer-encoding') !== null;
}

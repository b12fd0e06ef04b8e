/**
 * The headers that `Connection` names are of the connection, and an HTTP/1 codec takes them away before anything else sees them.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/header_sanitizing
 * https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
import { isUnknown } from '../match/ternary';
import { tokensOf } from './header-tokens';
import { headerValues, type HttpMessage, withHeader, withoutHeaders } from './message';

/** What of a Connection header is refused. */
export type ConnectionFault =
  | { readonly kind: 'too-many-named'; readonly count: number }
  | { readonly kind: 'named-header'; readonly name: string }
  | { readonly kind: 'long-te' };

/** As many names as this are refused, and a TE header that is named and has as many bytes. */
const TOO_MANY = 10;
const TOO_LONG = 256;
/** Words that name no header, and the header itself. */
const NO_NAMES: ReadonlySet<string> = new Set(['close', 'http2-settings', 'keep-alive', 'upgrade', 'connection']);
/** Whoever had these taken away would hide where a request comes from. */
const NEVER_NAMED: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);

/** Null where the codec takes the header; an upgrade, which keeps its Connection header, is not looked at. */
export function connectionFault(message: HttpMessage): ConnectionFault | null {
  if (asksUpgrade(message)) return null;
  const tokens = namesIn(message);
  if (tokens.length >= TOO_MANY) return { kind: 'too-many-named', count: tokens.length };
  const odd = tokens.find((name) => NEVER_NAMED.has(name) || name.startsWith(':'));
  if (odd !== undefined) return { kind: 'named-header', name: odd };
  const isLong =
    tokens.includes('te') && headerValues(message, 'te').some((te) => !isUnknown(te) && te.length >= TOO_LONG);
  return isLong ? { kind: 'long-te' } : null;
}

/** The request without the headers that Connection names: of TE `trailers` stays, and with `host` goes the authority. */
export function withoutNamedHeaders(message: HttpMessage): HttpMessage {
  const names = asksUpgrade(message) ? [] : namesIn(message).filter((name) => !NO_NAMES.has(name));
  if (names.length === 0) return message;
  const keepsTrailers = headerValues(message, 'te').flatMap(tokensOf).includes('trailers');
  const left = withoutHeaders(message, names);
  const said = names.includes('te') && keepsTrailers ? withHeader(left, 'te', 'trailers') : left;
  return names.includes('host') ? { ...said, authority: null } : said;
}

function namesIn(message: HttpMessage): readonly string[] {
  return headerValues(message, 'connection')
    .flatMap(tokensOf)
    .filter((token) => token !== '');
}

function asksUpgrade(message: HttpMessage): boolean {
  return (
    message.method === 'CONNECT' ||
    (headerValues(message, 'upgrade').length > 0 && namesIn(message).includes('upgrade'))
  );
}

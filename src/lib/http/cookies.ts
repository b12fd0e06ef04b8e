/**
 * Cookies of a request as Envoy reads them.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (RouteMatch.cookies)
 */
import { isUnknown, type Unknown } from '../match/ternary';
import type { HttpMessage } from './message';

/**
 * A cookie's value; null where there is none of that name, unknown where a Cookie header is that could have it. The first of
 * a repeated name counts. A pair of double quotes around a value is taken off, one alone stays; blanks before a name are
 * skipped, those behind a name or a value belong to it.
 * @param headers the values of the Cookie headers, in order
 */
export function cookieValue(headers: readonly (string | Unknown)[], name: string): string | Unknown | null {
  for (const header of headers) {
    if (isUnknown(header)) return header;
    for (const pair of header.split(';')) {
      const equals = pair.indexOf('=');
      if (equals >= 0 && pair.slice(0, equals).replace(/^ +/, '') === name) return unquoted(pair.slice(equals + 1));
    }
  }
  return null;
}

function unquoted(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

/** The message without the cookies of a name; a Cookie header that holds no other goes with them. */
export function withoutCookie(message: HttpMessage, name: string): HttpMessage {
  const headers = message.headers.flatMap(([own, value]): HttpMessage['headers'] => {
    if (own !== 'cookie' || isUnknown(value)) return [[own, value]];
    const kept = value.split(';').filter((pair) => pair.split('=', 1)[0]?.trim() !== name);
    return kept.length === 0 ? [] : [[own, kept.join(';').trim()]];
  });
  return { ...message, headers };
}

/**
 * Where a redirect sends the client.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-redirectaction
 */
import type { RedirectAction, Route } from '../../envoy/route';
import { isUnknown } from '../../match/ternary';
import { withoutPort } from '../../http/authority';
import { firstHeader, type HeaderValue, type HttpMessage, pathOnly, withHeader } from '../../http/message';
import { matchedPart, replacedPath } from './rewrite';
import { ownField } from '../../own-field';

const CODES = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
} as const;

/** The HTTP status of a redirect; 301 where none is set. */
export function redirectStatus(redirect: RedirectAction): number {
  return CODES[redirect.response_code ?? 'MOVED_PERMANENTLY'];
}

/** The Location of an answer; null where it is not known, and for a request without a path, CONNECT, which gets none. */
export function locationOf(location: HeaderValue, { path }: HttpMessage): string | null {
  return isUnknown(location) || path === '' ? null : location;
}

/** The Location header of the answer; unknown where a header that is not known decides about its port. */
export function redirectLocation(route: Route, redirect: RedirectAction, message: HttpMessage): HeaderValue {
  const scheme = redirect.scheme_redirect ?? (redirect.https_redirect === true ? 'https' : message.scheme);
  const port = redirect.port_redirect === undefined || redirect.port_redirect === 0 ? '' : `:${redirect.port_redirect}`;
  const host = hostFor(redirect, message, scheme);
  return isUnknown(host) ? host : `${scheme}://${host}${port}${pathFor(route, redirect, message)}`;
}

/** A host of its own is taken as it is written; the request's loses a port that no longer fits. */
function hostFor(redirect: RedirectAction, message: HttpMessage, scheme: string): HeaderValue {
  if ((redirect.host_redirect ?? '') !== '') return redirect.host_redirect ?? '';
  const authority = message.authority ?? '';
  const host = withoutPort(authority);
  const port = authority.slice(host.length);
  if (port === '') return authority;
  const came = firstHeader(message, 'x-forwarded-proto') ?? '';
  if (isUnknown(came)) return came;
  const ofScheme = ownField({ http: ':80', https: ':443' }, came.toLowerCase());
  const goes = (redirect.port_redirect ?? 0) !== 0 || (scheme !== came && port === ofScheme);
  return goes ? host : authority;
}

function pathFor(route: Route, redirect: RedirectAction, message: HttpMessage): string {
  const path = newPath(route, redirect, message);
  const stripped = redirect.strip_query === true && !hasOwnQuery(redirect) ? (path.split('?')[0] ?? '') : path;
  return stripped.startsWith('/') ? stripped : `/${stripped}`;
}

function hasOwnQuery(redirect: RedirectAction): boolean {
  return redirect.path_redirect?.includes('?') === true;
}

/**
 * The request as the router has made it where a redirect is answered: with the path that the redirect has in place of a prefix or by
 * an expression, and the one that came in `x-envoy-original-path`.
 */
export function movedByRedirect(route: Route, message: HttpMessage, isSilent: boolean): HttpMessage {
  const { prefix_rewrite: prefix = '' } = route.redirect ?? {};
  if (message.path === '' || (prefix === '' && replacedBy(route.redirect ?? {}, message) === null)) return message;
  const path = newPath(route, { ...route.redirect, path_redirect: '' }, message);
  if (path === '') return message;
  return { ...(isSilent ? message : withHeader(message, 'x-envoy-original-path', message.path)), path };
}

function replacedBy({ regex_rewrite: rewrite }: RedirectAction, message: HttpMessage): string | null {
  return rewrite === undefined ? null : replacedPath(rewrite, pathOnly(message.path));
}

function newPath(route: Route, redirect: RedirectAction, message: HttpMessage): string {
  const query = message.path.slice(pathOnly(message.path).length);
  if ((redirect.path_redirect ?? '') !== '') {
    const path = redirect.path_redirect ?? '';
    return hasOwnQuery(redirect) ? path : path + query;
  }
  if (redirect.prefix_rewrite !== undefined && redirect.prefix_rewrite !== '') {
    return redirect.prefix_rewrite + message.path.slice(matchedPart(route, message).length);
  }
  const replaced = replacedBy(redirect, message);
  return replaced === null ? message.path : replaced + query;
}

/**
 * `internal_redirect_policy`: Envoy follows a redirect of the upstream itself.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_connection_management#internal-redirects
 */
import type { RouteAction } from '../../envoy/route';
import type { HttpMessage } from '../../http/message';
import type { InternalRedirect } from '../hop/context';

const FOUND = 302;
const SEE_OTHER = 303;
/** Other codes in the list are passed over. */
const REDIRECTS: ReadonlySet<number> = new Set([301, FOUND, SEE_OTHER, 307, 308]);

/** Null where the route follows none. Without a list of codes 302 alone is followed, and without a number one redirect. */
export function internalRedirectOf({ internal_redirect_policy: policy }: RouteAction): InternalRedirect | null {
  if (policy === undefined) return null;
  const codes = policy.redirect_response_codes ?? [];
  return {
    codes: (codes.length === 0 ? [FOUND] : codes).filter((code) => REDIRECTS.has(code)),
    most: policy.max_internal_redirects ?? 1,
    crossesScheme: policy.allow_cross_scheme_redirect === true,
    hasPredicates: (policy.predicates ?? []).length > 0,
  };
}

/** The request as it is sent again; null where Envoy follows no such Location, and the caller gets the redirect. */
export function redirectedMessage(
  message: HttpMessage,
  location: string,
  status: number,
  policy: InternalRedirect,
): HttpMessage | null {
  const parts = /^(https?):\/\/([^/?#]+)([^#]*)/.exec(location);
  const scheme = parts?.[1] === 'https' ? 'https' : 'http';
  if (parts === null || (scheme !== message.scheme && !policy.crossesScheme)) return null;
  const path = parts[3] ?? '';
  return {
    ...message,
    scheme,
    method: status === SEE_OTHER && message.method !== 'HEAD' ? 'GET' : message.method,
    authority: parts[2] ?? '',
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

/**
 * `internal_redirect_policy`: Envoy follows a redirect of the upstream itself.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_connection_management#internal-redirects
 */
import type { RouteAction } from '../../envoy/route';
import { type HttpMessage, withHeader, withoutHeaders } from '../../http/message';
import { MaybeAbsent } from '../../match/ternary';
import type { InternalRedirect } from '../hop/context';
import { upgradeOf } from './upgrade';

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
    predicates: policy.predicates ?? [],
    copied: (policy.response_headers_to_copy ?? []).map((name) => name.toLowerCase()),
  };
}

/** A redirect that came back. */
export interface Redirected {
  readonly status: number;
  readonly location: string;
}

/**
 * The request as it is sent again, and as Envoy asks for its route before that, to see whether it may; null where Envoy follows no
 * such Location, and the caller gets the redirect.
 * @param sent the request as it went to the upstream: what the first walk changed of it stays changed
 * @param isTls whether it came over TLS
 */
export function redirectedMessage(
  sent: HttpMessage,
  { status, location }: Redirected,
  policy: InternalRedirect,
  isTls: boolean,
): { readonly asked: HttpMessage; readonly message: HttpMessage } | null {
  const parts = /^([a-z]+):\/\/(?:[^/?#@]*@)?([^/?#@]+)([^#]*)/i.exec(location);
  const scheme = parts?.[1] ?? '';
  const before = wasOverTls(sent, isTls) ? 'https' : 'http';
  // A request without a path, CONNECT, is none that can be sent again, nor is one whose body never ends.
  if (parts === null || sent.path === '' || upgradeOf(sent) !== null) return null;
  if (isPlain(scheme) !== isPlain(before) && !policy.crossesScheme) return null;
  const path = parts[3] ?? '';
  const copied = policy.copied.reduce(withCopied(location), sent);
  const asked = { ...copied, scheme, authority: parts[2] ?? '', path: path.startsWith('/') ? path : `/${path}` };
  const original = `${before}://${sent.authority ?? ''}${sent.path}`;
  return { asked, message: withHeader(status === SEE_OTHER ? asGet(asked) : asked, ORIGINAL_URL, original) };
}

function asGet(message: HttpMessage): HttpMessage {
  if (message.method === 'GET' || message.method === 'HEAD') return message;
  return { ...withoutHeaders(message, ['content-length']), method: 'GET', isChunked: false };
}

/** Over plain text a request counts as `http` whatever X-Forwarded-Proto says. */
export function wasOverTls({ scheme }: HttpMessage, isTls: boolean): boolean {
  return isTls && !isPlain(scheme);
}

/** Every other scheme counts as one of TLS. */
export function isPlain(scheme: string): boolean {
  return scheme.toLowerCase() === 'http';
}

const ORIGINAL_URL = 'x-envoy-original-url';

/** What else a redirect has for headers nobody knows. */
function withCopied(location: string): (message: HttpMessage, name: string) => HttpMessage {
  return (message, name) =>
    withHeader(message, name, name === 'location' ? location : new MaybeAbsent(`the header ${name} of the redirect`));
}

/** `RouteMatch.tls_context`: what the caller's certificate is. */
import { isDeepStrictEqual } from 'node:util';
import type { RouteCondition } from './condition';

export const tlsContext: RouteCondition = {
  name: 'TLS context',
  holds: ({ tls_context: wanted }, { tls }) => {
    if (wanted === undefined) return true;
    if (wanted.presented !== undefined && wanted.presented !== (tls?.presented ?? false)) return false;
    return wanted.validated === undefined || wanted.validated === (tls?.validated ?? false);
  },
  describe: ({ tls_context: wanted = {} }) => [
    ...(wanted.presented === undefined ? [] : [`client certificate ${wanted.presented ? '' : 'not '}presented`]),
    ...(wanted.validated === undefined ? [] : [`client certificate ${wanted.validated ? '' : 'not '}validated`]),
  ],
  miss: (match, { tls }) => {
    const came = tls === null ? 'the connection is plain text' : tls.presented ? 'one came' : 'none came';
    return `${tlsContext.describe(match).join(', ')} does not match: ${came}${tls?.validated === true ? ' and is valid' : ''}`;
  },
  implies: (narrow, wide) => wide.tls_context === undefined || isDeepStrictEqual(narrow.tls_context, wide.tls_context),
  witness: (match) => (match.tls_context?.presented === true ? { presentsCertificate: true } : {}),
};

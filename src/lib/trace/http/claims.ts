/** A request's JWT claims as routes find them in dynamic metadata, once the filters that check tokens have run. */
import type { MetadataFields } from '../../match/metadata-matcher';
import { istioAuthnFields, structuredClaims } from '../filters/http/claims';

const JWT = 'envoy.filters.http.jwt_authn';
const ISTIO = 'istio_authn';

/**
 * The fields of a namespace: claims stand below `payload`, and for Istio's own filter below `request.auth.claims`.
 * https://istio.io/latest/docs/tasks/security/authentication/jwt-route/
 */
export function claimsMetadata(namespace: string, claims: Readonly<Record<string, string>> | null): MetadataFields {
  if (namespace !== JWT && namespace !== ISTIO) return { fields: null, unknown: `dynamic metadata of ${namespace}` };
  if (claims === null) return { fields: null, unknown: "the claims of the request's JWT (--claim NAME=VALUE)" };
  const all = structuredClaims(claims);
  return { fields: namespace === JWT ? { payload: all } : istioAuthnFields(all), unknown: null };
}

/** The object that istiod made a policy of ztunnel from. https://github.com/istio/istio (pilot/pkg/serviceregistry/ambient) */

import { objectOrigin, type Origin } from '../envoy/istio-config';

/** What STRICT mutual TLS is for ztunnel: a policy that denies whoever has no identity. */
export const CONVERTED_STRICT = 'istio_converted_static_strict';

const CONVERTED = 'converted_peer_authentication_';
const ALLOWS_WAYPOINT = 'istio_allow_waypoint_';

/** Of `namespace/name`; null where no single object says so. */
export function policyOrigin(key: string | null): Origin | null {
  const slash = key?.indexOf('/') ?? -1;
  if (key === null || slash < 0) return null;
  const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
  if (name === CONVERTED_STRICT || name.startsWith(ALLOWS_WAYPOINT)) return null;
  if (name.startsWith(CONVERTED)) {
    return objectOrigin('PeerAuthentication', 'peerauthentication', name.slice(CONVERTED.length), namespace);
  }
  return objectOrigin('AuthorizationPolicy', 'authorizationpolicy', name, namespace);
}

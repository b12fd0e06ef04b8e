/** Filters that decide by tokens and certificates, in front of the filters of generated configurations. */
import type { Random } from '../differential/rig/random';
import { extension, type Message } from '../differential/generate/message';

const HTTP = 'envoy.extensions.filters.http';
const MANAGER = '.http_connection_manager.v3.HttpConnectionManager';

/** The listeners, with JWT authentication and RBAC by identity in half of their connection managers and chains with TLS. */
export function withTokenFilters(listeners: readonly object[], random: Random): readonly object[] {
  return listeners.map((listener) => changed(listener, random) as object);
}

function changed(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) return value.map((item) => changed(item, random));
  if (typeof value !== 'object' || value === null) return value;
  const message = value as Message;
  const type = message['@type'];
  const own = message['http_filters'];
  if (typeof type === 'string' && type.endsWith(MANAGER) && Array.isArray(own) && random.chance(0.5)) {
    return { ...message, http_filters: [...tokenFilters(random), ...(own as readonly Message[])] };
  }
  const filters = message['filters'];
  const whole =
    message['transport_socket'] !== undefined && Array.isArray(filters) && random.chance(0.5)
      ? { ...message, filters: [byPrincipal(random), ...(filters as readonly Message[])] }
      : message;
  return Object.fromEntries(Object.entries(whole).map(([key, inner]) => [key, changed(inner, random)]));
}

function tokenFilters(random: Random): readonly Message[] {
  const jwt = extension('envoy.filters.http.jwt_authn', `${HTTP}.jwt_authn.v3.JwtAuthentication`, {
    providers: { p: { issuer: 'https://idp', payload_in_metadata: 'payload' } },
    rules: [
      {
        match: { prefix: random.pick(['/', '/', '/reviews']) },
        requires: random.pick<Message>([
          { provider_name: 'p' },
          { requires_any: { requirements: [{ provider_name: 'p' }, { allow_missing: {} }] } },
          { requires_any: { requirements: [{ provider_name: 'p' }, { allow_missing_or_failed: {} }] } },
          { allow_missing: {} },
        ]),
      },
    ],
  });
  return random.chance(0.6) ? [jwt, byIdentity(random)] : [jwt];
}

function byPrincipal(random: Random): Message {
  const principal = { authenticated: { principal_name: { prefix: 'spiffe://cluster.local/ns/bookinfo/' } } };
  const rules = {
    ...random.maybe(0.3, 'action', () => 'DENY'),
    policies: { principal: { permissions: [{ any: true }], principals: [principal] } },
  };
  const type = 'envoy.extensions.filters.network.rbac.v3.RBAC';
  return extension('envoy.filters.network.rbac', type, { stat_prefix: 'tcp.', rules });
}

function byIdentity(random: Random): Message {
  const [name, value] = random.pick<readonly [string, Message]>([
    ['sub', { string_match: { exact: 'me' } }],
    ['iss', { string_match: { prefix: 'https://' } }],
    ['groups', { list_match: { one_of: { string_match: { exact: 'g' } } } }],
    ['nobody', { present_match: true }],
  ]);
  const path = [{ key: 'payload' }, { key: name }];
  const identity = random.pick<Message>([
    { metadata: { filter: 'envoy.filters.http.jwt_authn', path, value } },
    { authenticated: { principal_name: { prefix: 'spiffe://cluster.local/ns/bookinfo/' } } },
  ]);
  const principals = [random.chance(0.3) ? { not_id: identity } : identity];
  return extension('envoy.filters.http.rbac', `${HTTP}.rbac.v3.RBAC`, {
    rules: {
      ...random.maybe(0.5, 'action', () => 'DENY'),
      policies: { identity: { permissions: [{ any: true }], principals } },
    },
  });
}

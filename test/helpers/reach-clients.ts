/** Listeners that ask what their clients are: TLS, server names, protocols, principals, addresses, tokens. */
import fc from 'fast-check';
import type { ProxyConfig } from '../../src/lib/envoy/proxy-config';
import { proxyOf } from './hop';

const EXTENSIONS = 'type.googleapis.com/envoy.extensions';
const MANAGER = `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`;
const named = (name: string, type: string, more: object) => ({
  name,
  typed_config: { '@type': `${EXTENSIONS}.${type}`, ...more },
});

const X = 'spiffe://cluster.local/ns/a/sa/x';

/** Which connections a chain takes. */
const matches = fc.constantFrom<object>(
  {},
  { server_names: ['a.example'] },
  { server_names: ['*.example', 'b.test'] },
  { transport_protocol: 'tls' },
  { transport_protocol: 'tls', application_protocols: ['istio', 'istio-http/1.1'] },
  { transport_protocol: 'raw_buffer' },
  { application_protocols: ['h2'] },
  { source_prefix_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
  {
    source_prefix_ranges: [
      { address_prefix: '10.4.0.0', prefix_len: 14 },
      { address_prefix: '192.0.2.0', prefix_len: 25 },
    ],
  },
  { direct_source_prefix_ranges: [{ address_prefix: '203.0.113.7', prefix_len: 32 }] },
  { server_names: ['a.example'], source_prefix_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 9 }] },
);

const common = (more: object = {}) => ({
  common_tls_context: { alpn_protocols: ['h2', 'http/1.1'], ...more },
});
const trusted = { filename: '/roots.pem' };

const sockets = fc
  .constantFrom<object | null>(
    null,
    common(),
    { ...common({ validation_context: { trusted_ca: trusted } }), require_client_certificate: true },
    {
      ...common({
        validation_context: {
          trusted_ca: trusted,
          match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { prefix: 'spiffe://cluster.local/' } }],
        },
      }),
    },
  )
  .map((context) =>
    context === null
      ? {}
      : { transport_socket: named('tls', 'transport_sockets.tls.v3.DownstreamTlsContext', context) },
  );

const authenticated = (principal_name: object) => ({ authenticated: { principal_name } });
const claim = (key: string, value: object, invert = false) => ({
  metadata: {
    filter: 'envoy.filters.http.jwt_authn',
    path: [{ key: 'payload' }, { key }],
    value,
    ...(invert ? { invert: true } : {}),
  },
});

const principals = fc.constantFrom<object>(
  { any: true },
  authenticated({ exact: X }),
  authenticated({ safe_regex: { regex: '.*/ns/a/.*' } }),
  authenticated({ suffix: '/sa/x' }),
  { authenticated: {} },
  { not_id: authenticated({ exact: X }) },
  { source_ip: { address_prefix: '10.1.0.0', prefix_len: 16 } },
  { direct_remote_ip: { address_prefix: '192.0.2.128', prefix_len: 25 } },
  { remote_ip: { address_prefix: '10.0.0.0', prefix_len: 12 } },
  claim('role', { string_match: { exact: 'admin' } }),
  claim('role', { string_match: { prefix: 'a' } }, true),
  claim('groups', { list_match: { one_of: { string_match: { exact: 'ops' } } } }),
  claim('role', {
    or_match: {
      value_matchers: [
        { string_match: { exact: 'dev' } },
        { list_match: { one_of: { string_match: { exact: 'dev' } } } },
      ],
    },
  }),
  claim('scope', { list_match: { one_of: { string_match: { prefix: 're' } } } }),
  claim('iss', { string_match: { exact: 'https://b.example' } }),
  { filter_state: { key: 'io.istio.peer_principal', string_match: { exact: X } } },
);

const permissions = fc.constantFrom<object>(
  { any: true },
  { url_path: { path: { prefix: '/admin' } } },
  { header: { name: ':method', string_match: { exact: 'GET' } } },
  { not_rule: { url_path: { path: { exact: '/admin' } } } },
  { header: { name: 'x-role', string_match: { exact: 'admin' } } },
  { requested_server_name: { exact: 'a.example' } },
  { header: { name: 'x-forwarded-for', string_match: { contains: '10.' } } },
);

const policy = fc.record({
  permissions: fc.array(permissions, { minLength: 1, maxLength: 2 }),
  principals: fc.array(principals, { minLength: 1, maxLength: 2 }),
});

const rbac = fc
  .tuple(fc.constantFrom('ALLOW', 'DENY'), fc.array(policy, { minLength: 1, maxLength: 3 }))
  .map(([action, drawn]) =>
    named('rbac', 'filters.http.rbac.v3.RBAC', {
      rules: { action, policies: Object.fromEntries(drawn.map((one, index) => [`p${index}`, one])) },
    }),
  );

const PROVIDERS = {
  a: {
    issuer: 'https://a.example',
    payload_in_metadata: 'payload',
    normalize_payload_in_metadata: { space_delimited_claims: ['scope'] },
    claim_to_headers: [{ header_name: 'x-role', claim_name: 'role' }],
  },
  b: { issuer: 'https://b.example', audiences: ['web'], payload_in_metadata: 'payload', forward: true },
};

const jwt = fc
  .constantFrom<object | null>(
    null,
    { provider_name: 'a' },
    { requires_any: { requirements: [{ provider_name: 'a' }, { allow_missing: {} }] } },
    { requires_any: { requirements: [{ provider_name: 'a' }, { provider_name: 'b' }] } },
  )
  .map((requires) =>
    requires === null
      ? []
      : [
          named('jwt', 'filters.http.jwt_authn.v3.JwtAuthentication', {
            providers: PROVIDERS,
            rules: [{ match: { prefix: '/' }, requires }],
          }),
        ],
  );

const ROUTER = named('router', 'filters.http.router.v3.Router', {});

const manager = fc.tuple(jwt, fc.array(rbac, { maxLength: 2 }), fc.boolean()).map(([tokens, rules, remote]) => ({
  use_remote_address: remote,
  ...(remote ? { internal_address_config: { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] } } : {}),
  http_filters: [...tokens, ...rules, ROUTER],
}));

const chain = fc.tuple(matches, sockets, manager);

const INSPECTOR = named('tls_inspector', 'filters.listener.tls_inspector.v3.TlsInspector', {});

type Chain = typeof chain extends fc.Arbitrary<infer T> ? T : never;

const PORT = 8080;
/** The node of the gateway that has the listener. */
export const NODE_ID = 'router~192.0.2.7~gateway.test~test.svc.cluster.local';

function listenerWith(chains: readonly Chain[], inspects: boolean): object {
  return {
    name: 'clients',
    address: { socket_address: { address: '0.0.0.0', port_value: PORT } },
    ...(inspects ? { listener_filters: [INSPECTOR] } : {}),
    filter_chains: chains.map(([filter_chain_match, socket, own], index) => ({
      name: `chain ${index}`,
      filter_chain_match,
      ...socket,
      filters: [
        {
          name: 'http',
          typed_config: {
            '@type': MANAGER,
            ...own,
            route_config: {
              name: 'own',
              virtual_hosts: [
                {
                  name: 'all',
                  domains: ['*'],
                  routes: [{ match: { prefix: '/' }, direct_response: { status: 210 + index } }],
                },
              ],
            },
          },
        },
      ],
    })),
  };
}

function proxyWith(chains: readonly Chain[], inspects: boolean): ProxyConfig {
  return proxyOf({ bootstrap: { node: { id: NODE_ID } }, listeners: [listenerWith(chains, inspects)] });
}

const drawn = fc.tuple(fc.array(chain, { minLength: 1, maxLength: 4 }), fc.boolean());

/** A gateway. */
export const askingProxies: fc.Arbitrary<ProxyConfig> = drawn.map(([chains, inspects]) => proxyWith(chains, inspects));

/** The same without filters, for who asks about its chains alone. */
export const askingChains: fc.Arbitrary<ProxyConfig> = drawn.map(([chains, inspects]) =>
  proxyWith(
    chains.map(([match, socket]) => [match, socket, { use_remote_address: false, http_filters: [ROUTER] }]),
    inspects,
  ),
);

/** A gateway's listener as Envoy takes it: no two chains ask the same of a connection. */
export const askingListeners: fc.Arbitrary<object> = drawn.map(([chains, inspects]) => {
  const distinct = new Map(chains.map((one) => [JSON.stringify(one[0]), one]));
  return listenerWith([...distinct.values()], inspects);
});

/** A gateway, and the same with one chain changed. */
export const askingChanges: fc.Arbitrary<readonly [ProxyConfig, ProxyConfig]> = fc
  .tuple(drawn, chain, fc.nat())
  .map(([[chains, inspects], other, place]) => {
    const after = chains.map((one, index) => (index === place % chains.length ? other : one));
    return [proxyWith(chains, inspects), proxyWith(after, inspects)];
  });

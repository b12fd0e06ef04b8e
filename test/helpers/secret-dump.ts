/** A dump that has a secret at every place that the list of secret fields names, and a text that is none beside each. */

import { EXPRESSIONS } from './secret-expressions';
import { base64, PEM, TEXTS } from './secret-texts';

/** A place: where it is, and its piece of configuration with a secret in it. */
export type Planted = readonly [where: string, piece: (secret: string) => object];

const type = (name: string): string => `type.googleapis.com/${name}`;
const header = (key: string, value: string): object => ({ header: { key, value } });

/** Filters of an HTTP connection manager. */
export const HTTP_FILTERS: readonly Planted[] = [
  ['basic_auth users', (s) => typed('basic_auth.v3.BasicAuth', { users: { inline_string: `u:{SHA}${s}` } })],
  ['api_key_auth', (s) => typed('api_key_auth.v3.ApiKeyAuth', { credentials: [{ key: s, client: 'kept-client' }] })],
  [
    'a TypedStruct of basic_auth',
    (s) => ({
      '@type': type('udpa.type.v1.TypedStruct'),
      type_url: type('envoy.extensions.filters.http.basic_auth.v3.BasicAuth'),
      value: { users: { inline_string: `u:${s}` } },
    }),
  ],
  ['lua', (s) => typed('lua.v3.Lua', { default_source_code: { inline_string: `local api_key = '${s}'\nreturn 1` } })],
  ['local_jwks k', (s) => jwks(`{"keys":[{"k":"${s}","kty":"oct"}]}`)],
  ['local_jwks bytes', (s) => jwks(null, base64(`{"keys":[{"kty":"RSA","d":"${s}","n":"kept-modulus"}]}`))],
  ['user information', (s) => extAuthz({ http_service: { server_uri: { uri: `https://u:${s}@kept-host/` } } })],
  ['ext_authz headers', (s) => extAuthz({ http_service: { headers_to_add: [{ key: 'X-Vault-Token', value: s }] } })],
  ['context_extensions', (s) => extAuthz({ check_settings: { context_extensions: { team: s } } })],
  ['access_token', (s) => google({ call_credentials: [{ access_token: s }] })],
  ['google_refresh_token', (s) => google({ call_credentials: [{ google_refresh_token: s }] })],
  ['json_key', (s) => google({ call_credentials: [{ service_account_jwt_access: { json_key: `{"x":"${s}"}` } }] })],
  ['google_iam', (s) => google({ call_credentials: [{ google_iam: { authorization_token: s } }] })],
  [
    'ssl_credentials',
    (s) => google({ channel_credentials: { ssl_credentials: { private_key: { inline_string: s } } } }),
  ],
  [
    'a call credentials extension',
    (s) =>
      google({
        x: [{ '@type': type('envoy.extensions.grpc_service.call_credentials.access_token.v3.AccessToken'), token: s }],
      }),
  ],
  ['initial_metadata', (s) => extAuthz({ grpc_service: { initial_metadata: [{ key: 'cookie', value: `sid=${s}` }] } })],
  ['AWS', (s) => aws({ inline_credential: { access_key_id: 'kept-id', secret_access_key: s, session_token: s } })],
  ['AWS web identity', (s) => aws({ with_web_identity: { web_identity_token_data_source: { inline_string: s } } })],
  ['AWS credentials file', (s) => aws({ credentials_file: { credentials_data_source: { inline_bytes: base64(s) } } })],
  [
    'header_mutation',
    (s) =>
      typed('header_mutation.v3.HeaderMutation', {
        mutations: { request_mutations: [{ append: header('Authorization', `Basic ${s}`) }] },
      }),
  ],
  [
    'set_metadata',
    (s) => typed('set_metadata.v3.Config', { metadata: [{ value: { authToken: s, note: 'kept-note' } }] }),
  ],
  [
    'Wasm configuration',
    (s) =>
      typed('wasm.v3.Wasm', {
        config: {
          configuration: { '@type': type('google.protobuf.StringValue'), value: `{"a":{"client_secret":"${s}"}}` },
          vm_config: { environment_variables: { key_values: { DB_PASSWORD: s, MODE: 'kept-mode' } } },
        },
      }),
  ],
  ['a fault by header', (s) => typed('fault.v3.HTTPFault', { headers: [{ name: 'authorization', exact_match: s }] })],
  [
    'RBAC by header',
    (s) =>
      typed('rbac.v3.RBAC', {
        rules: { policies: { p: { permissions: [{ header: { name: 'x-api-key', string_match: { exact: s } } }] } } },
      }),
  ],
  [
    'a matcher of a header',
    (s) =>
      matcher({ single_predicate: { input: headerInput('authorization'), value_match: { prefix: `Bearer ${s}` } } }),
  ],
  [
    'keys of a matcher tree',
    (s) => matcher({ input: headerInput('x-auth-token'), exact_match_map: { map: { [s]: {} } } }),
  ],
  [
    'a secret behind its name',
    (s) => ({ '@type': type('x.Y'), list: [{ string_match: { exact: s }, name: 'Cookie' }] }),
  ],
  ...TEXTS.map(
    ([name, text]) =>
      [name, (s: string) => typed('lua.v3.Lua', { default_source_code: { inline_string: text(s) } })] as const,
  ),
  [
    'an injected credential',
    (s) => ({ '@type': type('x.v3.Generic'), credential: { inline_string: s, filename: 'kept-file' } }),
  ],
  [
    'a field that nobody knows',
    (s) => ({ '@type': type('x.Y'), vendorApiToken: s, max_tokens: 5, cookie: 'kept-cookie' }),
  ],
  [
    'credentials that nobody knows',
    (s) => ({ '@type': type('x.Y'), api_credentials: [s, { value: s, host: 'kept-host' }] }),
  ],
  ['users of another message', (s) => ({ '@type': type('x.Y'), users: { inline_bytes: base64(`u:{SHA}${s}`) } })],
  ['names of cookies', (s) => ({ '@type': type('x.Y'), cookie_names: { bearer_token: 'kept-bearer' }, password: s })],
  [
    'a filter state',
    (s) => ({
      '@type': type('x.Y'),
      x: [{ object_key: 'my.token', format_string: { text_format_source: { inline_string: s } } }],
    }),
  ],
  [
    'fields that hint at secrets',
    (s) => ({
      '@type': type('x.Y'),
      dns_key: s,
      pin_code: s,
      salt: s,
      auth_string: s,
      secret_map: { kept: s, [s]: 'b' },
    }),
  ],
  ['a tag', (s) => ({ '@type': type('x.Y'), custom_tags: [{ tag: 'api_key', literal: { value: s } }] })],
  [
    'a tag of the environment',
    (s) => ({
      '@type': type('x.Y'),
      custom_tags: [{ tag: 'x', environment: { name: 'DB_PASSWORD', default_value: s } }],
    }),
  ],
  [
    'attributes of a resource',
    (s) => ({ '@type': type('x.Y'), resource_attributes: { 'api.key': s, team: 'kept-team' } }),
  ],
  ['a descriptor', (s) => ({ '@type': type('x.Y'), generic_key: { descriptor_key: 'api_key', descriptor_value: s } })],
  [
    'a matcher of its own kind',
    (s) =>
      matcher({ single_predicate: { input: headerInput('authorization'), custom_match: { typed_config: { x: s } } } }),
  ],
  ['a key of a map', (s) => ({ '@type': type('x.Y'), clusters: { [`https://u:${s}@kept-host/`]: 'kept-value' } })],
  ...EXPRESSIONS.map(
    ([name, condition]) =>
      [
        name,
        (s: string) => typed('rbac.v3.RBAC', { rules: { policies: { p: { condition: condition(s) } } } }),
      ] as const,
  ),
  [
    'a default of header_to_metadata',
    (s) =>
      typed('header_to_metadata.v3.Config', {
        request_rules: [
          { header: 'authorization', on_header_missing: { key: 'kept-key', value: s } },
          {
            on_header_missing: { metadata_namespace: 'kept-namespace', key: 'kept-first', value: s },
            header: 'x-token',
          },
          { on_header_missing: { key: 'kept-of-cookie', value: s }, cookie: 'kept-cookie' },
          { header: 'kept-header', on_header_missing: { key: 'kept-other', value: 'kept-default' } },
        ],
      }),
  ],
  [
    'a default of json_to_metadata',
    (s) =>
      typed('json_to_metadata.v3.JsonToMetadata', {
        request_rules: {
          rules: [{ selectors: [{ key: 'auth' }, { key: 'token' }], on_missing: { key: 'kept-key', value: { x: s } } }],
        },
      }),
  ],
  [
    'a field of a Thrift payload',
    (s) => ({
      '@type': type('x.PayloadToMetadata'),
      request_rules: [
        { field_selector: { name: 'kept-a', child: { name: 'password' } }, on_missing: { key: 'kept-key', value: s } },
      ],
    }),
  ],
  [
    'an attribute of a cookie',
    (s) => ({
      '@type': type('x.CookieBasedSessionState'),
      cookie: {
        name: 'kept-name',
        path: '/kept-path',
        attributes: [
          { name: 'kept-attribute', value: s },
          { name: 'Domain', value: 'kept-domain.example' },
        ],
      },
    }),
  ],
  ['AWS external_id', (s) => aws({ assume_role_credential_provider: { role_arn: 'kept-role', external_id: s } })],
  ['a registry', (s) => typed('x', { value: { auths: { 'docker.io': { auth: s } } }, '@type': type('x.TypedStruct') })],
  [
    'an input of dynamic metadata',
    (s) =>
      matcher({
        single_predicate: {
          input: { name: 'i', typed_config: { '@type': type('x.DynamicMetadataInput'), path: [{ key: 'api_key' }] } },
          value_match: { exact: s },
        },
      }),
  ],
  [
    'bytes that are a text',
    (s) => ({ '@type': type('google.protobuf.BytesValue'), value: base64(`host: kept-host\npassword: ${s}\n`) }),
  ],
  ['a tag of statistics', (s) => ({ '@type': type('x.Y'), stats_tags: [{ tag_name: 'api_token', fixed_value: s }] })],
  ['gRPC options', (s) => google({ channel_args: { args: { 'grpc.secret': { string_value: s } } } })],
];

/** Fields of a route. */
export const ROUTE_FIELDS: readonly Planted[] = [
  ['Authorization', (s) => ({ request_headers_to_add: [header('Authorization', `Bearer ${s}`)] })],
  ['Set-Cookie', (s) => ({ response_headers_to_add: [header('Set-Cookie', `sid=${s}; Path=/`)] })],
  [
    'headers that hint at secrets',
    (s) => ({
      match: {
        prefix: '/h',
        headers: ['x-key', 'x-pin', 'acme-key'].map((name) => ({ name, string_match: { exact: s } })),
      },
      response_headers_to_add: [header('x-2fa-code', s)],
    }),
  ],
  [
    'a message of an error',
    (s) => ({ direct_response: { status: 500, body: { inline_string: `no <PRIVATE KEY ${s}>` } } }),
  ],
  ['a cookie', (s) => ({ match: { prefix: '/c', cookies: [{ name: 'kept-cookie', string_match: { exact: s } }] } })],
  ['raw_value', (s) => ({ request_headers_to_add: [{ header: { key: 'x-api-key', raw_value: base64(s) } }] })],
  ['a header in camel case', (s) => ({ requestHeadersToAdd: [{ header: { key: 'proxy-authorization', value: s } }] })],
  ['metadata', (s) => ({ metadata: { filter_metadata: { own: { nested: [{ password: s, note: 'kept-note' }] } } } })],
  [
    'a number in metadata',
    (s) => ({ metadata: { filter_metadata: { own: { password: Number(s.replace(/\D/g, '')) } } } }),
  ],
  ['an encrypted key', (s) => ({ metadata: { filter_metadata: { own: { k: PEM('ENCRYPTED ', s) } } } })],
  ['a key in base64', (s) => ({ metadata: { filter_metadata: { own: { k: base64(PEM('EC ', s)) } } } })],
  [
    'a token by its form',
    (s) => ({ metadata: { filter_metadata: { own: { t: `eyJhbGciOiJIUzI1NiJ9.eyJ4IjoxfQ.${s}` } } } }),
  ],
  [
    'a path into metadata',
    (s) => ({
      match: {
        prefix: '/m',
        dynamic_metadata: [
          { filter: 'kept-filter', path: [{ key: 'password' }], value: { string_match: { exact: s } } },
        ],
      },
    }),
  ],
  [
    'the default of a rate limit by metadata',
    (s) => ({
      route: {
        cluster: 'c0',
        rate_limits: [
          {
            actions: [
              {
                metadata: {
                  descriptor_key: 'kept-key',
                  metadata_key: { key: 'kept-namespace', path: [{ key: 'token' }] },
                  default_value: s,
                },
              },
            ],
          },
        ],
        hash_policy: [{ cookie: { name: 'kept-cookie', attributes: [{ name: 'x', value: s }] } }],
      },
    }),
  ],
  [
    'a filter state object',
    (s) => ({ match: { prefix: '/f', filter_state: [{ key: 'my.secret', string_match: { exact: s } }] } }),
  ],
  ['a redirect to a host', (s) => ({ redirect: { host_redirect: `user:${s}@kept-redirect` } })],
  ['a redirect', (s) => ({ redirect: { path_redirect: `/x?access_token=${s}&kept=kept-query` } })],
];

/** Secrets of the secrets section. */
export const SECRETS: readonly Planted[] = [
  ['private key', (s) => ({ tls_certificate: { private_key: { inline_string: PEM('', s) } } })],
  ['private key in bytes', (s) => ({ tls_certificate: { private_key: { inline_bytes: base64(PEM('RSA ', s)) } } })],
  [
    'key that is no PEM',
    (s) => ({ tlsCertificate: { privateKey: { inlineString: s }, password: { inlineString: s } } }),
  ],
  ['pkcs12', (s) => ({ tls_certificate: { pkcs12: { inline_bytes: base64(s) } } })],
  [
    'provider',
    (s) => ({ tls_certificate: { private_key_provider: { provider_name: 'kept-provider', typed_config: { k: s } } } }),
  ],
  ['generic', (s) => ({ generic_secret: { secret: { inline_string: s } } })],
  ['generic map', (s) => ({ generic_secret: { secrets: { name: { inline_string: s } } } })],
  ['ticket keys', (s) => ({ session_ticket_keys: { keys: [{ filename: 'kept-file' }, { inline_bytes: base64(s) }] } })],
];

/** Fields of a cluster. */
export const CLUSTER_FIELDS: readonly Planted[] = [
  [
    'health check',
    (s) => ({ health_checks: [{ http_health_check: { request_headers_to_add: [header('X-Token', s)] } }] }),
  ],
  [
    'redis',
    (s) => ({
      typed_extension_protocol_options: {
        redis: { auth_password: { inline_string: s }, auth_username: { inline_string: s } },
      },
    }),
  ],
  [
    'redis proxy',
    (s) => ({
      x: { downstream_auth_passwords: [{ inline_string: s }], downstream_auth_username: { inline_string: s } },
    }),
  ],
  [
    'oauth2',
    (s) => ({ x: { token_secret: { name: 'kept-sds' }, hmac_secret: { inline_string: s }, client_secret: s } }),
  ],
  [
    'a TCP health check',
    (s) => ({ health_checks: [{ tcp_health_check: { send: { text: Buffer.from(`AUTH ${s}`).toString('hex') } } }] }),
  ],
  [
    'TCP health checks that log in',
    (s) => ({
      health_checks: [
        { tcp_health_check: { send: { binary: base64(`PASS ${s}`) } } },
        { tcp_health_check: { send: { text: Buffer.from(`a1 LOGIN user ${s}\r\n`).toString('hex') } } },
      ],
    }),
  ],
  [
    'tracing',
    (s) => ({ x: { access_token: { inline_string: s }, backend_token: s, secret_data: { inline_string: s } } }),
  ],
];

/** A node's metadata. */
export const NODE_METADATA: readonly Planted[] = [
  ['environment', (s) => ({ ENV: { ANYTHING: s, ISTIO_META_NOTE: 'kept-variable', PROXY_API_TOKEN: s } })],
  ['annotations', (s) => ({ ANNOTATIONS: { 'example.com/x': s, 'sidecar.istio.io/inject': 'kept-annotation' } })],
  ['applied', (s) => ({ ANNOTATIONS: { 'kubectl.kubernetes.io/last-applied-configuration': `{"a":"${s}"}` } })],
  [
    'environment of the proxy configuration',
    (s) => ({ PROXY_CONFIG: { proxyMetadata: { ANYTHING: s, ISTIO_META_NOTE: 'kept-meta' } } }),
  ],
  [
    'annotations in YAML',
    (s) => ({ A: { 'proxy.istio.io/config': `proxyMetadata:\n  DB_PASSWORD: ${s}\n  ISTIO_META_NOTE: kept-note\n` } }),
  ],
  ['labels', (s) => ({ LABELS: { app: 'kept-label', 'example.com/api-key': s } })],
];

function typed(name: string, fields: object): object {
  return { '@type': type(`envoy.extensions.filters.http.${name}`), ...fields };
}

function jwks(text: string | null, bytes?: string): object {
  const source = text === null ? { inline_bytes: bytes } : { inline_string: text };
  return typed('jwt_authn.v3.JwtAuthentication', { providers: { p: { issuer: 'kept-issuer', local_jwks: source } } });
}

function extAuthz(fields: object): object {
  return typed('ext_authz.v3.ExtAuthz', fields);
}

function google(fields: object): object {
  return extAuthz({ grpc_service: { google_grpc: fields } });
}

function aws(provider: object): object {
  return typed('aws_request_signing.v3.AwsRequestSigning', { credential_provider: provider });
}

function matcher(inner: object): object {
  return { '@type': type('xds.type.matcher.v3.Matcher'), matchers: [{ predicate: inner }] };
}

function headerInput(name: string): object {
  return {
    name: 'h',
    typed_config: { '@type': type('envoy.type.matcher.v3.HttpRequestHeaderMatchInput'), header_name: name },
  };
}

/** Every place, each with the secret that is made for it. */
export const PLACES: readonly Planted[] = [
  ...HTTP_FILTERS,
  ...ROUTE_FIELDS,
  ...SECRETS,
  ...CLUSTER_FIELDS,
  ...NODE_METADATA,
];

/** A config_dump with a secret at every place. */
export function secretDump(secret: string): object {
  const at = (planted: readonly Planted[]): readonly object[] => planted.map(([, piece]) => piece(secret));
  const merged = (planted: readonly Planted[]): object =>
    Object.fromEntries(
      at(planted)
        .flatMap((one) => Object.entries(one))
        .map(([key, value]) => [key, value as unknown]),
    );
  const admin = (name: string): string => type(`envoy.admin.v3.${name}ConfigDump`);
  const manager = {
    '@type': type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'kept-prefix',
    rds: { route_config_name: '80' },
    http_filters: at(HTTP_FILTERS).map((typed_config, index) => ({ name: `f${index}`, typed_config, disabled: true })),
  };
  const routes = at(ROUTE_FIELDS).map((fields, index) => ({
    name: `r${index}`,
    match: { prefix: `/r${index}`, headers: [{ name: 'x-ok', string_match: { exact: 'kept-match' } }] },
    route: { cluster: 'c0' },
    ...fields,
  }));
  const secretMatch = {
    name: 'only-with-a-secret',
    match: {
      prefix: '/s',
      headers: [{ name: 'authorization', string_match: { exact: `Bearer ${secret}` } }],
      query_parameters: [{ name: 'api_key', string_match: { exact: secret } }],
    },
    route: { cluster: 'c0' },
  };
  const socket_address = { address: '0.0.0.0', port_value: 80 };
  return {
    configs: [
      {
        '@type': admin('Bootstrap'),
        bootstrap: {
          node: {
            id: 'sidecar~10.1.0.9~p1.ns~ns.svc.cluster.local',
            metadata: { NAME: 'p1', NAMESPACE: 'ns', ...merged(NODE_METADATA) },
          },
        },
      },
      {
        '@type': admin('Clusters'),
        dynamic_active_clusters: at(CLUSTER_FIELDS).map((fields, index) => ({
          cluster: { name: `c${index}`, type: 'EDS', ...fields },
        })),
      },
      {
        '@type': admin('Listeners'),
        dynamic_listeners: [
          {
            name: '0.0.0.0_80',
            active_state: {
              listener: {
                name: '0.0.0.0_80',
                address: { socket_address },
                filter_chains: [{ filters: [{ name: 'hcm', typed_config: manager }] }],
              },
            },
            error_state: {
              details: `bad key ${PEM('', secret)}`,
              failed_configuration: { private_key: { inline_string: secret } },
            },
          },
          {
            name: 'virtualOutbound',
            active_state: {
              listener: {
                name: 'virtualOutbound',
                address: { socket_address: { address: '0.0.0.0', port_value: 15001 } },
                use_original_dst: true,
                filter_chains: [],
              },
            },
          },
        ],
      },
      {
        '@type': admin('Routes'),
        dynamic_route_configs: [
          {
            route_config: {
              name: '80',
              virtual_hosts: [{ name: 'v', domains: ['*'], routes: [secretMatch, ...routes] }],
            },
          },
        ],
      },
      {
        '@type': admin('Secrets'),
        dynamic_active_secrets: at(SECRETS).map((fields, index) => ({
          name: `s${index}`,
          secret: { name: `s${index}`, ...fields },
        })),
      },
    ],
  };
}

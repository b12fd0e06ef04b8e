/**
 * Every field that Envoy's messages mark as sensitive (`udpa.annotations.sensitive`) is redacted, as its message stands in a dump.
 * https://github.com/envoyproxy/data-plane-api, with the commit of which the list was read.
 */
import { redacted } from '../../../src/lib/secrets/redact';

const SECRET = 'plain words that give nothing away';

/** How a field holds its text: as it is, as a data source, in a message of any type, or in a list or a map of these. */
type Kind = 'string' | 'source' | 'sources' | 'source map' | 'strings' | 'any' | 'struct' | 'credentials';

const HELD: Readonly<Record<Kind, unknown>> = {
  string: SECRET,
  source: { inline_string: SECRET },
  sources: [{ inline_string: SECRET }, { inline_bytes: Buffer.from(SECRET).toString('base64') }],
  'source map': { first: { inline_string: SECRET } },
  strings: { first: SECRET },
  any: { '@type': 'type.googleapis.com/x.Method', private_key: { inline_string: SECRET }, other: SECRET },
  struct: { other: SECRET },
  credentials: [{ key: SECRET, client: 'kept-client' }],
};

/** Of 84e84367, January 2026: the message, the field, how it holds its text. */
const SENSITIVE: readonly (readonly [message: string, field: string, kind: Kind])[] = [
  ['envoy.api.v2.auth.PrivateKeyProvider', 'config', 'struct'],
  ['envoy.api.v2.auth.PrivateKeyProvider', 'typed_config', 'any'],
  ['envoy.api.v2.auth.TlsCertificate', 'password', 'source'],
  ['envoy.api.v2.auth.TlsCertificate', 'private_key', 'source'],
  ['envoy.api.v2.auth.TlsSessionTicketKeys', 'keys', 'sources'],
  ['envoy.api.v2.auth.GenericSecret', 'secret', 'source'],
  ['envoy.config.core.v3.GrpcService.GoogleGrpc.SslCredentials', 'private_key', 'source'],
  ['envoy.config.filter.network.redis_proxy.v2.RedisProtocolOptions', 'auth_password', 'source'],
  ['envoy.config.filter.network.redis_proxy.v2.RedisProxy', 'downstream_auth_password', 'source'],
  ['envoy.config.grpc_credential.v3.FileBasedMetadataConfig', 'secret_data', 'source'],
  ['envoy.config.trace.v3.ClientConfig', 'backend_token', 'string'],
  [
    'envoy.extensions.common.aws.v3.AssumeRoleWithWebIdentityCredentialProvider',
    'web_identity_token_data_source',
    'source',
  ],
  ['envoy.extensions.common.aws.v3.CredentialsFileCredentialProvider', 'credentials_data_source', 'source'],
  ['envoy.extensions.common.aws.v3.IAMRolesAnywhereCredentialProvider', 'private_key', 'source'],
  ['envoy.extensions.common.aws.v3.InlineCredentialProvider', 'secret_access_key', 'string'],
  ['envoy.extensions.common.aws.v3.InlineCredentialProvider', 'session_token', 'string'],
  ['envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth', 'credentials', 'credentials'],
  ['envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuthPerRoute', 'credentials', 'credentials'],
  ['envoy.extensions.filters.http.basic_auth.v3.BasicAuth', 'users', 'source'],
  ['envoy.extensions.filters.http.basic_auth.v3.BasicAuthPerRoute', 'users', 'source'],
  ['envoy.extensions.filters.http.ext_authz.v3.CheckSettings', 'context_extensions', 'strings'],
  ['envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions', 'auth_password', 'source'],
  ['envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions', 'auth_username', 'source'],
  ['envoy.extensions.filters.network.redis_proxy.v3.RedisProxy', 'downstream_auth_password', 'source'],
  ['envoy.extensions.filters.network.redis_proxy.v3.RedisProxy', 'downstream_auth_username', 'source'],
  ['envoy.extensions.filters.network.redis_proxy.v3.RedisProxy', 'downstream_auth_passwords', 'sources'],
  [
    'envoy.extensions.grpc_service.call_credentials.file_based_metadata.v3.FileBasedMetadataCallCredentials',
    'secret_data',
    'source',
  ],
  ['envoy.extensions.private_key_providers.cryptomb.v3alpha.CryptoMbPrivateKeyMethodConfig', 'private_key', 'source'],
  ['envoy.extensions.private_key_providers.kae.v3alpha.KaePrivateKeyMethodConfig', 'private_key', 'source'],
  ['envoy.extensions.private_key_providers.qat.v3alpha.QatPrivateKeyMethodConfig', 'private_key', 'source'],
  ['envoy.extensions.transport_sockets.tls.v3.GenericSecret', 'secret', 'source'],
  ['envoy.extensions.transport_sockets.tls.v3.GenericSecret', 'secrets', 'source map'],
  ['envoy.extensions.transport_sockets.tls.v3.PrivateKeyProvider', 'typed_config', 'any'],
  ['envoy.extensions.transport_sockets.tls.v3.TlsCertificate', 'password', 'source'],
  ['envoy.extensions.transport_sockets.tls.v3.TlsCertificate', 'pkcs12', 'source'],
  ['envoy.extensions.transport_sockets.tls.v3.TlsCertificate', 'private_key', 'source'],
  ['envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys', 'keys', 'sources'],
];

/** The field of another message in which a message stands that has no type of its own in a dump. */
const HOLDERS: Readonly<Record<string, string>> = {
  PrivateKeyProvider: 'private_key_provider',
  TlsSessionTicketKeys: 'session_ticket_keys',
  GenericSecret: 'generic_secret',
};

const camel = (field: string): string => field.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());

describe.each(SENSITIVE)('%s.%s', (message, field, kind) => {
  const fields = (name: (field: string) => string): object => {
    const own = { [name(field)]: HELD[kind] };
    const holder = HOLDERS[message.split('.').at(-1) ?? ''];
    return holder === undefined ? own : { [name(holder)]: own };
  };

  test.each([
    ['in a message with its type', { '@type': `type.googleapis.com/${message}`, ...fields((name) => name) }],
    ['in camel case', { '@type': `type.googleapis.com/${message}`, ...fields(camel) }],
    [
      'in a TypedStruct',
      {
        '@type': 'type.googleapis.com/xds.type.v3.TypedStruct',
        type_url: `type.googleapis.com/${message}`,
        value: fields((name) => name),
      },
    ],
  ])('%s', (_where, value) => {
    const shown = JSON.stringify(redacted(value));
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(Buffer.from(SECRET).toString('base64'));
  });
});

/**
 * The one list of what is secret in configuration: fields of Envoy's messages, headers by name, and what those that hold
 * data of others are called. Everything that prints or writes configuration follows it; see docs/robustness.md.
 */

/**
 * Fields of which everything inside is secret, by their names in the proto files: those that are marked
 * `udpa.annotations.sensitive`, and credentials that are not marked.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/common.proto
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/common/aws/v3/credential_provider.proto
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/grpc_service.proto
 */
export const SECRET_FIELDS: ReadonlySet<string> = new Set([
  // Certificates and generic secrets.
  'private_key',
  'private_key_provider',
  'password',
  'pkcs12',
  'session_ticket_keys',
  // OAuth2 and injected credentials; most are names of secrets, which stay.
  'token_secret',
  'hmac_secret',
  'client_secret',
  // Redis.
  'auth_password',
  'auth_username',
  'downstream_auth_password',
  'downstream_auth_passwords',
  'downstream_auth_username',
  // Credentials of Google's, AWS's and other services.
  'access_token',
  'google_refresh_token',
  'json_key',
  'authorization_token',
  'secret_data',
  'secret_access_key',
  'session_token',
  // What AWS asks of who assumes a role in another account: whoever knows it may.
  'external_id',
  'web_identity_token_data_source',
  'credentials_data_source',
  'backend_token',
  // A whole bootstrap as a text, among the options of a command line.
  'config_yaml',
]);

/** Fields that are secret unless they hold a placeholder: a generic secret, and the cookies that a route matches. */
export const GENERIC_SECRETS: ReadonlySet<string> = new Set(['generic_secret', 'cookies']);

/** Fields that are secret in messages of these types only: elsewhere the same name means something else. */
export const SECRET_FIELDS_OF: ReadonlyMap<string, RegExp> = new Map([
  ['users', /\.BasicAuth(?:PerRoute)?$/],
  ['credentials', /\.ApiKeyAuth(?:PerRoute)?$/],
  ['token', /\bcall_credentials\./],
]);

/**
 * Fields of messages whose names end in a secret's name, and that hold none: names of cookies. Texts of any other such field are
 * secret, and data sources in it, in messages that mctl has never heard of too.
 */
export const PLAIN_FIELDS: ReadonlySet<string> = new Set(['from_cookies', 'cookie']);

/** Messages of which every field is the name of a cookie. */
export const NAMES_OF_COOKIES = 'cookie_names';

/** Fields of a message in which a text is given: a data source, a wrapper. */
export const TEXT_FIELDS: ReadonlySet<string> = new Set(['inline_string', 'inline_bytes', 'string_value', 'value']);

/** Maps of texts, any of which may be secret; marked as sensitive. */
export const SECRET_MAPS: ReadonlySet<string> = new Set(['context_extensions', 'string_data']);

/** Messages inside a secret that say where it comes from. */
export const PUBLIC_MESSAGES: ReadonlySet<string> = new Set(['sds_config', 'watched_directory']);

/** Texts inside a secret that name it, or say where it comes from. */
export const PUBLIC_FIELDS: ReadonlySet<string> = new Set([
  '@type',
  'type_url',
  'name',
  'filename',
  'environment_variable',
  'provider_name',
  'client',
  'client_id',
]);

/** Fields of an object that are secret where its `key` or `name` names something secret: headers, query parameters. */
export const NAMED_VALUES: ReadonlySet<string> = new Set([
  'value',
  'raw_value',
  'string_match',
  'exact_match',
  'prefix_match',
  'suffix_match',
  'contains_match',
  'safe_regex_match',
  'fixed_value',
  'value_match',
  'custom_match',
  'default_value',
  'descriptor_value',
  'format_string',
  'literal',
]);

/** Fields that name the header or parameter that the fields beside them speak of. */
export const NAMING_FIELDS: ReadonlySet<string> = new Set([
  'key',
  'name',
  'header',
  'header_name',
  'query_param',
  'object_key',
  'descriptor_key',
  'tag',
  'tag_name',
]);

/** Fields that name a cookie, where they are texts: whatever its name is, its value may be a session's. */
export const NAMING_COOKIES: ReadonlySet<string> = new Set(['cookie']);

/**
 * Messages that hold a `value` to be used in place of what the object around them names: of a header, a cookie, a field of JSON.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_to_metadata_filter
 */
export const DEFAULTS: ReadonlySet<string> = new Set([
  'on_header_present',
  'on_header_missing',
  'on_present',
  'on_missing',
  'on_error',
]);

/** Fields that lead, key by key, to what the object around them speaks of: into metadata, or the body of a request. */
export const PATHS: ReadonlySet<string> = new Set([
  'path',
  'selectors',
  'field_selector',
  'child',
  'metadata_key',
  'scope_key_builder',
  'fragments',
  'header_value_extractor',
]);

/**
 * Scopes of routes beside what builds their keys: where it reads a secret header, so are the keys.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_routing#route-scope
 */
export const SCOPES = 'scoped_route_configurations_list';

/** A part of a scope's key. What builds it may stand elsewhere, so that it is judged by how it reads. */
export const SCOPE_KEY = 'string_key';

/** Maps of a matcher tree whose keys are values of the matcher's input. */
export const VALUE_MAPS: ReadonlySet<string> = new Set(['exact_match_map', 'prefix_match_map']);

/** Headers whose names do not say by their words that their values are secret. */
export const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-functions-key',
  'x-forwarded-user-token',
  'set-cookie2',
  'authentication',
  'session',
  'session-id',
  'sessionid',
  'x-session',
  'x-session-id',
  'mcp-session-id',
  'x-honeycomb-team',
  'x-amzn-oidc-data',
  'x-amzn-oidc-accesstoken',
]);

/** Members of a JSON Web Key that are private. https://www.rfc-editor.org/rfc/rfc7518#section-6 */
export const PRIVATE_JWK_MEMBERS: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']);

/** Members that a JSON Web Key has and few other objects: what stands beside them is a key, whether or not it says its type. */
export const JWK_MEMBERS: ReadonlySet<string> = new Set(['kty', 'alg', 'kid', 'key_ops', 'x5t']);

/** Fields that hold data of somebody else's: a Struct, or a map of texts. Their keys are judged by their words. */
export const DATA_FIELDS: ReadonlySet<string> = new Set([
  'metadata',
  'filter_metadata',
  'typed_filter_metadata',
  'json_format',
  'static_layer',
  'key_values',
  'filter_context',
  'resource_attributes',
  'args',
]);

/** Keys of somebody's data under which everything is secret: the registries of a `.dockerconfigjson`. */
export const CREDENTIAL_MAPS: ReadonlySet<string> = new Set(['auths', '_auth']);

/** Fields of a node's metadata that hold variables of an environment. */
export const ENVIRONMENTS: ReadonlySet<string> = new Set(['ENV', 'env', 'proxyMetadata', 'proxy_metadata']);

/** Variables of a node's environment that Istio and Envoy set, and that are judged by their words alone. */
export const OWN_VARIABLE = /^(?:ISTIO|PILOT|ENVOY|PROXY|CA|TRUST|MESH|POD|SERVICE|CANONICAL)_/;

/** Annotations of the mesh's and of Kubernetes' own, judged by their words alone. */
export const OWN_ANNOTATION = /^(?:[a-z0-9.-]*\.)?(?:istio|k8s|kubernetes|prometheus)\.io\//;

/** An annotation that holds whole objects, with whatever they hold. */
export const APPLIED_CONFIGURATION = /\/last-applied-configuration$/;

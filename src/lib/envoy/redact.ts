/**
 * Takes private keys, passwords and ticket keys out of configuration, as Envoy does before it answers /config_dump: the
 * fields that the proto files mark as sensitive, and whatever holds a private key in PEM, wherever it stands.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/common.proto
 */

/** What Envoy writes in a secret's place, as text and as bytes. */
const REDACTED = '[redacted]';
const REDACTED_BYTES = Buffer.from(REDACTED).toString('base64');

/** Fields that are secret with all that is in them, in either spelling. */
const SENSITIVE = new Set([
  'private_key',
  'privateKey',
  'private_key_provider',
  'privateKeyProvider',
  'password',
  'pkcs12',
  'session_ticket_keys',
  'sessionTicketKeys',
]);

/** Fields of a secret that say nothing secret. */
const PUBLIC = new Set([
  '@type',
  'filename',
  'environment_variable',
  'environmentVariable',
  'provider_name',
  'providerName',
]);

const PEM_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:(?!-----BEGIN )[\s\S])*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|(?=-----BEGIN )|$)/g;

/** The value with every secret in it replaced; the same object where it has none. */
export function redacted<T>(value: T): T {
  return walk(value, false) as T;
}

/** A text with every private key in it replaced. */
export function withoutPrivateKeys(text: string): string {
  return text.includes('PRIVATE KEY-----') ? text.replace(PEM_KEY, REDACTED) : text;
}

/** @param secret whether the value stands in a sensitive field */
function walk(value: unknown, secret: boolean, key = ''): unknown {
  if (typeof value === 'string') return text(value, secret, key);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => walk(item, secret, key));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]): [string, unknown, unknown] => [
    name,
    inner,
    walk(inner, secret || isSensitive(name, inner), name),
  ]);
  const isSame = entries.every(([, inner, result]) => inner === result);
  return isSame ? value : Object.fromEntries(entries.map(([name, , result]) => [name, result]));
}

/** A secret is a message, not a text in somebody's metadata, except for what can be nothing else. */
function isSensitive(name: string, value: unknown): boolean {
  return SENSITIVE.has(name) && typeof value === 'object';
}

function text(value: string, secret: boolean, key: string): string {
  const isBytes = key === 'inline_bytes' || key === 'inlineBytes';
  if (secret && !PUBLIC.has(key)) return isBytes ? REDACTED_BYTES : REDACTED;
  if (!isBytes) return withoutPrivateKeys(value);
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  const clean = withoutPrivateKeys(decoded);
  return clean === decoded ? value : Buffer.from(clean, 'latin1').toString('base64');
}

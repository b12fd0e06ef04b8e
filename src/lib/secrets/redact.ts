/**
 * Takes secrets out of configuration that is printed, as Envoy takes some out before it answers /config_dump: what the list in
 * `field-list.ts` names, and what a text gives away by its form. Matching never sees the result.
 */
import { ExactNumber } from '../exact-number';
import { REDACTED, REDACTED_BYTES, secretsAreShown } from './disclosure';
import { NAMING_FIELDS, PRIVATE_JWK_MEMBERS, PUBLIC_FIELDS } from './field-list';
import { holdsNoSecret, isSecretHeader } from './names';
import { fieldName, type Holder, type Mode, modeOf } from './place';
import { cleanText, isSuspect } from './secret-text';

/** The value with every secret in it replaced; the same object where it has none, or with --show-secrets. */
export function redacted<T>(value: T): T {
  return secretsAreShown() ? value : (walk(value, 'message', '', '') as T);
}

/** A header's value, or a parameter's, as it may be printed. */
export function shownValue(name: string, value: string): string {
  return secretsAreShown() ? value : isSecretHeader(name) ? namedText(value, '') : cleanText(value);
}

/** A text as it may be printed, read as JSON where it is a JSON document of its own: a line of an access log. */
export function shownText(text: string): string {
  return secretsAreShown() ? text : cleanDocument(text);
}

/** A header's value, or a pattern for one, inside a document; see shownValue. */
export function namedText(value: string, field: string): string {
  return holdsNoSecret(value) ? value : replacement(field);
}

/** A text that stands in a field of a place, as it may be printed or written. */
export function textAt(mode: Mode, field: string, text: string): string {
  switch (mode) {
    case 'public':
      return text;
    case 'values':
      return text === '' ? text : replacement(field);
    case 'secret':
      return text === '' || PUBLIC_FIELDS.has(field) ? text : replacement(field);
    case 'named':
      return PUBLIC_FIELDS.has(field) ? text : namedText(text, field);
    default:
      return isBytes(field) ? cleanBytes(text) : cleanDocument(text);
  }
}

/** What stands in a secret's place. */
export function replacement(field: string): string {
  return isBytes(field) ? REDACTED_BYTES : REDACTED;
}

function isBytes(field: string): boolean {
  return field === 'inline_bytes' || field === 'raw_value';
}

function cleanBytes(encoded: string): string {
  const decoded = Buffer.from(encoded, 'base64').toString('latin1');
  const clean = cleanDocument(decoded);
  return clean === decoded ? encoded : Buffer.from(clean, 'latin1').toString('base64');
}

/** Members of a JSON text that are judged by their names, or that make it a key. */
const MEMBER = /kty|pass|pwd|secret|tok|key|cred|auth|cookie|bearer|jwt|hmac/i;

/** A text, read as JSON where it is a JSON document of its own. */
function cleanDocument(text: string): string {
  if (!isSuspect(text) && !(text.length >= 8 && /^\s*[{[]/.test(text) && MEMBER.test(text))) return text;
  return cleanText(/^\s*[{[]/.test(text) ? cleanJson(text) : text);
}

function cleanJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const clean = walk(value, 'data', '', '');
    return clean === value ? text : JSON.stringify(clean);
  } catch {
    // No JSON, or nested more deeply than it can be walked: its form is looked at alone.
    return text;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function walk(value: unknown, mode: Mode, field: string, type: string): unknown {
  if (typeof value === 'string') return textAt(mode, field, value);
  if (typeof value === 'number' || value instanceof ExactNumber) return isSecretNumber(mode, field) ? REDACTED : value;
  if (typeof value !== 'object' || value === null || mode === 'public') return value;
  if (Array.isArray(value)) return walkList(value, mode, field, type);
  return walkObject(value as Fields, mode, type);
}

/** A number is as secret as a text; a count of tokens is none. */
export function isSecretNumber(mode: Mode, field: string): boolean {
  return mode === 'secret' || mode === 'values' || (mode === 'named' && !/tokens$/i.test(field));
}

function walkList(list: readonly unknown[], mode: Mode, field: string, type: string): unknown {
  let items: unknown[] | null = null;
  for (const [index, item] of list.entries()) {
    const clean = walk(item, mode, field, type);
    if (clean !== item) items ??= list.slice(0, index);
    items?.push(clean);
  }
  return items ?? list;
}

function walkObject(value: Fields, mode: Mode, outerType: string): unknown {
  const holder = holderOf(value, mode, outerType);
  const type = innerType(value, holder);
  const isJwk = typeof value['kty'] === 'string';
  const keys = Object.keys(value);
  let entries: [string, unknown][] | null = null;
  for (const [index, key] of keys.entries()) {
    const inner = value[key];
    const below = isJwk && PRIVATE_JWK_MEMBERS.has(key) ? 'secret' : modeOf(holder, key);
    const clean = walk(inner, below, fieldName(key), type);
    const name = mode === 'keys' && key !== 'map' && !holdsNoSecret(key) ? `${REDACTED} ${index + 1}` : key;
    if (clean !== inner || name !== key) entries ??= keys.slice(0, index).map((one) => [one, value[one]]);
    entries?.push([name, clean]);
  }
  return entries === null ? value : Object.fromEntries(entries);
}

function holderOf(value: Fields, mode: Mode, outerType: string): Holder {
  const own = value['@type'];
  return {
    mode,
    type: typeof own === 'string' ? own : outerType,
    names: namesSecret(value) || asksForSecret(value['input']),
  };
}

/** The type of what stands inside a message; a TypedStruct's value has the type that it names. */
function innerType(value: Fields, { type }: Holder): string {
  const named = type.endsWith('.TypedStruct') ? (value['type_url'] ?? value['typeUrl']) : undefined;
  return typeof named === 'string' ? named : type;
}

function namesSecret(value: Fields): boolean {
  for (const field of NAMING_FIELDS) {
    const name = value[field];
    if (typeof name === 'string' && isSecretHeader(name)) return true;
  }
  const camel = value['headerName'] ?? value['queryParam'];
  return typeof camel === 'string' && isSecretHeader(camel);
}

/** Whether the input of a matcher is a header or a parameter that is secret. */
function asksForSecret(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  const config = (input as Fields)['typed_config'] ?? (input as Fields)['typedConfig'];
  if (typeof config !== 'object' || config === null) return false;
  const inner = (config as Fields)['value'];
  return namesSecret(config as Fields) || (typeof inner === 'object' && inner !== null && namesSecret(inner as Fields));
}

/**
 * Takes secrets out of configuration that is printed, as Envoy takes some out before it answers /config_dump: what the list in
 * `field-list.ts` names, and what a text gives away by its form. Matching never sees the result.
 */
import { ExactNumber } from '../exact-number';
import { remembered } from '../remembered';
import { REDACTED, REDACTED_BYTES, secretsAreShown } from './disclosure';
import { JWK_MEMBERS, NAMING_FIELDS, PRIVATE_JWK_MEMBERS, PUBLIC_FIELDS } from './field-list';
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
    case 'announced':
      return namedText(text, field);
    default:
      if (field === 'text' && HEX.test(text)) return cleanHex(text);
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

/** A payload of a TCP health check. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/health_check.proto */
const HEX = /^(?:[0-9a-f]{2}){8,}$/i;

/** What a client says to log in, where no name announces its password. */
const LOG_IN = /\b(?:AUTH|PASS)\b/i;

function cleanHex(text: string): string {
  const decoded = Buffer.from(text, 'hex').toString('latin1');
  const isSecret = LOG_IN.test(decoded) || cleanDocument(decoded) !== decoded;
  return isSecret ? Buffer.from(REDACTED).toString('hex') : text;
}

/** Members of a JSON text that are judged by their names, or that make it a key. */
const MEMBER = /kty|pass|pwd|secret|tok|key|cred|auth|cookie|bearer|jwt|hmac/i;

/** The beginning of a JSON document, and of a text in JSON that holds one. */
const DOCUMENT = /^[\s\ufeff"]*[{[]/;

/** A JSON document in base64: its first bytes are a brace or a bracket, and a quote, a blank or another one. */
const ENCODED_DOCUMENT = /^(?:e[ywnwg30]|W[yw310])[A-Za-z0-9+/]{10,}={0,2}$/;

/** A text, read as JSON where it is a JSON document of its own. */
function cleanDocument(text: string): string {
  if (ENCODED_DOCUMENT.test(text)) return cleanBytes(text);
  if (!isSuspect(text) && !(text.length >= 8 && DOCUMENT.test(text) && MEMBER.test(text))) return text;
  return cleanText(DOCUMENT.test(text) ? cleanJson(text) : text);
}

function cleanJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff|(?<=^\s{0,20})\ufeff/, ''));
    const clean = typeof value === 'string' ? cleanDocument(value) : walk(value, 'data', '', '');
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
  const keys = Object.keys(value);
  const isJwk = keys.some((key) => PRIVATE_JWK_MEMBERS.has(key)) && keys.some((key) => JWK_MEMBERS.has(key));
  let entries: [string, unknown][] | null = null;
  for (const [index, key] of keys.entries()) {
    const inner = value[key];
    const below = isJwk && PRIVATE_JWK_MEMBERS.has(key) ? 'secret' : modeOf(holder, key);
    const clean = walk(inner, below, fieldName(key), type);
    const name =
      mode === 'keys' && key !== 'map' && !holdsNoSecret(key) ? `${REDACTED} ${index + 1}` : shownKey(mode, key);
    if (clean !== inner || name !== key) entries ??= keys.slice(0, index).map((one) => [one, value[one]]);
    entries?.push([name, clean]);
  }
  return entries === null ? value : Object.fromEntries(entries);
}

/** A shorter key is a name, and holds no secret beside it. */
const SHORTEST_KEY = 12;

const cleanKey = remembered(cleanText);

/** A key of a map as it may be printed: somebody's text, which may give a secret away. */
export function shownKey(mode: Mode, key: string): string {
  return mode === 'public' || key.length < SHORTEST_KEY ? key : cleanKey(key);
}

function holderOf(value: Fields, mode: Mode, outerType: string): Holder {
  const own = value['@type'];
  return {
    mode,
    type: typeof own === 'string' ? own : outerType,
    names: namesSecret(value) || asksForSecret(value['input']) || leadsToSecret(value['path']),
  };
}

/** The type of what stands inside a message; a TypedStruct's value has the type that it names. */
function innerType(value: Fields, { type }: Holder): string {
  const named = type.endsWith('.TypedStruct') ? (value['type_url'] ?? value['typeUrl']) : undefined;
  return typeof named === 'string' ? named : type;
}

/** The naming fields in both spellings of proto JSON. */
const NAMES: ReadonlySet<string> = new Set(
  [...NAMING_FIELDS].flatMap((field) => [
    field,
    field.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
  ]),
);

function namesSecret(value: Fields): boolean {
  for (const key in value) {
    if (!NAMES.has(key)) continue;
    const name = value[key];
    if (typeof name === 'string' && isSecretHeader(name)) return true;
  }
  return false;
}

/** Whether a path into metadata names something secret. */
function leadsToSecret(path: unknown): boolean {
  const steps: readonly unknown[] = Array.isArray(path) ? path : [path];
  return steps.some((step) => typeof step === 'object' && step !== null && namesSecret(step as Fields));
}

/** Whether the input of a matcher is a header or a parameter that is secret. */
function asksForSecret(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  const config = (input as Fields)['typed_config'] ?? (input as Fields)['typedConfig'];
  if (typeof config !== 'object' || config === null) return false;
  const inner = (config as Fields)['value'];
  return namesSecret(config as Fields) || (typeof inner === 'object' && inner !== null && namesSecret(inner as Fields));
}

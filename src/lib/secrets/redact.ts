/**
 * Takes secrets out of configuration that is printed, as Envoy takes some out before it answers /config_dump: what the list in
 * `field-list.ts` names, and what a text gives away by its form. Matching never sees the result.
 */
import { ExactNumber } from '../exact-number';
import { remembered } from '../remembered';
import { rememberedPart } from '../repeated-parts';
import { REDACTED, REDACTED_BYTES, secretsAreShown } from './disclosure';
import { cleanBytes, withoutEncoded } from './encoded';
import { COMPARISONS, INDEX, joinsComparisons, readsSecret } from './expressions';
import { PUBLIC_FIELDS } from './field-list';
import { mayHoldSecret } from './first-look';
import { isSecretData } from './kubernetes-secrets';
import { type InList, ListTexts } from './list-texts';
import { holdsNoSecret, isSecretPair, readsAsKey } from './names';
import { factsOf, type Holder, type KeyFacts, type Mode, modeOf, naming, type Naming } from './place';
import { cleanPlain, cleanText, isSuspect, SHORTEST } from './secret-text';

/** The value with every secret in it replaced; the same object where it has none, or with --show-secrets. */
export function redacted<T>(value: T): T {
  return secretsAreShown() ? value : (walk(value, 'message', '', '') as T);
}

/** A header's value, or a parameter's, as it may be printed. */
export function shownValue(name: string, value: string): string {
  return secretsAreShown() ? value : isSecretPair(name, value) ? namedText(value, '') : cleanDocument(value);
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
  return (SHOWN.get(mode) ?? plainText)(field, text);
}

const unlessEmpty = (field: string, text: string): string => (text === '' ? text : replacement(field));
const asPerhaps = (field: string, text: string): string =>
  readsAsKey(text) ? replacement(field) : plainText(field, text);
const asNamed = (field: string, text: string): string => namedText(text, field);
const asAttribute = (field: string, text: string): string => (ATTRIBUTE.test(text) ? text : namedText(text, field));

type Shown = (field: string, text: string) => string;

/** The same, where a text of that field only names the secret. */
const unlessPublic =
  (shown: Shown): Shown =>
  (field, text) =>
    PUBLIC_FIELDS.has(field) ? text : shown(field, text);

/** How a text of a place is shown; as one that nothing announces where the place is not among these. */
const SHOWN: ReadonlyMap<Mode, Shown> = new Map<Mode, Shown>([
  ['public', (_field, text) => text],
  ['values', unlessEmpty],
  ['secret', unlessPublic(unlessEmpty)],
  ['perhaps', asPerhaps],
  ['perhapsData', asPerhaps],
  ['likely', unlessPublic(asPerhaps)],
  ['named', unlessPublic(asNamed)],
  ['table', unlessPublic(asNamed)],
  ['announced', asNamed],
  ['attribute', asAttribute],
]);

/** A text that nothing announces: a payload of a health check, bytes, or a document. */
function plainText(field: string, text: string): string {
  if (field === 'text' && HEX.test(text)) return cleanHex(text);
  if (field === 'binary') return isLogIn(Buffer.from(text, 'base64')) ? replacement(field) : cleanField(text);
  if (isBytes(field)) return cleanField(text);
  if (text.length < SHORTEST) return text;
  return text.length > LONGEST_REPEATED ? cleanDocument(text) : cleanRepeated(text);
}

/** Texts that come again and again are no longer than this: types, names, paths. */
const LONGEST_REPEATED = 120;

const cleanRepeated = remembered((text) => cleanDocument(text));

/** What stands in a secret's place. */
export function replacement(field: string): string {
  return isBytes(field) ? REDACTED_BYTES : REDACTED;
}

/** What an attribute of a cookie says that is no secret: `SameSite`, a domain, a path. https://www.rfc-editor.org/rfc/rfc6265 */
const ATTRIBUTE = /^(?:strict|lax|none|low|medium|high|\d{1,9}|\/[\w/.-]*|\.?(?:[a-z0-9-]+\.)+[a-z]{2,})$/i;

const BYTES: ReadonlySet<string> = new Set(['inline_bytes', 'raw_value', 'bytes_value', 'binary']);

function isBytes(field: string): boolean {
  return BYTES.has(field);
}

/** Bytes of a field; where they are a key or compressed, they hold no more than the sign of a secret. */
function cleanField(encoded: string): string {
  const clean = cleanBytes(encoded, cleanDocument, 0);
  return clean === null ? encoded : clean === REDACTED ? REDACTED_BYTES : clean;
}

/** A payload of a TCP health check. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/health_check.proto */
const HEX = /^(?:[0-9a-f]{2}){8,}$/i;

/** What a client says to log in, where no name announces its password. */
const LOG_IN = /\b(?:AUTH|PASS|LOGIN)\b/i;

function isLogIn(payload: Buffer): boolean {
  return LOG_IN.test(payload.toString('latin1'));
}

function cleanHex(text: string): string {
  const payload = Buffer.from(text, 'hex');
  const decoded = payload.toString('latin1');
  return isLogIn(payload) || cleanDocument(decoded) !== decoded ? Buffer.from(REDACTED).toString('hex') : text;
}

/** Members of a JSON text that are judged by their names, or that make it a key. */
const MEMBER = /\\u00|stringdata|kty|pass|pwd|secret|tok|key|cred|auth|cookie|bearer|jwt|hmac/i;

/** The beginning of a JSON document, and of a text in JSON that holds one. */
const DOCUMENT = /^[\s\ufeff"]*[{[]/;

/** The beginning of an object of JSON, wherever it stands. */
const OBJECT = /\{\s{0,20}\\{0,9}"/;
const OBJECTS = /\{\s{0,20}"/g;

/** A text without the secrets of the JSON documents in it: it is one, or they stand in it one behind another. */
function cleanDocuments(text: string): string {
  if (DOCUMENT.test(text)) {
    const whole = cleanJson(text);
    if (whole !== null) return whole;
  }
  let clean = '';
  let from = 0;
  OBJECTS.lastIndex = 0;
  for (let found = OBJECTS.exec(text); found !== null; found = OBJECTS.exec(text)) {
    const end = objectEnd(text, found.index);
    if (end === null) break;
    clean += text.slice(from, found.index) + (cleanJson(text.slice(found.index, end)) ?? text.slice(found.index, end));
    from = end;
    OBJECTS.lastIndex = end;
  }
  return clean + text.slice(from);
}

/** Where an object of JSON ends; null where it does not. */
function objectEnd(text: string, from: number): number | null {
  let depth = 0;
  for (PART.lastIndex = from; ;) {
    const [part] = PART.exec(text) ?? [];
    if (part === undefined) return null;
    if (part === '{') depth += 1;
    else if (part === '}') depth -= 1;
    if (depth === 0) return PART.lastIndex;
  }
}

/** What counts for the end of an object: braces that stand in no text. */
const PART = /[{}]|"(?:[^"\\]|\\.)*"/gs;

/** A text, read as JSON where it is a JSON document of its own or holds some, without its secrets and those that it holds encoded. */
function cleanDocument(text: string, depth = 0): string {
  if (text.length < SHORTEST || !mayHoldSecret(text)) return text;
  // A secret that were left out before what is around it is decoded might break that.
  const open = withoutEncoded(text, cleanDocument, depth);
  const holdsDocument = OBJECT.test(open) && MEMBER.test(open);
  return isSuspect(open) || holdsDocument ? cleanPlain(cleanDocuments(open)) : open;
}

/** A JSON document without its secrets; null where a text is none, or is nested more deeply than it can be walked. */
function cleanJson(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff|(?<=^\s{0,20})\ufeff/, ''));
    const clean = typeof value === 'string' ? cleanDocument(value) : walk(value, 'data', '', '');
    return clean === value ? text : JSON.stringify(clean);
  } catch {
    return null;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function walk(value: unknown, mode: Mode, field: string, type: string): unknown {
  if (typeof value === 'string') return textAt(mode, field, value);
  if (typeof value === 'number' || value instanceof ExactNumber) return isSecretNumber(mode, field) ? REDACTED : value;
  if (typeof value !== 'object' || value === null || mode === 'public') return value;
  return walkInside(value, mode, field, type);
}

const walkInside = rememberedPart((value, mode: Mode, field: string, type: string): unknown =>
  Array.isArray(value) ? walkList(value, mode, field, type) : walkObject(value as Fields, mode, type),
);

/** A number is as secret as a text; a count of tokens is none. */
export function isSecretNumber(mode: Mode, field: string): boolean {
  return mode === 'secret' || mode === 'values' || ((mode === 'named' || mode === 'table') && !/tokens$/i.test(field));
}

function walkList(list: readonly unknown[], mode: Mode, field: string, type: string): unknown {
  let items: unknown[] | null = null;
  const texts = new ListTexts();
  for (const [index, item] of list.entries()) {
    const walked = walk(item, mode, field, type);
    const clean = typeof item === 'string' ? textInList(texts.next(item), field, item, walked) : walked;
    if (clean !== item) items ??= list.slice(0, index);
    items?.push(clean);
  }
  return items ?? list;
}

/** A text of a list, where those before it say that it is secret. */
export function textInList<Walked>(said: InList, field: string, text: string, clean: Walked): Walked | string {
  if (said === 'plain') return clean;
  return said === 'secret' ? replacement(field) : namedText(text, field);
}

function walkObject(value: Fields, mode: Mode, outerType: string): unknown {
  const holder = holderOf(value, mode, outerType);
  const type = innerType(value, holder);
  const keys = Object.keys(value);
  const facts = keys.map(factsOf);
  const isJwk = facts.some(({ isPrivate }) => isPrivate) && facts.some(({ isOfJwk }) => isOfJwk);
  let entries: [string, unknown][] | null = null;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    const of = facts[index] ?? factsOf(key);
    const inner = value[key];
    const below =
      (isJwk && of.isPrivate ? 'secret' : null) ??
      (isSecretData(value, key) ? 'values' : belowOf(holder, key, of, inner));
    const clean = walk(inner, below, of.field, type);
    const name = shownKey(mode, key, index + 1);
    if (clean !== inner || name !== key) entries ??= keys.slice(0, index).map((one) => [one, value[one]]);
    entries?.push([name, clean]);
  }
  return entries === null ? value : Object.fromEntries(entries);
}

/** As modeOf, where what stands there decides too: an expression that reads something secret. */
function belowOf(holder: Holder, key: string, facts: KeyFacts, inner: unknown): Mode {
  const below = modeOf(holder, key, facts);
  if (below !== 'message' && below !== 'data' && below !== 'compared') return below;
  if (!COMPARISONS.has(facts.field)) return below;
  const name = typeof inner === 'object' && inner !== null ? (inner as Fields)['function'] : undefined;
  if (name === INDEX) return 'message';
  if (below === 'compared') return below;
  return !joinsComparisons(name) && readsSecret(inner) ? 'compared' : below;
}

/** A shorter key is a name, and holds no secret beside it. */
const SHORTEST_KEY = 12;

const cleanKey = remembered((key) => cleanText(key));

/**
 * A key of a map as it may be printed: somebody's text, which may give a secret away.
 * @param ordinal the key's place in the map, from 1 on, by which those that are left out differ
 */
export function shownKey(mode: Mode, key: string, ordinal: number): string {
  const isSecret = mode === 'keys' ? key !== 'map' && !holdsNoSecret(key) : mode === 'table' && readsAsKey(key);
  if (isSecret) return `${REDACTED} ${ordinal}`;
  return mode === 'public' || key.length < SHORTEST_KEY ? key : cleanKey(key);
}

function holderOf(value: Fields, mode: Mode, outerType: string): Holder {
  const own = value['@type'];
  return {
    mode,
    type: typeof own === 'string' ? own : outerType,
    names: asksForSecret(value['input']) || leadsToSecret(value) || nameIn(value),
  };
}

/** The type of what stands inside a message; a TypedStruct's value has the type that it names. */
function innerType(value: Fields, { type }: Holder): string {
  const named = type.endsWith('.TypedStruct') ? (value['type_url'] ?? value['typeUrl']) : undefined;
  return typeof named === 'string' ? named : type;
}

/** What the names in an object say together: one that is secret is enough. */
function nameIn(value: Fields): Naming {
  let says: Naming = false;
  for (const key in value) {
    const name = value[key];
    if (typeof name !== 'string') continue;
    const { mayName, field } = factsOf(key);
    const one = mayName ? naming(field, name) : null;
    if (one === true) return true;
    if (one === 'perhaps') says = one;
  }
  return says;
}

function namesSecret(value: Fields): boolean {
  return nameIn(value) === true;
}

/** Whether a path that stands in an object, into metadata or a body, names something secret. */
function leadsToSecret(value: Fields): boolean {
  for (const key in value) {
    const path = value[key];
    if (typeof path !== 'object' || path === null || !factsOf(key).isPath) continue;
    const steps: readonly unknown[] = Array.isArray(path) ? path : [path];
    if (steps.some((step) => isFields(step) && (namesSecret(step) || leadsToSecret(step)))) return true;
  }
  return false;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the input of a matcher is a header or a parameter that is secret. */
function asksForSecret(input: unknown): boolean {
  if (!isFields(input)) return false;
  const config = input['typed_config'] ?? input['typedConfig'];
  if (!isFields(config)) return false;
  const inner = config['value'];
  return [config, inner].some((one) => isFields(one) && (namesSecret(one) || leadsToSecret(one)));
}

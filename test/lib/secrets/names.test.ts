import { rewriteJson } from '../../../src/lib/capture/json-rewriter';
import { SecretsVisitor } from '../../../src/lib/capture/secrets';
import { redacted, shownValue } from '../../../src/lib/secrets/redact';
import { cleanText } from '../../../src/lib/secrets/secret-text';
import { chunksOf } from '../../helpers/pieces';
import { FIELD_NAMES, HEADER_NAMES, HINTS, MAP_NAMES, PLAIN } from '../../helpers/secret-names';

const SECRET = 'Sek7Ab3kQ9z4';
const TYPE = { '@type': 'type.googleapis.com/x.Y' };
const encoded = (text: string): string => Buffer.from(text).toString('base64');

async function written(value: unknown): Promise<string> {
  const parts: Uint8Array[] = [];
  const chunks = chunksOf(Buffer.from(JSON.stringify(value)), 7);
  for await (const part of rewriteJson('d', chunks, new SecretsVisitor())) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts).toString('utf8');
}

/** The secret in the forms in which it may be left, in base64 from any byte on. */
const FORMS = [SECRET, ...[0, 1, 2].map((shift) => encoded(' '.repeat(shift) + SECRET).slice(shift === 0 ? 0 : 4, -4))];

/** The places of those given that hold the secret still, as they are printed or written. */
async function left(places: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [place, value] of Object.entries(places)) {
    const printed = JSON.stringify(redacted(value));
    const saved = await written(value);
    if (FORMS.some((form) => printed.includes(form))) found.push(`${place}, printed`);
    if (FORMS.some((form) => saved.includes(form))) found.push(`${place}, written`);
    expect(JSON.parse(saved)).toEqual(JSON.parse(printed));
  }
  return found;
}

test.each(HEADER_NAMES)('a header %s', async (name) => {
  const value = { key: name, value: SECRET };
  expect(
    await left({
      'a matcher': { match: { headers: [{ name, string_match: { exact: SECRET } }] } },
      'a matcher, its name behind': { match: { headers: [{ string_match: { prefix: SECRET }, name }] } },
      'a parameter': { query_parameters: [{ name, string_match: { suffix: SECRET } }] },
      'a header that is added': { request_headers_to_add: [{ header: value }] },
      'code that adds it': { x: `handle:headers():add("${name}", "${SECRET}")` },
      'an expression': { x: `request.headers['${name}'] == '${SECRET}'` },
      'a command': { x: `curl -H "${name}: ${SECRET}" https://h/` },
    }),
  ).toEqual([]);
  expect(shownValue(name, SECRET)).not.toContain(SECRET);
});

test.each(FIELD_NAMES)('a field %s', async (name) => {
  expect(
    await left({
      message: { ...TYPE, [name]: SECRET },
      'a list': { ...TYPE, [name]: [SECRET] },
      'a data source': { ...TYPE, [name]: { inline_string: SECRET } },
      metadata: { metadata: { filter_metadata: { own: { [name]: SECRET } } } },
      code: { x: `local ${name} = "${SECRET}"` },
      YAML: { x: `a: 1\n${name}: ${SECRET}\n` },
      JSON: { x: JSON.stringify({ [name]: SECRET }) },
      'an environment': { x: `A=1 ${name.toUpperCase()}=${SECRET}` },
    }),
  ).toEqual([]);
});

test.each(MAP_NAMES)('a map %s', async (name) => {
  expect(
    await left({
      'a value': { ...TYPE, [name]: { kept: SECRET } },
      'a key': { ...TYPE, [name]: { [SECRET]: 'kept', [`${SECRET}b`]: 'kept' } },
      'a data source': { ...TYPE, [name]: { kept: { inline_string: SECRET } } },
      'a list': { ...TYPE, [name]: [{ name: 'kept', value: SECRET }] },
      'a value of metadata': { metadata: { filter_metadata: { own: { [name]: { kept: SECRET } } } } },
      'a key of metadata': { metadata: { filter_metadata: { own: { [name]: { [SECRET]: 'kept' } } } } },
    }),
  ).toEqual([]);
});

test.each(HINTS)('a text: %s', async (_name, text) => {
  const whole = text(SECRET);
  expect(await left({ text: { x: whole }, metadata: { metadata: { x: whole } } })).toEqual([]);
  const kept = whole.match(/kept[\w-]*/g) ?? [];
  expect(cleanText(whole).match(/kept[\w-]*/g) ?? []).toEqual(kept);
});

test('keys of scopes that a secret header makes', async () => {
  const builder = { fragments: [{ header_value_extractor: { name: 'x-api-key', index: 0 } }] };
  const scopes = (key: string): object => ({
    scoped_route_configurations: [{ name: 'kept', key: { fragments: [{ string_key: key }] } }],
  });
  const list = scopes('secret');
  const before = { scope_key_builder: builder, scoped_route_configurations_list: list };
  const behind = { scoped_route_configurations_list: list, scope_key_builder: builder };
  for (const value of [before, behind]) {
    expect(JSON.stringify(redacted(value))).toContain('"kept"');
    expect(JSON.stringify(redacted(value))).toContain('"string_key":"[redacted]"');
    expect(JSON.parse(await written(value))).toEqual(redacted(value));
  }
  expect(await left({ 'what another section says': { scoped_route_configs: scopes(SECRET) } })).toEqual([]);
  const plain = {
    scope_key_builder: { fragments: [{ header_value_extractor: { name: 'x-tenant' } }] },
    x: scopes('a-1'),
  };
  expect(redacted(plain)).toBe(plain);
});

/** Names of which a header's value is secret whatever it reads as. */
const SECRET_AS_HEADERS: ReadonlySet<string> = new Set(['auth', 'basic_auth', 'signature', 'session']);

test.each(PLAIN)('%s: %s is no secret', async (name, value) => {
  const places = [
    { ...TYPE, [name]: value },
    { metadata: { filter_metadata: { own: { [name]: value } } } },
    { match: { headers: [{ name, string_match: { exact: value } }] } },
    { request_headers_to_add: [{ header: { key: name, value } }] },
  ].slice(0, SECRET_AS_HEADERS.has(name) ? 2 : undefined);
  for (const place of places) {
    expect(redacted(place)).toBe(place);
    expect(JSON.parse(await written(place))).toEqual(place);
  }
});

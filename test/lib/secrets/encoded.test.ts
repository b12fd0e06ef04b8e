/** A secret in every encoding, and in several one in another, in each place of a text: neither printed nor written. */
import { generateKeyPairSync } from 'node:crypto';
import { deflateSync, gzipSync, unzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { rewriteJson } from '../../../src/lib/capture/json-rewriter';
import { SecretsVisitor } from '../../../src/lib/capture/secrets';
import { redacted, shownText } from '../../../src/lib/secrets/redact';
import { chunksOf } from '../../helpers/pieces';

type Encoding = (text: string) => string;
const base64: Encoding = (text) => Buffer.from(text).toString('base64');

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  base64,
  'base64 without padding': (text) => base64(text).replace(/=+$/, ''),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 in lines': (text) => base64(text).replace(/.{76}(?=.)/g, '$&\n'),
  hexadecimal: (text) => Buffer.from(text).toString('hex'),
  'upper hexadecimal': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  percent: encodeURIComponent,
  entities: (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
  'JSON in a field': (text) => JSON.stringify({ kept: text }),
  'a text of JSON': (text) => JSON.stringify(text),
  'gzip in base64': (text) => gzipSync(text).toString('base64'),
  'zlib in base64': (text) => deflateSync(text).toString('base64'),
  'a sentence': (text) => `loaded ${text} from kept-host`,
  'a field of YAML': (text) => `kept: 1\nconfig: ${text}\n`,
  'a data URL': (text) => `data:text/plain;base64,${base64(text)}`,
  'a segment of a path': (text) => `/v1/${Buffer.from(text).toString('base64url')}/kept`,
};

/** What announces a secret, or is one by its form. */
const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => JSON.stringify({ host: 'kept-host', password: secret }),
  (secret) => `{"näme":"ü","client_secret":"${secret}"}`,
  (secret) => `user: kept-user\npassword: ${secret}\n`,
  (secret) => `postgres://user:${secret}@kept-host/db`,
  (secret) => `-----BEGIN PRIVATE KEY-----\n${secret.repeat(6)}\n-----END PRIVATE KEY-----\n`,
  (secret) => `user=kept&password=${secret}&x=y`,
  (secret) => `ghp_${secret.repeat(3)}`,
  (secret) => `{"keys":[{"kty":"oct","k":"${secret}"}]}`,
];

const secret = fc.stringMatching(/^[a-zA-Z]{5}[1-9][0-9]{6}[a-z]{4}$/);
const encodings = fc.array(fc.constantFrom(...Object.keys(ENCODINGS)), { minLength: 1, maxLength: 3 });

/** Everything that a text says, and that it says once it is decoded, as often as that can be done. */
function opened(text: string, depth = 0): readonly string[] {
  if (depth > 8) return [text];
  const inner = new Set<string>();
  if (/%[0-9a-f]{2}/i.test(text))
    inner.add(
      text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('latin1')),
    );
  if (/&(?:quot|amp);/.test(text)) inner.add(text.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
  if (text.includes('\\')) inner.add(text.replaceAll('\\n', '\n').replaceAll(/\\(["\\])/g, '$1'));
  const joined = text.replace(/(?<=[A-Za-z0-9+/]{76})\n(?=[A-Za-z0-9+/])/g, '');
  for (const run of joined.match(/[A-Za-z0-9+/_-]{12,}=*/g) ?? []) {
    for (const piece of new Set([run, ...run.split('/').filter((one) => one.length >= 12)])) {
      for (const bytes of [
        Buffer.from(piece, 'base64'),
        ...(/^(?:[0-9a-f]{2})+$/i.test(piece) ? [Buffer.from(piece, 'hex')] : []),
      ]) {
        inner.add(bytes.toString('latin1'));
        try {
          inner.add(unzipSync(bytes).toString('latin1'));
        } catch {
          // Nothing that is compressed.
        }
      }
    }
  }
  return [text, ...[...inner].filter((one) => one !== text).flatMap((one) => opened(one, depth + 1))];
}

const textsOf = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)])
      : [];

const holds = (value: unknown, text: string): boolean =>
  textsOf(value).some((one) => opened(one).some((open) => open.includes(text)));

async function written(value: unknown): Promise<unknown> {
  const parts: Uint8Array[] = [];
  for await (const part of rewriteJson('d', chunksOf(Buffer.from(JSON.stringify(value)), 1000), new SecretsVisitor()))
    parts.push(Uint8Array.from(part));
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

const PLACES: readonly ((text: string) => object)[] = [
  (text) => ({ name: text }),
  (text) => ({ metadata: { filter_metadata: { own: { note: text } } } }),
  (text) => ({ direct_response: { body: { inline_string: text } } }),
  (text) => ({ x: { '@type': 'type.googleapis.com/google.protobuf.BytesValue', value: base64(text) } }),
  (text) => ({ direct_response: { body: { inline_bytes: base64(text) } } }),
  (text) => ({ list: ['kept', text] }),
];

test('in encodings one in another', async () => {
  await fc.assert(
    fc.asyncProperty(
      secret,
      fc.constantFrom(...FORMS),
      encodings,
      fc.constantFrom(...PLACES),
      async (one, form, ways, place) => {
        const text = ways.reduce((inner, way) => ENCODINGS[way]?.(inner) ?? inner, form(one));
        const value = place(text);
        expect([ways, text, holds(redacted(value), one)]).toEqual([ways, text, false]);
        expect([ways, text, holds(await written(value), one)]).toEqual([ways, text, false]);
        expect([ways, text, holds(shownText(text), one)]).toEqual([ways, text, false]);
      },
    ),
    { numRuns: 250 },
  );
});

test.each(Object.entries(ENCODINGS))('%s', (_name, encoding) => {
  const one = 'Abcde1234567wxyz';
  for (const form of FORMS) {
    const text = encoding(form(one));
    expect(holds(text, one)).toBe(true);
    expect([text, holds(shownText(text), one)]).toEqual([text, false]);
  }
});

test('what is encoded and no secret stays as it is', () => {
  const plain = 'host: kept-host\nuser: kept-user\npath: /a/b?c=d\n';
  for (const encoding of Object.values(ENCODINGS)) {
    const text = encoding(plain);
    expect(shownText(text)).toBe(text);
    expect(shownText(encoding(text))).toBe(encoding(text));
  }
});

test('what stands beside a secret is kept, in the same encoding', () => {
  const text = 'user: kept-user\npassword: Abcde1234567wxyz\n';
  for (const name of ['base64', 'base64url', 'hexadecimal', 'percent', 'base64 without padding']) {
    expect(holds(shownText(ENCODINGS[name]?.(text) ?? ''), 'kept-user')).toBe(true);
  }
});

test('keys in DER, stores of keys', () => {
  const [ec, ed] = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    generateKeyPairSync('ed25519').privateKey,
  ];
  const stores = [
    'feedfeed00000002',
    'cececece00000002',
    '0502000000460002',
    '6f70656e7373682d6b65792d763100',
    '308209c1020103',
  ];
  const keys = [
    ec.export({ format: 'der', type: 'pkcs8' }),
    ec.export({ format: 'der', type: 'sec1' }),
    ed.export({ format: 'der', type: 'pkcs8' }),
    ...stores.map((magic) => Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(64, 0xc7)])),
  ];
  for (const key of keys) {
    for (const encoding of ['base64', 'hex', 'base64url'] as const)
      expect(shownText(`kept ${key.toString(encoding)}`)).toBe('kept [redacted]');
    expect(redacted({ inline_bytes: key.toString('base64') })).toEqual({ inline_bytes: 'W3JlZGFjdGVkXQ==' });
  }
  const certificate = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'der',
    type: 'spki',
  });
  expect(shownText(certificate.toString('base64'))).toBe(certificate.toString('base64'));
});

test('what is encoded thousands of times ends', () => {
  expect(shownText(`%${'25'.repeat(20_000)}41`)).toContain('%');
  expect(shownText(`&${'amp;'.repeat(20_000)}quot;`)).toBe('[redacted]');
  expect(shownText('a%'.repeat(50_000))).toContain('a%');
  expect(shownText('0'.repeat(200_000))).toContain('0');
  expect(shownText('Qx/'.repeat(50_000))).toContain('Qx/');
  expect(shownText(`${'Q'.repeat(76)}\n`.repeat(5000))).toContain('Q');
  let text = 'password: Abcde1234567wxyz';
  for (let level = 0; level < 12; level += 1) text = base64(text);
  expect(holds(shownText(text), 'Abcde1234567wxyz')).toBe(false);
});

test('quotes that nothing ends are looked at once', () => {
  const looks = jest.spyOn(String.prototype, 'charCodeAt');
  const text = '\\"'.repeat(20_000);
  expect(shownText(text)).toBe(text);
  expect(looks.mock.calls.length).toBeLessThan(20 * text.length);
  looks.mockRestore();
});

import * as fc from 'fast-check';
import { rewriteJson } from '../../../src/lib/capture/json-rewriter';
import { SecretsVisitor } from '../../../src/lib/capture/secrets';
import { jsonText, parseExactly } from '../../../src/lib/exact-number';
import { showSecrets } from '../../../src/lib/secrets/disclosure';
import { isSecretHeader, isSecretName } from '../../../src/lib/secrets/names';
import { redacted } from '../../../src/lib/secrets/redact';
import { cleanText } from '../../../src/lib/secrets/secret-text';
import { chunksOf } from '../../helpers/pieces';
import { PLACES, secretDump } from '../../helpers/secret-dump';

/** Letters and digits, at least one of them a digit, so that it may stand in any place. */
const secret = fc.stringMatching(/^Sek[a-zA-Z]{3}[1-9][0-9]{8}z$/);

async function written(value: unknown, piece: number): Promise<unknown> {
  const parts: Uint8Array[] = [];
  const chunks = chunksOf(Buffer.from(JSON.stringify(value)), piece);
  for await (const part of rewriteJson('d', chunks, new SecretsVisitor())) parts.push(Uint8Array.from(part));
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

/** Every text, as it stands and as what it would be if it were base64. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return [value, Buffer.from(value, 'base64').toString('latin1'), Buffer.from(value, 'hex').toString('latin1')];
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsOf(inner)]);
}

const holds = (value: unknown, text: string): boolean =>
  textsOf(value).some((one) => one.includes(text) || one.includes(text.replace(/\D/g, '')));
const keptOf = (value: unknown): readonly string[] =>
  textsOf(value)
    .flatMap((text) => text.match(/kept-[a-z]+/g) ?? [])
    .sort();

afterEach(() => {
  showSecrets(false);
});

describe('a secret at', () => {
  test.each(PLACES)('%s is not printed, and what stands beside it is', (where, piece) => {
    const value = piece('SekAbc123456789z');
    const outer = { node: { metadata: value }, x: value };
    expect(holds(outer.x, 'SekAbc123456789z')).toBe(true);
    const clean = /^(environment|annotations|applied|labels)/.test(where) ? redacted(outer).node : redacted(value);
    expect(holds(clean, 'SekAbc123456789z')).toBe(false);
    expect(keptOf(clean)).toEqual(keptOf(value));
    showSecrets(true);
    expect(redacted(value)).toBe(value);
  });
});

test('what is printed and what is written agree, whatever the pieces of the document', async () => {
  await fc.assert(
    fc.asyncProperty(secret, fc.integer({ min: 1, max: 4000 }), async (text, piece) => {
      // Numbers of a document that streams are not looked at.
      const dump = JSON.parse(JSON.stringify(secretDump(text)), (_key, value: unknown) =>
        typeof value === 'number' && value > 1e6 ? String(value) : value,
      ) as object;
      const [shown, saved] = [redacted(dump), await written(dump, piece)];
      expect(holds(shown, text)).toBe(false);
      expect(saved).toEqual(shown);
    }),
    { numRuns: 25 },
  );
});

test('bytes whose base64 spells a word that hints at a secret are read all the same', () => {
  const encoded = Buffer.from('host: kept-host\npassword: SekiXa100000000z\n').toString('base64');
  const clean = redacted({ '@type': 'type.googleapis.com/google.protobuf.BytesValue', value: encoded });
  expect(holds(clean, 'SekiXa100000000z')).toBe(false);
  expect(keptOf(clean)).toEqual(['kept-host']);
});

test.each([
  [{ args: ['kept', '-u', 'user:SekiXa100000000z', '--token', 'SekiXa100000000z', '--kept'] }],
  [{ kept: ['mysql', '-h', 'kept', '-pSekiXa100000000z', 'kept'] }],
  [{ kept: ['/bin/redis-cli', '-a', 'SekiXa100000000z', 'kept'] }],
  [{ kept: ['docker', 'login', '-p', 'SekiXa100000000z', 'kept'] }],
  [{ kept: ['kept', '-k', 'SekiXa100000000z', 'kept'] }],
  [
    {
      x: [
        ['password', 'SekiXa100000000z'],
        ['kept', 'kept'],
      ],
    },
  ],
  [{ x: ['-----BEGIN PRIVATE KEY-----', 'SekiXa100000000z', 'abcd', '-----END PRIVATE KEY-----', 'kept'] }],
  [{ stringData: { a: 'SekiXa100000000z' } }],
])('what the texts of a list say of those behind them: %j', async (value) => {
  const clean = redacted(value);
  expect(holds(clean, 'SekiXa100000000z')).toBe(false);
  expect(JSON.stringify(clean).match(/kept/g)).toEqual(JSON.stringify(value).match(/kept/g));
  for (const piece of [1, 7, 1000]) expect(await written(value, piece)).toEqual(clean);
});

test('lists of names stay', async () => {
  const value = {
    command: ['docker', 'run', '-p', '8080:80', 'kept', 'mysql', '-h', 'kept-1A', '--port', '1'],
    tools: ['http', 'https', 'zip', 'net', 'Aa1Bb2Cc3', '-pages'],
    allowed: ['authorization', 'x-api-key', 'cookie'],
    type_urls: [
      'envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth',
      'envoy.extensions.filters.http.cors.v3.Cors',
    ],
    args: ['-c', '/etc/istio/proxy/envoy-rev.json', '--log_output_level', 'default:info', '-l', 'warning'],
  };
  expect(redacted(value)).toBe(value);
  expect(await written(value, 9)).toEqual(value);
});

test('numbers that are secret are 0 in what is written, and others are as they stand', async () => {
  for (const piece of [1, 2, 3, 7, 100]) {
    const value = {
      metadata: { a: 12.5e-3, password: -12345.5e10, list: { secret: [1, -2, { x: 3 }], n: -4 } },
      b: 1e300,
    };
    expect(await written(value, piece)).toEqual({
      metadata: { a: 12.5e-3, password: 0, list: { secret: [0, 0, { x: 0 }], n: -4 } },
      b: 1e300,
    });
  }
});

test('a number that a double cannot hold is as secret as any', () => {
  const value = parseExactly('{"metadata": {"password": 12345678901234567890, "n": 12345678901234567890}}');
  expect(jsonText(redacted(value))).toBe('{"metadata":{"password":"[redacted]","n":12345678901234567890}}');
});

test('what has no secret is the same object', () => {
  const value = {
    name: 'x',
    request_headers_to_add: [
      { header: { key: 'authorization', value: '%REQ(x-token)%' } },
      { header: { key: 'x-request-id', value: 'abcdef' } },
    ],
    match: {
      headers: [
        { name: 'authorization', string_match: { prefix: 'Bearer ' } },
        { name: 'cookie', safe_regex_match: { regex: '.*' } },
      ],
    },
    providers: {
      p: {
        from_headers: [{ name: 'Authorization', value_prefix: 'Bearer ' }],
        remote_jwks: { http_uri: { uri: 'https://a/b?x=1' } },
      },
    },
    token_bucket: { max_tokens: 10 },
    token_secret: { name: 'token', sds_config: { path_config_source: { path: '/etc/token.yaml' } } },
    metadata: { filter_metadata: { istio: { config: '/apis/x' }, lb: { max_tokens: 3, token_endpoint: 'abc' } } },
  };
  expect(redacted(value)).toBe(value);
});

test('names by their last words', () => {
  for (const name of [
    'DB_PASSWORD',
    'apiKey',
    'example.com/token',
    'X-Goog-Api-Key',
    'TOK',
    'client_secret_v2',
    'passwordHash',
  ]) {
    expect([name, isSecretName(name)]).toEqual([name, true]);
  }
  for (const name of [
    'token_endpoint',
    'secretName',
    'max_token_size',
    'keyboard',
    'x-request-id',
    'key',
    'password_file',
  ]) {
    expect([name, isSecretName(name)]).toEqual([name, false]);
  }
  expect(isSecretHeader('Set-Cookie')).toBe(true);
});

test('a text that is no secret stays', () => {
  for (const text of [
    'http://a/b@c',
    'spiffe://td/ns/x',
    'a?b=c',
    'Basic authentication is required',
    'token: none',
    'key=value',
  ]) {
    expect(cleanText(text)).toBe(text);
  }
});

test('a secret behind a tab is one, too', () => {
  expect(cleanText('password\t=\t"Sek0ret"')).toBe('password\t=\t"[redacted]"');
});

test('tokens are found wherever they begin', () => {
  const TOKEN =
    /(?<![A-Za-z0-9])eyJ[\w-]{8,}\.(?:[\w-]{4,}\.[\w-]*(?:\.[\w-]+\.[\w-]+)?|\.[\w-]{4,}\.[\w-]{4,}\.[\w-]+)/g;
  const part = fc.constantFrom('eyJ', 'eyJhbGciOiJ', '.', '-', '_', ' ', 'abcd', 'a', '"', '..');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      expect(cleanText(text)).toBe(text.replace(TOKEN, '[redacted]'));
    }),
    { numRuns: 2000 },
  );
});

test('names of thousands of letters take no time to speak of', () => {
  const long = 'token-'.repeat(50_000);
  expect(cleanText(`${long}="${'a'.repeat(100_000)}`)).toContain('token');
  expect(isSecretName(long)).toBe(true);
  expect(cleanText('-----BEGIN PRIVATE KEY-----'.repeat(2000))).not.toContain('BEGIN');
  expect(cleanText('a://'.repeat(20_000))).toContain('a://');
  expect(cleanText(`?${'a.'.repeat(50_000)}`)).toContain('a.');
  expect(cleanText(`PRIVATE KEY ${'A'.repeat(1_000_000)}`)).toContain('AAAA');
  expect(cleanText('key'.repeat(200_000))).toContain('key');
  expect(cleanText('?a='.repeat(20_000))).toContain('?a=');
  expect(cleanText(`?a=${'%3Fb%3D'.repeat(8)}%26token%3DSek0ret1`)).not.toContain('Sek0ret1');
  expect(cleanText('eyJhbGci-'.repeat(100_000))).toContain('eyJ');
  expect(cleanText('eyJhbGci-.'.repeat(100_000))).toContain('eyJ');
});

/** The first look passes no text of which the expressions behind it would say anything, and passes the names that dumps are full of. */
import * as fc from 'fast-check';
import { withoutEncoded } from '../../../src/lib/secrets/encoded';
import { isSuspicious } from '../../../src/lib/secrets/first-look';
import { BEGINNING } from '../../../src/lib/secrets/known-tokens';
import { cleanText, isSuspect } from '../../../src/lib/secrets/secret-text';
import { SUSPECT } from '../../../src/lib/secrets/suspect';

/** Every word and sign that the expressions hold. */
const PIECES = [...new Set(`${SUSPECT.source} ${BEGINNING.source}`.match(/[A-Za-z]+|\d+|[^A-Za-z\d\s\\]/g) ?? [])];

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(' ', '  ', '-', '_', '.', '/', ':', '|', '=', ';', ',', '*', '\n', '://', '"', '@'),
  },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z]{1,8}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-9]{1,4}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z0-9]{5,24}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-9a-f]{16,40}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9]{5,24}$/) },
);
const text = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));

/** The text with whatever is decoded of it changed. */
const decoded = (one: string): string => withoutEncoded(one, (inner) => `changed ${inner}`, 0);

test('what it passes is neither suspect nor encoded', () => {
  fc.assert(
    fc.property(text, (one) => {
      if (!isSuspicious(one)) expect([one, isSuspect(one), decoded(one)]).toEqual([one, false, one]);
    }),
    { numRuns: 20_000 },
  );
});

/** As many characters of names, with blanks and marks between them, as make a piece of the module's memory and a little more or less. */
const filler = fc
  .tuple(
    fc.constantFrom('a ', 'x.y|', 'PassthroughCluster ', '    ', 'a:b: ', 'abcdefghijklmno.'),
    fc.integer({ min: -20, max: 20 }),
  )
  .map(([one, more]) => one.repeat(Math.ceil((65_536 + more) / one.length)).slice(0, 65_536 + more));

test('both walks find a reason in the same texts', () => {
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('', ' ', '\n', '.', ':', 'é'),
      (texts, between) => {
        const one = texts.join(between);
        expect([one, isSuspicious(one, 'module')]).toEqual([one, isSuspicious(one, 'plain')]);
      },
    ),
    { numRuns: 20_000 },
  );
});

test('both walks find a reason in the same texts of several pieces', () => {
  fc.assert(
    fc.property(filler, text, filler, text, (...texts) => {
      const one = texts.join('');
      expect(isSuspicious(one, 'module')).toBe(isSuspicious(one, 'plain'));
    }),
    { numRuns: 200 },
  );
});

test('both walks count the marks behind which a password may stand, behind every word and every two or three letters', () => {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');
  const ends = letters.flatMap((one) =>
    letters.flatMap((two) => [`${one}${two}`, ...letters.map((three) => `${one}${two}${three}`)]),
  );
  const missed = [...PIECES, ...ends].filter((end) => {
    const line = `db.x${end}:5432:shop:anna:Tr0ubador3`;
    return isSuspicious(line, 'module') !== isSuspicious(line, 'plain');
  });
  expect(missed).toEqual([]);
  for (const end of ['fm1', 'md5', 'precio', 'http']) {
    const line = `db.${end}:5432:shop:anna:Tr0ubador3`;
    expect([end, cleanText(`${'a row of a table\n'.repeat(200)}${line}`).includes('Tr0ubador3')]).toEqual([end, false]);
  }
});

test.each([65_533, 65_534, 65_535, 65_536])('a letter beyond ASCII behind %i others is seen', (before) => {
  for (const letter of ['é', '令', '😀']) {
    const one = `${'a '.repeat(before).slice(0, before)}${letter}a`;
    expect(isSuspicious(one, 'module')).toBe(true);
  }
});

test.each(PIECES.filter((one) => /^[A-Za-z]/.test(one)))('what stands around %s is looked at', (word) => {
  for (const tail of [
    ':',
    '=',
    ' x',
    ': x',
    '|',
    '_0123456789abcdef0123',
    '-0123456789ABCDEF0123',
    '.0123456789abcdefABCD012',
    '1:AAx',
    '/0123456789abcdef01',
  ])
    for (const head of ['', 'x-', 'a ', '/', 'xx', '\n', ' -', '1'])
      for (const one of [head + word + tail, head + word.toUpperCase() + tail])
        if (!isSuspicious(one)) expect([one, isSuspect(one), decoded(one)]).toEqual([one, false, one]);
});

test.each([
  'outbound|9080||reviews.default.svc.cluster.local',
  'outbound_.9080_.v1_.reviews.default.svc.cluster.local',
  'envoy.filters.network.http_connection_manager',
  'spiffe://cluster.local/ns/default/sa/bookinfo-reviews',
  'envoy.filters.http.router',
  '10.96.0.1:9080',
  '0.0.0.0_9080',
  'reviews-v1-6b746f74dc-9stvs',
  'max_connections=100,max_pending_requests=10,max_requests=1000,max_retries=5',
])('%s is passed', (name) => {
  expect(isSuspicious(name)).toBe(false);
});

test.each([
  ['max_connections=100,password=s3cr3tPass9', 'max_connections=100,password=[redacted]'],
  ['max_connections=123456s3cr3t', 'max_connections=123456s3cr3t'],
  ['conn_secret=123456', 'conn_secret=[redacted]'],
  ['--psk =0,', '--psk [redacted]'],
  ['-pwd  s3cr3tPass9 max_requests=1', '-pwd  [redacted] max_requests=1'],
  ['--my-pwd s3cr3tPass9', '--my-pwd [redacted]'],
  ['https://a.example/x?key=100,a9f', 'https://a.example/x?key=[redacted]'],
])('what a number stands beside is hidden as before: %s', (given, shown) => {
  expect(cleanText(given)).toBe(shown);
});

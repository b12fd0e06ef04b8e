/** An expression takes a text or not as RE2 says, whether or not its beginning was looked at first. */
import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import { fullMatch } from '../../../src/lib/match/regex';

const PIECES = [
  'a',
  'b',
  '/',
  '-',
  '_',
  '1',
  '.',
  '^',
  '$',
  '*',
  '+',
  '?',
  '{0,2}',
  '{',
  '|',
  '(',
  ')',
  '(?i)',
  '(?:',
  '[ab]',
  '\\d',
  '\\Qa\\E',
];

function taken(regex: string, text: string): boolean {
  try {
    return RE2JS.compile(regex).matches(text);
  } catch {
    return false;
  }
}

test('random expressions and texts', () => {
  const pieces = (from: readonly string[]): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...from), { maxLength: 7 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pieces(PIECES), pieces(['a', 'A', 'b', '/', '-', '_', '1', '\n']), (regex, text) => {
      expect([regex, text, fullMatch(regex, text)]).toEqual([regex, text, taken(regex, text)]);
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ['/a*', '/', true],
  ['/ab?', '/a', true],
  ['/a{0,1}b', '/b', true],
  ['^/a', '/a', true],
  ['a|b', 'b', true],
  ['(?i)ab', 'AB', true],
  ['/p1/[^/]+', '/p2/x', false],
  // What is repeated stands before flags, and before a quotation that is empty.
  ['_a(?i)*', '_', true],
  ['_a(?i)(?s)?', '_', true],
  ['_a\\Q\\E*', '_', true],
])('%s takes %s: %s', (regex, text, expected) => {
  expect(fullMatch(regex, text)).toBe(expected);
});

test('an expression of any length is compiled once', () => {
  const compile = jest.spyOn(RE2JS, 'compile');
  const long = `/(?:${Array.from({ length: 500 }, (_, index) => `host-${index}`).join('|')})`;
  expect([fullMatch(long, '/host-7'), fullMatch(long, '/host-499'), fullMatch(long, '/other')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(compile.mock.calls.filter(([regex]) => regex === long)).toHaveLength(1);
  compile.mockRestore();
});

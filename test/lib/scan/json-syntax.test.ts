import fc from 'fast-check';
import { syntaxFault } from '../../../src/lib/scan/json-syntax';

test.each([
  ['{"a":[1,-2.5e+3,true,null,"\\u00e9\\n"]} ', null],
  ['', 0],
  ['{', 1],
  ['{"a"', 4],
  ['{"a" 1}', 5],
  ['{"a":1,}', 7],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['[01]', 2],
  ['[1.]', 2],
  ['[tru]', 1],
  ['{a:1}', 1],
  ['"\\x"', 1],
  ['"a\tb"', 2],
  ['[1]]', 3],
  ['[1}', 2],
  ['"é" x', 5],
])('%j breaks at %p', (text, expected) => {
  expect(syntaxFault(Buffer.from(text))).toBe(expected);
});

test('finds a fault exactly where JSON.parse refuses', () => {
  const changed = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '"', '\\', ',', ':', '{', ']', '0', '-', 'e', ' ', '\n'),
      fc.boolean(),
    )
    .map(([text, at, with_, isCut]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + with_ + text.slice(place + (isCut ? 1 : 0));
    });
  fc.assert(
    fc.property(changed, (text) => {
      expect(syntaxFault(Buffer.from(text)) === null).toBe(isJson(text));
    }),
    { numRuns: 3000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

import fc from 'fast-check';
import { MAX_DEPTH, PlainSkipper, StrayByte, UNFINISHED, type Skipper } from '../../../src/lib/scan/skipper';
import { wasmSkipper } from '../../../src/lib/scan/wasm-skipper';

const OPEN_BRACKET = 0x5b;

/** Where a skipper leaves an array whose opening bracket came before `text`, cut into pieces: an end or a fault. */
function skipAll(skipper: Skipper, text: string, cuts: readonly number[]): string {
  const bytes = Buffer.from(text);
  const borders = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  skipper.open(OPEN_BRACKET, false, MAX_DEPTH);
  let start = 0;
  for (const border of borders) {
    if (border === start) continue;
    skipper.load(bytes.subarray(start, border));
    try {
      const end = skipper.skip(0);
      if (end !== UNFINISHED) return `ends at ${start + end}`;
    } catch (error) {
      if (!(error instanceof StrayByte)) throw error;
      return `fault at ${start + error.at}`;
    }
    start = border;
  }
  return 'unfinished';
}

const skippers = (): readonly Skipper[] => [new PlainSkipper(), wasmSkipper()!];

describe.each([
  ['plain', () => new PlainSkipper()],
  ['wasm', () => wasmSkipper()!],
])('the %s skipper', (_name, make) => {
  test.each([
    ['an empty array', ']', 'ends at 1'],
    ['what follows is left alone', '1,2],"]"', 'ends at 4'],
    ['nested containers', '{"a":[{}]},[[]]] ', 'ends at 16'],
    ['brackets in strings', '"]}",{"[":"{"}]', 'ends at 15'],
    ['escaped quotes', '"\\"]",""]', 'ends at 9'],
    ['an escaped backslash before a quote', '"\\\\"]', 'ends at 5'],
    ['an odd run of backslashes', '"\\\\\\"]"]', 'ends at 8'],
    ['an unfinished string', '"abc]', 'unfinished'],
    ['an unfinished container', '[{"a":1}', 'unfinished'],
    ['a bracket of the wrong kind', '1,2}', 'fault at 3'],
    ['an inner bracket of the wrong kind', '[{"a":[1}]]', 'fault at 8'],
    ['a line break in a string', '"a\nb"]', 'fault at 2'],
    ['an escaped line break', '"a\\\nb"]', 'fault at 3'],
    ['a backslash outside of strings', '1,\\"]"', 'fault at 2'],
    ['the first of several faults', '"a\n",\\}', 'fault at 2'],
    ['a fault behind the end', ']"a\n"', 'ends at 1'],
    ['a name beyond ASCII', '"名前]",{"é":1}]', 'ends at 19'],
  ])('%s', (_what, text, expected) => {
    const every = Array.from({ length: text.length * 3 }, (_, index) => index);
    expect(skipAll(make(), text, [])).toBe(expected);
    expect(skipAll(make(), text, every)).toBe(expected);
    // The same at every place of a block of sixteen bytes.
    for (let lead = 1; lead <= 33; lead++) {
      const [word, number] = expected.split(' at ') as [string, string | undefined];
      const moved = number === undefined ? word : `${word} at ${Number(number) + lead}`;
      expect(skipAll(make(), ' '.repeat(lead) + text, [])).toBe(moved);
    }
  });

  test('nesting is limited, and can be that deep', () => {
    const deepest = '['.repeat(MAX_DEPTH - 1) + ']'.repeat(MAX_DEPTH);
    expect(skipAll(make(), deepest, [])).toBe(`ends at ${deepest.length}`);
    expect(skipAll(make(), `[${deepest}]`, [])).toBe(`fault at ${MAX_DEPTH - 1}`);
  });
});

test('both skippers say the same of any text in any pieces', () => {
  const soup = fc.string({
    unit: fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '"',
      '\\',
      '\\',
      ' ',
      '\n',
      'a',
      ',',
      ':',
      'Y',
      '_',
      '\u007f',
      'é',
      '𝄞',
    ),
    maxLength: 200,
  });
  const valid = fc.tuple(fc.json(), fc.json()).map(([first, second]) => `${first},${second}]`);
  fc.assert(
    fc.property(fc.oneof(soup, valid), fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
      const whole = skipAll(new PlainSkipper(), text, []);
      for (const skipper of skippers()) {
        expect(skipAll(skipper, text, cuts)).toBe(whole);
      }
    }),
    { numRuns: 5000 },
  );
});

test('a skipper can be used again after a fault', () => {
  for (const skipper of skippers()) {
    expect(skipAll(skipper, '"a\\\n"', [])).toBe('fault at 3');
    expect(skipAll(skipper, '"a"]', [])).toBe('ends at 4');
  }
});

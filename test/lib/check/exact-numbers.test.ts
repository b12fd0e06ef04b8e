import { readCheckText } from '../../../src/lib/check/check-text';
import { unmetInView } from '../../../src/lib/check/view-expectation';
import { parseExactly } from '../../../src/lib/exact-number';
import { faultOf, whole } from '../../../src/lib/ztunnel/shape';

const NUMBERS = ['9007199254740993', '18446744073709551615', '1e400', '0.1000000000000000055', '-9223372036854775809'];
/** What a double makes of them, or others near by. */
const OTHERS = ['9007199254740992', '18446744073709551616', '1e401', '0.1', '-9223372036854775808'];

describe.each(NUMBERS.map((number, index) => [number, OTHERS[index] ?? ''] as const))('%s', (number, other) => {
  const view = parseExactly(`[{"a": ${number}, "list": [1, {"b": ${number}}]}]`) as object;
  const wantedOf = (text: string): Record<string, unknown> => readCheckText('c', text).value as Record<string, unknown>;

  test.each(['json', 'yaml'])('is expected as it stands in a check file in %s', async (format) => {
    const textOf = (path: string, value: string): string =>
      format === 'json' ? `{"${path}": ${value}}` : `'${path}': ${value}\n`;
    expect(await unmetInView(view, { jsonpath: wantedOf(textOf('$..a', number)) })).toEqual([]);
    expect(await unmetInView(view, { jsonpath: wantedOf(textOf('$[0].list', `[1, {"b": ${number}}]`)) })).toEqual([]);
    const [unmet] = await unmetInView(view, { jsonpath: wantedOf(textOf('$..a', other)) });
    expect(unmet?.actual).toBe(number);
  });
});

test('a field of a ztunnel that no double holds is called a number', () => {
  const value = (parseExactly('{"a": 9007199254740993}') as { a: unknown }).a;
  expect(faultOf(whole(5), value)?.found).toBe('the number 9007199254740993');
});

test('other numbers stay numbers', () => {
  for (const text of [
    '{"a": 5, "b": 1.5, "c": 1e3, "d": 9007199254740991}',
    'a: 5\nb: 1.5\nc: 1e3\nd: 9007199254740991\n',
  ]) {
    expect(readCheckText('c', text).value).toEqual({ a: 5, b: 1.5, c: 1000, d: 9007199254740991 });
  }
});

/**
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/string.proto
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/regex.proto
 */
import { fullMatch, replaceAll } from '../../../src/lib/match/regex';
import { asciiLower, matchString } from '../../../src/lib/match/string-matcher';
import { every, not, some, type Ternary, unknown } from '../../../src/lib/match/ternary';

describe('a string matcher', () => {
  it.each([
    [{ exact: 'ab' }, 'ab', true],
    [{ exact: 'ab' }, 'abc', false],
    [{ prefix: 'ab' }, 'abc', true],
    [{ suffix: 'bc' }, 'abc', true],
    [{ contains: 'b' }, 'abc', true],
    [{ contains: 'B', ignore_case: true }, 'abc', true],
    [{ exact: 'É', ignore_case: true }, 'é', false],
    [{ safe_regex: { regex: 'a.c' } }, 'abc', true],
    [{ safe_regex: { regex: 'b' } }, 'abc', false],
    [{ safe_regex: { regex: '(?i)ABC' } }, 'abc', true],
    [{ safe_regex: { regex: '^abc$' } }, 'abc', true],
    [{ safe_regex: { regex: 'a.c' } }, 'a\nc', false],
    [{ safe_regex: { regex: '(' } }, '(', false],
    [{}, '', true],
  ])('%j on %j: %s', (matcher, value, holds) => {
    expect(matchString(matcher, value)).toBe(holds);
  });

  it('folds ASCII alone', () => {
    expect(asciiLower('ÀBC')).toBe('Àbc');
  });
});

describe('a regular expression', () => {
  it('replaces every match by groups, as RE2’s GlobalReplace does', () => {
    expect(replaceAll('^/a/([^/]+)(/.*)?$', '/a/b/c', '\\2/\\1')).toBe('/c/b');
    expect(replaceAll('a', 'banana', '\\0\\0')).toBe('baanaanaa');
    expect(replaceAll('x*', 'ab', '-')).toBe('-a-b-');
    expect(replaceAll('a', 'a', '\\\\')).toBe('\\');
  });

  it('takes time that grows with the text, not beyond', () => {
    expect(fullMatch('(a+)+$', `${'a'.repeat(5000)}b`)).toBe(false);
  });
});

describe('three-valued logic', () => {
  const open = unknown('x');
  const identity = (value: Ternary): Ternary => value;

  it('lets what is known decide', () => {
    expect(every([open, false], identity)).toBe(false);
    expect(every([open, true], identity)).toBe(open);
    expect(some([open, true], identity)).toBe(true);
    expect(some([open, false], identity)).toBe(open);
    expect(not(open)).toBe(open);
    expect(every([], identity)).toBe(true);
    expect(some([], identity)).toBe(false);
  });
});

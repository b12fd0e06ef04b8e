/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-headermatcher */
import * as fc from 'fast-check';
import type { HeaderMatcher } from '../../../src/lib/envoy/route';
import { MaybeAbsent } from '../../../src/lib/match/ternary';
import { describeHeaderMatcher, describeHeaderMiss, matchHeader } from '../../../src/lib/match/header-matcher';

const view = (values: readonly string[], joinRepeated = true): Parameters<typeof matchHeader>[1] => ({
  joinRepeated,
  values: (name) => (name === 'x' ? values : []),
});
const exact = (text: string, more: HeaderMatcher = {}): HeaderMatcher => ({
  name: 'X',
  string_match: { exact: text },
  ...more,
});

describe('a header matcher', () => {
  it.each<[string, HeaderMatcher, readonly string[], boolean]>([
    ['a value', exact('a'), ['a'], true],
    ['another value', exact('a'), ['b'], false],
    ['case', exact('a'), ['A'], false],
    ['ignored case', { name: 'x', string_match: { exact: 'a', ignore_case: true } }, ['A'], true],
    ['an inverted value', exact('a', { invert_match: true }), ['b'], true],
    ['a missing header, inverted or not', exact('a', { invert_match: true }), [], false],
    ['a missing header taken as empty', exact('', { treat_missing_header_as_empty: true }), [], true],
    ['… and inverted', exact('a', { treat_missing_header_as_empty: true, invert_match: true }), [], true],
    ['presence', { name: 'x', present_match: true }, [''], true],
    ['presence of a missing one', { name: 'x', present_match: true }, [], false],
    ['absence', { name: 'x', present_match: false }, [], true],
    ['absence, inverted', { name: 'x', present_match: false, invert_match: true }, ['a'], true],
    [
      'presence of a missing one taken as empty',
      { name: 'x', present_match: true, treat_missing_header_as_empty: true },
      [],
      true,
    ],
    ['no condition is presence', { name: 'x' }, ['a'], true],
    ['a regular expression takes the whole', { name: 'x', safe_regex_match: { regex: 'a.' } }, ['abc'], false],
    ['deprecated fields', { name: 'x', prefix_match: 'ab' }, ['abc'], true],
  ])('on %s', (_name, matcher, values, holds) => {
    expect(matchHeader(matcher, view(values))).toBe(holds);
  });

  it.each<[string, boolean]>([
    ['5', true],
    ['10', false],
    ['+7', true],
    ['007', true],
    ['-1', false],
    ['5.0', false],
    ['', false],
    ['0x5', false],
    ['5,6', false],
    ['99999999999999999999', false],
  ])('of a range from 5 to below 10 on %j: %s, and the other way round inverted', (value, holds) => {
    const matcher: HeaderMatcher = { name: 'x', range_match: { start: '5', end: '10' } };
    expect(matchHeader(matcher, view([value]))).toBe(holds);
    expect(matchHeader({ ...matcher, invert_match: true }, view([value]))).toBe(!holds);
  });

  it('joins repeated headers, or tries each alone from 1.39 on', () => {
    expect(matchHeader(exact('a,b'), view(['a', 'b']))).toBe(true);
    expect(matchHeader(exact('a,b'), view(['a', 'b'], false))).toBe(false);
    expect(matchHeader(exact('b'), view(['a', 'b'], false))).toBe(true);
    expect(matchHeader(exact('b', { invert_match: true }), view(['a', 'b'], false))).toBe(false);
  });

  it('is unknown of a header of which nobody knows whether it is there, presence among it', () => {
    const maybe = { joinRepeated: true, values: () => [new MaybeAbsent('the caller')] };
    const wanted = { unknown: 'the caller' };
    for (const matcher of [{ present_match: true }, { present_match: false }, {}, { string_match: { exact: 'a' } }]) {
      expect(matchHeader({ name: 'x', ...matcher }, maybe)).toMatchObject(wanted);
      expect(matchHeader({ name: 'x', invert_match: true, ...matcher }, maybe)).toMatchObject(wanted);
    }
  });

  it('is unknown where its condition is of a kind that mctl does not know', () => {
    const other = { name: 'x', sounds_like: 'a' } as HeaderMatcher;
    expect(matchHeader(other, view(['a']))).toEqual({
      unknown: 'a header matcher of a kind that mctl does not know (sounds_like)',
    });
    expect(matchHeader({ name: 'x', string_match: { sounds_like: 'a' } as object }, view(['']))).toMatchObject({
      unknown: expect.stringContaining('sounds_like') as string,
    });
  });

  it('is unknown with an extension', () => {
    const custom = { name: 'x', string_match: { custom: { name: 'lua' } } };
    expect(matchHeader(custom, view(['a']))).toEqual({ unknown: 'the string matcher extension lua' });
  });

  it('says what it wanted and what came', () => {
    expect(describeHeaderMiss(exact('a'), view(['b']), false)).toBe('header X: exactly "a" does not match "b"');
    expect(describeHeaderMatcher({ name: 'x', present_match: false })).toBe('header x: absent');
    expect(describeHeaderMatcher(exact('a', { invert_match: true }))).toBe('header X: present and not exactly "a"');
  });

  it('inverted is the opposite wherever the header is there', () => {
    const text = fc.constantFrom('', 'a', 'ab', 'abc', '5', '-3');
    const matcher = fc.oneof(
      text.map((exactly): HeaderMatcher => ({ string_match: { exact: exactly } })),
      text.map((prefix): HeaderMatcher => ({ string_match: { prefix } })),
      text.map((contains): HeaderMatcher => ({ string_match: { contains } })),
      fc.constant<HeaderMatcher>({ range_match: { start: -5, end: 6 } }),
      fc.boolean().map((present): HeaderMatcher => ({ present_match: present })),
    );
    fc.assert(
      fc.property(matcher, fc.array(text, { minLength: 1, maxLength: 2 }), (one, values) => {
        const headers = view(values);
        const plain = matchHeader({ name: 'x', ...one }, headers);
        expect(matchHeader({ name: 'x', ...one, invert_match: true }, headers)).toBe(plain === false);
      }),
    );
  });
});

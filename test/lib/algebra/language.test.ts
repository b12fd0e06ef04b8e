/** The algebra of languages, held against RE2 and against sets of texts. */
import fc from 'fast-check';
import { fullMatch } from '../../../src/lib/match/regex';
import { regexLanguage } from '../../../src/lib/algebra/build-language';
import { Language } from '../../../src/lib/algebra/language';

const REGEXES = [
  '',
  'a',
  'a*',
  '[ab]+',
  'a|b',
  '(?i)aB',
  'a.*',
  '(ab)?c{1,2}',
  '[^a]',
  '.*b',
  '(a|b)*abb',
  'a{2,}',
  '\\d+',
];
const regex = fc.constantFrom(...REGEXES);
const text = fc.stringMatching(/^[abcAB1]{0,5}$/);

function languageOf(source: string): Language {
  return regexLanguage(source) ?? Language.none;
}

it('takes what RE2 takes, as a whole', () => {
  fc.assert(
    fc.property(regex, text, (source, one) => {
      expect(languageOf(source).has(one)).toBe(fullMatch(source, one));
    }),
  );
});

it('has the sets of set theory', () => {
  fc.assert(
    fc.property(regex, regex, text, (first, second, one) => {
      const [a, b] = [languageOf(first), languageOf(second)];
      expect(a.and(b).has(one)).toBe(a.has(one) && b.has(one));
      expect(a.or(b).has(one)).toBe(a.has(one) || b.has(one));
      expect(a.minus(b).has(one)).toBe(a.has(one) && !b.has(one));
      expect(a.isWithin(a.or(b))).toBe(true);
    }),
  );
});

it('cuts off and puts before', () => {
  fc.assert(
    fc.property(regex, text, text, (source, start, end) => {
      const language = languageOf(source);
      expect(language.after(start).has(end)).toBe(language.has(start + end));
      expect(language.before(end).has(start)).toBe(language.has(start + end));
      expect(language.behindAny(start.length).has(start + end)).toBe(language.has(end));
    }),
  );
});

it('gives a shortest member where there is one', () => {
  fc.assert(
    fc.property(regex, regex, text, (first, second, one) => {
      const language = languageOf(first).minus(languageOf(second));
      const member = language.member();
      expect(member === null).toBe(language.isEmpty());
      if (member !== null) expect(language.has(member)).toBe(true);
      if (language.has(one)) expect((member ?? '').length).toBeLessThanOrEqual(one.length);
    }),
  );
});

it('translates no assertion', () => {
  expect(regexLanguage('a\\bb')).toBeNull();
  expect(regexLanguage('(')).toBeNull();
});

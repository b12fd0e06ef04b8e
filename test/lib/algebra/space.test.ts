/** Atoms of a space: each condition is constant on them, they are disjoint, and together they are everything. */
import fc from 'fast-check';
import { prefixLanguage, regexLanguage, separatedLanguage } from '../../../src/lib/algebra/build-language';
import { Language } from '../../../src/lib/algebra/language';
import { Space } from '../../../src/lib/algebra/space';
import { isAmong, labelsBefore, oneText, otherTexts, type Texts, textsOf } from '../../../src/lib/algebra/texts';
import { fullMatch } from '../../../src/lib/match/regex';

interface Asked {
  readonly texts: Texts;
  readonly takes: (text: string) => boolean;
}

const text = fc.stringMatching(/^[ab]{0,4}$/);
const asked: fc.Arbitrary<Asked> = fc.oneof(
  text.map((own): Asked => ({ texts: oneText(own), takes: (one) => one === own })),
  text.map((own): Asked => ({ texts: textsOf(prefixLanguage(own)), takes: (one) => one.startsWith(own) })),
  text.map((own): Asked => ({ texts: textsOf(separatedLanguage(own)), takes: (one) => one === own })),
  text.map((own): Asked => ({ texts: otherTexts(oneText(own)), takes: (one) => one !== own })),
  text.map((own): Asked => {
    const { of, label, isNot } = oneText(own);
    return { texts: { of: labelsBefore(of, 'b'), label, isNot }, takes: (one) => `${one}b` === own };
  }),
  fc.constantFrom('[ab]*b', '(ab)*', 'a+b?', '[^b]*').map((own): Asked => ({
    texts: textsOf(regexLanguage(own) ?? Language.none),
    takes: (one) => fullMatch(own, one),
  })),
);
const universe = fc.constantFrom('[ab]*', 'a[ab]*', 'a|b|ab|ba').map((values) => ({
  absent: true,
  values: regexLanguage(values) ?? Language.none,
}));

it('gives a set of each condition that takes what the condition takes, however conditions are added', () => {
  fc.assert(
    fc.property(universe, fc.array(fc.array(asked, { maxLength: 5 }), { maxLength: 3 }), text, (own, batches, one) => {
      const space = new Space(own);
      const sets = batches.flatMap((batch) => {
        expect(space.add(batch.map(({ texts }) => texts)).size).toBe(0);
        return batch.map((condition) => ({ ...condition, set: space.setOf(condition.texts, false) }));
      });
      for (const { set, takes, texts } of sets) {
        expect(isAmong(texts, one)).toBe(takes(one));
        const isOwn = own.values.has(one);
        expect(set.has(one)).toBe(isOwn && takes(one));
        expect(set.opposite().has(one)).toBe(isOwn && !takes(one));
        expect(set.opposite().has(undefined)).toBe(true);
        const member = set.member();
        expect(member === null).toBe(set.isEmpty());
        if (member !== null) expect(own.values.has(member) && takes(member)).toBe(true);
        expect(set.and(set.opposite()).isEmpty()).toBe(true);
        expect(space.all.isSame(set.or(set.opposite()))).toBe(true);
      }
      for (const a of sets) {
        for (const b of sets) {
          expect(a.set.and(b.set).has(one)).toBe(a.set.has(one) && b.set.has(one));
          expect(a.set.isWithin(b.set)).toBe(a.set.and(b.set.opposite()).isEmpty());
          expect(a.set.isApartFrom(b.set)).toBe(a.set.and(b.set).isEmpty());
          expect(a.set.key() === b.set.key()).toBe(a.set.isSame(b.set));
        }
      }
    }),
  );
});

it('knows that a finite set of values is exhausted', () => {
  const space = new Space({ absent: false, values: regexLanguage('GET|POST') ?? Language.none });
  const [get, post] = [oneText('GET'), oneText('POST')];
  space.add([get]);
  const [first] = [space.setOf(get, false)];
  expect(first.opposite().member()).toBe('POST');
  space.add([post]);
  expect(first.or(space.setOf(post, false)).isSame(space.all)).toBe(true);
  expect(first.opposite().and(space.setOf(post, false).opposite()).isEmpty()).toBe(true);
});

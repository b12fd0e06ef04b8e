/** Conditions that make too many atoms together: each try costs as much as a large automaton, so that few are made. */
import { containsLanguage, prefixLanguage } from '../../../src/lib/algebra/build-language';
import { dividedBy } from '../../../src/lib/algebra/divide';
import { Language, LanguageTooLarge } from '../../../src/lib/algebra/language';
import { Space } from '../../../src/lib/algebra/space';
import { oneText, textsOf } from '../../../src/lib/algebra/texts';

const range = <T>(length: number, make: (n: number) => T): readonly T[] => Array.from({ length }, (_, n) => make(n));
const universe = { absent: true, values: Language.all };

it('gives up after a few tries where automata are too large, and still divides by texts that are listed', () => {
  const tries = jest.fn((...[before, fresh]: Parameters<typeof dividedBy>) => {
    if (fresh.some(({ labels }) => labels.length > 1)) throw new LanguageTooLarge();
    return dividedBy(before, fresh);
  });
  const space = new Space(universe, tries);
  const listed = range(10, (n) => oneText(`v${n}`));
  const lost = space.add([...range(2000, (n) => textsOf(containsLanguage(`v${n}.`))), ...listed]);
  expect(lost.size).toBe(2000);
  expect(space.size).toBe(11);
  expect(tries.mock.calls.length).toBeLessThan(12);
});

it('makes as many atoms as there are prefixes of which each begins with no other', () => {
  const space = new Space(universe);
  const lost = space.add(range(900, (n) => textsOf(prefixLanguage(`v${n + 100}.`))));
  expect([lost.size, space.size]).toEqual([0, 901]);
});

/** Words of sets of values: how much is looked at for each of thousands of them. */
import { Spaces } from '../../../src/lib/algebra/cell';
import { amongCondition } from '../../../src/lib/algebra/conditions';
import { ValueSet } from '../../../src/lib/algebra/value-set';
import { Words } from '../../../src/lib/reach/words';

/** How many sets are held against each other to put each of so many values of a header in words. */
function comparisons(count: number): number {
  const matchers = Array.from({ length: count }, (_unused, n) => ({ name: 'x', string_match: { exact: `v${n}` } }));
  const among = { name: 'x', matchers, places: new Map(matchers.map((one, place) => [one.string_match.exact, place])) };
  const asked = [...matchers.keys(), null].map((taken) => amongCondition(among, taken, 'header:x'));
  const spaces = new Spaces();
  spaces.add(asked);
  const words = new Words(spaces, 'header:x', asked);
  const compare = jest.spyOn(ValueSet.prototype, 'isWithin');
  const told = asked.map((condition) => words.of(spaces.setOf(condition)));
  const made = compare.mock.calls.length;
  compare.mockRestore();
  expect(told).toEqual(asked.map(({ yes }) => [yes]));
  return made;
}

it('looks at the conditions alone that share a value with a set', () => {
  expect(comparisons(2000)).toBeLessThan(12 * comparisons(200));
});

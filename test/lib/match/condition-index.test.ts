/** One list after the other is the same as all of them at once, and the first of thousands is found without the rest. */
import fc from 'fast-check';
import { ConditionIndex, type Key, type Known, wholeText } from '../../../src/lib/match/condition-index';

const text = fc.constantFrom('', 'a', 'ab', 'ba', 'B', 'abc');
const subject = fc.constantFrom('path', 'header x', 'query q');
const key: fc.Arbitrary<Key> = fc.record({ subject, kind: fc.constantFrom('exact', 'prefix', 'suffix', 'part'), text });
const known: fc.Arbitrary<Known> = fc.record({
  subject,
  texts: fc.oneof(fc.constant(null), fc.array(text.map(wholeText), { maxLength: 3 })),
});

test('each gives what find gives', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(key, { maxLength: 3 }), { maxLength: 12 }),
      fc.array(known, { maxLength: 4 }),
      fc.nat(14),
      (lists, asked, below) => {
        const index = new ConditionIndex(lists);
        expect([...index.each(asked, below)]).toEqual(index.find(asked, below));
      },
    ),
    { numRuns: 500 },
  );
});

test('the first of thousands that are alike is given at once', () => {
  const index = new ConditionIndex(
    Array.from({ length: 20_000 }, () => [{ subject: 'path', kind: 'prefix', text: '/' }]),
  );
  const compared = jest.spyOn(Math, 'min');
  for (let number = 1; number < 20_000; number += 1) {
    expect(index.each([{ subject: 'path', texts: [wholeText('/x')] }], number).next().value).toBe(0);
  }
  // Two lists are looked at for each: those without a key, and those of the prefix.
  expect(compared.mock.calls.length).toBeLessThanOrEqual(3 * 20_000);
  compared.mockRestore();
});

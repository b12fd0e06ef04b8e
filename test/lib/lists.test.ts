import { addAll, largest, smallest } from '../../src/lib/lists';
import { expandChecks } from '../../src/lib/check/matrix';

const MANY = 500_000;

describe('lists of any length', () => {
  const numbers = Array.from({ length: MANY }, (_unused, n) => n);

  it('are put together', () => {
    const list = [1];
    addAll(list, numbers);
    expect(list).toHaveLength(MANY + 1);
    expect(list.at(-1)).toBe(MANY - 1);
  });

  it('have a largest and a smallest number', () => {
    expect([largest(numbers), smallest(numbers)]).toEqual([MANY - 1, 0]);
    expect([largest([], 0), largest([-1], 0), largest([]), smallest([])]).toEqual([0, 0, -Infinity, Infinity]);
  });

  it('of mistakes of one check are no fault of mctl', () => {
    const headers = Object.fromEntries(Array.from({ length: 150_000 }, (_unused, n) => [`h${n}`, '${{ matrix.b }}']));
    const { mistakes } = expandChecks([{ matrix: { a: [1] }, request: { headers } }], {});
    expect(mistakes).toHaveLength(150_000);
  });
});

/** How many ways of a request are walked: as many as are bearable, and what is left out has a share. */
import { alternatives, Decisions } from '../../../src/lib/trace/decisions';
import { waysOf } from '../../../src/lib/trace/branches';
import type { Journey } from '../../../src/lib/trace/journey/journey';

/** A route with so many clusters of one weight: each way lists them all, as a hop does, or those of one name once. */
function waysAmong(count: number, isOneName = false) {
  const names = Array.from({ length: count }, (_unused, at) => `c${at}`);
  const clusters = names.map((name) => ({ name, share: 1 / count, type: 'STATIC', endpoints: [] }));
  let walks = 0;
  const walk = (decisions: Decisions): Journey => {
    walks += 1;
    decisions.draw(names.map((name) => ({ of: { kind: 'cluster', name } as const, share: 1 / count })));
    const listed = isOneName ? clusters.slice(0, 1) : clusters;
    const hop = { direction: 'gateway', listener: null, filterChain: null, clusters: listed, steps: [] };
    return { outcome: { verdict: 'delivered' }, hops: [hop] } as unknown as Journey;
  };
  const decisions = new Decisions();
  const ways = waysOf(walk(decisions), decisions, walk);
  const shares = ways.branches.reduce((sum, { share }) => sum + share, ways.share + (ways.unwalked ?? 0));
  return { walks, shares, ...ways };
}

test.each([2, 50, 257])('all of %d clusters are walked', (count) => {
  const { walks, unwalked } = waysAmong(count);
  expect(walks).toBe(count);
  expect(unwalked).toBeUndefined();
});

test.each([300, 2_000, 10_000, 40_000])(
  'of %d clusters so many that the lists do not grow with their square',
  (count) => {
    const { walks, shares, unwalked, branches } = waysAmong(count);
    expect(walks).toBeGreaterThan(2);
    expect(walks).toBeLessThanOrEqual(257);
    expect(walks * count).toBeLessThan(100_000 + 2 * count);
    expect(shares).toBeCloseTo(1, 6);
    expect(unwalked).toBeCloseTo(1 - walks / count, 6);
    expect(branches).toHaveLength(walks - 1);
  },
);

test.each([2_000, 40_000])('of %d entries of one name no more are walked than of as many names', (count) => {
  const { walks } = waysAmong(count, true);
  expect(walks * count).toBeLessThan(100_000 + 2 * count);
});

test('of thousands of draws no more is copied than is walked', () => {
  const option = (share: number) => ({ of: { kind: 'cluster', name: 'c' } as const, share });
  const draws = Array.from({ length: 50_000 }, () => ({ options: [option(0.9), option(0.1)], taken: 0 }));
  const copied = jest.spyOn(Array.prototype, 'slice');
  const found = alternatives(2, draws);
  expect(copied.mock.calls).toHaveLength(0);
  copied.mockRestore();
  expect(found).toHaveLength(49_998);
  expect(found[1]?.forced()).toEqual([0, 0, 0, 1]);
  expect(found[1]?.share).toBeCloseTo(0.9 ** 3 * 0.1);
});

/** Work grows with the number of entries and hosts, not with its square: what is counted is how often each is looked at. */
import { balance } from '../../../../src/lib/trace/upstream/load-balance';
import { balanceAggregate } from '../../../../src/lib/trace/upstream/aggregate';
import type { Host, HostSet } from '../../../../src/lib/trace/upstream/host';
import { weightedEntries } from '../../../../src/lib/trace/upstream/weighted-entries';
import { Runtime } from '../../../../src/lib/match/runtime';
import { NO_CRITERIA } from '../../../../src/lib/trace/upstream/subset';

const COUNT = 2000;
/** How often one host may be looked at. */
const LOOKS = 12;

/** Hosts that count how often their priority and locality are read. */
function counted(more: (n: number) => Partial<Host>): { readonly set: HostSet; readonly looks: () => number } {
  let looks = 0;
  const hosts = Array.from({ length: COUNT }, (_unused, n): Host => {
    const host = {
      ...{ address: '10.0.0.1', port: n, internal: null, hostname: '', health: 'HEALTHY', class: 'healthy' as const },
      ...{ faults: [], excluded: false, weight: 1, priority: 0, locality: '', localityWeight: 1, metadata: null },
      ...{ hashed: false, cluster: 'c', ...more(n) },
    };
    const { priority, locality } = host;
    return Object.defineProperties(host, {
      priority: { enumerable: true, get: () => (looks++, priority) },
      locality: { enumerable: true, get: () => (looks++, locality) },
    });
  });
  return { set: { hosts, overprovisioningFactor: 140, weightedPriorityHealth: false }, looks: () => looks };
}

const settings = { panicThreshold: 50, failTrafficOnPanic: false, localityWeighted: true, weighsHosts: true };

test.each<[what: string, more: (n: number) => Partial<Host>]>([
  ['localities', (n) => ({ locality: `r${n}` })],
  ['localities of a ring', (n) => ({ locality: `r${n}`, hashed: true })],
  ['priorities', (n) => ({ priority: n })],
])('as many %s as hosts', (_what, more) => {
  const { set, looks } = counted(more);
  const { chances } = balance(set, settings);
  expect(chances.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  expect(looks()).toBeLessThan(LOOKS * COUNT);
});

test('as many priorities of an aggregate as hosts, with numbers that no Envoy has', () => {
  const { set, looks } = counted((n) => ({ priority: 4_000_000_000 + n }));
  const leaf = { name: 'leaf' };
  const { chances } = balanceAggregate({ name: 'c' }, [leaf, leaf], () => set, NO_CRITERIA, new Runtime([]));
  expect(chances).toHaveLength(2 * COUNT);
  expect(chances[0]?.share).toBe(1);
  expect(chances.map(({ host }) => host.priority)[COUNT]).toBe(4_000_000_000 + COUNT + 4_000_000_000);
  expect(looks()).toBeLessThan(4 * LOOKS * COUNT);
});

describe('weighted clusters', () => {
  const list = Array.from({ length: COUNT }, (_unused, n) => ({ name: `c${n % 50}`, weight: n % 4 }));

  test('that are alike but for their weight are one', () => {
    const { distinct, total } = weightedEntries(list);
    expect(distinct).toHaveLength(50);
    expect(distinct.reduce((sum, { weight }) => sum + weight, 0)).toBe(total);
    expect(weightedEntries(list)).toBe(weightedEntries(list));
  });

  test('fall to a number in the order of the list', () => {
    const { distinct, total, placeOf } = weightedEntries(list);
    const ends: number[] = [];
    for (const { weight } of list) ends.push((ends.at(-1) ?? 0) + weight);
    for (let number = 0; number < total; number += 7) {
      expect(distinct[placeOf(number)]?.name).toBe(list[ends.findIndex((end) => number < end)]?.name);
    }
    expect(placeOf(total)).toBe(-1);
  });

  test('that differ in anything else stay apart', () => {
    const entries = [
      { name: 'a', weight: 1 },
      { name: 'a', weight: 1, host_rewrite_literal: 'h' },
      { name: 'a', weight: 2 },
    ];
    expect(weightedEntries(entries).distinct).toEqual([{ ...entries[0], weight: 3 }, entries[1]]);
  });
});

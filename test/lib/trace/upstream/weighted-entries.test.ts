import { decoded } from '../../../../src/lib/envoy/decode';
import { InputError } from '../../../../src/lib/errors';
import { weightedEntries } from '../../../../src/lib/trace/upstream/weighted-entries';

interface Entry {
  readonly name?: string;
  readonly weight?: number;
  readonly metadata_match?: object;
}

function entriesOf(clusters: readonly object[]): readonly Entry[] {
  const { clusters: list } = decoded({ clusters }, 'RouteWeightedCluster', '/w') as {
    readonly clusters: readonly Entry[];
  };
  return list;
}

it('has those that differ in their weight alone as one', () => {
  const list = entriesOf([
    { name: 'a', weight: 1 },
    { name: 'b', weight: 2 },
    { name: 'a', weight: 3 },
    { name: 'c', weight: 0 },
  ]);
  const { distinct, total, placeOf } = weightedEntries(list);
  expect(distinct).toEqual([
    { name: 'a', weight: 4 },
    { name: 'b', weight: 2 },
  ]);
  expect([total, ...[0, 1, 2, 3, 5, 6].map(placeOf)]).toEqual([6, 0, 1, 1, 0, 0, -1]);
});

it('is not disturbed by a field of another type that nobody reads', () => {
  const list = entriesOf([
    { name: 'a', weight: 1, metadata_match: 7 },
    { name: 'a', weight: 2, metadata_match: 7 },
    { name: 'd', weight: 0, metadata_match: 7 },
  ]);
  const { distinct, total } = weightedEntries(list);
  expect([distinct.length, distinct[0]?.name, distinct[0]?.weight, total]).toEqual([1, 'a', 3, 3]);
  expect(() => distinct[0]?.metadata_match).toThrow(InputError);
});

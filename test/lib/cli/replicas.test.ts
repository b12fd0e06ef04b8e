import { inParallel } from '../../../src/lib/cli/in-parallel';
import { differences, replicaOfRows, replicaOfValue } from '../../../src/lib/cli/replicas';

describe('what differs between replicas', () => {
  const of = (name: string, ...resources: readonly object[]) => replicaOfValue(name, resources);

  it('is said of those that are not like most', () => {
    const a = { name: 'a', port: 1 };
    const replicas = [of('x', { name: 'a', port: 2 }), of('y', a), of('z', a), of('w', a, { name: 'b' })];
    expect(differences(replicas)).toEqual(['2 of 4 replicas agree:', '  x differs in a', '  w differs in b']);
    expect(differences(replicas.slice(0, 2))).toEqual(['Compared with x:', '  y differs in a']);
  });

  it('is not said of counters, nor of order', () => {
    const endpoint = (count: number): object => ({ name: 'c', hostStatuses: [{ stats: [count] }] });
    expect(differences([of('x', endpoint(1), { name: 'd' }), of('y', { name: 'd' }, endpoint(2))])).toEqual([
      'All 2 replicas show the same.',
    ]);
    expect(differences([of('x')])).toEqual([]);
  });

  it('is a row of a table, and of many the first', () => {
    const rows = (count: number) => Array.from({ length: count }, (_, index) => ['0.0.0.0', '', String(index)]);
    expect(differences([replicaOfRows('x', rows(9)), replicaOfRows('y', rows(1))])).toEqual([
      'Compared with x:',
      '  y differs in 0.0.0.0 1, 0.0.0.0 2, 0.0.0.0 3, 0.0.0.0 4, 0.0.0.0 5 and 3 more',
    ]);
  });
});

test('work that takes long holds up no other', async () => {
  let endFirst: (value: string) => void = () => undefined;
  const first = new Promise<string>((resolve) => (endFirst = resolve));
  const items = Array.from({ length: 20 }, (_, index) => index);
  const ended: number[] = [];
  const work = async (item: number): Promise<string> => {
    if (item === 0) return await first;
    await Promise.resolve();
    // All of the others must end before the first does.
    if (ended.push(item) === items.length - 1) endFirst('late');
    return String(item);
  };
  const given: number[] = [];
  for await (const [item] of inParallel(items, 2, work)) given.push(item);
  expect(given).toEqual(items);
});

test('work in parallel is bounded, in order, and a failure is an outcome', async () => {
  let running = 0;
  let most = 0;
  const work = async (item: number): Promise<number> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, item === 0 ? 20 : 1));
    running -= 1;
    if (item === 3) throw new Error('three');
    return item * 2;
  };
  const outcomes: unknown[] = [];
  for await (const [item, outcome] of inParallel([0, 1, 2, 3, 4], 2, work)) {
    outcomes.push([item, 'value' in outcome ? outcome.value : outcome.error.message]);
  }
  expect(outcomes).toEqual([
    [0, 0],
    [1, 2],
    [2, 4],
    [3, 'three'],
    [4, 8],
  ]);
  expect(most).toBe(2);
});

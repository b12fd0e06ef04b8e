import { addHostCount, hostCounter, readStats, riseOf, statsPath } from '../../../src/lib/proof/counters';

it('asks for these counters and no others, whatever is in a name', () => {
  const names = ['http.outbound_0.0.0.0_9080.downstream_rq_total', 'listener.[__]_15006.downstream_cx_total', 'a|b(c'];
  const regex = new RegExp(decodeURIComponent(statsPath(names).replace('/stats?filter=', '')));
  for (const name of names) expect(regex.test(name)).toBe(true);
  expect(regex.test('http.outbound_0a0.0.0_9080.downstream_rq_total')).toBe(false);
});

it('tells a counter that did not rise from one that there is not', () => {
  const rise = riseOf(readStats('a: 1\nb: 5\nP0: no\n'), readStats('a: 1\nb: 7\nc: 2\nhistogram: P0(1,2)\n'));
  expect(['a', 'b', 'c', 'd', 'histogram'].map((name) => rise.of(name))).toEqual([0, 2, 2, null, null]);
});

it('reads the hosts of the clusters that are asked for, IPv6 addresses too', () => {
  const counts = new Map<string, number>();
  const lines = [
    'outbound|9080|v1|reviews.x::10.0.0.1:9080::rq_total::4',
    'outbound|9080|v1|reviews.x::[fd00::1]:9080::rq_total::5',
    'outbound|9080|v1|reviews.x::10.0.0.1:9080::rq_error::1',
    'other::10.0.0.1:9080::rq_total::9',
  ];
  for (const line of lines) addHostCount(counts, line, new Set(['outbound|9080|v1|reviews.x']));
  expect([...counts]).toEqual([
    [hostCounter('outbound|9080|v1|reviews.x', '10.0.0.1', 9080), 4],
    [hostCounter('outbound|9080|v1|reviews.x', 'fd00::1', 9080), 5],
  ]);
});

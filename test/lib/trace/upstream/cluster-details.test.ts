/** Settings of clusters that are told as they stand. */
import fc from 'fast-check';
import type { Cluster } from '../../../../src/lib/envoy/cluster';
import { clusterSettings } from '../../../../src/lib/trace/upstream/cluster-details';

const told = (limit: unknown): unknown => {
  const cluster = {
    circuit_breakers: { thresholds: [{ max_connections: limit }] },
    outlier_detection: { interval: limit },
  } as Cluster;
  return clusterSettings(cluster).flatMap((one) =>
    one.kind === 'circuit-breaker' ? one.limits : one.kind === 'outlier-detection' ? one.settings : [],
  );
};

it.each<[unknown, unknown]>([
  [
    7,
    [
      ['max_connections', '7'],
      ['interval', '7'],
    ],
  ],
  [
    '7',
    [
      ['max_connections', '7'],
      ['interval', '7'],
    ],
  ],
  [4294967295, [['interval', '4294967295']]],
  ['4294967295', [['interval', '4294967295']]],
])('the limit %j is told, but for "no limit"', (limit, expected) => {
  expect(told(limit)).toEqual(expected);
});

it('what is neither a number nor a text is not told', () => {
  const others = fc.oneof(fc.object(), fc.array(fc.anything()), fc.boolean(), fc.constant(null));
  fc.assert(fc.property(others, (limit) => (told(limit) as readonly unknown[]).length === 0));
});

/** Subsets of one cluster choose from the same hosts, and no more chances are kept than are bearable. */
import { criteriaOf } from '../../../../src/lib/trace/upstream/subset';
import { type Upstream, upstream } from '../../../../src/lib/trace/upstream/upstream';
import { clusterOf, proxyOf } from '../../../helpers/hop';

const to = { local: { ip: '10.0.0.9', port: 80 }, restored: true, message: null, forward: null };

function subsetsOf(count: number): (n: number) => Upstream {
  const hosts = Array.from({ length: count }, (_unused, n) => ({ port: n + 1, labels: { v: `v${n}` } }));
  const subsets = { lb_subset_config: { fallback_policy: 'NO_FALLBACK', subset_selectors: [{ keys: ['v'] }] } };
  const config = proxyOf({ clusters: [clusterOf('c', hosts, subsets)] });
  return (n) => upstream(config, 'c', criteriaOf({ filter_metadata: { 'envoy.lb': { v: `v${n}` } } }), to);
}

test('hosts are made once for all subsets of a cluster', () => {
  const subset = subsetsOf(50);
  const hosts = new Set(Array.from({ length: 50 }, (_unused, n) => subset(n).chances.map(({ host }) => host)).flat());
  expect(hosts.size).toBe(50);
});

test('what was worked out of few is kept, and of thousands not all, with the same shares', () => {
  const few = subsetsOf(20);
  expect(few(3)).toBe(few(3));
  const many = subsetsOf(1000);
  const first = many(0);
  for (let n = 1; n < 600; n += 1) many(n);
  expect(many(0)).not.toBe(first);
  expect(many(0)).toEqual(first);
  expect(
    many(0)
      .chances.filter(({ share }) => share > 0)
      .map(({ host }) => host.port),
  ).toEqual([1]);
});

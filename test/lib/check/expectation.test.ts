import { asksForBranches, type TraceExpectation, unmetExpectations } from '../../../src/lib/check/expectation';
import type { Trace } from '../../../src/lib/trace/model';
import { fakeHop, fakeTrace } from '../../helpers/fake-trace';

const trace = fakeTrace({ hops: [fakeHop(), fakeHop({ proxy: 'far.shop', direction: 'inbound', clusters: [] })] });
const [v2 = null, v3 = null] = fakeHop().clusters;
const single = fakeTrace({ hops: [fakeHop({ clusters: v3 === null ? [] : [{ ...v3, share: 1 }] })] });

const end = { because: 'weights', reason: null, status: null, responseFlags: null, location: null, policy: null };
const chancy: Trace = {
  ...trace,
  share: 0.6,
  branches: [
    { ...end, verdict: 'failed', status: 503, responseFlags: 'NC', share: 0.3, hops: [fakeHop()] },
    { ...end, verdict: 'denied', share: 0.1, hops: [] },
  ],
};

describe('unmetExpectations', () => {
  it.each([
    [{}],
    [{ verdict: 'delivered', reason: null, status: null, location: null, policy: null }],
    [
      {
        listener: '0.0.0.0_9080',
        filterChain: null,
        routeConfiguration: '9080',
        virtualHost: 'reviews:9080',
        route: null,
      },
    ],
    [{ filterChain: 0, route: 1 }],
    [{ clusters: { 'outbound|9080|v2|reviews': 0.25, 'outbound|9080|v3|reviews': 0.75 } }],
    [{ clusters: { 'outbound|9080|v3|reviews': 0.748, 'outbound|9080|v2|reviews': 0.252, other: 0 } }],
    [{ pods: ['reviews-2', '10.0.0.2:9080'] }],
    [{ pods: ['shop/reviews-2', '10.0.0.2:9080'] }],
    [{ hops: [{ proxy: 'web-1.shop' }, { direction: 'inbound', cluster: null }] }],
    [{ not: { verdict: 'denied', cluster: 'outbound|9080|v3|reviews', route: 0 } }],
    [{ not: [{ route: 0 }, { route: 2 }], hops: [{ not: { proxy: 'far.shop' } }] }],
  ] as const)('is met: %j', (expected) => {
    expect(unmetExpectations(trace, expected)).toEqual([]);
  });

  it.each([
    [{ share: 0.6 }],
    [{ verdict: 'delivered', share: 0.6 }],
    [{ share: { delivered: 0.6, failed: 0.3, denied: 0.1, unknown: 0 } }],
    [{ branches: [{ verdict: 'failed', responseFlags: 'NC', share: 0.3 }, { verdict: 'denied' }] }],
    [{ branches: [{ verdict: 'failed', responseFlags: 'NC', hops: [{ listener: '0.0.0.0_9080' }] }] }],
    [{ not: { branches: [{ verdict: 'unknown' }] } }],
    [{ not: [{ branches: [] }, { share: 0.5 }] }],
  ] as const)('of every way is met: %j', (expected) => {
    expect(unmetExpectations(chancy, expected)).toEqual([]);
  });

  it('tells which way is not as expected', () => {
    const brief = [
      { verdict: 'failed', status: 503, responseFlags: 'NC', share: 0.3, clusters: [v2?.name, v3?.name] },
      { verdict: 'denied', share: 0.1, clusters: [] },
    ];
    const tell = (expected: TraceExpectation) => unmetExpectations(chancy, expected);
    expect(tell({ share: 1 })).toEqual([{ key: 'share', expected: 1, actual: 0.6 }]);
    expect(tell({ share: { delivered: 0.6, failed: 0.4 } })).toMatchObject([
      { key: 'share', actual: { delivered: 0.6, failed: 0.3, denied: 0.1 } },
    ]);
    expect(tell({ branches: [] })).toEqual([{ key: 'branches', expected: [], actual: brief }]);
    expect(tell({ branches: [{ verdict: 'denied' }, { verdict: 'failed', reason: 'no-route' }] })).toMatchObject([
      { key: 'branches[1]', actual: brief },
    ]);
    expect(tell({ branches: [{ verdict: 'failed', share: 0.4 }] })).toEqual([
      { key: 'branches[0].share', expected: 0.4, actual: 0.3 },
    ]);
    expect(tell({ not: { branches: [{ verdict: 'failed' }] } })).toMatchObject([{ key: 'not.branches' }]);
    expect(unmetExpectations(single, { share: 1, branches: [] })).toEqual([]);
  });

  it('meets no share where ways were not walked that could change it', () => {
    const partly = { ...chancy, share: 0.5, unwalked: 0.1 };
    expect(unmetExpectations(partly, { share: 0.5 })).toEqual([
      { key: 'share', expected: 0.5, actual: { walked: 0.5, unwalked: 0.1 } },
    ]);
    expect(asksForBranches({ not: [{ verdict: 'failed' }, { share: 0.5 }] })).toBe(true);
    expect(asksForBranches({ verdict: 'failed' })).toBe(false);
  });

  it('tells what came', () => {
    const expected = {
      verdict: 'denied',
      status: 403,
      route: 0,
      cluster: 'outbound|9080|v3|reviews',
      clusters: { 'outbound|9080|v2|reviews': 0.5, 'outbound|9080|v3|reviews': 0.5 },
      pods: ['reviews-2'],
      hops: [{}, { proxy: 'near.shop' }, { listener: 'virtualInbound' }],
      not: { verdict: 'delivered' },
    };
    expect(unmetExpectations(trace, expected)).toEqual([
      { key: 'verdict', expected: 'denied', actual: 'delivered' },
      { key: 'status', expected: 403, actual: null },
      { key: 'route', expected: 0, actual: 1 },
      { key: 'cluster', expected: 'outbound|9080|v3|reviews', actual: [v2?.name, v3?.name] },
      {
        key: 'clusters',
        expected: expected.clusters,
        actual: { 'outbound|9080|v2|reviews': 0.25, 'outbound|9080|v3|reviews': 0.75 },
      },
      { key: 'pods', expected: ['reviews-2'], actual: ['10.0.0.2:9080', 'reviews-2.shop'] },
      { key: 'hops[1].proxy', expected: 'near.shop', actual: 'far.shop' },
      { key: 'hops[2].listener', expected: 'virtualInbound', actual: null },
      { key: 'not.verdict', expected: 'delivered', actual: 'delivered' },
    ]);
  });

  it('takes one cluster for `cluster`, and none for null', () => {
    expect(unmetExpectations(single, { cluster: 'outbound|9080|v3|reviews' })).toEqual([]);
    expect(unmetExpectations(single, { cluster: null })).toHaveLength(1);
    expect(unmetExpectations(fakeTrace({ hops: [] }), { cluster: null, listener: null })).toEqual([]);
  });

  it('finds a status given as text', () => {
    expect(unmetExpectations(fakeTrace({ status: 404 }), { status: '404' })).toEqual([]);
  });
});

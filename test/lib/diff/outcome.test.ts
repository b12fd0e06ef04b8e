import { toldStep } from '../../../src/lib/explain/telling/tell-trace';
import { step } from '../../../src/lib/trace/hop/record';
import { waysOf } from '../../../src/lib/diff/outcome';
import { OUTBOUND, traceOf } from '../../helpers/traces';

it('settings that come several times count each', () => {
  const settings = (...mirrors: readonly string[]): unknown => {
    const timeout = { kind: 'timeout', ms: 1000, from: null, isDefault: false } as const;
    const details = [
      timeout,
      ...mirrors.map((cluster) => ({ kind: 'mirror', cluster, header: null, share: null }) as const),
    ];
    const hop = {
      ...OUTBOUND,
      steps: [toldStep(step('route', 'matched', 'r', { kind: 'which-route-open', input: '' }, { details }))],
    };
    return waysOf(traceOf({ hops: [hop] }))[0]?.hops[0]?.settings;
  };
  expect(settings('a', 'b')).toEqual({ timeout: '1s', mirror: ['a', 'b'] });
  expect(settings('a', 'b')).not.toEqual(settings('c', 'b'));
  expect(settings('b')).toEqual({ timeout: '1s', mirror: 'b' });
});

it('what a filter refuses ends alike whatever its route and clusters are', () => {
  const refused = (timeout: number, share: number) => {
    const details = [{ kind: 'timeout', ms: timeout, from: null, isDefault: false } as const];
    const clusters = [
      { name: 'a', share, type: 'STATIC', endpoints: [] },
      { name: 'b', share: 1 - share, type: 'STATIC', endpoints: [] },
    ];
    const steps = [
      toldStep(step('route', 'matched', 'r', { kind: 'which-route-open', input: '' }, { details })),
      toldStep(step('http-filter', 'ended', 'rbac', { kind: 'which-route-open', input: '' } as never)),
    ];
    const hops = [{ ...OUTBOUND, clusters, steps }];
    const way = traceOf({ verdict: 'denied', status: 403, hops });
    return waysOf({ ...way, branches: [{ ...way, share }] as never });
  };
  expect(refused(1000, 0.5)).toEqual(refused(2000, 0.4));
  expect(refused(1000, 0.5)).toHaveLength(1);
  expect(refused(1000, 0.5)[0]).toMatchObject({ share: 1, verdict: 'denied', hops: [{ clusters: {}, settings: {} }] });
});

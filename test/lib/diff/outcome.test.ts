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

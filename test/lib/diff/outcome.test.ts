import { waysOf } from '../../../src/lib/diff/outcome';
import { step } from '../../helpers/told';
import { OUTBOUND, traceOf } from '../../helpers/traces';

it('settings that come several times count each', () => {
  const settings = (...mirrors: readonly string[]): unknown => {
    const details = [['timeout', '1s'] as const, ...mirrors.map((name) => ['mirror', name] as const)];
    const hop = { ...OUTBOUND, steps: [step('route', 'matched', 'r', '', { details })] };
    return waysOf(traceOf({ hops: [hop] }))[0]?.hops[0]?.settings;
  };
  expect(settings('a', 'b')).toEqual({ timeout: '1s', mirror: ['a', 'b'] });
  expect(settings('a', 'b')).not.toEqual(settings('c', 'b'));
  expect(settings('b')).toEqual({ timeout: '1s', mirror: 'b' });
});

/** For which share of the requests something is enabled. */
import { runtimeOf } from '../../../match/runtime';
import type { RuntimeFraction } from '../../../match/runtime';
import { fractionOf } from '../../../match/fraction';
import { isUnknown } from '../../../match/ternary';
import type { HopContext } from '../../hop/context';

/** 0 to 1, as the runtime has it; a layer that the dump does not hold is taken to leave the default alone. */
export function enabledShare({ config }: Pick<HopContext, 'config'>, told: RuntimeFraction | undefined): number {
  if (told === undefined) return 0;
  const fraction = runtimeOf(config).fraction(told);
  return fractionOf(isUnknown(fraction) ? told.default_value : fraction);
}

/** `RouteMatch.runtime_fraction`: a share of the requests, by lot. */
import type { RouteMatch } from '../../envoy/route';
import { isUnknown } from '../../match/ternary';
import { fractionOf, percentText } from '../../match/fraction';
import type { RouteCondition } from './condition';

/** Null where the route takes every request. */
function shareOf({ runtime_fraction: fraction }: RouteMatch): number | null {
  const share =
    fraction === undefined ? 1 : fraction.default_value === undefined ? 1 : fractionOf(fraction.default_value);
  return share >= 1 ? null : share;
}

/** Whether some requests get the route and others do not. */
export function isByLot(match: RouteMatch): boolean {
  const share = shareOf(match);
  return share !== null && share > 0;
}

/** Chance comes last, so that it is drawn only where it decides. */
export const chance: RouteCondition = {
  name: 'chance',
  holds: ({ runtime_fraction: own }, { decisions, runtime }) => {
    const fraction = own === undefined ? undefined : runtime.fraction(own);
    if (isUnknown(fraction)) return fraction;
    const share = shareOf({ runtime_fraction: fraction === undefined ? {} : { default_value: fraction } });
    if (share === null || share <= 0) return share === null;
    const drawn = decisions.draw([
      { of: { kind: 'runtime-fraction', isWithin: true }, share },
      { of: { kind: 'runtime-fraction', isWithin: false }, share: 1 - share },
    ]);
    return drawn === 0;
  },
  describe: (match) => {
    const share = shareOf(match);
    return share === null ? [] : [`${percentText(share)} of requests, by chance`];
  },
  miss: () => 'left out by chance (runtime_fraction)',
  implies: (_narrow, wide) => shareOf(wide) === null,
  witness: () => ({}),
};

/** `RouteMatch.filter_state`: what filters set on the connection. mctl does not evaluate it. */
import { isDeepStrictEqual } from 'node:util';
import { unknown } from '../../match/ternary';
import type { RouteCondition } from './condition';

export const filterState: RouteCondition = {
  holds: (match) => (match.filter_state ?? []).length === 0 || unknown('filter state that other filters set'),
  describe: (match) =>
    (match.filter_state ?? []).map(({ key }) => `filter state ${typeof key === 'string' ? key : ''}`.trimEnd()),
  miss: (match) => `hangs on ${filterState.describe(match).join(', ')}`,
  implies: (narrow, wide) =>
    (wide.filter_state ?? []).every((own) =>
      (narrow.filter_state ?? []).some((other) => isDeepStrictEqual(own, other)),
    ),
  witness: () => ({}),
};

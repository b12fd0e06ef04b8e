/** Conditions of a route that mctl does not know: later versions of Envoy and builds of others add such, and they never decide. */
import type { RouteMatch } from '../../envoy/route';
import { unknown } from '../../match/ternary';
import type { RouteCondition } from './condition';

/** @param known the fields of RouteMatch that other conditions stand for */
export function otherCondition(known: ReadonlySet<string>): RouteCondition {
  const fieldOf = (match: RouteMatch): string | null => {
    for (const name in match) if (!known.has(name)) return name;
    return null;
  };
  return {
    name: 'other',
    holds: (match) => {
      const field = fieldOf(match);
      return field === null || unknown(`a condition of a kind that mctl does not know (${field})`);
    },
    describe: (match) => {
      const field = fieldOf(match);
      return field === null ? [] : [`${field}, which mctl does not know`];
    },
    miss: (match) => `${fieldOf(match) ?? ''} is a condition that mctl does not know`,
    implies: (_narrow, wide) => fieldOf(wide) === null,
    witness: (match) => (fieldOf(match) === null ? {} : null),
  };
}

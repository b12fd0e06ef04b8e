/**
 * `RouteMatch.filter_state`: what filters set on the connection or on the request; an object that is not there is no match.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/filter_state.proto
 */
import { isDeepStrictEqual } from 'node:util';
import type { FilterStateMatcher } from '../../envoy/route';
import { describeFilterState, matchFilterState } from '../../match/filter-state';
import { every, isUnknown, type Ternary } from '../../match/ternary';
import { filterStateOf, type StreamFacts } from '../stream-facts';
import type { RouteCondition } from './condition';

export const filterState: RouteCondition = {
  name: 'filter state',
  holds: (match, input) => every(match.filter_state ?? [], (one) => matches(one, input)),
  describe: (match) => (match.filter_state ?? []).map(told),
  miss: (match, input) => {
    const failed = (match.filter_state ?? []).find((one) => matches(one, input) !== true) ?? {};
    const value = filterStateOf(input, failed.key ?? '');
    const came =
      value === null ? 'it is not set' : isUnknown(value) ? `it depends on ${value.unknown}` : `it is ${value}`;
    return `${told(failed)} does not match: ${came}`;
  },
  implies: (narrow, wide) =>
    (wide.filter_state ?? []).every((own) =>
      (narrow.filter_state ?? []).some((other) => isDeepStrictEqual(own, other)),
    ),
  witness: () => ({}),
};

function matches(matcher: FilterStateMatcher, input: StreamFacts): Ternary {
  return matchFilterState(matcher, filterStateOf(input, matcher.key ?? ''));
}

function told(matcher: FilterStateMatcher): string {
  return `filter state ${matcher.key ?? ''} ${describeFilterState(matcher)}`;
}

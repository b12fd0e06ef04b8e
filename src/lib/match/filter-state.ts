/**
 * Matchers of filter state objects.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/filter_state.proto
 */
import type { FilterStateMatcher } from '../envoy/route';
import { mayBeInRange, rangeText } from './cidr';
import { describeStringMatcher, matchString } from './string-matcher';
import { isUnknown, not, some, type Ternary, type Unknown } from './ternary';

/** @param value the object as text; null where there is none, which no matcher takes */
export function matchFilterState(matcher: FilterStateMatcher, value: string | Unknown | null): Ternary {
  if (value === null) return false;
  if (isUnknown(value)) return value;
  if (matcher.string_match !== undefined) return matchString(matcher.string_match, value);
  const { ranges = [], invert_match: isInverted } = matcher.address_match ?? {};
  const inside = some(ranges, (range) => mayBeInRange(value, range));
  return isInverted === true ? not(inside) : inside;
}

/** What the object must be, in words. */
export function describeFilterState({ key, string_match: text, address_match: address }: FilterStateMatcher): string {
  if (text !== undefined) return describeStringMatcher(text, key);
  const ranges = (address?.ranges ?? []).map(rangeText).join(', ');
  return `${address?.invert_match === true ? 'not ' : ''}in ${ranges}`;
}

/** `RouteMatch.dynamic_metadata`: every matcher of what filters leave behind holds. */
import { isDeepStrictEqual } from 'node:util';
import type { MetadataMatcher } from '../../envoy/rbac';
import type { RouteMatch } from '../../envoy/route';
import { describeMetadataMatcher, describeMetadataValue, matchMetadata } from '../../match/metadata-matcher';
import type { Ternary } from '../../match/ternary';
import type { RouteInput } from '../route-input';
import { firstOpen, type RouteCondition } from './condition';

export const dynamicMetadata: RouteCondition = {
  name: 'dynamic metadata',
  holds: (match, input) => firstOpen(matchersOf(match).map((one) => holds(one, input))),
  describe: (match) => matchersOf(match).map(describeMetadataMatcher),
  miss: (match, input) => {
    const failed = matchersOf(match).find((one) => holds(one, input) !== true) ?? {};
    const came = describeMetadataValue(failed, input.metadata(failed.filter ?? ''), holds(failed, input));
    return `${describeMetadataMatcher(failed)} does not match: ${came}`;
  },
  implies: (narrow, wide) =>
    matchersOf(wide).every((own) => matchersOf(narrow).some((other) => isDeepStrictEqual(own, other))),
  witness: () => ({}),
};

function matchersOf(match: RouteMatch): readonly MetadataMatcher[] {
  return match.dynamic_metadata ?? [];
}

function holds(matcher: MetadataMatcher, { metadata }: RouteInput): Ternary {
  return matchMetadata(matcher, metadata(matcher.filter ?? ''));
}

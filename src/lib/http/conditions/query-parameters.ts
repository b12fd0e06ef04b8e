/** `RouteMatch.query_parameters`: every matcher holds. */
import { isDeepStrictEqual } from 'node:util';
import type { QueryParameterMatcher } from '../../envoy/route';
import { describeQueryParameter, matchQueryParameter } from '../../match/query-parameter';
import { impliesString } from '../../match/string-implication';
import { queryWitness } from '../../match/value-witness';
import { shownValue } from '../../secrets/redact';
import { firstOpen, type RouteCondition } from './condition';

export const queryParameters: RouteCondition = {
  name: 'query parameters',
  holds: (match, { query }) =>
    firstOpen((match.query_parameters ?? []).map((matcher) => matchQueryParameter(matcher, query))),
  describe: (match) => (match.query_parameters ?? []).map(describeQueryParameter),
  miss: (match, { query }) => {
    const failed = (match.query_parameters ?? []).find((matcher) => matchQueryParameter(matcher, query) !== true);
    const came = query.get(failed?.name ?? '');
    return `${describeQueryParameter(failed ?? {})} does not match${came === undefined ? ': it is not there' : ` ${JSON.stringify(shownValue(failed?.name ?? '', came))}`}`;
  },
  implies: (narrow, wide) =>
    (wide.query_parameters ?? []).every((own) =>
      (narrow.query_parameters ?? []).some((other) => impliesQuery(other, own)),
    ),
  witness: (match) => {
    const query = queryWitness(match.query_parameters ?? []);
    return query === null ? null : { query };
  },
};

function impliesQuery(narrow: QueryParameterMatcher, wide: QueryParameterMatcher): boolean {
  if (narrow.name !== wide.name) return false;
  if (isDeepStrictEqual(narrow, wide)) return true;
  if (narrow.string_match === undefined) return false;
  if (wide.string_match !== undefined) return impliesString(narrow.string_match, wide.string_match);
  return wide.present_match ?? true;
}

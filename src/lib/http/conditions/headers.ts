/** `RouteMatch.headers`: every matcher holds. */
import { isDeepStrictEqual } from 'node:util';
import type { HeaderMatcher } from '../../envoy/route';
import {
  describeHeaderMatcher,
  describeHeaderMiss,
  isPresenceMatcher,
  matchHeader,
  stringMatcherOf,
} from '../../match/header-matcher';
import { impliesString } from '../../match/string-implication';
import { headerWitness, methodWitness } from '../../match/value-witness';
import { type Draft, firstOpen, type RouteCondition } from './condition';

export const headers: RouteCondition = {
  name: 'headers',
  holds: (match, { headers: view }) => firstOpen((match.headers ?? []).map((matcher) => matchHeader(matcher, view))),
  describe: (match) => (match.headers ?? []).map(describeHeaderMatcher),
  miss: (match, { headers: view }) => {
    for (const matcher of match.headers ?? []) {
      const result = matchHeader(matcher, view);
      if (result !== true) return describeHeaderMiss(matcher, view, result);
    }
    return 'headers do not match';
  },
  implies: (narrow, wide) =>
    (wide.headers ?? []).every((own) => (narrow.headers ?? []).some((other) => impliesHeader(other, own))),
  witness: (match) => witnessOf(match.headers ?? []),
};

function impliesHeader(narrow: HeaderMatcher, wide: HeaderMatcher): boolean {
  if (narrow.name !== wide.name && (narrow.name ?? '').toLowerCase() !== (wide.name ?? '').toLowerCase()) return false;
  if (areOtherValues(narrow, wide)) return false;
  if (isDeepStrictEqual(withoutName(narrow), withoutName(wide))) return true;
  if (wide.invert_match === true || narrow.invert_match === true) return false;
  const text = stringMatcherOf(narrow);
  if (text === null || isPresenceMatcher(narrow) || narrow.treat_missing_header_as_empty === true) return false;
  if (isPresenceMatcher(wide)) return wide.present_match ?? true;
  const other = stringMatcherOf(wide);
  return other !== null && impliesString(text, other);
}

/** Two exact values that differ: the everyday case of many routes that differ in one header, told before all else. */
function areOtherValues(narrow: HeaderMatcher, wide: HeaderMatcher): boolean {
  const [a, b] = [narrow.string_match, wide.string_match];
  if (a?.exact === undefined || b?.exact === undefined || a.exact === b.exact) return false;
  return a.ignore_case !== true && b.ignore_case !== true && wide.invert_match !== true && narrow.invert_match !== true;
}

function withoutName(matcher: HeaderMatcher): object {
  return { ...matcher, name: undefined };
}

/**
 * Pseudo-headers that the request line makes are left to it: whether they fit, the trace says. The scheme of a request in
 * plain text is what the proxy before says it was.
 */
function witnessOf(matchers: readonly HeaderMatcher[]): Partial<Draft> | null {
  const found: (readonly [string, string])[] = [];
  let method: string | null = null;
  for (const name of new Set(matchers.map((matcher) => (matcher.name ?? '').toLowerCase()))) {
    if (name === ':path' || name === ':authority') continue;
    const own = matchers.filter((matcher) => (matcher.name ?? '').toLowerCase() === name);
    const value = name === ':method' ? methodWitness(own) : headerWitness(own);
    if (value === null) return null;
    if (value === undefined) continue;
    if (name === ':method') method = value;
    else if (name === ':scheme') found.push(['x-forwarded-proto', value]);
    else if (!name.startsWith(':') && name !== 'host') found.push([name, value]);
  }
  return { headers: found, ...(method === null ? {} : { method }) };
}

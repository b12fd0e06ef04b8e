/** Values that matchers of headers and query parameters take. */
import type { HeaderMatcher, QueryParameterMatcher, StringMatcher } from '../envoy/route';
import { isPresenceMatcher, matchHeader, stringMatcherOf } from './header-matcher';
import { regexWitness } from './regex-witness';
import { matchQueryParameter } from './query-parameter';
import { matchString } from './string-matcher';
import { isToken } from '../http-token';

/** A text that a string matcher takes and that `accepts` lets through; null where none is found. */
export function stringWitness(matcher: StringMatcher, accepts: (text: string) => boolean = () => true): string | null {
  if (matcher.safe_regex !== undefined) return regexWitness(matcher.safe_regex.regex ?? '', accepts);
  const { prefix, suffix, contains, exact = '' } = matcher;
  const base = prefix ?? suffix ?? contains ?? exact;
  const tries =
    prefix !== undefined ? [base, `${base}x`] : suffix !== undefined ? [base, `x${base}`] : [base, `x${base}x`];
  return tries.find((text) => matchString(matcher, text) === true && accepts(text)) ?? null;
}

/** Header values to try where the matchers want anything but something. */
const OTHERS = ['x', '0', 'other', 'a-value-that-nobody-uses'];

/**
 * What to send under one name so that every matcher of it holds: a value, or undefined for no such header. Null where
 * nothing is found.
 */
export function headerWitness(matchers: readonly HeaderMatcher[]): string | undefined | null {
  const holds = (value: string | undefined): boolean =>
    matchers.every((matcher) => {
      const view = { values: () => (value === undefined ? [] : [value]), joinRepeated: true };
      return matchHeader(matcher, view) === true;
    });
  const wanted = matchers.flatMap((matcher) => wantedOf(matcher, holds));
  for (const value of [undefined, ...wanted, ...OTHERS]) if (holds(value)) return value;
  return null;
}

function wantedOf(matcher: HeaderMatcher, holds: (value: string) => boolean): readonly string[] {
  if (matcher.invert_match === true || isPresenceMatcher(matcher)) return [];
  if (matcher.range_match !== undefined) return [String(matcher.range_match.start ?? 0)];
  const text = stringMatcherOf(matcher);
  const value = text === null ? null : (stringWitness(text, holds) ?? stringWitness(text));
  return value === null ? [] : [value];
}

/** What can stand in a query as it is. */
const IN_QUERY = /^[A-Za-z0-9\-._~!$'()*+,;:@/?%]*$/;

/** A query, without its question mark, that every matcher takes; null where none is found. */
export function queryWitness(matchers: readonly QueryParameterMatcher[]): string | null {
  const pairs: string[] = [];
  for (const name of new Set(matchers.map((matcher) => matcher.name ?? ''))) {
    const own = matchers.filter((matcher) => (matcher.name ?? '') === name);
    const holds = (value: string | undefined): boolean => {
      const query = new Map(value === undefined ? [] : [[name, value] as const]);
      return own.every((matcher) => matchQueryParameter(matcher, query) === true);
    };
    if (holds(undefined)) continue;
    const wanted = own.flatMap(({ string_match: text }) =>
      text === undefined ? [] : (stringWitness(text, (value) => IN_QUERY.test(value) && holds(value)) ?? []),
    );
    const value = [...wanted, '', ...OTHERS].find((one) => IN_QUERY.test(one) && holds(one));
    if (value === undefined) return null;
    pairs.push(value === '' ? name : `${name}=${value}`);
  }
  return pairs.join('&');
}

/** Methods that are tried first. */
export const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

/** A method that the matchers take, a common one where one does; it must be a token (RFC 9110 9.1). */
export function methodWitness(matchers: readonly HeaderMatcher[]): string | null | undefined {
  const takes = (method: string): boolean => {
    const view = { values: () => [method], joinRepeated: true };
    return matchers.every((matcher) => matchHeader(matcher, view) === true);
  };
  const common = METHODS.find(takes);
  if (common !== undefined) return common;
  const other = headerWitness(matchers);
  return typeof other === 'string' && isToken(other) ? other : null;
}

/**
 * `envoy.config.route.v3.HeaderMatcher`, as routes and RBAC use it.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-headermatcher
 */
import type { HeaderMatcher, StringMatcher } from '../envoy/route';
import { shownValue } from '../secrets/redact';
import { otherKind } from './other-kind';
import { ShapedText } from './shaped-text';
import { describeStringMatcher, matchString } from './string-matcher';
import { isUnknown, MaybeAbsent, not, some, type Ternary, type Unknown, unknown } from './ternary';
import { tellHeader } from './watch';

/** A request's headers as matchers see them: by lower-case name, pseudo-headers among them. */
export interface HeaderView {
  /** Every value of a header in order, unknown ones among them; empty where it is missing. `host` is `:authority`. */
  values(name: string): readonly (string | Unknown)[];
  /** Up to Envoy 1.38 (RBAC: 1.37) repeated headers are joined by a comma before they are matched; later each is tried alone. */
  readonly joinRepeated: boolean;
  /** The message that they are of, for who watches what is asked. */
  readonly of?: object;
}

/** Whether the header matches. A missing header fails every matcher of a value, inverted or not. */
export function matchHeader(matcher: HeaderMatcher, headers: HeaderView): Ternary {
  tellHeader(matcher, headers.of);
  const raw = headers.values((matcher.name ?? '').toLowerCase());
  const treatEmpty = matcher.treat_missing_header_as_empty === true;
  const inverted = matcher.invert_match === true;
  const other = isPresenceMatcher(matcher) ? otherKind(matcher, 'a header matcher', PRESENCE) : null;
  if (other !== null) return other;
  if (isPresenceMatcher(matcher)) {
    const present = treatEmpty || isThere(raw);
    const holds = (matcher.present_match ?? true) ? present : not(present);
    return inverted ? not(holds) : holds;
  }
  if (raw.length === 0 && !treatEmpty) return false;
  const values = raw.length === 0 ? [''] : headers.joinRepeated ? [joined(raw)] : raw;
  const holds = some(values, (value) => matchValue(matcher, value));
  return inverted ? not(holds) : holds;
}

/** All that a matcher may hold that asks only whether the header is there. */
const PRESENCE = ['name', 'present_match', 'invert_match', 'treat_missing_header_as_empty'];

/** Unknown where each of the values may not be there. */
function isThere(values: readonly (string | Unknown)[]): Ternary {
  if (values.some((value) => !(value instanceof MaybeAbsent))) return true;
  return values.find(isUnknown) ?? false;
}

/** Whether it asks only if the header is there. */
export function isPresenceMatcher(matcher: HeaderMatcher): boolean {
  return (
    matcher.present_match !== undefined || (stringMatcherOf(matcher) === null && matcher.range_match === undefined)
  );
}

/** Values joined by commas: unknown where one of them is, and surely there where another is. */
export function joined(values: readonly (string | Unknown)[]): string | Unknown {
  const texts = values.filter((value) => typeof value === 'string');
  const open = values.find(isUnknown);
  if (open === undefined) return texts.join(',');
  return open instanceof MaybeAbsent && texts.length > 0 ? unknown(open.unknown) : open;
}

/** The values of a header that came, quoted; unknown ones by what they hang on, and secret ones not at all. */
export function cameText(values: readonly (string | Unknown)[], name: string): string {
  const value = joined(values);
  return isUnknown(value) ? `what ${value.unknown} makes of it` : JSON.stringify(shownValue(name, value));
}

function matchValue(matcher: HeaderMatcher, value: string | Unknown): Ternary {
  if (matcher.range_match !== undefined) {
    if (isUnknown(value)) return value instanceof ShapedText && !value.mayBeNumber() ? false : value;
    return inRange(value, BigInt(matcher.range_match.start ?? 0), BigInt(matcher.range_match.end ?? 0));
  }
  const text = stringMatcherOf(matcher);
  return text === null ? (isUnknown(value) ? value : true) : matchString(text, value);
}

/** Half open; a whole number with an optional sign that fits 64 bits, nothing else. */
function inRange(value: string, start: bigint, end: bigint): boolean {
  const match = /^[ \t]*([+-]?)(\d{1,40})[ \t]*$/.exec(value);
  if (match === null) return false;
  const number = BigInt(`${match[1] === '-' ? '-' : ''}${match[2] ?? '0'}`);
  if (number !== BigInt.asIntN(64, number)) return false;
  return number >= start && number < end;
}

/** The value matcher under its current or its deprecated field; null where there is none. */
export function stringMatcherOf(matcher: HeaderMatcher): StringMatcher | null {
  if (matcher.string_match !== undefined) return matcher.string_match;
  if (matcher.exact_match !== undefined) return { exact: matcher.exact_match };
  if (matcher.prefix_match !== undefined) return { prefix: matcher.prefix_match };
  if (matcher.suffix_match !== undefined) return { suffix: matcher.suffix_match };
  if (matcher.contains_match !== undefined) return { contains: matcher.contains_match };
  if (matcher.safe_regex_match !== undefined) return { safe_regex: matcher.safe_regex_match };
  return null;
}

/** What the matcher wants, in words: `header end-user: exactly "luffy"`. */
export function describeHeaderMatcher(matcher: HeaderMatcher): string {
  const inverted = matcher.invert_match === true;
  const name = `header ${matcher.name ?? ''}`;
  if (isPresenceMatcher(matcher)) {
    return `${name}: ${(matcher.present_match ?? true) === inverted ? 'absent' : 'present'}`;
  }
  const wanted =
    matcher.range_match === undefined
      ? describeStringMatcher(stringMatcherOf(matcher) ?? {}, matcher.name)
      : `a number from ${matcher.range_match.start ?? 0} to below ${matcher.range_match.end ?? 0}`;
  return `${name}: ${inverted ? 'present and not ' : ''}${wanted}`;
}

/** Why a header matcher that did not hold failed: what it wanted and what came. */
export function describeHeaderMiss(matcher: HeaderMatcher, headers: HeaderView, result: Ternary): string {
  const values = headers.values((matcher.name ?? '').toLowerCase());
  const wanted = describeHeaderMatcher(matcher);
  if (isUnknown(result)) return `${wanted}: depends on ${result.unknown}`;
  if (values.length === 0) return `${wanted} does not match: it is not there`;
  return `${wanted} does not match ${cameText(values, matcher.name ?? '')}`;
}

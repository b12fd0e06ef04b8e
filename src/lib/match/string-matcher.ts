/** `envoy.type.matcher.v3.StringMatcher`. https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/string.proto */
import type { StringMatcher } from '../envoy/route';
import { shownValue } from '../secrets/redact';
import { otherKind } from './other-kind';
import { fullMatch } from './regex';
import { matchShaped, ShapedText } from './shaped-text';
import { isUnknown, type Ternary, type Unknown, unknown } from './ternary';
import { watcher } from './watch';

/** Whether a value matches; a custom matcher is an extension and unknown. What is unknown and known in part may match for certain, or not. */
export function matchString(matcher: StringMatcher, value: string | Unknown): Ternary {
  if (isUnknown(value)) return value instanceof ShapedText ? matchShaped(matcher, value) : value;
  watcher()?.text(matcher, value);
  const fold = (text: string): string => (matcher.ignore_case === true ? asciiLower(text) : text);
  if (matcher.exact !== undefined) return fold(value) === fold(matcher.exact);
  if (matcher.prefix !== undefined) return fold(value).startsWith(fold(matcher.prefix));
  if (matcher.suffix !== undefined) return fold(value).endsWith(fold(matcher.suffix));
  if (matcher.contains !== undefined) return fold(value).includes(fold(matcher.contains));
  if (matcher.safe_regex !== undefined) return fullMatch(matcher.safe_regex.regex ?? '', value);
  if (matcher.custom !== undefined) return unknown(`the string matcher extension ${matcher.custom.name ?? ''}`);
  return otherKind(matcher, 'a string matcher', ['ignore_case']) ?? fold(value) === '';
}

/** Envoy folds ASCII letters only. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * The matcher in words: `exactly "luffy"`, `prefix "lu"`, `the regular expression v[0-9]+`.
 * @param of the name of the header or parameter whose value is matched: of one that is secret the matcher's text is, too
 */
export function describeStringMatcher(matcher: StringMatcher, of = ''): string {
  const fold = matcher.ignore_case === true ? ' (any case)' : '';
  const quoted = (text: string): string => `${JSON.stringify(shownValue(of, text))}${fold}`;
  if (matcher.prefix !== undefined) return `prefix ${quoted(matcher.prefix)}`;
  if (matcher.suffix !== undefined) return `suffix ${quoted(matcher.suffix)}`;
  if (matcher.contains !== undefined) return `containing ${quoted(matcher.contains)}`;
  if (matcher.safe_regex !== undefined)
    return `the regular expression ${shownValue(of, matcher.safe_regex.regex ?? '')}`;
  if (matcher.custom !== undefined) return `the matcher extension ${matcher.custom.name ?? ''}`;
  return `exactly ${quoted(matcher.exact ?? '')}`;
}

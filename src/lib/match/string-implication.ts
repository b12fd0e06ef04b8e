/** Whether all texts that one string matcher takes are taken by another. False where that is not certain. */
import { isDeepStrictEqual } from 'node:util';
import type { StringMatcher } from '../envoy/route';
import { regexPrefix } from './regex-witness';
import { asciiLower, matchString } from './string-matcher';

export function impliesString(narrow: StringMatcher, wide: StringMatcher): boolean {
  if (isDeepStrictEqual(narrow, wide) || takesAll(wide)) return true;
  // A text in any case is taken for certain only by a matcher that takes any case; regular expressions never do.
  const isFolded = narrow.ignore_case === true && narrow.safe_regex === undefined;
  if (isFolded && (wide.ignore_case !== true || wide.safe_regex !== undefined)) return false;
  if (narrow.exact !== undefined) return matchString(wide, narrow.exact) === true;
  const fold = (text: string): string => (wide.ignore_case === true ? asciiLower(text) : text);
  return holdsIn(knownParts(narrow), wide, fold);
}

/** What every text of a matcher begins with, ends in and contains. */
interface Parts {
  readonly prefix: string;
  readonly suffix: string;
  readonly contained: string;
}

function knownParts({ prefix, suffix = '', contains = '', safe_regex: regex }: StringMatcher): Parts {
  return { prefix: prefix ?? regexPrefix(regex?.regex ?? ''), suffix, contained: contains };
}

function holdsIn(known: Parts, wide: StringMatcher, fold: (text: string) => string): boolean {
  const { prefix, suffix, contained } = known;
  if (wide.prefix !== undefined) return fold(prefix).startsWith(fold(wide.prefix));
  if (wide.suffix !== undefined) return fold(suffix).endsWith(fold(wide.suffix));
  const part = wide.contains;
  return part !== undefined && [prefix, suffix, contained].some((text) => fold(text).includes(fold(part)));
}

/** Matchers that take every text without a newline, as header values and paths are. */
function takesAll({ prefix, suffix, contains, safe_regex: regex }: StringMatcher): boolean {
  return prefix === '' || suffix === '' || contains === '' || regex?.regex === '.*';
}

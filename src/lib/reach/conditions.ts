/** Envoy's matchers as conditions on a dimension: which values they take. Null for what cannot be translated. */
import type { HeaderMatcher, QueryParameterMatcher, StringMatcher } from '../envoy/route';
import { isPresenceMatcher, matchHeader, stringMatcherOf } from '../match/header-matcher';
import { matchQueryParameter } from '../match/query-parameter';
import { templateExpression } from '../match/uri-template';
import type { PathTest } from '../match/watch';
import { shownValue } from '../secrets/redact';
import { containsLanguage, prefixLanguage, regexLanguage, suffixLanguage, textLanguage } from './build-language';
import type { ReachCondition } from './cell';
import { Language } from './language';
import type { ValueSet } from './value-set';

const MISSING = { values: () => [], joinRepeated: true };

/** What a string matcher takes. */
export function stringLanguage(matcher: StringMatcher): Language | null {
  const anyCase = matcher.ignore_case === true;
  if (matcher.exact !== undefined) return textLanguage(matcher.exact, anyCase);
  if (matcher.prefix !== undefined) return prefixLanguage(matcher.prefix, anyCase);
  if (matcher.suffix !== undefined) return suffixLanguage(matcher.suffix, anyCase);
  if (matcher.contains !== undefined) return containsLanguage(matcher.contains, anyCase);
  if (matcher.safe_regex !== undefined) return regexLanguage(matcher.safe_regex.regex ?? '');
  return matcher.custom === undefined && Object.keys(matcher).every((key) => key === 'ignore_case')
    ? textLanguage('')
    : null;
}

/** A string matcher as `--where` writes it: `luffy`, `/admin*`, `~REGEX`. */
export function stringWords(matcher: StringMatcher, of: string): string {
  const shown = (text: string): string => shownValue(of, text);
  const fold = matcher.ignore_case === true ? ' (any case)' : '';
  if (matcher.prefix !== undefined) return `${shown(matcher.prefix)}*${fold}`;
  if (matcher.suffix !== undefined) return `*${shown(matcher.suffix)}${fold}`;
  if (matcher.contains !== undefined) return `*${shown(matcher.contains)}*${fold}`;
  if (matcher.safe_regex !== undefined) return `~${shown(matcher.safe_regex.regex ?? '')}`;
  const text = shown(matcher.exact ?? '');
  return `${text === '' ? 'empty' : text}${fold}`;
}

/** @returns null also where a missing header's answer is not known */
export function headerCondition(matcher: HeaderMatcher, dimension: string): ReachCondition | null {
  const name = (matcher.name ?? '').toLowerCase();
  const absent = matchHeader(matcher, MISSING);
  const inverted = matcher.invert_match === true;
  const key = `${dimension} ${JSON.stringify(matcher)}`;
  if (typeof absent !== 'boolean') return null;
  if (isPresenceMatcher(matcher)) {
    const present = matchHeader(matcher, { values: () => ['x'], joinRepeated: true });
    if (typeof present !== 'boolean') return null;
    const [yes, no] = present ? ['present', 'absent'] : ['absent', 'present'];
    const set = { absent, values: present ? Language.all : Language.none };
    return { dimension, key, set, yes, no, preferred: [] };
  }
  const text = stringMatcherOf(matcher);
  const values = text === null ? null : stringLanguage(text);
  if (text === null || values === null) return null;
  const set: ValueSet = { absent, values: inverted ? values.not() : values };
  const words = stringWords(text, name);
  const [yes, no] = inverted
    ? [`present, not ${words}`, `absent or ${words}`]
    : absent
      ? [`absent or ${words}`, `present, not ${words}`]
      : [words, `not ${words}`];
  return { dimension, key, set, yes, no, preferred: preferredOf(text) };
}

export function queryCondition(matcher: QueryParameterMatcher): ReachCondition | null {
  const dimension = `query:${matcher.name ?? ''}`;
  const key = `${dimension} ${JSON.stringify(matcher)}`;
  if (!/^[A-Za-z0-9._~-]+$/.test(matcher.name ?? '')) return null;
  const text = matcher.string_match;
  if (text === undefined) {
    const present = matchQueryParameter(matcher, new Map([[matcher.name ?? '', '']]));
    const absent = matchQueryParameter(matcher, new Map());
    if (typeof present !== 'boolean' || typeof absent !== 'boolean') return null;
    const [yes, no] = present ? ['present', 'absent'] : ['absent', 'present'];
    const set = { absent, values: present ? Language.all : Language.none };
    return { dimension, key, set, yes, no, preferred: [] };
  }
  const values = stringLanguage(text);
  if (values === null) return null;
  const words = stringWords(text, matcher.name ?? '');
  return {
    dimension,
    key,
    set: { absent: false, values },
    yes: words,
    no: `not ${words}`,
    preferred: preferredOf(text),
  };
}

/** The language of a test of a path without its query, in words, and paths that a witness had better have. */
export function pathTest(
  test: PathTest,
): { readonly language: Language; readonly words: string; readonly preferred: readonly string[] } | null {
  const matcher = matcherOf(test);
  if (matcher === 'any') return { language: Language.all, words: 'any', preferred: [] };
  if (matcher === null) return null;
  if ('separated' in matcher) {
    const { separated, anyCase } = matcher;
    const language = textLanguage(separated, anyCase).or(prefixLanguage(`${separated}/`, anyCase));
    return { language, words: `${separated}, ${separated}/*`, preferred: [separated] };
  }
  const language = stringLanguage(matcher);
  return language === null ? null : { language, words: stringWords(matcher, 'path'), preferred: preferredOf(matcher) };
}

function matcherOf(
  test: PathTest,
): StringMatcher | { readonly separated: string; readonly anyCase: boolean } | 'any' | null {
  if (test.kind === 'text') return test.matcher;
  if (test.kind === 'template') return { safe_regex: { regex: templateExpression(test.template) } };
  const { match } = test;
  const anyCase = match.case_sensitive === false;
  const fold = anyCase ? { ignore_case: true } : {};
  if (match.prefix !== undefined) return { prefix: match.prefix, ...fold };
  if (match.path !== undefined) return { exact: match.path, ...fold };
  if (match.path_separated_prefix !== undefined) return { separated: match.path_separated_prefix, anyCase };
  if (match.safe_regex !== undefined) return { safe_regex: match.safe_regex };
  return match.path_match_policy === undefined ? 'any' : null;
}

function preferredOf(matcher: StringMatcher): readonly string[] {
  const text = matcher.exact ?? matcher.prefix ?? matcher.suffix ?? matcher.contains;
  return text === undefined ? [] : [text];
}

/** Envoy's matchers as conditions on a dimension: which values they take. Null for what cannot be translated. */
import type { HeaderMatcher, QueryParameterMatcher, StringMatcher } from '../envoy/route';
import { isPresenceMatcher, matchHeader, stringMatcherOf } from '../match/header-matcher';
import { matchQueryParameter } from '../match/query-parameter';
import { templateOf } from '../http/conditions/path-implication';
import { templateExpression } from '../match/uri-template';
import type { HeaderAmong, PathTest, QueryAmong } from '../match/watch';
import { ANY_LENGTH, remembered, rememberedFor } from '../remembered';
import { shownValue } from '../secrets/redact';
import {
  containsLanguage,
  prefixLanguage,
  regexLanguage,
  separatedLanguage,
  suffixLanguage,
  textLanguage,
} from './build-language';
import type { ReachCondition } from './cell';
import { Language } from './language';
import { ANY_TEXT, listedTexts, NO_TEXT, oneText, otherTexts, type TextLabels, type Texts, textsOf } from './texts';

const MISSING = { values: () => [], joinRepeated: true };

/** Matchers that say the same are one, so that spaces are divided by them once; large automata are not kept for long. */
const REMEMBERED = 1000;

const textsOfAll = remembered(
  (matcher): { readonly texts: Texts | null } => {
    const own = JSON.parse(matcher) as StringMatcher;
    const { exact, ignore_case: anyCase } = own;
    if (exact !== undefined && anyCase !== true) return { texts: oneText(exact) };
    const language = stringLanguage(own);
    return { texts: language === null ? null : textsOf(language) };
  },
  REMEMBERED,
  ANY_LENGTH,
);

const textsOfOne = rememberedFor((matcher: StringMatcher) => textsOfAll(JSON.stringify(matcher)));

/** What a string matcher takes; null where that cannot be translated. Throws LanguageTooLarge. */
export function matchedTexts(matcher: StringMatcher): Texts | null {
  return textsOfOne(matcher).texts;
}

/** The same as a language, exact texts, too. */
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
    return { dimension, key, absent, texts: present ? ANY_TEXT : NO_TEXT, yes, no, preferred: [] };
  }
  const text = stringMatcherOf(matcher);
  const values = text === null ? null : matchedTexts(text);
  if (text === null || values === null) return null;
  const texts = inverted ? otherTexts(values) : values;
  const words = stringWords(text, name);
  const [yes, no] = inverted
    ? [`present, not ${words}`, `absent or ${words}`]
    : absent
      ? [`absent or ${words}`, `present, not ${words}`]
      : [words, `not ${words}`];
  return { dimension, key, absent, texts, yes, no, preferred: preferredOf(text) };
}

const labelsOf = rememberedFor(({ places }: HeaderAmong | QueryAmong): TextLabels =>
  listedTexts(new Map([...places].map(([value, place]) => [value, place + 1]))),
);

/** That this one of the matchers takes the header or the parameter first, or none of them. */
export function amongCondition(
  asked: HeaderAmong | QueryAmong,
  taken: number | null,
  dimension: string,
): ReachCondition {
  const of = labelsOf(asked);
  const value = taken === null ? null : (asked.matchers[taken]?.string_match?.exact ?? '');
  const words =
    value === null
      ? `none of the ${asked.places.size} values that routes name`
      : stringWords({ exact: value }, asked.name);
  return {
    dimension,
    key: `${dimension} ${value === null ? `none of ${[...asked.places.keys()].join()}` : JSON.stringify(value)}`,
    absent: value === null,
    texts: { of, label: taken === null ? 0 : taken + 1, isNot: false },
    yes: value === null ? `absent or ${words}` : words,
    no: value === null ? `one of the ${asked.places.size} values that routes name` : `absent or not ${words}`,
    preferred: value === null ? [] : [value],
  };
}

/** Whether requests are told apart by a parameter of this name. */
export function isSpokenOf(name: string): boolean {
  return /^[A-Za-z0-9._~-]+$/.test(name);
}

/** A condition on a query parameter; null where it cannot be translated. */
export function queryCondition(matcher: QueryParameterMatcher): ReachCondition | null {
  const dimension = `query:${matcher.name ?? ''}`;
  const key = `${dimension} ${JSON.stringify(matcher)}`;
  if (!isSpokenOf(matcher.name ?? '')) return null;
  const text = matcher.string_match;
  if (text === undefined) {
    const present = matchQueryParameter(matcher, new Map([[matcher.name ?? '', '']]));
    const absent = matchQueryParameter(matcher, new Map());
    if (typeof present !== 'boolean' || typeof absent !== 'boolean') return null;
    const [yes, no] = present ? ['present', 'absent'] : ['absent', 'present'];
    return { dimension, key, absent, texts: present ? ANY_TEXT : NO_TEXT, yes, no, preferred: [] };
  }
  const texts = matchedTexts(text);
  if (texts === null) return null;
  const words = stringWords(text, matcher.name ?? '');
  return {
    dimension,
    key,
    absent: false,
    texts,
    yes: words,
    no: `not ${words}`,
    preferred: preferredOf(text),
  };
}

/** A condition on a text of the request; null where it cannot be translated. Throws LanguageTooLarge. */
export function textCondition(dimension: string, matcher: StringMatcher): ReachCondition | null {
  const texts = matchedTexts(matcher);
  if (texts === null) return null;
  const words = stringWords(matcher, dimension);
  const preferred = matcher.exact === undefined ? [] : [matcher.exact];
  return conditionOf(dimension, matcher, { texts, words, preferred });
}

/** A condition on the path without its query; null where it cannot be translated. Throws LanguageTooLarge. */
export function pathCondition(test: PathTest): ReachCondition | null {
  const found = pathMeaning(test);
  return found === null ? null : conditionOf('path', test, found);
}

/** @param asked what tells it from other conditions on the dimension */
function conditionOf(
  dimension: string,
  asked: object,
  { texts, words, preferred }: Pick<PathMeaning, 'texts' | 'words' | 'preferred'>,
): ReachCondition {
  const key = `${dimension} ${JSON.stringify(asked)}`;
  return { dimension, key, absent: false, texts, yes: words, no: `not ${words}`, preferred };
}

/** Whether configuration speaks of ASCII alone: all that is beyond it is one character here. */
export function isAscii(value: unknown): boolean {
  const text = JSON.stringify(value);
  return /^[\x20-\x7e]*$/.test(text) && !/\\\\[pPx]/.test(text);
}

/** A test of a path without its query: what it takes, in words, and paths that a witness had better have. */
export interface PathMeaning {
  readonly texts: Texts;
  /** The same as a language, for who has to change it. */
  readonly language: () => Language;
  readonly words: string;
  readonly preferred: readonly string[];
}

/** Null for what cannot be translated. Throws LanguageTooLarge. */
export function pathMeaning(test: PathTest): PathMeaning | null {
  const matcher = matcherOf(test);
  if (matcher === 'any') return { texts: ANY_TEXT, language: () => Language.all, words: 'any', preferred: [] };
  if (matcher === null) return null;
  if ('separated' in matcher) {
    const { separated, anyCase } = matcher;
    const language = separatedLanguage(separated, anyCase);
    const words = `${separated}, ${separated}/*`;
    return { texts: textsOf(language), language: () => language, words, preferred: [separated] };
  }
  const texts = matchedTexts(matcher);
  if (texts === null) return null;
  const language = (): Language => stringLanguage(matcher) ?? Language.none;
  return { texts, language, words: stringWords(matcher, 'path'), preferred: preferredOf(matcher) };
}

function matcherOf(
  test: PathTest,
): StringMatcher | { readonly separated: string; readonly anyCase: boolean } | 'any' | null {
  if (test.kind === 'text') return test.matcher;
  if (test.kind === 'template') return { safe_regex: { regex: templateExpression(test.template) } };
  const { match } = test;
  const anyCase = match.case_sensitive === false;
  const fold = anyCase ? { ignore_case: true } : {};
  if (match.prefix !== undefined) return match.prefix === '' ? 'any' : { prefix: match.prefix, ...fold };
  if (match.path !== undefined) return { exact: match.path, ...fold };
  if (match.path_separated_prefix !== undefined) return { separated: match.path_separated_prefix, anyCase };
  if (match.safe_regex !== undefined) return { safe_regex: match.safe_regex };
  if (match.path_match_policy === undefined) return 'any';
  const template = templateOf(match);
  return template === null ? null : { safe_regex: { regex: templateExpression(template) } };
}

function preferredOf(matcher: StringMatcher): readonly string[] {
  const text = matcher.exact ?? matcher.prefix ?? matcher.suffix ?? matcher.contains;
  return text === undefined ? [] : [text];
}

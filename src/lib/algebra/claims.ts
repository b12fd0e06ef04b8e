/**
 * What a request's token says, as dimensions: whether there is a valid one, and of each claim its value, a text or a list of one
 * text (`["admin"]`). Of a request without a token claims do not matter.
 */
import type { ValueMatcher } from '../envoy/rbac';
import type { StringMatcher } from '../envoy/route';
import { parseRegex, type RegexNode } from '../match/regex-syntax';
import { ANY, nodeLanguage } from './build-language';
import type { ReachCondition } from './cell';
import { matchedTexts, stringLanguage, stringWords } from './conditions';
import { ANY_TEXT, type Texts, textsOf, theseTexts } from './texts';

/** That the request has a token, which is valid. */
export const TOKEN: ReachCondition = {
  dimension: 'token',
  key: 'token',
  absent: false,
  texts: ANY_TEXT,
  yes: 'valid',
  no: 'none',
  preferred: ['valid'],
};

/** That a claim is there. */
export function claimPresent(claim: string): ReachCondition {
  const dimension = `claim:${claim}`;
  return {
    dimension,
    key: `${dimension} present`,
    absent: false,
    texts: ANY_TEXT,
    yes: 'present',
    no: 'absent',
    preferred: [],
  };
}

/** What a claim's value is to who asks: a text, a list, or a text that is taken as the list of its words. */
export type ClaimShape = 'text' | 'list' | 'words';

/** That a claim's value is taken by a matcher; null where that cannot be translated. Throws LanguageTooLarge. */
export function claimCondition(claim: string, matcher: StringMatcher, shape: ClaimShape): ReachCondition | null {
  const texts = textsFor(matcher, shape);
  if (texts === null) return null;
  const words = stringWords(matcher, claim);
  const [yes, no] = shape === 'list' ? [`a list with ${words}`, `no list with ${words}`] : [words, `not ${words}`];
  const dimension = `claim:${claim}`;
  const key = `${dimension} ${shape} ${JSON.stringify(matcher)}`;
  const own = matcher.exact ?? matcher.prefix ?? matcher.suffix ?? matcher.contains;
  const preferred = own === undefined ? [] : shape === 'list' ? [`["${own}"]`] : [own];
  return { dimension, key, absent: false, texts, yes, no, preferred };
}

/** The matchers of texts in a matcher of values, each with the shape that it wants. */
export function textMatchers(
  matcher: ValueMatcher,
  shape: Exclude<ClaimShape, 'list'>,
): readonly { readonly matcher: StringMatcher; readonly shape: ClaimShape }[] {
  const { string_match: text, list_match: list, or_match: any } = matcher;
  if (text !== undefined) return shape === 'words' ? [] : [{ matcher: text, shape: 'text' }];
  if (list?.one_of?.string_match !== undefined) {
    const inside = list.one_of.string_match;
    const whole = { matcher: inside, shape: 'list' } as const;
    return shape === 'words' ? [whole, { matcher: inside, shape: 'words' }] : [whole];
  }
  return (any?.value_matchers ?? []).flatMap((one) => textMatchers(one, shape));
}

const literal = (text: string, anyCase = false): RegexNode => ({ kind: 'literal', text, anyCase });

/** Values that are lists. */
const LISTS = nodeLanguage({ kind: 'sequence', parts: [literal('["'), ANY, literal('"]')] });

/** That a claim's value is a list. */
export function claimIsList(claim: string): ReachCondition {
  const dimension = `claim:${claim}`;
  const texts = textsOf(LISTS);
  return { dimension, key: `${dimension} list`, absent: false, texts, yes: 'a list', no: 'no list', preferred: [] };
}

function textsFor(matcher: StringMatcher, shape: ClaimShape): Texts | null {
  if (shape === 'list') {
    const inside = nodeOf(matcher);
    return inside === null
      ? null
      : textsOf(nodeLanguage({ kind: 'sequence', parts: [literal('["'), inside, literal('"]')] }));
  }
  if (matcher.exact !== undefined) return matchedTexts(matcher);
  const language = stringLanguage(matcher);
  return language === null ? null : textsOf(language.minus(LISTS));
}

function nodeOf(matcher: StringMatcher): RegexNode | null {
  const isFolded = matcher.ignore_case === true;
  const text = (own: string): RegexNode => literal(own, isFolded);
  const { exact, prefix, suffix, contains, safe_regex: regex } = matcher;
  if (exact !== undefined) return text(exact);
  if (prefix !== undefined) return { kind: 'sequence', parts: [text(prefix), ANY] };
  if (suffix !== undefined) return { kind: 'sequence', parts: [ANY, text(suffix)] };
  if (contains !== undefined) return { kind: 'sequence', parts: [ANY, text(contains), ANY] };
  return regex === undefined ? null : parseRegex(regex.regex ?? '');
}

/** One of several values of a claim that every token has. */
export function claimAmong(claim: string, values: readonly string[]): ReachCondition {
  const dimension = `claim:${claim}`;
  const words = values.join(' or ');
  return {
    dimension,
    key: `${dimension} ${JSON.stringify(values)}`,
    absent: false,
    texts: theseTexts(values),
    yes: words,
    no: `not ${words}`,
    preferred: values,
  };
}

/**
 * RE2 regular expressions as Envoy evaluates them: linear in the text, the whole text must match.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/regex.proto
 */
import type * as Re2 from 're2js';
import { ANY_LENGTH, remembered } from '../remembered';

type Compiled = Re2.RE2JS | null;

/** Compiled expressions of this process; a mesh has hundreds, a hostile dump may have more. */
const MOST_COMPILED = 5000;

/** RE2 where it is first needed: most runs need none, and its start-up is not free. */
function engine(): typeof Re2.RE2JS {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when the first expression is met
  return (require('re2js') as typeof Re2).RE2JS;
}

const compiled = remembered(compile, MOST_COMPILED, ANY_LENGTH);

/** Null for what RE2 refuses: such an expression matches nothing (Envoy would have refused the resource). */
function compile(regex: string): Compiled {
  try {
    return engine().compile(regex);
  } catch {
    return null;
  }
}

/** Whether the whole text matches. `.` does not take a newline unless the expression says `(?s)`. */
export function fullMatch(regex: string, text: string): boolean {
  return text.startsWith(beginningOf(regex)) && (compiled(regex)?.matches(text) ?? false);
}

/** Characters that mean themselves, with which an expression begins. */
const LITERAL = /^\^?([\w/-]*)/;
/** What may say how often the character before it comes: between them may stand flags, and a quotation that is empty. */
const MAY_REPEAT = /^(?:[*?+{]|\(\?|\\[QE])/;

/**
 * What every text begins with that an expression takes, as far as characters show that mean themselves. Of thousands of expressions most
 * need not be compiled for it.
 */
function beginningOf(regex: string): string {
  if (regex.includes('|')) return '';
  const [whole = '', text = ''] = LITERAL.exec(regex) ?? [];
  return MAY_REPEAT.test(regex.slice(whole.length, whole.length + 2)) ? text.slice(0, -1) : text;
}

/** Whether RE2 takes the expression. */
export function isRegex(regex: string): boolean {
  return compiled(regex) !== null;
}

/** Whether a part of the text matches, as the Common Expression Language asks. */
export function partialMatch(regex: string, text: string): boolean {
  return compiled(regex)?.matcher(text).find() ?? false;
}

/**
 * Replaces every match by the substitution, in which `\1` … `\9` are groups, `\0` the match and `\\` a backslash, as RE2's
 * GlobalReplace has it. Its surprise: where a match ends, no empty one begins, so that `.*` is replaced once. https://www.envoyproxy.io/docs/envoy/latest/api-v3/type/matcher/v3/regex.proto (RegexMatchAndSubstitute)
 */
export function replaceAll(regex: string, text: string, substitution: string): string {
  const pattern = compiled(regex);
  if (pattern === null) return text;
  const matcher = pattern.matcher(text);
  let result = '';
  let from = 0;
  let isFirst = true;
  while (matcher.find()) {
    if (!isFirst && matcher.end() === from) continue;
    isFirst = false;
    result += text.slice(from, matcher.start());
    result += substitution.replace(/\\([0-9\\])/g, (_whole, mark: string) =>
      mark === '\\' ? '\\' : Number(mark) <= matcher.groupCount() ? (matcher.group(Number(mark)) ?? '') : '',
    );
    from = matcher.end();
  }
  return result + text.slice(from);
}

/** The groups of a match of the whole text, the first at 0; null where it does not match. */
export function groupsOf(regex: string, text: string): readonly string[] | null {
  const matcher = compiled(regex)?.matcher(text);
  if (matcher?.matches() !== true) return null;
  return Array.from({ length: matcher.groupCount() }, (_unused, index) => matcher.group(index + 1) ?? '');
}

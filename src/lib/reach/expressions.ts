/** Matchers that look for a text anywhere, or for an expression: an automaton is made of each, so that one walk asks so many and no more. */
import type { HeaderMatcher, StringMatcher } from '../envoy/route';

const MOST = 2000;

/** Of one walk. What is passed over is known by its number alone: it divides nothing, and is told. */
export class Expressions {
  #asked = 0;
  readonly #passedOver = new Map<string, number>();

  /**
   * Whether a matcher, or the conditions of a route on its path, is one expression too many.
   * @param what names it: `a matcher of the header x`
   */
  passesOver(asker: object, what: string): boolean {
    if (!isExpression(asker)) return false;
    this.#asked += 1;
    if (this.#asked <= MOST) return false;
    this.#passedOver.set(what, (this.#passedOver.get(what) ?? 0) + 1);
    return true;
  }

  /** What was passed over, in words. */
  get passedOver(): readonly string[] {
    return [...this.#passedOver].map(
      ([what, count]) => `${what} and ${count - 1} more like it, which look for a text or an expression`,
    );
  }
}

function isExpression(asker: HeaderMatcher & StringMatcher): boolean {
  const { string_match: text, safe_regex_match: oldRegex, contains_match: oldText } = asker;
  const { safe_regex: regex, contains } = text ?? asker;
  return [regex, contains, oldRegex, oldText].some((one) => one !== undefined);
}

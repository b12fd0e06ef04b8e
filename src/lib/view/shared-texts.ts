/** Of texts that say the same one stays: of a hundred thousand clusters most have the same limits. */

const MOST_SHARED = 10_000;

export class SharedTexts {
  readonly #known = new Map<string, string>();

  /** The same text, as it was seen first. */
  shared(text: string): string {
    const own = this.#known.get(text);
    if (own !== undefined) return own;
    if (this.#known.size < MOST_SHARED) this.#known.set(text, text);
    return text;
  }
}

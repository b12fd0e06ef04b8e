/**
 * Texts that stand anywhere in others, found by pieces of a few lengths: which of a hundred thousand a text may contain takes a look
 * at each place of the text for each length, and not a search for each of them.
 */

/** Longer pieces are not made: a power of two. */
const LONGEST = 64;
/** More places than this are not looked at. */
const MOST_PLACES = 1_000_000;

/** Pieces of a text, each as long as a power of two: they cover it up to twice that length. Of an empty text the empty one. */
export function piecesOf(text: string): readonly string[] {
  if (text === '') return [text];
  const length = Math.min(LONGEST, 2 ** Math.floor(Math.log2(text.length)));
  const middle = (text.length - length) >> 1;
  const starts = text.length > 2 * length ? [0, middle, text.length - length] : [0, text.length - length];
  return [...new Set(starts.map((at) => text.slice(at, at + length)))];
}

/** What is kept under pieces that stand in the text. */
export function* foundIn<T>(
  text: string,
  lengths: readonly number[],
  kept: ReadonlyMap<string, T>,
): Generator<T, void> {
  const seen = new Set<T>();
  for (const length of lengths) {
    for (let at = 0; at + length <= text.length; at += 1) {
      const found = kept.get(text.slice(at, at + length));
      if (found === undefined || seen.has(found)) continue;
      seen.add(found);
      yield found;
    }
  }
}

/** Whether it is worth looking at so long a text. */
export function isWorthLooking(text: string, lengths: readonly number[]): boolean {
  return text.length * lengths.length <= MOST_PLACES;
}

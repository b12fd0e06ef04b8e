/** Comparisons that views sort by. */

export type Comparator = (a: string, b: string) => number;

/** By UTF-8 bytes, as Go compares strings; code points have the same order. */
export function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** A comparison as byBytes does for texts that are among these, or parts of them; a faster one where that says the same. */
export function byBytesOf(texts: Iterable<string>): Comparator {
  for (const text of texts) if (SURROGATE.test(text)) return byBytes;
  // Without surrogates code units have the order of code points.
  return (a, b) => (a < b ? -1 : a === b ? 0 : 1);
}

const SURROGATE = /[\ud800-\udfff]/;

/** Surrogates stand for code points beyond all others, though their code units are lower than some. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The first comparison that tells them apart. */
export function firstOf(...comparisons: readonly number[]): number {
  return comparisons.find((comparison) => comparison !== 0) ?? 0;
}

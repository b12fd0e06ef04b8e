/** Lists too long to be drawn: a picture or a page of thousands is read by nobody, and some browsers do not open it. */

export interface CutList<T> {
  readonly shown: readonly T[];
  /** How many were left out, in words: `12 more endpoints`; null where none was. */
  readonly left: string | null;
}

/** A list of things that have shares. */
export interface CutShares<T> extends CutList<T> {
  /** 0 to 1. */
  readonly leftShare: number;
}

/**
 * The first of a list, and how many there are beside them.
 * @param noun what they are, in the plural
 */
export function cutList<T>(list: readonly T[], most: number, noun: string): CutList<T> {
  const more = list.length - most;
  return more <= 0 ? { shown: list, left: null } : { shown: list.slice(0, most), left: `${more} more ${noun}` };
}

/** As cutList, with the share that those left out have together. */
export function cutShares<T extends { readonly share: number }>(
  list: readonly T[],
  most: number,
  noun: string,
): CutShares<T> {
  return { ...cutList(list, most, noun), leftShare: list.slice(most).reduce((sum, { share }) => sum + share, 0) };
}

/** A part of the checks, so that several jobs can share them: `I/N`, as jest and Playwright spell it. */
import { UsageError } from '../errors';

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** Reads `I/N`. Throws UsageError for anything else. */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const index = Number(match?.[1] ?? 0);
  const count = Number(match?.[2] ?? 0);
  if (match !== null && index >= 1 && index <= count) return { index, count };
  throw new UsageError(`invalid argument "${text}" for "--shard" flag: it is I/N, with I from 1 to N`, {
    hint: 'For example --shard 1/4.',
  });
}

/**
 * The I-th of N parts. Items of one group follow one another, and where a part would begin or end within a group it does so at
 * the nearest end of it, so that a proxy is loaded by one job; within the group only where that would move it by half of a part.
 * Each item is in one part, in the items' order.
 * @param groupOf the group of an item; where it is left out, all are one
 */
export function shardOf<T>(
  items: readonly T[],
  { index, count }: Shard,
  groupOf: (item: T) => string = () => '',
): readonly T[] {
  const groups = new Map<string, number[]>();
  for (const [place, item] of items.entries()) {
    const group = groupOf(item);
    const same = groups.get(group);
    if (same === undefined) groups.set(group, [place]);
    else same.push(place);
  }
  const ends = [0];
  for (const group of groups.values()) ends.push((ends.at(-1) ?? 0) + group.length);
  const size = items.length / count;
  const bound = (number: number): number => {
    const even = size * number;
    const end = nearest(ends, even);
    return Math.abs(end - even) < size / 2 ? end : Math.floor(even);
  };
  const mine = new Set([...groups.values()].flat().slice(bound(index - 1), bound(index)));
  return items.filter((_item, place) => mine.has(place));
}

/** Of numbers that grow the one that is nearest, the smaller of two. */
function nearest(numbers: readonly number[], wanted: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const [above = 0, below = 0] = [numbers[low], numbers[low - 1] ?? numbers[low]];
  return wanted - below <= above - wanted ? below : above;
}

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
 * The I-th of N parts, as even as can be, in the items' order: items of one group stay together, so that a proxy is loaded by
 * as few jobs as can be.
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
  const bound = (number: number): number => Math.floor((items.length * number) / count);
  const mine = new Set([...groups.values()].flat().slice(bound(index - 1), bound(index)));
  return items.filter((_item, place) => mine.has(place));
}

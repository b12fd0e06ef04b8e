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

/** The I-th of N runs of neighbours, as even as can be: neighbours mostly ask the same proxy, which is then loaded once. */
export function shardOf<T>(items: readonly T[], { index, count }: Shard): readonly T[] {
  const bound = (number: number): number => Math.floor((items.length * number) / count);
  return items.slice(bound(index - 1), bound(index));
}

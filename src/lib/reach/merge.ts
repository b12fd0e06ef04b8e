/** Puts neighbouring classes with the same outcome together: those that differ in one dimension alone. */
import type { Cell } from './cell';
import { universeOf } from './universe';
import { either, keyOf, type ValueSet } from './value-set';

export interface Mergeable {
  readonly cell: Cell;
  /** The same for the same outcome. */
  readonly outcome: string;
}

/**
 * Merges until nothing can be merged. Of classes put together the first stands for all.
 * @param describable whether a set of values of a dimension can be put in words; others stay apart
 */
export function merged<T extends Mergeable>(
  classes: readonly T[],
  describable: (dimension: string, set: ValueSet) => boolean,
): readonly T[] {
  let now = classes;
  for (;;) {
    const before = now.length;
    for (const dimension of new Set(now.flatMap(({ cell }) => cell.dimensions)))
      now = along(now, dimension, describable);
    if (now.length === before) return now;
  }
}

function along<T extends Mergeable>(
  classes: readonly T[],
  dimension: string,
  describable: (dimension: string, set: ValueSet) => boolean,
): readonly T[] {
  const groups = new Map<string, T[]>();
  for (const one of classes) {
    const key = JSON.stringify([one.outcome, otherKeys(one.cell, dimension)]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group): readonly T[] => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const set = group.map(({ cell }) => cell.setOf(dimension)).reduce(either);
    return describable(dimension, set) ? [{ ...first, cell: first.cell.with(dimension, set) }] : group;
  });
}

function otherKeys(cell: Cell, but: string): readonly string[] {
  return cell.dimensions
    .filter((dimension) => dimension !== but)
    .map((dimension) => [dimension, keyOf(cell.setOf(dimension))] as const)
    .filter(([dimension, key]) => key !== keyOf(universeOf(dimension)))
    .map((pair) => pair.join(' '))
    .sort();
}

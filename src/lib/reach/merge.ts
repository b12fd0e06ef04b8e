/** Puts neighbouring classes with the same outcome together: those that differ in one dimension alone. */
import type { Cell, Spaces } from '../algebra/cell';
import type { ValueSet } from '../algebra/value-set';

export interface Mergeable {
  readonly cell: Cell;
  /** The same for the same outcome. */
  readonly outcome: string;
  /** What it was not divided by. */
  readonly unsplit: readonly string[];
}

/**
 * Merges until nothing can be merged. Of classes put together the first stands for all.
 * @param describable whether a set of values of a dimension can be put in words; others stay apart
 */
export function merged<T extends Mergeable>(
  spaces: Spaces,
  classes: readonly T[],
  describable: (dimension: string, set: ValueSet) => boolean,
): readonly T[] {
  let now = classes;
  for (;;) {
    const before = now.length;
    for (const dimension of new Set(now.flatMap(({ cell }) => cell.dimensions)))
      now = along(spaces, now, dimension, describable);
    if (now.length === before) return now;
  }
}

function along<T extends Mergeable>(
  spaces: Spaces,
  classes: readonly T[],
  dimension: string,
  describable: (dimension: string, set: ValueSet) => boolean,
): readonly T[] {
  const groups = new Map<string, T[]>();
  for (const one of classes) {
    const key = JSON.stringify([one.outcome, otherKeys(spaces, one.cell, dimension)]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [one]);
    else known.push(one);
  }
  return [...groups.values()].flatMap((group): readonly T[] => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const set = group.map(({ cell }) => cell.setOf(dimension)).reduce((all, set) => all.or(set));
    if (!describable(dimension, set)) return group;
    return [{ ...first, cell: first.cell.with(dimension, set), unsplit: group.flatMap(({ unsplit }) => unsplit) }];
  });
}

function otherKeys(spaces: Spaces, cell: Cell, but: string): readonly string[] {
  return cell.dimensions
    .filter((dimension) => dimension !== but && !spaces.of(dimension).all.isWithin(cell.setOf(dimension)))
    .map((dimension) => `${dimension} ${cell.setOf(dimension).key()}`)
    .sort();
}

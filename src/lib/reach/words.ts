/** Sets of values in words, by the conditions that the configuration asks; a set is never put in words that say something else. */
import type { Condition } from './cell';
import { universeOf } from './universe';
import { both, either, isSame, isWithin, opposite, type ValueSet } from './value-set';

/** Words of a set of values; empty for every value there is, null where the conditions do not give it. */
export function wordsOf(dimension: string, set: ValueSet, asked: readonly Condition[]): readonly string[] | null {
  const universe = universeOf(dimension);
  if (isWithin(universe, set)) return [];
  const own = asked.filter((condition) => condition.dimension === dimension);
  return conjunction(set, universe, own) ?? union(set, universe, own);
}

interface Part {
  readonly set: ValueSet;
  readonly words: string;
}

/** Conditions that all hold: as few as will do, those that hold before those that do not. */
function conjunction(set: ValueSet, universe: ValueSet, asked: readonly Condition[]): readonly string[] | null {
  const positive = asked.filter((one) => isWithin(set, one.set)).map((one): Part => ({ set: one.set, words: one.yes }));
  const negative = asked.flatMap((one): readonly Part[] => {
    const outside = opposite(one.set);
    return isWithin(set, outside) ? [{ set: outside, words: one.no }] : [];
  });
  const single = [...positive, ...negative].find((part) => isSame(both(universe, part.set), set));
  if (single !== undefined) return [single.words];
  let rest = universe;
  const chosen: Part[] = [];
  for (const part of [...positive, ...negative]) {
    if (isSame(rest, set)) break;
    if (isWithin(rest, part.set)) continue;
    rest = both(rest, part.set);
    chosen.push(part);
  }
  if (!isSame(rest, set)) return null;
  return needed(chosen, universe, set).map(({ words }) => words);
}

/** Leaves out what the others say already. */
function needed(parts: readonly Part[], universe: ValueSet, set: ValueSet): readonly Part[] {
  return parts.reduce<readonly Part[]>((kept, part) => {
    const others = kept.filter((one) => one !== part);
    return isSame(others.map((one) => one.set).reduce(both, universe), set) ? others : kept;
  }, parts);
}

/** One of several conditions. */
function union(set: ValueSet, universe: ValueSet, asked: readonly Condition[]): readonly string[] | null {
  const inside = asked.filter((one) => isWithin(both(universe, one.set), set));
  const [first, ...others] = inside;
  if (first === undefined) return null;
  let all = both(universe, first.set);
  const words = [first.yes];
  for (const one of others) {
    const own = both(universe, one.set);
    if (isWithin(own, all)) continue;
    all = either(all, own);
    words.push(one.yes);
  }
  return isSame(all, set) ? [words.join(' or ')] : null;
}

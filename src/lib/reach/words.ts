/** Sets of values in words, by the conditions that the configuration asks; a set is never put in words that say something else. */
import type { ReachCondition } from './cell';
import { universeOf } from './universe';
import { both, either, isSame, isWithin, opposite, type ValueSet } from './value-set';

/** Words of a set of values; empty for every value there is, null where the conditions do not give it. */
export function wordsOf(dimension: string, set: ValueSet, asked: readonly ReachCondition[]): readonly string[] | null {
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
function conjunction(set: ValueSet, universe: ValueSet, asked: readonly ReachCondition[]): readonly string[] | null {
  const member = set.absent ? null : set.values.member();
  const mayHold = ({ set: own }: ReachCondition): boolean => (member === null ? own.absent : own.values.has(member));
  const holding = asked.filter((one) => mayHold(one) && isWithin(set, one.set));
  const positive = holding.map((one): Part => ({ set: one.set, words: one.yes }));
  const single = positive.find((part) => isSame(both(universe, part.set), set));
  if (single !== undefined) return [single.words];
  const negative = asked.flatMap((one): readonly Part[] => {
    if (mayHold(one)) return [];
    const outside = opposite(one.set);
    return isWithin(set, outside) ? [{ set: outside, words: one.no }] : [];
  });
  let rest = universe;
  const chosen: Part[] = [];
  for (const part of [...positive, ...negative]) {
    const cut = both(rest, part.set);
    if (positive.length + negative.length <= MOST_PARTS && isWithin(rest, part.set)) continue;
    rest = cut;
    chosen.push(part);
  }
  if (!isSame(rest, set)) return null;
  return (chosen.length > MOST_PARTS ? chosen : needed(chosen, universe, set)).map(({ words }) => words);
}

/** Of more conditions than this none is left out because the others say it already: that takes too long to find out. */
const MOST_PARTS = 24;

/** Leaves out what the others say already. */
function needed(parts: readonly Part[], universe: ValueSet, set: ValueSet): readonly Part[] {
  return parts.reduce<readonly Part[]>((kept, part) => {
    const others = kept.filter((one) => one !== part);
    return isSame(others.map((one) => one.set).reduce(both, universe), set) ? others : kept;
  }, parts);
}

/** One of several conditions. */
function union(set: ValueSet, universe: ValueSet, asked: readonly ReachCondition[]): readonly string[] | null {
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

/** Sets of values in words, by the conditions that the configuration asks; a set is never put in words that say something else. */
import { areSameAtoms, dropAtom, hasAtom } from '../algebra/atoms';
import type { ReachCondition, Spaces } from '../algebra/cell';
import type { ValueSet } from '../algebra/value-set';

/** A condition with the values that it takes. */
interface Part {
  /** Its place among those that were asked. */
  readonly place: number;
  readonly set: ValueSet;
  readonly yes: string;
  readonly no: string;
}

/** A condition in words, and those of its opposite. */
interface Told {
  readonly text: string;
  readonly opposite: string;
  readonly set: () => ValueSet;
}

/** More than so many alternatives, some of which are told by what they are not, nobody reads. */
const MOST_OPPOSITES = 3;

/** Puts sets of values of one dimension in words. */
export class Words {
  readonly #all: ValueSet;
  readonly #parts: readonly Part[];
  /** Of each atom, the conditions that take it. */
  readonly #takers = new Map<number, Part[]>();
  /** Conditions that take no value that is there. */
  readonly #takeNone: readonly Part[];

  constructor(spaces: Spaces, dimension: string, asked: readonly ReachCondition[]) {
    this.#all = spaces.of(dimension).all;
    this.#parts = asked
      .filter((condition) => condition.dimension === dimension)
      .map((condition, place) => ({ place, set: spaces.setOf(condition), yes: condition.yes, no: condition.no }));
    this.#takeNone = this.#parts.filter(({ set }) => sizeOf(set) === Number(set.absent));
    for (const part of this.#parts) {
      for (const atom of part.set.numbers) {
        const known = this.#takers.get(atom);
        if (known === undefined) this.#takers.set(atom, [part]);
        else known.push(part);
      }
    }
  }

  /** Words of a set of values; empty for every value there is, null where the conditions do not give it. */
  of(set: ValueSet): readonly string[] | null {
    if (this.#all.isWithin(set)) return [];
    const conjunction = this.#conjunction(set);
    const union = this.#union(set, conjunction?.length ?? Infinity);
    if (conjunction === null) return union === null ? this.#opposites(set) : [union.join(' or ')];
    // What it is says more than all that it is not.
    return union === null ? conjunction : [union.join(' or ')];
  }

  /** All but what conditions that all hold take: one of them does not hold. */
  #opposites(set: ValueSet): readonly string[] | null {
    const parts = this.#conjunctionParts(set.opposite());
    return parts === null || parts.length > MOST_OPPOSITES
      ? null
      : [
          parts
            .map(({ opposite }) => opposite)
            .toReversed()
            .join(' or '),
        ];
  }

  /** Conditions that all hold: as few as will do, those that hold before those that do not. */
  #conjunction(set: ValueSet): readonly string[] | null {
    return this.#conjunctionParts(set)?.map(({ text }) => text) ?? null;
  }

  #conjunctionParts(set: ValueSet): readonly Told[] | null {
    const holding = this.#candidates(set).filter((part) => set.isWithin(part.set));
    const single = holding.find((part) => part.set.isSame(set));
    if (single !== undefined) return [{ text: single.yes, opposite: single.no, set: () => set }];
    let rest = this.#all;
    const words: Told[] = [];
    const narrowestFirst = holding.map((part) => ({ part, size: sizeOf(part.set) })).sort((a, b) => a.size - b.size);
    for (const { part } of narrowestFirst) {
      if (rest.isWithin(part.set)) continue;
      rest = rest.and(part.set);
      words.push({ text: part.yes, opposite: part.no, set: () => part.set });
    }
    const excluded = this.#excluding(rest, set);
    return excluded === null ? null : needed([...words, ...excluded], this.#all, set);
  }

  /** Conditions that take nothing of a set, and together all else of a larger one; null where there are none. */
  #excluding(larger: ValueSet, set: ValueSet): readonly Told[] | null {
    const words: Told[] = [];
    // Thousands of conditions are cut away: what is left is one set that is changed.
    const rest = larger.atoms.slice();
    let absent = larger.absent;
    const cut = ({ set: taken, yes, no }: Part): void => {
      for (const atom of taken.numbers) dropAtom(rest, atom);
      absent &&= !taken.absent;
      words.push({ text: no, opposite: yes, set: () => taken.opposite() });
    };
    if (absent && !set.absent) {
      const part = this.#parts.find((one) => one.set.absent && set.isApartFrom(one.set));
      if (part === undefined) return null;
      cut(part);
    }
    const own = set.atoms;
    for (const atom of larger.numbers) {
      if (hasAtom(own, atom) || !hasAtom(rest, atom)) continue;
      const takers = (this.#takers.get(atom) ?? []).filter((part) => set.isApartFrom(part.set));
      const [widest] = takers.map((part) => ({ part, size: sizeOf(part.set) })).sort((a, b) => b.size - a.size);
      if (widest === undefined) return null;
      cut(widest.part);
    }
    return absent === set.absent && areSameAtoms(rest, own) ? words : null;
  }

  #candidates(set: ValueSet): readonly Part[] {
    const [atom] = set.numbers;
    return atom === undefined ? this.#parts : (this.#takers.get(atom) ?? []);
  }

  /** The conditions that can lie within a set, in the order in which they were asked: thousands of sets have a value or two each. */
  #touching(set: ValueSet): readonly Part[] {
    const found = new Set(this.#takeNone);
    for (const atom of set.numbers) {
      for (const part of this.#takers.get(atom) ?? []) found.add(part);
      if (found.size === this.#parts.length) return this.#parts;
    }
    return [...found].sort((a, b) => a.place - b.place);
  }

  /** One of several conditions, fewer than so many; null where they are as many, or do not give it. */
  #union(set: ValueSet, below: number): readonly string[] | null {
    const inside = this.#touching(set).filter((part) => part.set.isWithin(set));
    const [first, ...others] = inside;
    if (first === undefined || below <= 1) return null;
    let all = first.set;
    const words = [first.yes];
    for (const one of others) {
      if (one.set.isWithin(all)) continue;
      if (words.length + 1 >= below) return null;
      all = all.or(one.set);
      words.push(one.yes);
    }
    return all.isSame(set) ? words : null;
  }
}

/** Of more conditions than this none is left out because the others say it already: that takes too long to find out. */
const MOST_PARTS = 24;

/** Leaves out what the others say already. */
function needed<T extends { readonly set: () => ValueSet }>(
  parts: readonly T[],
  all: ValueSet,
  set: ValueSet,
): readonly T[] {
  if (parts.length > MOST_PARTS) return parts;
  return parts.reduce<readonly T[]>((kept, part) => {
    const others = kept.filter((one) => one !== part);
    return others.reduce((now, one) => now.and(one.set()), all).isSame(set) ? others : kept;
  }, parts);
}

function sizeOf(set: ValueSet): number {
  let size = Number(set.absent);
  for (const atom of set.numbers) size += atom < 0 ? 0 : 1;
  return size;
}

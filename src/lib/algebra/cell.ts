/** Sets of requests: of each dimension of a request, which values it may have. What is not named may be anything. */
import type { Texts } from './texts';
import { Space } from './space';
import { type Universe, universeOf } from './universe';
import type { ValueSet } from './value-set';

/** What is asked about: `host`, `path`, `method`, `header:NAME`, `query:NAME`. */
export type Dimension = string;

/** A condition on one dimension of a request. */
export interface ReachCondition {
  readonly dimension: Dimension;
  /** The same for the same condition. */
  readonly key: string;
  /** Whether it holds where the dimension is missing. */
  readonly absent: boolean;
  /** The values for which it holds. */
  readonly texts: Texts;
  /** In words where it holds: `luffy`, `/admin*`. */
  readonly yes: string;
  /** In words where it does not: `not luffy`. */
  readonly no: string;
  /** Values that a witness had better have, where they will do. */
  readonly preferred: readonly string[];
}

/** The spaces of all dimensions, made when they are first asked for. */
export class Spaces {
  readonly #spaces = new Map<Dimension, Space>();
  readonly #universe: (dimension: Dimension) => Universe;
  readonly #sets = new WeakMap<ReachCondition, ValueSet>();
  /** Whether conditions that were added would make too many parts. */
  readonly #added = new WeakMap<ReachCondition, boolean>();

  /** @param universe what is spoken of in each dimension */
  constructor(universe: (dimension: Dimension) => Universe = universeOf) {
    this.#universe = universe;
  }

  of(dimension: Dimension): Space {
    const found = this.#spaces.get(dimension) ?? new Space(this.#universe(dimension));
    this.#spaces.set(dimension, found);
    return found;
  }

  /** Makes sets of conditions; gives those for which that would make too many parts. */
  add(conditions: readonly ReachCondition[]): readonly ReachCondition[] {
    const byDimension = new Map<Dimension, ReachCondition[]>();
    for (const condition of conditions) {
      if (this.#added.has(condition)) continue;
      const known = byDimension.get(condition.dimension);
      if (known === undefined) byDimension.set(condition.dimension, [condition]);
      else known.push(condition);
    }
    for (const [dimension, own] of byDimension) {
      const failed = this.of(dimension).add(own.map(({ texts }) => texts));
      for (const condition of own) this.#added.set(condition, failed.has(condition.texts.of));
    }
    return conditions.filter((condition) => this.#added.get(condition) === true);
  }

  setOf(condition: ReachCondition): ValueSet {
    const { dimension, texts, absent } = condition;
    const found = this.#sets.get(condition) ?? this.of(dimension).setOf(texts, absent);
    this.#sets.set(condition, found);
    return found;
  }
}

/** A product of value sets, one a dimension. */
export class Cell {
  readonly #spaces: Spaces;
  readonly #sets: ReadonlyMap<Dimension, ValueSet>;

  constructor(spaces: Spaces, sets: ReadonlyMap<Dimension, ValueSet> = new Map()) {
    this.#spaces = spaces;
    this.#sets = sets;
  }

  get dimensions(): readonly Dimension[] {
    return [...this.#sets.keys()];
  }

  setOf(dimension: Dimension): ValueSet {
    return this.#sets.get(dimension) ?? this.#spaces.of(dimension).all;
  }

  /** The cell cut to a set in one dimension. */
  cut(dimension: Dimension, set: ValueSet): Cell {
    return this.with(dimension, this.setOf(dimension).and(set));
  }

  with(dimension: Dimension, set: ValueSet): Cell {
    return new Cell(this.#spaces, new Map(this.#sets).set(dimension, set));
  }

  isEmpty(): boolean {
    return [...this.#sets.values()].some((set) => set.isEmpty());
  }

  isApartFrom(other: Cell): boolean {
    const dimensions = new Set([...this.dimensions, ...other.dimensions]);
    return [...dimensions].some((one) => this.setOf(one).isApartFrom(other.setOf(one)));
  }

  /** What is left of it once another is taken away: disjoint cells. */
  minus(other: Cell): readonly Cell[] {
    if (this.isApartFrom(other)) return [this];
    const left: Cell[] = [];
    let rest = new Cell(this.#spaces, this.#sets);
    for (const dimension of other.dimensions) {
      const set = other.setOf(dimension);
      const outside = rest.cut(dimension, set.opposite());
      if (!outside.setOf(dimension).isEmpty()) left.push(outside);
      rest = rest.cut(dimension, set);
    }
    return left;
  }

  /** Whether a request, of which absent dimensions are missing, is of it. */
  has(values: ReadonlyMap<Dimension, string>): boolean {
    return [...this.#sets].every(([dimension, set]) => set.has(values.get(dimension)));
  }
}

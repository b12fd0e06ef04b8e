/** Sets of requests: of each dimension of a request, which values it may have. What is not named may be anything. */
import { universeOf } from './universe';
import { both, isEmpty, type ValueSet } from './value-set';

/** What is asked about: `host`, `path`, `method`, `header:NAME`, `query:NAME`. */
export type Dimension = string;

/** A condition on one dimension of a request. */
export interface ReachCondition {
  readonly dimension: Dimension;
  /** The same for the same condition. */
  readonly key: string;
  /** Where it holds. */
  readonly set: ValueSet;
  /** In words where it holds: `luffy`, `/admin*`. */
  readonly yes: string;
  /** In words where it does not: `not luffy`. */
  readonly no: string;
  /** Values that a witness had better have, where they will do. */
  readonly preferred: readonly string[];
}

/** A product of value sets, one a dimension. */
export class Cell {
  readonly #sets: ReadonlyMap<Dimension, ValueSet>;

  constructor(sets: ReadonlyMap<Dimension, ValueSet> = new Map()) {
    this.#sets = sets;
  }

  get dimensions(): readonly Dimension[] {
    return [...this.#sets.keys()];
  }

  setOf(dimension: Dimension): ValueSet {
    return this.#sets.get(dimension) ?? universeOf(dimension);
  }

  /** The cell cut to a set in one dimension. */
  cut(dimension: Dimension, set: ValueSet): Cell {
    return this.with(dimension, both(this.setOf(dimension), set));
  }

  with(dimension: Dimension, set: ValueSet): Cell {
    return new Cell(new Map(this.#sets).set(dimension, set));
  }

  isEmpty(): boolean {
    return [...this.#sets.values()].some(isEmpty);
  }
}

/** The requests to one address, divided: walked, merged, and each class in words. */
import { Cell, type ReachCondition, Spaces } from '../algebra/cell';
import type { TraceQuery } from '../trace/request/query';
import { type Exploration, explore, type Observed, type ReachClass, type RequestValues, witnessOf } from './explore';
import { merged } from './merge';
import { authoritySuffix, queryOf, type ReachWay } from './query';
import { restricted, type Where } from './where';
import { Words } from './words';

/** What is asked of every request. */
export interface Question<T> {
  /** Walks a request, and learns what it was asked; `suffix` is the port behind the host of every authority. */
  readonly observe: (query: TraceQuery, suffix: string) => Promise<Observed<T>>;
  /** The same text for what counts as the same end; null for an end that is not wanted. */
  readonly keyOf: (result: T) => string | null;
  /**
   * Walks a request as far as it takes to see whether it can end where it is wanted: what cannot is not divided further.
   * Undefined where every end is of interest.
   */
  readonly leads?: ((query: TraceQuery, suffix: string) => Promise<Observed<boolean>>) | undefined;
}

export interface Classes<T> extends Exploration<T> {
  /** All requests that are asked about. */
  readonly whole: Cell;
  /** Those that are wanted, neighbours with the same end put together. */
  readonly wanted: readonly ReachClass<T>[];
  /** By dimension, conditions that all hold in a class; dimensions that do not matter are left out. */
  readonly words: (cell: Cell) => Readonly<Record<string, readonly string[]>>;
  /** The values of a class's witness. */
  readonly witness: (one: ReachClass<T>) => RequestValues;
}

/** @param most no more classes than this are made */
export async function classesAt<T>(
  question: Question<T>,
  way: ReachWay,
  where: readonly Where[],
  most: number,
): Promise<Classes<T>> {
  const suffix = authoritySuffix(way);
  const asked = new Map<string, ReachCondition>();
  for (const { about } of where) if (about.kind === 'request') asked.set(about.condition.key, about.condition);
  const spaces = new Spaces();
  const walked =
    <R>(observe: (query: TraceQuery, suffix: string) => Promise<Observed<R>>) =>
    async (values: RequestValues): Promise<Observed<R>> => {
      const seen = await observe(queryOf(values, way), suffix);
      for (const condition of seen.conditions) asked.set(condition.key, condition);
      return seen;
    };
  const whole = restricted(spaces, new Cell(spaces), where);
  const first = question.leads === undefined ? null : await explore(spaces, [whole], walked(question.leads), most);
  const starts = first === null ? [whole] : leading(first);
  const found = await explore(spaces, starts, walked(question.observe), most);
  const words = wordsBy(spaces, [...asked.values()]);
  const wanted = merged(
    spaces,
    found.classes.flatMap((one) => {
      const outcome = question.keyOf(one.result);
      return outcome === null ? [] : [{ ...one, outcome }];
    }),
    (dimension, set) => words(dimension).of(set) !== null,
  );
  return {
    ...found,
    left: found.left + (first?.left ?? 0),
    whole,
    wanted,
    words: (cell) => wordsIn(cell, words),
    // What was not divided further is known of the request alone that was walked.
    witness: ({ cell, unsplit, witness }) => (unsplit.length > 0 ? witness : witnessOf(cell, [...asked.values()])),
  };
}

/** The requests that may end where it is wanted. */
function leading({ classes }: Exploration<boolean>): readonly Cell[] {
  return classes.filter(({ result, unsplit }) => result || unsplit.length > 0).map(({ cell }) => cell);
}

/** Words of each dimension, prepared when they are first asked for. */
function wordsBy(spaces: Spaces, asked: readonly ReachCondition[]): (dimension: string) => Words {
  const known = new Map<string, Words>();
  const failed = new Set(spaces.add(asked));
  const own = asked.filter((condition) => !failed.has(condition));
  return (dimension) => {
    const found = known.get(dimension) ?? new Words(spaces, dimension, own);
    known.set(dimension, found);
    return found;
  };
}

function wordsIn(cell: Cell, words: (dimension: string) => Words): Readonly<Record<string, readonly string[]>> {
  const others = cell.dimensions.filter((one) => one !== 'host' && one !== 'path').sort();
  return Object.fromEntries(
    ['host', 'path', ...others].flatMap((dimension) => {
      const own = words(dimension).of(cell.setOf(dimension)) ?? ['like that of the witness'];
      return own.length === 0 ? [] : [[dimension, own] as const];
    }),
  );
}

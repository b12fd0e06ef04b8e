/**
 * Divides a set of requests into classes in which all end alike: one of it is walked, what the walk asked is the class's
 * condition, and what is left over is divided further. Classes are disjoint, and together they are everything, by construction.
 */
import type { Cell, ReachCondition } from './cell';
import { LanguageTooLarge } from './language';
import { both, isEmpty, opposite } from './value-set';

/** A condition, and whether it holds. */
export interface ConditionAnswer {
  readonly condition: ReachCondition;
  readonly holds: boolean;
}

/** What a walk learns. */
export interface Observed<T> {
  readonly conditions: readonly ReachCondition[];
  readonly unsplit: readonly string[];
  readonly result: T;
}

/** Values of a request, by dimension; absent dimensions are missing or do not matter. */
export type RequestValues = ReadonlyMap<string, string>;

export interface ReachClass<T> {
  readonly cell: Cell;
  /** What told it from its neighbours, in order. */
  readonly answers: readonly ConditionAnswer[];
  readonly witness: RequestValues;
  readonly unsplit: readonly string[];
  readonly result: T;
}

export interface Exploration<T> {
  readonly classes: readonly ReachClass<T>[];
  /** How many parts were left because the bound was met. */
  readonly left: number;
  readonly unsplit: readonly string[];
}

interface Open {
  readonly cell: Cell;
  readonly answers: readonly ConditionAnswer[];
  readonly decided: Decided | null;
}

/** Conditions of which all requests of a cell give one answer: the first so many that a walk asked, and those before. */
interface Decided {
  readonly conditions: readonly ReachCondition[];
  readonly count: number;
  readonly before: Decided | null;
}

function keysOf(decided: Decided | null): ReadonlySet<string> {
  const keys = new Set<string>();
  for (let one = decided; one !== null; one = one.before) {
    for (const { key } of one.conditions.slice(0, one.count)) keys.add(key);
  }
  return keys;
}

/** @param most no more classes than this are made */
export async function explore<T>(
  start: Cell,
  walk: (values: RequestValues) => Promise<Observed<T>>,
  most: number,
): Promise<Exploration<T>> {
  const open: Open[] = start.isEmpty() ? [] : [{ cell: start, answers: [], decided: null }];
  const classes: ReachClass<T>[] = [];
  const unsplit = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (classes.length >= most) {
      open.push(next);
      break;
    }
    const witness = witnessOf(next.cell, next.answers);
    const observed = await walk(witness);
    const { cell, answers, rest, lost } = divided(next, observed.conditions, witness);
    open.push(...rest.toReversed());
    for (const what of [...observed.unsplit, ...lost]) unsplit.add(what);
    classes.push({ cell, answers, witness, unsplit: [...observed.unsplit, ...lost], result: observed.result });
  }
  return { classes, left: open.length, unsplit: [...unsplit] };
}

/** Cuts a cell down to what answers as its witness does; what answers otherwise is the rest. */
function divided(
  { cell: whole, answers: known, decided }: Open,
  conditions: readonly ReachCondition[],
  witness: RequestValues,
): {
  readonly cell: Cell;
  readonly answers: readonly ConditionAnswer[];
  readonly rest: readonly Open[];
  readonly lost: string[];
} {
  let cell = whole;
  let answers = known;
  const rest: Open[] = [];
  const lost: string[] = [];
  const keys = keysOf(decided);
  for (const [index, condition] of conditions.entries()) {
    if (keys.has(condition.key)) continue;
    const { dimension, set } = condition;
    const value = witness.get(dimension);
    const holds = value === undefined ? set.absent : set.values.has(value);
    try {
      const own = cell.setOf(dimension);
      const other = both(own, holds ? opposite(set) : set);
      if (isEmpty(other)) continue;
      rest.push({
        cell: cell.with(dimension, other),
        answers: [...answers, { condition, holds: !holds }],
        decided: { conditions, count: index + 1, before: decided },
      });
      cell = cell.cut(dimension, holds ? set : opposite(set));
      answers = [...answers, { condition, holds }];
    } catch (error) {
      if (!(error instanceof LanguageTooLarge)) throw error;
      lost.push(`${dimension} ${condition.yes}, whose automaton is too large`);
    }
  }
  return { cell, answers, rest, lost };
}

/** A request of the cell: missing where that will do, else a value that its conditions like, else a shortest. */
export function witnessOf(cell: Cell, answers: readonly ConditionAnswer[]): RequestValues {
  const values = new Map<string, string>();
  const latest = answers.toReversed();
  for (const dimension of new Set(['host', 'path', 'method', ...cell.dimensions])) {
    const set = cell.setOf(dimension);
    if (set.absent) continue;
    const liked = latest
      .filter(({ condition, holds }) => holds && condition.dimension === dimension)
      .flatMap(({ condition }) => condition.preferred);
    const value = set.values.member([...liked, ...(COMMON[dimension] ?? [])]);
    if (value !== null) values.set(dimension, value);
  }
  return values;
}

const COMMON: Readonly<Record<string, readonly string[]>> = {
  host: ['example.com'],
  path: ['/'],
  method: ['GET', 'POST'],
};

/** Whether a request is of a class: for who checks that the classes divide everything. */
export function isOf(cell: Cell, values: RequestValues): boolean {
  return cell.dimensions.every((dimension) => {
    const value = values.get(dimension);
    const set = cell.setOf(dimension);
    return value === undefined ? set.absent : set.values.has(value);
  });
}

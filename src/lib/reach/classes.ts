/** The requests to one address, divided: walked, merged, and each class in words. */
import { Cell, type ReachCondition, Spaces } from '../algebra/cell';
import { CLIENT_DIMENSIONS } from '../algebra/client';
import { universeOf } from '../algebra/universe';
import { familyOf } from '../match/cidr';
import type { TraceQuery } from '../trace/request/query';
import {
  type Exploration,
  explore,
  type Observed,
  type Open,
  type ReachClass,
  type RequestValues,
  witnesses,
  type Work,
  workOf,
} from './explore';
import { merged } from './merge';
import { askedOn, queryOf, type ReachWay } from './query';
import type { AskedRequests } from './recorder';
import { givenConditions, startsOf } from './starts';
import { restricted, type Where } from './where';
import { Words } from './words';

/** What is asked of every request. */
export interface Question<T> {
  /** Walks a request, and learns what it was asked. */
  readonly observe: (query: TraceQuery, asked: AskedRequests) => Promise<Observed<T>>;
  /** The same text for what counts as the same end; null for an end that is not wanted. */
  readonly keyOf: (result: T) => string | null;
  /**
   * Walks a request as far as it takes to see whether it can end where it is wanted: what cannot is not divided further.
   * Undefined where every end is of interest.
   */
  readonly leads?: ((query: TraceQuery, asked: AskedRequests) => Promise<Observed<boolean>>) | undefined;
}

export interface Classes<T> extends Exploration<T> {
  /** All requests that are asked about: disjoint sets. */
  readonly whole: readonly Cell[];
  /** Those that are wanted, neighbours with the same end put together. */
  readonly wanted: readonly ReachClass<T>[];
  /** By dimension, conditions that all hold in a class; dimensions that do not matter are left out. */
  readonly words: (cell: Cell) => Readonly<Record<string, readonly string[]>>;
  /** The values of a class's witness. */
  readonly witness: (one: ReachClass<T>) => RequestValues;
  /** Ports that configuration asks for, of those that no listener names: requests to them may end otherwise. */
  readonly ports: readonly number[];
  /** The dimensions that tell a set from all requests. */
  readonly matters: (cell: Cell) => ReadonlySet<string>;
}

/** Every token names its issuer and audience. */
const ALWAYS = ['claim:iss', 'claim:aud'];

/**
 * Divides; anew as soon as a matcher turns out to name a header by which clients steer Envoy, so that it counts in every class.
 * Where one name after the other turns up, each beginning goes on for as many classes as those before it made.
 * @param most no more classes than this are made
 * @param work what may be done for all of them
 */
export async function classesAt<T>(
  question: Question<T>,
  way: ReachWay,
  where: readonly Where[],
  most: number,
  work: Work = workOf(most),
): Promise<Classes<T>> {
  const on = askedOn(way);
  for (let least = 0; ;) {
    const found = await dividedOnce({ question, way, where, most, work, on, least });
    if (typeof found !== 'number') return found;
    least += found;
  }
}

interface Dividing<T> {
  readonly question: Question<T>;
  readonly way: ReachWay;
  readonly where: readonly Where[];
  readonly most: number;
  readonly work: Work;
  readonly on: AskedRequests;
  /** It is not given up before so many classes are made. */
  readonly least: number;
}

/** How many classes it made where a header was named that counts in those before it, too. */
async function dividedOnce<T>({
  question,
  way,
  where,
  most,
  work,
  on,
  least,
}: Dividing<T>): Promise<Classes<T> | number> {
  const before = on.named.size;
  const asked = new Map<string, ReachCondition>();
  let last: readonly ReachCondition[] = [];
  for (const condition of givenConditions(way, where)) asked.set(condition.key, condition);
  const family = familyOf(way.destination.address.ip);
  const spaces = new Spaces((dimension) => universeOf(dimension, family));
  const always = way.mode === 'outbound' ? ALWAYS : [...ALWAYS, ...CLIENT_DIMENSIONS.filter((one) => one !== 'sni')];
  const exploring = <R>(
    observe: (query: TraceQuery, on: AskedRequests) => Promise<Observed<R>>,
    starts: readonly Open[],
  ) => ({
    spaces,
    starts,
    always,
    most,
    work,
    isObsolete: (made: number) => made >= least && on.named.size > before,
    walk: async (values: RequestValues): Promise<Observed<R>> => {
      const seen = await observe(queryOf(values, way), on);
      // One walk asks much as the one before it.
      let at = 0;
      for (const condition of seen.conditions) {
        if (condition !== last[at]) asked.set(condition.key, condition);
        at += 1;
      }
      last = seen.conditions;
      return seen;
    },
  });
  const all = startsOf(spaces, restricted(spaces, new Cell(spaces), where), way, where);
  for (const dimension of givenIn(all)) on.given.add(dimension);
  const first = question.leads === undefined ? null : await explore(exploring(question.leads, all));
  const made = first?.classes.length ?? 0;
  if (on.named.size > before) return made;
  const found = await explore(exploring(question.observe, first === null ? all : leading(first)));
  if (on.named.size > before) return made + found.classes.length;
  const words = wordsBy(spaces, [...asked.values()]);
  const wanted = merged(
    spaces,
    found.classes.flatMap((one) => {
      const outcome = question.keyOf(one.result);
      return outcome === null ? [] : [{ ...one, outcome }];
    }),
    (dimension, set) => words(dimension).of(set) !== null,
  );
  const witnessIn = witnesses([...asked.values()], always);
  return {
    ...found,
    left: found.left + (first?.left ?? 0),
    whole: all.map(({ cell }) => cell),
    wanted,
    words: (cell) => wordsIn(cell, words),
    // What was not divided further is known of the request alone that was walked.
    witness: ({ cell, unsplit, witness }) => (unsplit.length > 0 ? witness : witnessIn(cell)),
    ports: [...on.ports],
    matters: (cell) => new Set(cell.dimensions.filter((one) => !spaces.of(one).all.isWithin(cell.setOf(one)))),
  };
}

/** Dimensions of a message of which all requests that are asked about have one value: what configuration asks there is known. */
function givenIn(starts: readonly Open[]): readonly string[] {
  const dimensions = new Set(starts.flatMap(({ cell }) => cell.dimensions));
  return [...dimensions].filter(
    (dimension) =>
      /^(?:path$|method$|header:)/.test(dimension) && starts.every(({ cell }) => cell.setOf(dimension).isOneText()),
  );
}

/** The requests that may end where it is wanted. */
function leading({ classes }: Exploration<boolean>): readonly Open[] {
  return classes
    .filter(({ result, unsplit }) => result || unsplit.length > 0)
    .map(({ cell }) => ({ cell, holding: [] }));
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

/** The order of dimensions: who calls, and then what for. */
const FIRST: readonly string[] = [...CLIENT_DIMENSIONS, 'token', 'host', 'path'];

function wordsIn(cell: Cell, words: (dimension: string) => Words): Readonly<Record<string, readonly string[]>> {
  const others = cell.dimensions.filter((one) => !FIRST.includes(one)).sort();
  return Object.fromEntries(
    [...FIRST, ...others].flatMap((dimension) => {
      const own = words(dimension).of(cell.setOf(dimension)) ?? ['like that of the witness'];
      return own.length === 0 ? [] : [[dimension, own] as const];
    }),
  );
}

/**
 * Divides a set of requests into classes in which all end alike: one of it is walked, what the walk asked is the class's
 * condition, and what is left over is divided further. Classes are disjoint, and together they are everything, by construction.
 */
import type { Cell, ReachCondition, Spaces } from '../algebra/cell';
import type { LikedValues, ValueSet } from '../algebra/value-set';
import { ownField } from '../own-field';
import { addAll } from '../lists';

/** What a walk learns. */
export interface Observed<T> {
  readonly conditions: readonly ReachCondition[];
  readonly unsplit: readonly string[];
  /** What configuration does not decide, in all of the class alike. */
  readonly undecided?: readonly string[];
  readonly result: T;
}

/** Values of a request, by dimension; absent dimensions are missing or do not matter. */
export type RequestValues = ReadonlyMap<string, string>;

export interface ReachClass<T> {
  readonly cell: Cell;
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

/** A set of requests that is still to be divided. */
export interface Open {
  readonly cell: Cell;
  /** Conditions that hold in all of it, the latest first. */
  readonly holding: readonly ReachCondition[];
  /** The first conditions that were asked by the walk that it was left over from: all of it answers them alike. */
  readonly decided?: { readonly asked: readonly ReachCondition[]; readonly count: number };
}

/** How much may still be done: conditions that are asked, those on a dimension of many values as several, and classes. */
export interface Work {
  left: number;
}

/** So much is done by default: it ends within some ten seconds of one core whatever the routes are. */
const MOST_WORK = 36_000_000;
const MOST_CLASSES = 10_000;
/** A class, which is walked and whose witness is proven, is as much work as so many conditions. */
const OF_CLASS = 2000;
/** More is done where more classes may be made than by default. */
const OF_FURTHER_CLASS = 5000;
/** A condition on a dimension that falls into so many values more counts as one more. */
const VALUES = 8192;
/** So does a class, whose sets of values are made, for so many values of a dimension that it is asked about. */
const VALUES_OF_CLASS = 15;

/** @param most how many classes may be made */
export function workOf(most: number): Work {
  return { left: MOST_WORK + Math.max(0, most - MOST_CLASSES) * OF_FURTHER_CLASS };
}

/** What a class costs, and what it is asked. */
function workIn(spaces: Spaces, conditions: readonly ReachCondition[]): number {
  const dimensions = new Set(conditions.map(({ dimension }) => dimension));
  const ofClass = [...dimensions].reduce((sum, one) => sum + spaces.of(one).size / VALUES_OF_CLASS, OF_CLASS);
  return conditions.reduce((sum, { dimension }) => sum + 1 + spaces.of(dimension).size / VALUES, ofClass);
}

/** How requests are divided. */
export interface Exploring<T> {
  readonly spaces: Spaces;
  /** Disjoint sets of requests. */
  readonly starts: readonly Open[];
  readonly walk: (values: RequestValues) => Promise<Observed<T>>;
  /** Dimensions of which every request has a value, beside those that its cell names. */
  readonly always: readonly string[];
  /** No more classes than this are made. */
  readonly most: number;
  /** How much may be done for all classes; what is done is taken off. */
  readonly work: Work;
  /** Whether what was made is of no use any more; asked after each class, with how many there are. */
  readonly isObsolete: (made: number) => boolean;
}

/** Walks one request of each class that the walks so far have told apart, until no new class appears or a bound is met. */
export async function explore<T>({
  spaces,
  starts,
  walk,
  always,
  most,
  work,
  isObsolete,
}: Exploring<T>): Promise<Exploration<T>> {
  const open = starts.filter(({ cell }) => !cell.isEmpty());
  const classes: ReachClass<T>[] = [];
  const unsplit = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (classes.length >= most || work.left < 0) {
      open.push(next);
      break;
    }
    const witness = witnessOf(next.cell, next.holding, always);
    const observed = await walk(witness);
    // What the walk that it was left over from asked is known.
    const lost = new Set(spaces.add(observed.conditions.slice(alike(observed.conditions, next.decided))));
    const conditions = lost.size === 0 ? observed.conditions : observed.conditions.filter((one) => !lost.has(one));
    work.left -= workIn(spaces, conditions);
    const { cell, rest } = divided(spaces, next, conditions, witness);
    for (const other of rest.toReversed()) open.push(other);
    const tooLarge = tooLargeTexts(lost);
    for (const what of [...observed.unsplit, ...tooLarge, ...(observed.undecided ?? [])]) unsplit.add(what);
    classes.push({ cell, witness, unsplit: [...observed.unsplit, ...tooLarge], result: observed.result });
    if (isObsolete(classes.length)) break;
  }
  return { classes, left: open.length, unsplit: [...unsplit] };
}

/** More conditions that no class is divided by are not named one by one. */
const MOST_NAMED = 20;

function tooLargeTexts(lost: ReadonlySet<ReachCondition>): readonly string[] {
  const named = [...lost].slice(0, MOST_NAMED);
  const left = new Map<string, number>();
  let at = 0;
  for (const { dimension } of lost) {
    at += 1;
    if (at > MOST_NAMED) left.set(dimension, (left.get(dimension) ?? 0) + 1);
  }
  return [
    ...named.map(({ dimension, yes }) => `${dimension} ${yes}, whose automaton is too large`),
    ...[...left].map(
      ([dimension, count]) => `${count} more conditions on ${dimension}, with which its automaton is too large`,
    ),
  ];
}

/**
 * Cuts a cell down to what answers as its witness does; what answers otherwise is the rest. A walk asks in the same order as
 * the one before as long as the answers are the same, so that the conditions which told the cell from others are not looked at again.
 */
function divided(
  spaces: Spaces,
  { cell: whole, holding: known, decided }: Open,
  conditions: readonly ReachCondition[],
  witness: RequestValues,
): { readonly cell: Cell; readonly rest: readonly Open[] } {
  let cell = whole;
  let holding = known;
  const rest: Open[] = [];
  const isIn = membership(spaces, witness);
  for (let at = alike(conditions, decided); at < conditions.length; at += 1) {
    const condition = conditions[at];
    if (condition === undefined) break;
    const { dimension } = condition;
    const set = spaces.setOf(condition);
    const own = cell.setOf(dimension);
    const holds = isIn(set, dimension);
    // All of the cell answers alike.
    if (holds ? own.isWithin(set) : own.isApartFrom(set)) continue;
    const opposite = set.opposite();
    const other = cell.cut(dimension, holds ? opposite : set);
    const open = { cell: other, holding: holds ? holding : [condition, ...holding] };
    rest.push({ ...open, decided: { asked: conditions, count: at + 1 } });
    cell = cell.cut(dimension, holds ? set : opposite);
    if (holds) holding = [condition, ...holding];
  }
  return { cell, rest };
}

/** Whether a request is in sets of values; where its own values stand in their spaces is found out once. */
function membership(spaces: Spaces, values: RequestValues): (set: ValueSet, dimension: string) => boolean {
  const atoms = new Map<string, number | null>();
  return (set, dimension) => {
    let atom = atoms.get(dimension);
    if (atom === undefined) {
      const value = values.get(dimension);
      atom = value === undefined ? null : spaces.of(dimension).atomOf(value);
      atoms.set(dimension, atom);
    }
    return set.hasAtom(atom);
  };
}

/** With how many conditions, that are decided, a walk begins. */
function alike(
  conditions: readonly ReachCondition[],
  { asked, count }: Open['decided'] = { asked: [], count: 0 },
): number {
  let at = 0;
  while (at < count && conditions[at] === asked[at]) at += 1;
  return at;
}

/** A request of the cell: missing where that will do, else a value that its conditions like, else a shortest. */
export function witnessOf(cell: Cell, holding: readonly ReachCondition[], always: readonly string[]): RequestValues {
  const liked = likedBy(holding);
  return valuesOf(cell, always, (set, dimension) =>
    set.member([...(liked.get(dimension) ?? []), ...(ownField(COMMON, dimension) ?? [])]),
  );
}

/** The same for many cells once all is divided, of which each may like any value. */
export function witnesses(
  holding: readonly ReachCondition[],
  always: readonly string[],
): (cell: Cell) => RequestValues {
  const liked = likedBy(holding);
  const lists = new Map<string, LikedValues>();
  const listOf = (dimension: string, set: ValueSet): LikedValues => {
    const found = lists.get(dimension) ?? set.liked(plainFirst(dimension, liked.get(dimension) ?? []));
    lists.set(dimension, found);
    return found;
  };
  return (cell) => valuesOf(cell, always, (set, dimension) => set.memberOf(listOf(dimension, set)));
}

/** What does not matter is as people would write it. */
function plainFirst(dimension: string, liked: readonly string[]): readonly string[] {
  const common = ownField(COMMON, dimension) ?? (/^(?:header|query):/.test(dimension) ? ['1', 'x'] : []);
  return dimension === 'method' ? [...common, ...liked] : [...liked, ...common];
}

function likedBy(holding: readonly ReachCondition[]): ReadonlyMap<string, readonly string[]> {
  const liked = new Map<string, string[]>();
  for (const { dimension, preferred } of holding) {
    if (preferred.length === 0) continue;
    const known = liked.get(dimension);
    if (known === undefined) liked.set(dimension, [...preferred]);
    else addAll(known, preferred);
  }
  return liked;
}

function valuesOf(
  cell: Cell,
  always: readonly string[],
  memberOf: (set: ValueSet, dimension: string) => string | null,
): RequestValues {
  const values = new Map<string, string>();
  for (const dimension of new Set(['host', 'path', 'method', ...always, ...cell.dimensions])) {
    const set = cell.setOf(dimension);
    if (set.absent) continue;
    const value = memberOf(set, dimension);
    if (value !== null) values.set(dimension, value);
  }
  return values;
}

const COMMON: Readonly<Record<string, readonly string[]>> = {
  host: ['example.com'],
  path: ['/'],
  method: ['GET', 'POST'],
  tls: ['plaintext', 'mtls', 'tls'],
  alpn: ['h2,http/1.1', 'istio-http/1.1,istio,http/1.1'],
  sni: ['example.com', 'www.example.com'],
  principal: [
    'spiffe://cluster.local/ns/default/sa/default',
    'spiffe://cluster.local/ns/other/sa/other',
    'spiffe://other.example/ns/default/sa/default',
  ],
  'source-ip': [
    '203.0.113.7',
    '10.200.0.7',
    '192.168.200.7',
    '172.16.200.7',
    '2001:0db8:0000:0000:0000:0000:0000:0007',
  ],
  'claim:iss': ['https://issuer.example'],
  'claim:aud': ['example'],
};

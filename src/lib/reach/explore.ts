/**
 * Divides a set of requests into classes in which all end alike: one of it is walked, what the walk asked is the class's
 * condition, and what is left over is divided further. Classes are disjoint, and together they are everything, by construction.
 */
import type { Cell, ReachCondition, Spaces } from '../algebra/cell';
import { ownField } from '../own-field';

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
  isObsolete,
}: Exploring<T>): Promise<Exploration<T>> {
  const open = starts.filter(({ cell }) => !cell.isEmpty());
  const classes: ReachClass<T>[] = [];
  const unsplit = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (classes.length >= most) {
      open.push(next);
      break;
    }
    const witness = witnessOf(next.cell, next.holding, always);
    const observed = await walk(witness);
    const lost = spaces.add(observed.conditions);
    const conditions =
      lost.length === 0 ? observed.conditions : observed.conditions.filter((one) => !lost.includes(one));
    const { cell, rest } = divided(spaces, next, conditions, witness);
    for (const other of rest.toReversed()) open.push(other);
    const tooLarge = lost.map(({ dimension, yes }) => `${dimension} ${yes}, whose automaton is too large`);
    for (const what of [...observed.unsplit, ...tooLarge]) unsplit.add(what);
    classes.push({ cell, witness, unsplit: [...observed.unsplit, ...tooLarge], result: observed.result });
    if (isObsolete(classes.length)) break;
  }
  return { classes, left: open.length, unsplit: [...unsplit] };
}

/** Cuts a cell down to what answers as its witness does; what answers otherwise is the rest. */
function divided(
  spaces: Spaces,
  { cell: whole, holding: known }: Open,
  conditions: readonly ReachCondition[],
  witness: RequestValues,
): { readonly cell: Cell; readonly rest: readonly Open[] } {
  let cell = whole;
  let holding = known;
  const rest: Open[] = [];
  for (const condition of conditions) {
    const { dimension } = condition;
    const set = spaces.setOf(condition);
    const own = cell.setOf(dimension);
    const holds = set.has(witness.get(dimension));
    // All of the cell answers alike.
    if (holds ? own.isWithin(set) : own.isApartFrom(set)) continue;
    const opposite = set.opposite();
    const other = cell.cut(dimension, holds ? opposite : set);
    rest.push({ cell: other, holding: holds ? holding : [condition, ...holding] });
    cell = cell.cut(dimension, holds ? set : opposite);
    if (holds) holding = [condition, ...holding];
  }
  return { cell, rest };
}

/** A request of the cell: missing where that will do, else a value that its conditions like, else a shortest. */
export function witnessOf(cell: Cell, holding: readonly ReachCondition[], always: readonly string[]): RequestValues {
  const values = new Map<string, string>();
  const liked = new Map<string, string[]>();
  for (const { dimension, preferred } of holding) {
    if (preferred.length === 0) continue;
    const known = liked.get(dimension);
    if (known === undefined) liked.set(dimension, [...preferred]);
    else known.push(...preferred);
  }
  for (const dimension of new Set(['host', 'path', 'method', ...always, ...cell.dimensions])) {
    const set = cell.setOf(dimension);
    if (set.absent) continue;
    const value = set.member([...(liked.get(dimension) ?? []), ...(ownField(COMMON, dimension) ?? [])]);
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

/** Two configurations of one sender, asked of every request at once: the classes of requests that end otherwise in the second. */
import { ASSUMED } from '../algebra/universe';
import type { Trace } from '../trace/model';
import type { Question } from './classes';
import { dividedRequests, type Scope } from './division';
import { type ClassOutcome, outcomeKey, outcomeOf } from './outcome';
import { provenWitness } from './proof';
import type { Witness } from './query';
import type { TraceQuery } from '../trace/request/query';
import type { AskedRequests } from './recorder';
import { undecidedOf } from './undecided';
import { observed, type Walked } from './walked';

/** How requests end on both sides. */
interface Ends<C> {
  readonly a: ClassOutcome;
  readonly b: ClassOutcome;
  /** What a caller or a server would notice; empty where nothing differs. */
  readonly changed: readonly C[];
}

/** A class of requests that end otherwise. */
export interface ChangedClass<C> extends Ends<C> {
  readonly from: string | null;
  readonly where: Readonly<Record<string, readonly string[]>>;
  readonly witness: Witness;
}

export interface ChangedBehavior<C> {
  /** Whether there is no other: nothing stands in `unsplit`. */
  readonly complete: boolean;
  readonly unsplit: readonly string[];
  readonly assumed: readonly string[];
  /** How many classes were made, of which most end alike. */
  readonly made: number;
  readonly classes: readonly ChangedClass<C>[];
}

/**
 * Walks each request through both, and divides by what either asks. Throws UsageError where one of them sends no requests.
 * @param changesOf what differs between two traces of a request
 */
export async function changedBehavior<C>(
  a: Walked,
  b: Walked,
  scope: Scope,
  changesOf: (a: Trace, b: Trace) => readonly C[],
): Promise<ChangedBehavior<C>> {
  const { endsOf, ...question } = bothEnds(a, b, changesOf);
  const { classes, made, unsplit } = await dividedRequests([a.config, b.config], question, scope);
  const told: ChangedClass<C>[] = [];
  for (const one of classes) {
    const key = endsKey(one.result);
    const witness = await provenWitness(one, async (query) => {
      return endsKey(endsOf(await a.trace(query), await b.trace(query))) === key;
    });
    told.push({ from: a.proxy, where: one.where, ...one.result, witness });
  }
  return { complete: unsplit.length === 0, unsplit, assumed: ASSUMED, made, classes: told };
}

/** How a request ends on both sides, and what both ask of it. */
export function bothEnds<C>(
  a: Walked,
  b: Walked,
  changesOf: (a: Trace, b: Trace) => readonly C[],
): Question<Ends<C>> & { readonly endsOf: (left: Trace, right: Trace) => Ends<C> } {
  const endsOf = (left: Trace, right: Trace): Ends<C> => ({
    a: outcomeOf(left),
    b: outcomeOf(right),
    changed: changesOf(left, right),
  });
  return {
    endsOf,
    observe: async (...[query, asked]: readonly [TraceQuery, AskedRequests]) => {
      const [left, right] = [await observed(a, query, asked), await observed(b, query, asked)];
      return {
        conditions: [...left.conditions, ...right.conditions],
        unsplit: [...left.unsplit, ...right.unsplit],
        undecided: [...undecidedOf(left.result), ...undecidedOf(right.result)],
        result: endsOf(left.result, right.result),
      };
    },
    keyOf: (ends: Ends<C>) => (ends.changed.length === 0 ? null : endsKey(ends)),
  };
}

/** Texts that are made of the request, as a redirect's location, differ within a class: what changed is told of its witness. */
function endsKey<C>({ a, b, changed }: Ends<C>): string {
  return JSON.stringify([outcomeKey(a), outcomeKey(b), changed.length > 0]);
}

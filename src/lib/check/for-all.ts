/** Holds every request that meets conditions against an expectation, and finds one that is otherwise. */
import { InputError } from '../errors';
import type { Question } from '../reach/classes';
import type { Division, Scope } from '../reach/division';
import type { FixedRequest, Witness } from '../reach/query';
import type { Walked } from '../reach/walked';
import type { Trace } from '../trace/model';
import type { ForAll } from './check-file';
import { queryOf } from './check-request';
import { asksForBranches, type TraceExpectation, type Unmet, unmetExpectations } from './expectation';

export interface ForAllAnswer {
  readonly failures: readonly Unmet[];
  /** The trace of the counterexample. */
  readonly trace: Trace | null;
  /** A request that is otherwise; null where there is none. */
  readonly counterexample: Witness | null;
}

interface Held {
  readonly unmet: readonly Unmet[];
}

const MOST_CLASSES = 10_000;

/**
 * Throws InputError where no request meets the conditions, since such a check could not fail, and UsageError for conditions
 * that are none. What could not be divided is not proven: that is a failure, too.
 */
export async function judgeForAll(
  forAll: ForAll,
  expect: TraceExpectation | null,
  from: Walked,
): Promise<ForAllAnswer> {
  const { dividedRequests } = await import('../reach/division.js');
  const scope = await scopeOf(forAll);
  const held = (trace: Trace): Held => ({ unmet: expect === null ? [] : unmetInEveryWay(trace, expect) });
  const question = await questionOf(from, held);
  const division = await dividedRequests([from.config], question, scope);
  if (division.made === 0) {
    throw new InputError('no request meets the conditions of forAll, so that nothing is expected of any', {
      hint: 'mctl reach --where … lists the requests that there are.',
    });
  }
  return await answerOf(division, from, held);
}

/**
 * Of a request that chance sends one of several ways each must be as expected, unless their shares are what is expected. What is
 * not known of a way's end may be what an expectation forbids.
 */
function unmetInEveryWay(trace: Trace, expect: TraceExpectation): readonly Unmet[] {
  const own = [...unmetExpectations(trace, expect), ...undecided(trace, expect)];
  if (own.length > 0 || asksForBranches(expect)) return own;
  const others = trace.branches.map((branch) => unmetExpectations({ ...trace, ...branch, branches: [] }, expect));
  return others.find((unmet) => unmet.length > 0) ?? [];
}

function undecided(trace: Trace, expect: TraceExpectation): readonly Unmet[] {
  const isOpen = [trace, ...trace.branches].some(({ verdict }) => verdict === 'unknown');
  if (!isOpen || expect.verdict === 'unknown' || !expectsNone(expect)) return [];
  return [{ key: 'verdict', expected: 'a request whose end is decided', actual: 'unknown' }];
}

/** Whether something is expected not to be. */
function expectsNone(expect: TraceExpectation): boolean {
  const hops: readonly object[] = expect.hops ?? [];
  return [expect, ...hops].some((one) =>
    Object.entries(one).some(
      ([key, value]) => key === 'not' || value === null || (Array.isArray(value) && value.length === 0),
    ),
  );
}

async function questionOf(from: Walked, held: (trace: Trace) => Held): Promise<Question<Held>> {
  const { observed } = await import('../reach/walked.js');
  return {
    observe: async (query, asked) => {
      const found = await observed(from, query, asked);
      return { ...found, result: held(found.result) };
    },
    keyOf: ({ unmet }) => (unmet.length === 0 ? null : JSON.stringify(unmet)),
  };
}

async function answerOf(
  { classes, unsplit }: Division<Held>,
  from: Walked,
  held: (trace: Trace) => Held,
): Promise<ForAllAnswer> {
  const [first] = classes;
  if (first === undefined) {
    const notProven = {
      key: 'forAll',
      expected: 'every request is divided',
      actual: `not divided by ${unsplit.join('; ')}`,
    };
    return { failures: unsplit.length === 0 ? [] : [notProven], trace: null, counterexample: null };
  }
  const { provenWitness } = await import('../reach/proof.js');
  const key = JSON.stringify(first.result.unmet);
  let last: Trace | null = null;
  const counterexample = await provenWitness(first, async (query) => {
    last = await from.trace(query);
    return JSON.stringify(held(last).unmet) === key;
  });
  return { failures: first.result.unmet, trace: last, counterexample };
}

async function scopeOf({ request = {}, where = [], maxClasses = MOST_CLASSES }: ForAll): Promise<Scope> {
  const [{ parseWhere }, { whereOf }] = await Promise.all([
    import('../reach/where.js'),
    import('../reach/request-where.js'),
  ]);
  const conditions = where.map(parseWhere);
  const { url, method, headers, ...rest } = request;
  const { sourceIp, sourcePrincipal, sni, alpn, tls, claims, httpVersion, uid, gid, oneHop, mode } = queryOf({
    ...rest,
    url: '',
  });
  const given = { sourceIp, sourcePrincipal, sni, alpn, tls, claims, httpVersion, uid, gid };
  const fixed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as FixedRequest;
  return {
    where: [...conditions, ...whereOf({ url, method, headers })],
    fixed,
    inbound: mode === 'inbound',
    oneHop: oneHop ?? false,
    most: maxClasses,
  };
}

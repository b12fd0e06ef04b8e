/** Members of classes of requests, and whether a real Envoy did with each of them what its class says. */
import fc from 'fast-check';
import type { Classes } from '../../../src/lib/reach/classes';
import type { RequestValues } from '../../../src/lib/reach/explore';
import { type ClassOutcome, outcomeKey, outcomeOf } from '../../../src/lib/reach/outcome';
import { askedOn, type ReachWay } from '../../../src/lib/reach/query';
import type { Trace } from '../../../src/lib/trace/model';
import { near } from '../../helpers/reach';
import { type Comparison, compareHop, type Difference } from '../compare/compare';
import { drawsBeforeHosts } from '../compare/shares';
import type { Report } from '../report';
import type { Call, HttpCall } from '../rig/call';
import type { Observation } from '../rig/observation';

const MEMBERS = 3;

export interface Member {
  readonly call: Call;
  readonly trace: Trace;
  /** How the class ends; null where it was not divided to the end. */
  readonly outcome: ClassOutcome | null;
}

/** The witness of each class and others that are drawn near it, with how the class ends. */
export function membersIn({
  classes,
}: Classes<ClassOutcome>): readonly (Pick<Member, 'outcome'> & { readonly values: RequestValues })[] {
  const others = fc.sample(near(classes.map(({ witness }) => witness)), { numRuns: 200, seed: 1 });
  return classes.flatMap(({ cell, witness, unsplit, result }) => {
    const own = others.filter((values) => cell.has(values)).slice(0, MEMBERS - 1);
    return [witness, ...own].map((values) => ({ values, outcome: unsplit.length > 0 ? null : result }));
  });
}

/** The message of a request with these values. */
export function messageOf(values: RequestValues, way: ReachWay): HttpCall {
  const named = [...values].filter(([dimension]) => dimension.startsWith('query:'));
  const query = named.map(([dimension, value]) => `${dimension.slice('query:'.length)}=${value}`).join('&');
  const headers = [...values].flatMap(([dimension, value]) =>
    dimension.startsWith('header:') ? [[dimension.slice('header:'.length), value] as const] : [],
  );
  return {
    method: values.get('method') ?? 'GET',
    path: `${values.get('path') ?? '/'}${query === '' ? '' : `?${query}`}`,
    host: `${values.get('host') ?? ''}${askedOn(way).suffix}`,
    headers,
  };
}

/** What Envoy did with each member, beside its trace and its class. */
export function reportOf(members: readonly Member[], observations: readonly Observation[]): Report {
  const results = members.map(({ call, trace, outcome }, index) => {
    const { differences, compared } = compareAny(observations[index]!, trace);
    return { call, compared, differences: [...differences, ...otherThan(outcome, outcomeOf(trace))] };
  });
  return {
    requests: members.length,
    compared: results.reduce((sum, one) => sum + one.compared, 0),
    disagreements: results.filter(({ differences }) => differences.length > 0),
  };
}

/** Where chance decides before a host is chosen, one of the branches is as good as the likeliest way. */
function compareAny(observation: Observation, trace: Trace): Comparison {
  const own = compareHop(observation, trace);
  if (own.differences.length === 0 || !drawsBeforeHosts(observation, trace)) return own;
  const others = trace.branches.map((branch) => compareHop(observation, { ...trace, ...branch, branches: [] }));
  return others.find(({ differences }) => differences.length === 0) ?? own;
}

/** What a class says and the trace of its member does not: Envoy, which the trace is held against, does not either. */
function otherThan(outcome: ClassOutcome | null, traced: ClassOutcome): readonly Difference[] {
  if (outcome === null || outcomeKey(outcome) === outcomeKey(traced)) return [];
  return [{ what: 'class', envoy: traced, mctl: outcome }];
}

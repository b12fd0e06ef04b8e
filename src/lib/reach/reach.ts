/** Every request that one proxy's application, or a gateway's clients, can send: classes in which all end alike. */
import { ASSUMED } from '../algebra/universe';
import type { Question } from './classes';
import { dividedRequests, type Scope } from './division';
import { type ClassOutcome, outcomeKey, outcomeOf } from './outcome';
import { provenWitness } from './proof';
import type { Witness } from './query';
import { planRequest } from '../trace/request/plan';
import { OtherHosts } from './other-hosts';
import type { LeadsTo } from './to';
import { undecidedOf } from './undecided';
import { observed, recorded, type Walked } from './walked';

export interface ReachOptions extends Scope {
  /** Which outcomes are wanted. */
  readonly wants: (outcome: ClassOutcome) => boolean;
  /** Whether a request that one proxy lets through can end where it is wanted; undefined where every end is of interest. */
  readonly leads?: LeadsTo | undefined;
}

export interface ClassOfRequests {
  readonly from: string | null;
  /** By dimension, conditions that all hold; dimensions that do not matter are left out. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  readonly outcome: ClassOutcome;
  readonly witness: Witness;
}

export interface Reach {
  readonly from: string | null;
  /** Whether the classes are exact and everything: nothing stands in `unsplit`. */
  readonly complete: boolean;
  /** What decides beside the conditions, or was left out because a bound was met. */
  readonly unsplit: readonly string[];
  /** What is taken for granted of every request that is spoken of. */
  readonly assumed: readonly string[];
  readonly classes: readonly ClassOfRequests[];
}

/** Where requests from a proxy end. */
export function outcomesOf(
  from: Walked,
  wants: (outcome: ClassOutcome) => boolean,
  leads?: LeadsTo,
): Question<ClassOutcome> {
  return {
    observe: async (query, asked) => {
      const found = await observed(from, query, asked);
      return { ...found, undecided: undecidedOf(found.result), result: outcomeOf(found.result) };
    },
    keyOf: (outcome) => (wants(outcome) ? outcomeKey(outcome) : null),
    leads: leads === undefined ? undefined : leadsBy(from, leads),
  };
}

/** Walks the first proxy alone, and of hosts that are told by their virtual hosts not even that. */
function leadsBy(from: Walked, { leads, cluster }: LeadsTo): NonNullable<Question<ClassOutcome>['leads']> {
  const byAddress = new Map<string, OtherHosts>();
  return async (query, asked) => {
    const { ip = '', port = 0 } = query.originalDst ?? {};
    const own = byAddress.get(`${ip} ${port}`) ?? new OtherHosts(from.config, (name) => cluster(name, from.config));
    byAddress.set(`${ip} ${port}`, own);
    const { message } = planRequest(query);
    const told = message === null ? null : own.judge(message.authority ?? '', asked, message);
    if (told !== null) return told;
    const { recorder, result } = await recorded(from, { ...query, oneHop: true }, asked, true);
    own.learn(result, recorder);
    return { conditions: recorder.conditions, unsplit: recorder.unsplit, result: leads(result) };
  };
}

/** Walks and divides. Throws UsageError for a proxy that sends no requests of its own. */
export async function reach(from: Walked, options: ReachOptions): Promise<Reach> {
  const { classes, unsplit } = await dividedRequests(
    [from.config],
    outcomesOf(from, options.wants, options.leads),
    options,
  );
  const told: ClassOfRequests[] = [];
  for (const one of classes) {
    const key = outcomeKey(one.result);
    const witness = await provenWitness(one, async (query) => outcomeKey(outcomeOf(await from.trace(query))) === key);
    told.push({ from: from.proxy, where: one.where, outcome: one.result, witness });
  }
  return { from: from.proxy, complete: unsplit.length === 0, unsplit, assumed: ASSUMED, classes: told };
}

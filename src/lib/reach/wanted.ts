/** Which outcomes are asked for, and which conditions that brings along. */
import type { Verdict } from '../trace/model';
import type { ClassOutcome } from './outcome';
import { parseTo } from './to';

export interface WantedOutcomes {
  /** `POD.NS`, `svc/NAME.NS`, `cluster=NAME`, `host=NAME` or `outside`: only what ends there. */
  readonly to?: string | undefined;
  readonly verdict?: readonly Verdict[] | undefined;
  readonly status?: number | undefined;
  /** Envoy's name of a policy, or that of the AuthorizationPolicy that istiod made it of. */
  readonly policy?: string | undefined;
}

export interface Wanted {
  readonly wants: (outcome: ClassOutcome) => boolean;
  /** Conditions to be met beside those of `where`. */
  readonly where: readonly string[];
}

/** What is asked of outcomes wherever they are, and the policies that denied requests among those that were asked about. */
export interface WantedEnds {
  readonly wants: Wanted['wants'];
  readonly policies: ReadonlySet<string>;
}

/** The test of an outcome, the destination left out. */
export function wantedEnds({ verdict, status, policy }: Omit<WantedOutcomes, 'to'>): WantedEnds {
  const policies = new Set<string>();
  return {
    policies,
    wants: (outcome) => {
      if (outcome.policy !== null) policies.add(outcome.policy);
      return (
        (verdict === undefined || verdict.includes(outcome.verdict)) &&
        (status === undefined || outcome.status === status) &&
        (policy === undefined || isOfPolicy(outcome.policy, policy))
      );
    },
  };
}

/** The same of what ends at a destination; undefined where any will do. Throws UsageError for a destination that is none. */
export function endingAt(to: string | undefined, wants: Wanted['wants']): Wanted {
  if (to === undefined) return { wants, where: [] };
  if (to.startsWith('host=')) return { wants, where: [to] };
  const isThere = parseTo(to);
  return { wants: (outcome) => isThere(outcome) && wants(outcome), where: [] };
}

/** The test of an outcome, and conditions to be met beside those of `where`. Throws UsageError for a destination that is none. */
export function wantedOutcomes({ to, ...ends }: WantedOutcomes): Wanted {
  return endingAt(to, wantedEnds(ends).wants);
}

function isOfPolicy(own: string | null, wanted: string): boolean {
  return own === wanted || own?.includes(`policy[${wanted}]`) === true || own?.endsWith(`/${wanted}`) === true;
}

/** Why a policy of this name denies none of the requests that were asked about, for all that is known. */
export function noSuchDenial(wanted: string, policies: ReadonlySet<string>): string {
  const others = [...policies].sort();
  const told =
    others.length === 0
      ? 'no policy denies any of them by its name'
      : `those that deny some are ${others.slice(0, 5).join(', ')}`;
  return `No policy ${wanted} denies any of these requests: ${told}. What no ALLOW policy allows is denied without the name of one: --status 403 lists it.`;
}

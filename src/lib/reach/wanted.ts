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

/** The test of an outcome, and conditions to be met beside those of `where`. Throws UsageError for a destination that is none. */
export function wantedOutcomes({ to, verdict, status, policy }: WantedOutcomes): {
  readonly wants: (outcome: ClassOutcome) => boolean;
  readonly where: readonly string[];
} {
  const where = to?.startsWith('host=') === true ? [to] : [];
  const isThere = to === undefined || where.length > 0 ? () => true : parseTo(to);
  return {
    where,
    wants: (outcome) =>
      isThere(outcome) &&
      (verdict === undefined || verdict.includes(outcome.verdict)) &&
      (status === undefined || outcome.status === status) &&
      (policy === undefined || isOfPolicy(outcome.policy, policy)),
  };
}

function isOfPolicy(own: string | null, wanted: string): boolean {
  return own === wanted || own?.includes(`policy[${wanted}]`) === true || own?.endsWith(`/${wanted}`) === true;
}

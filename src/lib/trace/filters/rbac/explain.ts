/** Decisions of RBAC in words. */
import type { RbacAction } from '../../../envoy/rbac';
import type { Origin } from '../../../envoy/istio-config';
import type { PolicyFacts } from '../../facts/step';
import type { Worded, WordedDetail, WordedMiss } from '../../facts/worded';
import type { RbacDecision } from './engine';
import { parsePolicyName, policyOrigin, policyText } from './policy-name';

/** What a step says of a decision besides its outcome. */
export interface RbacWords extends PolicyFacts {
  readonly cause: Worded;
  readonly rejected: readonly WordedMiss[];
  readonly rejectedCount: number;
  readonly origin: Origin | null;
  readonly details: readonly WordedDetail[];
}

export function decisionWords(decision: RbacDecision): RbacWords {
  const { policy, rejected, rejectedCount } = decision;
  const details: (readonly [string, string])[] = [['action', decision.action]];
  if (policy !== null) details.push(['policy', policy]);
  const { met } = decision;
  const facts = {
    ...(policy === null ? {} : { policy }),
    ...(met === undefined || met === null ? {} : { met }),
  };
  return { cause: causeOf(decision), rejected, rejectedCount, origin: policyOrigin(policy), details, ...facts };
}

const NONE: Readonly<Record<RbacAction, string>> = {
  ALLOW: 'there are ALLOW policies, and none of them matches',
  DENY: 'none of the DENY policies matches',
  LOG: 'none of the AUDIT policies matches: the request is not marked for logging',
};

/** istiod leaves out rules that cannot apply, such as those with HTTP conditions on a TCP port. */
const NO_RULE = 'an ALLOW policy applies, and it has no rule that could match here';

function causeOf({ allowed, action, policy, rejectedCount }: RbacDecision): string {
  if (typeof allowed !== 'boolean') return `whether a policy matches depends on ${allowed.unknown}`;
  if (policy === null && !allowed && action === 'ALLOW' && rejectedCount === 0) return NO_RULE;
  if (policy === null) return allowed || action === 'ALLOW' ? NONE[action] : 'no policy matches';
  const what = policyText(policy);
  if (action === 'LOG') return `${what} matches: the request is marked for logging`;
  return `${what} ${allowed ? 'allows it' : 'denies it'}`;
}

/** What shadow rules would have decided: those of a dry run, or of CUSTOM policies for the external authorizer. */
export function shadowWords(decision: RbacDecision, prefix: string): RbacWords {
  const words = decisionWords(decision);
  const custom = decision.policy === null ? null : parsePolicyName(decision.policy)?.provider;
  if (custom !== null && custom !== undefined) {
    return { ...words, cause: `${policyText(decision.policy ?? '')} (CUSTOM) asks the provider ${custom}` };
  }
  if (prefix.startsWith('istio_ext_authz_')) {
    const cause =
      decision.policy === null ? 'no CUSTOM policy matches: the external authorizer is not asked' : words.cause;
    return { ...words, cause };
  }
  return { ...words, cause: `dry run, which decides nothing: ${words.cause}` };
}

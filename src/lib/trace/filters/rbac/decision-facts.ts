/** What the step of an RBAC filter knows of its decision. */
import type { Origin } from '../../../envoy/istio-config';
import type { PolicyCause, PolicyFacts, PolicyMiss, PolicySetting } from '../../facts/policy';
import type { RbacDecision } from './engine';
import { parsePolicyName, policyOrigin } from './policy-name';

/** What such a step has besides its outcome. */
export interface DecisionFacts extends PolicyFacts {
  readonly cause: PolicyCause;
  readonly rejected: readonly { readonly name: string; readonly cause: PolicyMiss }[];
  readonly rejectedCount: number;
  readonly origin: Origin | null;
  readonly details: readonly PolicySetting[];
}

/** The facts of a decision that is enforced. */
export function decisionFacts(decision: RbacDecision): DecisionFacts {
  const { policy, action, rejected, rejectedCount, met } = decision;
  const details: PolicySetting[] = [{ kind: 'policy-action', action }];
  if (policy !== null) details.push({ kind: 'policy-name', name: policy });
  const facts = {
    ...(policy === null ? {} : { policy }),
    ...(met === undefined || met.length === 0 ? {} : { met }),
  };
  return { cause: causeOf(decision), rejected, rejectedCount, origin: policyOrigin(policy), details, ...facts };
}

/** istiod leaves out rules that cannot apply, such as those with HTTP conditions on a TCP port. */
function causeOf({ allowed, action, policy, rejectedCount }: RbacDecision): PolicyCause {
  if (typeof allowed !== 'boolean') return { kind: 'policy-open', input: allowed.unknown };
  if (policy !== null) return { kind: 'policy-decides', policy, action, allowed };
  if (!allowed && action === 'ALLOW' && rejectedCount === 0) return { kind: 'no-rule-left' };
  return { kind: 'no-policy-matches', action, allowed };
}

/** What shadow rules would have decided: those of a dry run, or of CUSTOM policies for the external authorizer. */
export function shadowFacts(decision: RbacDecision, prefix: string): DecisionFacts {
  const facts = decisionFacts(decision);
  return { ...facts, cause: shadowCause(decision, prefix, facts.cause) };
}

function shadowCause({ policy }: RbacDecision, prefix: string, would: PolicyCause): PolicyCause {
  const provider = policy === null ? null : (parsePolicyName(policy)?.provider ?? null);
  if (policy !== null && provider !== null) return { kind: 'provider-asked', policy, provider };
  if (!prefix.startsWith('istio_ext_authz_')) return { kind: 'dry-run', would };
  return policy === null ? { kind: 'no-custom-policy' } : would;
}

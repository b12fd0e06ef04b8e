/**
 * What RBAC says of a request or a connection.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rbac_filter
 */
import type { Rbac, RbacAction, RbacFilter, RbacMatcherAction } from '../../../envoy/rbac';
import { messageOf, messageTypeOf } from '../../../envoy/any';
import type { Matcher } from '../../../match/matcher-tree';
import { isUnknown } from '../../../match/ternary';
import type { ConditionFacts, PolicyMiss } from '../../facts/policy';
import { matchedFor } from '../../../http/matcher-inputs';
import type { RbacInput } from './condition';
import { policiesOf, metBy, missOf, policyHolds, policyNearness } from './policy';

export interface RbacDecision {
  /** Whether the request may go on; the input that decides where that is not known. */
  readonly allowed: boolean | { readonly unknown: string };
  readonly action: RbacAction;
  /** Envoy's name of the policy that matched; null where none did. */
  readonly policy: string | null;
  /** The conditions of that policy that were met, of each part of it; absent where no policy matched. */
  readonly met?: readonly (readonly ConditionFacts[])[];
  /** The input by which another policy may match before that one; null where none does. */
  readonly openBefore: string | null;
  /** Policies that did not match and what each lacked, the nearest first; bounded. */
  readonly rejected: readonly { readonly name: string; readonly cause: PolicyMiss }[];
  readonly rejectedCount: number;
}

/** The decision of a filter's enforced rules, or of its shadow rules; null where it has none. */
export function decide(
  filter: RbacFilter,
  which: 'enforced' | 'shadow',
  input: RbacInput,
  limit: number,
): RbacDecision | null {
  const matcher = which === 'enforced' ? filter.matcher : filter.shadow_matcher;
  if (matcher !== undefined) return decideByMatcher(matcher, input);
  const rules = which === 'enforced' ? filter.rules : filter.shadow_rules;
  return rules === undefined ? null : decideByRules(rules, input, limit);
}

function decideByRules(rules: Rbac, input: RbacInput, limit: number): RbacDecision {
  const action = rules.action ?? 'ALLOW';
  let open: string | null = null;
  for (const policy of policiesOf(rules)) {
    const result = policyHolds(policy, input);
    if (isUnknown(result)) open ??= result.unknown;
    else if (result) {
      return {
        allowed: action !== 'DENY',
        action,
        policy: policy.name,
        met: metBy(policy, input),
        openBefore: open,
        rejected: [],
        rejectedCount: 0,
      };
    }
  }
  const lacking = lacked(rules, input, limit);
  if (action === 'LOG') return { allowed: true, action, policy: null, openBefore: open, ...lacking };
  const allowed = open === null ? action === 'DENY' : { unknown: open };
  return { allowed, action, policy: null, openBefore: null, ...lacking };
}

function lacked(rules: Rbac, input: RbacInput, limit: number): Pick<RbacDecision, 'rejected' | 'rejectedCount'> {
  const policies = policiesOf(rules);
  const ranked = policies
    .map((policy) => ({ policy, near: policyNearness(policy, input) }))
    .sort((a, b) => b.near - a.near)
    .slice(0, limit);
  return {
    rejected: ranked.map(({ policy }) => ({ name: policy.name, cause: missOf(policy, input) })),
    rejectedCount: policies.length,
  };
}

/** Without a match the request is denied, with no policy named. */
function decideByMatcher(matcher: Matcher, input: RbacInput): RbacDecision {
  const result = matchedFor(matcher, input);
  const nothing = { policy: null, openBefore: null, rejected: [], rejectedCount: 0 };
  if (result.unknown !== null) return { ...nothing, allowed: { unknown: result.unknown }, action: 'ALLOW' };
  if (result.action === null) return { ...nothing, allowed: false, action: 'ALLOW' };
  const type = messageTypeOf(result.action.typed_config);
  if (!type.endsWith('.rbac.v3.Action')) {
    return { ...nothing, allowed: { unknown: `what the action ${type} of the matcher does` }, action: 'ALLOW' };
  }
  const { name, action = 'ALLOW' } = messageOf<RbacMatcherAction>(result.action.typed_config);
  return { ...nothing, allowed: action !== 'DENY', action, policy: name ?? null };
}

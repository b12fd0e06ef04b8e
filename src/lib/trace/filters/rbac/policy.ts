/** The policies of one set of RBAC rules, compiled once and kept in the order in which Envoy asks them. */
import { policiesInOrder, type Policy, type Rbac } from '../../../envoy/rbac';
import { describeCel } from '../../../match/cel/describe';
import { every, isUnknown, type Ternary } from '../../../match/ternary';
import { celConditionHolds } from '../../../http/cel-attributes';
import type { ConditionFacts, PolicyMiss } from '../../facts/policy';
import { type RbacCondition, holds, metOf, nearness, type RbacInput, whyNot } from './condition';
import { leaf } from './leaves';
import { compilePermission } from './permission';
import { compilePrincipal } from './principal';
import { rememberedFor } from '../../../remembered';

export interface CompiledPolicy {
  /** Envoy's name: the key of the map. */
  readonly name: string;
  readonly permissions: RbacCondition;
  readonly principals: RbacCondition;
  /** The CEL expression; null where there is none. */
  readonly condition: RbacCondition | null;
}

/** In the order in which Envoy asks them. */
export const policiesOf = rememberedFor((rules: Rbac): readonly CompiledPolicy[] =>
  policiesInOrder(rules).map(([name, policy]) => compilePolicy(name, policy)),
);

function compilePolicy(name: string, policy: Policy): CompiledPolicy {
  return {
    name,
    permissions: { kind: 'any', of: (policy.permissions ?? []).map(compilePermission) },
    principals: { kind: 'any', of: (policy.principals ?? []).map(compilePrincipal) },
    condition: conditionOf(policy),
  };
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/rbac/v3/rbac.proto (Policy.condition) */
function conditionOf({ condition, checked_condition: checked }: Policy): RbacCondition | null {
  const expression = condition ?? checked?.expr;
  if (expression === undefined) return null;
  const holds = (input: RbacInput): Ternary => celConditionHolds(expression, input);
  return leaf(
    () => `the condition ${describeCel(expression)}`,
    holds,
    (input) => {
      const result = holds(input);
      return isUnknown(result) ? { kind: 'depends-on', input: result.unknown } : { kind: 'is', shown: String(result) };
    },
  );
}

/** One of its permissions and one of its principals, and its condition. */
export function policyHolds(policy: CompiledPolicy, input: RbacInput): Ternary {
  return every(partsOf(policy), (part) => holds(part, input));
}

function partsOf({ permissions, principals, condition }: CompiledPolicy): readonly RbacCondition[] {
  return condition === null ? [permissions, principals] : [permissions, principals, condition];
}

/** What was met of each part of a policy that holds; a part that holds for every request is left out. */
export function metBy(policy: CompiledPolicy, input: RbacInput): readonly (readonly ConditionFacts[])[] {
  return partsOf(policy)
    .map((part) => metOf(part, input))
    .filter((met) => met.length > 0);
}

/** What the policy lacked: the first part of it that does not hold. */
export function missOf(policy: CompiledPolicy, input: RbacInput): PolicyMiss {
  const parts = partsOf(policy);
  const failed =
    parts.find((part) => holds(part, input) === false) ?? parts.find((part) => isUnknown(holds(part, input)));
  return failed === undefined ? { kind: 'every-condition-holds' } : whyNot(failed, input);
}

/** How near a policy came to holding; the larger the nearer. */
export function policyNearness(policy: CompiledPolicy, input: RbacInput): number {
  return partsOf(policy).reduce((sum, part) => sum + nearness(part, input), 0);
}

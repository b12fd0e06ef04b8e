/** What the steps of RBAC filters know: what was decided, and by which condition of which policy. */
import type { RbacAction } from '../../envoy/rbac';

/** A condition of a policy, or several of them, in words of the configuration where it is a single one. */
export type ConditionFacts =
  | { readonly kind: 'one'; readonly wants: string }
  | { readonly kind: 'not'; readonly of: ConditionFacts }
  /** `more`: how many others there are. */
  | { readonly kind: 'all' | 'any'; readonly named: readonly ConditionFacts[]; readonly more: number };

/** What came for a condition. */
export type CameFacts =
  /** The value, as it is shown. */
  | { readonly kind: 'is'; readonly shown: string }
  | { readonly kind: 'depends-on'; readonly input: string }
  /** What dynamic metadata or the route's metadata has, in words of its matcher. */
  | { readonly kind: 'metadata'; readonly says: string }
  | { readonly kind: 'anything' }
  | { readonly kind: 'nothing-listed' }
  | { readonly kind: 'no-header' }
  | { readonly kind: 'no-request' }
  | { readonly kind: 'no-server-name' }
  | { readonly kind: 'no-filter-state' }
  | { readonly kind: 'source-in-plain-text' }
  | { readonly kind: 'source-without-certificate' }
  | { readonly kind: 'nameless-certificate' };

/** Why a policy does not match: the first condition of it that fails. */
export type PolicyMiss =
  | { readonly kind: 'condition-fails'; readonly wants: ConditionFacts; readonly came: CameFacts }
  | { readonly kind: 'condition-excludes'; readonly excluded: ConditionFacts; readonly came: CameFacts }
  | { readonly kind: 'excludes-everything' }
  | { readonly kind: 'lists-nothing' }
  | { readonly kind: 'every-condition-holds' };

/** What RBAC decides. */
export type PolicyCause =
  | { readonly kind: 'policy-open'; readonly input: string }
  /** An ALLOW policy applies, and istiod has left out every rule of it. */
  | { readonly kind: 'no-rule-left' }
  | { readonly kind: 'no-policy-matches'; readonly action: RbacAction; readonly allowed: boolean }
  | {
      readonly kind: 'policy-decides';
      readonly policy: string;
      readonly action: RbacAction;
      readonly allowed: boolean;
    }
  /** Of shadow rules: a CUSTOM policy asks its provider. */
  | { readonly kind: 'provider-asked'; readonly policy: string; readonly provider: string }
  | { readonly kind: 'no-custom-policy' }
  | { readonly kind: 'dry-run'; readonly would: PolicyCause }
  | { readonly kind: 'no-policies'; readonly of: 'request' | 'connection' };

/** What an RBAC filter's step shows of the decision. */
export type PolicySetting =
  | { readonly kind: 'policy-action'; readonly action: RbacAction }
  | { readonly kind: 'policy-name'; readonly name: string };

/** What the step of a policy knows. */
export interface PolicyFacts {
  /** The name of the policy that matched, as Envoy's configuration has it. */
  readonly policy?: string;
  /** The conditions of that policy that were met, of each part of it; absent where it has none. */
  readonly met?: readonly (readonly ConditionFacts[])[];
}

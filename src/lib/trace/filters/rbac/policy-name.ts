/** Names that istiod gives RBAC policies: `ns[NAMESPACE]-policy[NAME]-rule[N]`. */
import type { Origin } from '../../model';
import { objectOrigin } from '../../../envoy/istio-config';

export interface IstioPolicyName {
  readonly namespace: string;
  readonly name: string;
  /** Number of the rule in the AuthorizationPolicy, from 0. */
  readonly rule: number;
  /** The extension provider of a CUSTOM policy; null for the others. */
  readonly provider: string | null;
}

const FORM = /^(?:istio-ext-authz-(.{1,253}?)-)?ns\[([^\]]{0,253})\]-policy\[([^\]]{0,253})\]-rule\[(\d{1,9})\]/;

/** Null where the name is not istiod's. https://istio.io/latest/docs/ops/common-problems/security-issues/ */
export function parsePolicyName(policy: string): IstioPolicyName | null {
  const [, provider, namespace, name, rule] = FORM.exec(policy) ?? [];
  if (namespace === undefined || name === undefined || rule === undefined) return null;
  return { namespace, name, rule: Number(rule), provider: provider ?? null };
}

/** The AuthorizationPolicy behind an RBAC policy; null where the name does not tell. */
export function policyOrigin(policy: string | null): Origin | null {
  const istio = policy === null ? null : parsePolicyName(policy);
  if (istio === null) return null;
  const { name, namespace } = istio;
  return objectOrigin('AuthorizationPolicy', 'authorizationpolicy', name, namespace);
}

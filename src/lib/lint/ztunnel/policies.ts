/**
 * Policies that do nothing at ztunnel, or more than they seem to: istiod leaves conditions on HTTP out of what it sends there.
 * https://istio.io/latest/docs/ambient/usage/l4-policy/
 */
import { policyOrigin } from '../../mesh/policy-origin';
import { policyKey } from '../../trace/ztunnel/policy';
import type { ZtunnelPolicy, PolicyMatch } from '../../ztunnel/resources';
import type { Finding, LintRule } from '../finding';
import { type LintedZtunnel, pointerOf } from './linted-ztunnel';

const AT_WAYPOINT = 'give it targetRefs, so that a waypoint enforces it';

export function policyFindings(linted: LintedZtunnel): readonly Finding[] {
  const { index } = linted;
  const listed = new Set(index.workloads.flatMap(({ authorizationPolicies: own }) => own ?? []));
  return index.policies.flatMap((policy) => {
    const fault = faultOf(policy, listed);
    if (fault === null) return [];
    const key = policyKey(policy);
    return [
      {
        ...fault,
        severity: 'warning',
        resource: `policy ${key}`,
        owner: policyOrigin(key),
        config: pointerOf(linted, policy),
      } satisfies Finding,
    ];
  });
}

interface Fault {
  readonly rule: LintRule;
  readonly message: string;
}

function faultOf(policy: ZtunnelPolicy, listed: ReadonlySet<string | null>): Fault | null {
  // istiod sends them as soon as there is any PeerAuthentication, or a waypoint, whoever lists them.
  const isOfIstiod = /^istio_(?:converted|allow_waypoint)_/.test(policy.name ?? '');
  if (policy.scope === 'WorkloadSelector' && !listed.has(policyKey(policy))) {
    return isOfIstiod
      ? null
      : { rule: 'policy-without-effect', message: 'its selector selects no workload that ztunnel knows' };
  }
  const rules = policy.rules ?? [];
  if (policy.dryRun === true) return null;
  if (rules.some((rule) => canHold(rule ?? []))) return null;
  const why =
    rules.length === 0
      ? 'ztunnel has no rule of it'
      : 'each of its rules holds a condition of which nothing is left at ztunnel, and which nothing meets there';
  const open = 'conditions on HTTP (methods, paths, hosts, headers, JWT) are left out of what ztunnel gets';
  if (policy.action === 'Deny') {
    const isWritten = rules.length === 0 ? '' : `; ${AT_WAYPOINT}`;
    return { rule: 'policy-without-effect', message: `it denies nothing: ${why}; ${open}${isWritten}` };
  }
  const written = rules.length === 0 ? ' (where it is written without rules, to deny all, that is what it does)' : '';
  return {
    rule: 'policy-allows-nothing',
    message: `it allows nothing, so that what no other ALLOW policy allows is denied: ${why}; ${open}${written}; ${AT_WAYPOINT}`,
  };
}

/** Whether every clause of a rule has a match that something can meet: one without fields nothing does. */
function canHold(rule: NonNullable<NonNullable<ZtunnelPolicy['rules']>[number]>): boolean {
  return rule.every((clause) => {
    const matches = clause ?? [];
    return matches.length === 0 || matches.some((match) => hasFields(match ?? {}));
  });
}

function hasFields(match: PolicyMatch): boolean {
  return Object.values(match).some((values: unknown) => Array.isArray(values) && values.length > 0);
}

/** The words of RBAC: which policy decides, and what another one lacks. */
import type { RbacAction } from '../../envoy/rbac';
import type {
  CameFacts,
  ConditionFacts,
  PolicyCause,
  PolicyFacts,
  PolicyMiss,
  PolicySetting,
} from '../../trace/facts/policy';
import { parsePolicyName } from '../../trace/filters/rbac/policy-name';
import type { SettingLabels } from './labels';
import { tell, type Tellings } from './tellings';

/** The policy for people: `rule 0 of the AuthorizationPolicy viewer in bookinfo`, or Envoy's name. */
export function policyText(policy: string): string {
  const istio = parsePolicyName(policy);
  return istio === null
    ? `the policy ${policy}`
    : `rule ${istio.rule} of the AuthorizationPolicy ${istio.name} in ${istio.namespace}`;
}

const NONE: Readonly<Record<RbacAction, string>> = {
  ALLOW: 'there are ALLOW policies, and none of them matches',
  DENY: 'none of the DENY policies matches',
  LOG: 'none of the AUDIT policies matches: the request is not marked for logging',
};

export const POLICY: Tellings<PolicyCause> = {
  'policy-open': ({ input }) => `whether a policy matches depends on ${input}`,
  'no-rule-left': () => 'an ALLOW policy applies, and it has no rule that could match here',
  'no-policy-matches': ({ action, allowed }) => (allowed || action === 'ALLOW' ? NONE[action] : 'no policy matches'),
  'policy-decides': ({ policy, action, allowed }) => {
    const what = policyText(policy);
    if (action === 'LOG') return `${what} matches: the request is marked for logging`;
    return `${what} ${allowed ? 'allows it' : 'denies it'}`;
  },
  'provider-asked': ({ policy, provider }) => `${policyText(policy)} (CUSTOM) asks the provider ${provider}`,
  'no-custom-policy': () => 'no CUSTOM policy matches: the external authorizer is not asked',
  'dry-run': ({ would }) => `dry run, which decides nothing: ${tell(POLICY, would)}`,
  'no-policies': ({ of }) => (of === 'request' ? 'has no rules, so it lets everything pass' : 'has no rules'),
};

export const POLICY_MISS: Tellings<PolicyMiss> = {
  'condition-fails': ({ wants, came }) => `${conditionText(wants)} does not match: ${tell(CAME, came)}`,
  'condition-excludes': ({ excluded, came }) => `${conditionText(excluded)} is excluded, and ${tell(CAME, came)}`,
  'excludes-everything': () => 'it matches nothing at all',
  'lists-nothing': () => 'has nothing that could match',
  'every-condition-holds': () => 'holds',
};

export const POLICY_SETTINGS: SettingLabels<PolicySetting> = {
  'policy-action': ['action', ({ action }) => action],
  'policy-name': ['policy', ({ name }) => name],
};

const CAME: Tellings<CameFacts> = {
  is: ({ shown }) => `it is ${shown}`,
  'depends-on': ({ input }) => `it depends on ${input}`,
  metadata: ({ says }) => says,
  anything: () => 'everything is',
  'nothing-listed': () => 'nothing is listed',
  'no-header': () => 'it is not there',
  'no-request': () => 'there is no request',
  'no-server-name': () => 'there is none',
  'no-filter-state': () => 'the source has none',
  'source-in-plain-text': () => 'the source speaks plain text and has none',
  'source-without-certificate': () => 'the source presents no certificate',
  'nameless-certificate': () => 'it is a certificate without a name',
};

function conditionText(condition: ConditionFacts): string {
  switch (condition.kind) {
    case 'one':
      return condition.wants;
    case 'not':
      return `not (${conditionText(condition.of)})`;
    case 'all':
    case 'any': {
      const named = condition.named.map(conditionText);
      if (condition.more > 0) named.push(`${condition.more} more`);
      return named.join(condition.kind === 'all' ? ' and ' : ' or ');
    }
  }
}

/** Which conditions of a policy were met; null where it has none. */
export function metText({ met }: PolicyFacts): string | null {
  return met === undefined ? null : met.map((part) => part.map(conditionText).join(' and ')).join(', ');
}

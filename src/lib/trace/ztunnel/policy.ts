/**
 * ztunnel's L4 policies: which apply to a workload, and what they say of a connection. Deny first, then Allow; their order
 * plays no part. https://github.com/istio/ztunnel (src/rbac.rs), https://istio.io/latest/docs/ambient/usage/l4-policy/
 */
import type { WordedMiss } from '../facts/worded';
import type {
  ZtunnelPolicy,
  PolicyMatch,
  ServiceAccountMatch,
  TextMatch,
  ZtunnelWorkload,
} from '../../ztunnel/resources';
import { inCidr } from './service-at';

/** Stands for an identity that a certificate has and nobody knows. */
export const UNKNOWN_IDENTITY = '';

/** What policies are asked about. */
export interface PolicyInput {
  /** Null where it is not known. */
  readonly sourceIp: string | null;
  /** The caller's identity without `spiffe://`; null for plain text, UNKNOWN_IDENTITY for one that is not known. */
  readonly identity: string | null;
  readonly destinationIp: string;
  /** The application's port, not the tunnel's. */
  readonly destinationPort: number;
}

export interface PolicyVerdict {
  readonly kind: 'allowed' | 'denied' | 'unknown';
  /** Denying policies that match, any of which ztunnel may name; the allowing ones where it is allowed by one. */
  readonly by: readonly string[];
  /** Policies that apply and do not decide, and why. */
  readonly rejected: readonly WordedMiss[];
  readonly because: string;
  /** Policies that would deny it if what is not known were so. */
  readonly denying: readonly string[];
}

/** `namespace/name`. */
export function policyKey({ namespace = '', name = '' }: ZtunnelPolicy): string {
  return `${namespace}/${name}`;
}

/** The policies of the mesh, of the workload's namespace, and those that the workload lists; whoever else selects it. */
export function policiesFor(policies: readonly ZtunnelPolicy[], workload: ZtunnelWorkload): readonly ZtunnelPolicy[] {
  const listed = new Set(workload.authorizationPolicies ?? []);
  return policies.filter((policy) => {
    if (policy.scope === 'Global') return true;
    if (policy.scope === 'Namespace') return policy.namespace === workload.namespace;
    return listed.has(policyKey(policy));
  });
}

/** Three-valued: null where an input that is not known decides. */
type Answer = boolean | null;

/** What the policies that apply say. */
export function judge(policies: readonly ZtunnelPolicy[], input: PolicyInput): PolicyVerdict {
  const active = policies.filter(({ dryRun }) => dryRun !== true);
  const dry = policies
    .filter(({ dryRun }) => dryRun === true)
    .map((policy) => ({ name: policyKey(policy), cause: 'it is a dry run: ztunnel only logs it' }));
  const answers = active.map((policy) => ({ policy, answer: matches(policy, input) }));
  const denies = answers.filter(({ policy }) => policy.action === 'Deny');
  const allows = answers.filter(({ policy }) => policy.action !== 'Deny');
  const missed = (all: typeof answers): readonly WordedMiss[] =>
    all.flatMap(({ policy, answer }) =>
      answer === true ? [] : [{ name: policyKey(policy), cause: missText(policy, input) }],
    );
  const rejected = [...missed(denies), ...missed(allows), ...dry];
  const names = (all: typeof answers): readonly string[] => all.map(({ policy }) => policyKey(policy)).sort();
  const denying = denies.filter(({ answer }) => answer === true);
  if (denying.length > 0) {
    const by = names(denying);
    return { kind: 'denied', by, rejected, because: `explicitly denied by: ${by.join(', ')}`, denying: [] };
  }
  const open = (all: typeof answers): typeof answers => all.filter(({ answer }) => answer === null);
  const undecided = open(denies);
  if (undecided.length > 0) return unknown(names(undecided), rejected, names(undecided));
  if (allows.length === 0) {
    const because = policies.length === 0 ? 'no policy applies' : 'no policy denies it, and none that allows exists';
    return { kind: 'allowed', by: [], rejected, because, denying: [] };
  }
  const allowing = allows.filter(({ answer }) => answer === true);
  if (allowing.length > 0) {
    return {
      kind: 'allowed',
      by: names(allowing),
      rejected,
      because: `allowed by ${names(allowing).join(', ')}`,
      denying: [],
    };
  }
  const openAllows = open(allows);
  if (openAllows.length > 0) return unknown(names(openAllows), rejected, []);
  return { kind: 'denied', by: [], rejected, because: 'allow policies exist, but none allowed', denying: [] };
}

function unknown(by: readonly string[], rejected: readonly WordedMiss[], denying: readonly string[]): PolicyVerdict {
  const because = `the source's address or identity, which is not known, decides ${by.join(', ')}`;
  return { kind: 'unknown', by, rejected, because, denying };
}

/** A policy without rules matches nothing, a rule without clauses everything. */
function matches({ rules }: ZtunnelPolicy, input: PolicyInput): Answer {
  return any(rules ?? [], (rule) => all(rule ?? [], (clause) => clauseMatches(clause ?? [], input)));
}

/** A clause without matches holds. */
function clauseMatches(clause: readonly (PolicyMatch | null)[], input: PolicyInput): Answer {
  return clause.length === 0 ? true : any(clause, (match) => matchHolds(match ?? {}, input));
}

/** All of its fields hold. One without fields, which is what is left of a condition on HTTP, never does. */
function matchHolds(match: PolicyMatch, input: PolicyInput): Answer {
  const conditions = conditionsOf(match, input);
  return conditions.length === 0 ? false : all(conditions, ({ holds }) => holds);
}

interface Condition {
  readonly field: string;
  readonly holds: Answer;
}

function conditionsOf(match: PolicyMatch, input: PolicyInput): readonly Condition[] {
  const { identity, sourceIp, destinationIp, destinationPort } = input;
  const namespace = identity === null ? '' : (identityParts(identity)?.namespace ?? '');
  const conditions: Condition[] = [];
  const positive = <T>(field: string, values: readonly (T | null)[] | undefined, holds: (value: T) => Answer): void => {
    if ((values ?? []).length > 0)
      conditions.push({ field, holds: any(values ?? [], (one) => one !== null && holds(one)) });
  };
  const negative = <T>(field: string, values: readonly (T | null)[] | undefined, holds: (value: T) => Answer): void => {
    if ((values ?? []).length > 0) {
      conditions.push({ field, holds: not(any(values ?? [], (one) => one !== null && holds(one))) });
    }
  };
  // Without an identity no principal matches, so that notPrincipals holds for plain text.
  const isOpen = identity === UNKNOWN_IDENTITY;
  const principal = (one: TextMatch): Answer => {
    if (isOpen) return one.Presence !== undefined && one.Presence !== null ? true : null;
    return identity !== null && textMatches(one, identity);
  };
  const ofNamespace = (one: TextMatch): Answer => (isOpen ? null : textMatches(one, namespace));
  const account = (one: ServiceAccountMatch): Answer => (isOpen ? null : isAccount(one, identity));
  const source = (cidr: string): Answer => (sourceIp === null ? null : inCidr(sourceIp, cidr));
  const destination = (cidr: string): boolean => inCidr(destinationIp, cidr);
  const port = (one: number): boolean => one === destinationPort;
  positive('namespaces', match.namespaces, ofNamespace);
  negative('notNamespaces', match.notNamespaces, ofNamespace);
  positive('principals', match.principals, principal);
  negative('notPrincipals', match.notPrincipals, principal);
  positive('serviceAccounts', match.serviceAccounts, account);
  negative('notServiceAccounts', match.notServiceAccounts, account);
  positive('sourceIps', match.sourceIps, source);
  negative('notSourceIps', match.notSourceIps, source);
  positive('destinationIps', match.destinationIps, destination);
  negative('notDestinationIps', match.notDestinationIps, destination);
  positive('destinationPorts', match.destinationPorts, port);
  negative('notDestinationPorts', match.notDestinationPorts, port);
  return conditions;
}

function textMatches({ Exact, Prefix, Suffix, Presence }: TextMatch, value: string): boolean {
  if (Exact !== undefined) return value === Exact;
  if (Prefix !== undefined) return value.startsWith(Prefix);
  if (Suffix !== undefined) return value.endsWith(Suffix);
  return Presence !== undefined && value !== '';
}

/** Of any trust domain. */
function isAccount({ namespace = '', serviceAccount = '' }: ServiceAccountMatch, identity: string | null): boolean {
  const parts = identity === null ? null : identityParts(identity);
  return parts !== null && parts.namespace === namespace && parts.account === serviceAccount;
}

function identityParts(identity: string): { readonly namespace: string; readonly account: string } | null {
  const [, namespace, account] = /^[^/]*\/ns\/([^/]*)\/sa\/([^/]*)$/.exec(identity) ?? [];
  return namespace === undefined || account === undefined ? null : { namespace, account };
}

/** The first condition that fails, of the rule that comes nearest. */
function missText(policy: ZtunnelPolicy, input: PolicyInput): string {
  const rules = policy.rules ?? [];
  if (rules.length === 0)
    return policy.action === 'Deny' ? 'it has no rules and does nothing' : 'it has no rules, so it allows nothing';
  const failing = rules.flatMap((rule) => (rule ?? []).filter((clause) => clauseMatches(clause ?? [], input) !== true));
  const match = (failing[0] ?? [])[0] ?? {};
  const condition = conditionsOf(match, input).find(({ holds }) => holds !== true);
  if (condition === undefined) return 'nothing of it is left for ztunnel: its conditions are on HTTP';
  if (condition.holds === null) return `whether ${condition.field} holds is not known`;
  return `${condition.field} does not hold: ${cameText(condition.field, input)}`;
}

function cameText(field: string, { identity, sourceIp, destinationIp, destinationPort }: PolicyInput): string {
  const name = field.replace(/^not/, '').toLowerCase();
  if (name === 'destinationports') return `the port is ${destinationPort}`;
  if (name === 'destinationips') return `the destination is ${destinationIp}`;
  if (name === 'sourceips') return `the source is ${sourceIp ?? 'not known'}`;
  if (identity === UNKNOWN_IDENTITY) return "the caller's identity is not known";
  return identity === null ? 'the caller has no identity (plain text)' : `the caller is ${identity}`;
}

function any<T>(values: readonly T[], answer: (value: T) => Answer): Answer {
  let open = false;
  for (const value of values) {
    const one = answer(value);
    if (one === true) return true;
    if (one === null) open = true;
  }
  return open ? null : false;
}

function all<T>(values: readonly T[], answer: (value: T) => Answer): Answer {
  return not(any(values, (value) => not(answer(value))));
}

function not(answer: Answer): Answer {
  return answer === null ? null : !answer;
}

/**
 * ztunnel's L4 policies: which apply to a workload, and what they say of a connection. Deny first, then Allow; their order
 * plays no part. https://github.com/istio/ztunnel (src/rbac.rs), https://istio.io/latest/docs/ambient/usage/l4-policy/
 */
import type { PolicyInputFacts, ZtunnelPolicyCause, ZtunnelPolicyMiss } from '../facts/ztunnel';
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

/** A policy that applies and does not decide. */
export interface UndecidingPolicy {
  readonly name: string;
  readonly cause: ZtunnelPolicyMiss;
}

export interface PolicyVerdict {
  readonly kind: 'allowed' | 'denied' | 'unknown';
  /** Denying policies that match, any of which ztunnel may name; the allowing ones where it is allowed by one. */
  readonly by: readonly string[];
  /** Policies that apply and do not decide, and why. */
  readonly rejected: readonly UndecidingPolicy[];
  readonly cause: ZtunnelPolicyCause;
  /** Policies that would deny it if what is not known were so. */
  readonly denying: readonly string[];
}

/** `namespace/name`. */
export function policyKey({ namespace = '', name = '' }: ZtunnelPolicy): string {
  return `${namespace}/${name}`;
}

/** The policies of the mesh, of the workload's namespace, and those that the workload lists, whatever their scope and namespace. */
export function policiesFor(policies: readonly ZtunnelPolicy[], workload: ZtunnelWorkload): readonly ZtunnelPolicy[] {
  const listed = new Set(workload.authorizationPolicies ?? []);
  return policies.filter((policy) => {
    if (policy.scope === 'Global') return true;
    if (policy.scope === 'Namespace' && policy.namespace === workload.namespace) return true;
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
    .map((policy): UndecidingPolicy => ({ name: policyKey(policy), cause: { kind: 'only-a-dry-run' } }));
  const answers = active.map((policy) => ({ policy, answer: matches(policy, input) }));
  const denies = answers.filter(({ policy }) => policy.action === 'Deny');
  const allows = answers.filter(({ policy }) => policy.action !== 'Deny');
  const missed = (all: typeof answers): readonly UndecidingPolicy[] =>
    all.flatMap(({ policy, answer }) =>
      answer === true ? [] : [{ name: policyKey(policy), cause: missOf(policy, input) }],
    );
  const rejected = [...missed(denies), ...missed(allows), ...dry];
  const names = (all: typeof answers): readonly string[] => all.map(({ policy }) => policyKey(policy)).sort();
  const denying = denies.filter(({ answer }) => answer === true);
  if (denying.length > 0) {
    const by = names(denying);
    return { kind: 'denied', by, rejected, cause: { kind: 'denied-by', policies: by }, denying: [] };
  }
  const open = (all: typeof answers): typeof answers => all.filter(({ answer }) => answer === null);
  const undecided = open(denies);
  if (undecided.length > 0) return unknown(names(undecided), rejected, names(undecided));
  if (allows.length === 0) {
    const cause = { kind: policies.length === 0 ? 'no-policy-applies' : 'none-denies' } as const;
    return { kind: 'allowed', by: [], rejected, cause, denying: [] };
  }
  const allowing = allows.filter(({ answer }) => answer === true);
  if (allowing.length > 0) {
    const by = names(allowing);
    return { kind: 'allowed', by, rejected, cause: { kind: 'allowed-by', policies: by }, denying: [] };
  }
  const openAllows = open(allows);
  if (openAllows.length > 0) return unknown(names(openAllows), rejected, []);
  return { kind: 'denied', by: [], rejected, cause: { kind: 'none-allows', policies: names(allows) }, denying: [] };
}

function unknown(
  by: readonly string[],
  rejected: readonly UndecidingPolicy[],
  denying: readonly string[],
): PolicyVerdict {
  return { kind: 'unknown', by, rejected, cause: { kind: 'source-decides', policies: by }, denying };
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

/** The namespace and account of an identity without `spiffe://`; null where it is not of Istio's form. */
export function identityParts(identity: string): { readonly namespace: string; readonly account: string } | null {
  const [, namespace, account] = /^[^/]*\/ns\/([^/]*)\/sa\/([^/]*)$/.exec(identity) ?? [];
  return namespace === undefined || account === undefined ? null : { namespace, account };
}

/** The first condition that fails, of the rule that comes nearest. */
function missOf(policy: ZtunnelPolicy, input: PolicyInput): ZtunnelPolicyMiss {
  const rules = policy.rules ?? [];
  if (rules.length === 0) return { kind: 'policy-without-rules', denies: policy.action === 'Deny' };
  const failing = rules.flatMap((rule) => (rule ?? []).filter((clause) => clauseMatches(clause ?? [], input) !== true));
  const match = (failing[0] ?? [])[0] ?? {};
  const condition = conditionsOf(match, input).find(({ holds }) => holds !== true);
  if (condition === undefined) return { kind: 'conditions-are-on-http' };
  const { field } = condition;
  return condition.holds === null
    ? { kind: 'field-not-known', field }
    : { kind: 'field-fails', field, came: cameFor(field, input) };
}

function cameFor(field: string, { identity, sourceIp, destinationIp, destinationPort }: PolicyInput): PolicyInputFacts {
  const name = field.replace(/^not/, '').toLowerCase();
  if (name === 'destinationports') return { kind: 'port', port: destinationPort };
  if (name === 'destinationips') return { kind: 'destination', ip: destinationIp };
  if (name === 'sourceips') return { kind: 'source', ip: sourceIp };
  if (identity === UNKNOWN_IDENTITY) return { kind: 'identity-not-known' };
  return identity === null ? { kind: 'no-identity' } : { kind: 'caller', identity };
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

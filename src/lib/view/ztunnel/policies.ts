/** `zc policy`: the L4 policies that a ztunnel enforces. */
import type { Table } from '../../render/table';
import type { ZtunnelPolicy, PolicyMatch, TextMatch } from '../../ztunnel/resources';
import { byBytes, firstOf } from '../order';
import { listOrNull, othersOf, withoutEmpty } from './text';

const HEADER = ['NAMESPACE', 'POLICY NAME', 'ACTION', 'SCOPE'];

export function policyOrder(a: ZtunnelPolicy, b: ZtunnelPolicy): number {
  return firstOf(byBytes(a.namespace ?? '', b.namespace ?? ''), byBytes(a.name ?? '', b.name ?? ''));
}

function cells({ namespace = '', name = '', action = '', scope = '' }: ZtunnelPolicy): readonly string[] {
  return [namespace, name, action, scope];
}

export function policyTable(policies: readonly ZtunnelPolicy[]): Table {
  return { header: HEADER, rows: policies.map(cells), padding: 1 };
}

/** With what istioctl leaves out. @param listing how many workloads list a policy, by `namespace/name` */
export function widePolicyTable(policies: readonly ZtunnelPolicy[], listing: ReadonlyMap<string, number>): Table {
  return {
    header: [...HEADER, 'DRY RUN', 'RULES', 'WORKLOADS', 'EFFECT'],
    rows: policies.map((policy) => [
      ...cells(policy),
      String(policy.dryRun ?? false),
      String(policy.rules?.length ?? 0),
      workloadsCell(policy, listing),
      effectOf(policy),
    ]),
    padding: 2,
  };
}

/** A policy with a selector acts on the workloads that list it, whatever its namespace. */
function workloadsCell(
  { scope, namespace = '', name = '' }: ZtunnelPolicy,
  listing: ReadonlyMap<string, number>,
): string {
  if (scope === 'Global') return 'all';
  if (scope === 'Namespace') return `all of ${namespace}`;
  return String(listing.get(`${namespace}/${name}`) ?? 0);
}

function effectOf({ action, dryRun, rules }: ZtunnelPolicy): string {
  if (dryRun === true) return 'logged alone';
  if ((rules ?? []).length > 0) return action === 'Deny' ? 'denies what matches' : 'allows what matches';
  return action === 'Deny' ? 'none: it has no rules' : 'allows nothing: it has no rules';
}

/** istioctl's JSON value, in its order, and behind it the fields that istioctl drops. */
export function policyJson(policy: ZtunnelPolicy): object {
  return {
    name: policy.name ?? '',
    namespace: policy.namespace ?? '',
    scope: policy.scope ?? '',
    action: policy.action ?? '',
    rules: nested(policy.rules, (rule) =>
      nested(rule ?? undefined, (clause) =>
        nested(clause ?? undefined, (match) => (match === null ? null : matchJson(match))),
      ),
    ),
    ...othersOf(policy, ['name', 'namespace', 'scope', 'action', 'rules']),
  };
}

function nested<T>(list: readonly T[] | undefined, json: (one: T) => unknown): readonly unknown[] | null {
  return listOrNull(list?.map(json));
}

const KNOWN = [
  'namespaces',
  'notNamespaces',
  'principals',
  'notPrincipals',
  'sourceIps',
  'notSourceIps',
  'destinationIps',
  'notDestinationIps',
  'destinationPorts',
  'notDestinationPorts',
  'serviceAccounts',
  'notServiceAccounts',
];

function matchJson(match: PolicyMatch): object {
  return {
    ...withoutEmpty({
      namespaces: textMatchesJson(match.namespaces),
      notNamespaces: textMatchesJson(match.notNamespaces),
      principals: textMatchesJson(match.principals),
      notPrincipals: textMatchesJson(match.notPrincipals),
      sourceIps: match.sourceIps,
      notSourceIps: match.notSourceIps,
      destinationIps: match.destinationIps,
      notDestinationIps: match.notDestinationIps,
      destinationPorts: match.destinationPorts,
      notDestinationPorts: match.notDestinationPorts,
      serviceAccounts: match.serviceAccounts?.map(accountJson),
      notServiceAccounts: match.notServiceAccounts?.map(accountJson),
    }),
    ...othersOf(match, KNOWN),
  };
}

function textMatchesJson(matches: readonly (TextMatch | null)[] | undefined): readonly object[] | undefined {
  return matches?.map((one) => {
    const { Exact, Suffix, Prefix, Presence } = one ?? {};
    const presence = Presence === undefined || Presence === null ? {} : { Presence };
    return { ...withoutEmpty({ Exact, Suffix, Prefix }), ...presence };
  });
}

function accountJson(account: { namespace?: string | undefined; serviceAccount?: string | undefined } | null): object {
  return { namespace: account?.namespace ?? '', serviceAccount: account?.serviceAccount ?? '' };
}

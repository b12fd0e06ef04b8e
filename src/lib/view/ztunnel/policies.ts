/** `zc policy`: the L4 policies that a ztunnel enforces. */
import type { ZtunnelPolicy, PolicyMatch, TextMatch } from '../../ztunnel/resources';
import { type Column, layout } from '../layout';
import { byNamespace, namespaceFilter } from './namespace-filter';
import { listOrNull, othersOf, textsOf, withoutEmpty } from './text';
import { type MadeAgain, ztunnelView } from './ztunnel-view';

/** How many workloads list a policy, by `namespace/name`. */
type Listing = Map<string, number>;

interface PolicyEntry extends MadeAgain<PolicyEntry> {
  /** Null where it is null in the dump: JSON shows it. */
  readonly policy: ZtunnelPolicy | null;
  readonly namespace: string;
  readonly name: string;
  readonly listing: Listing;
}

export const policyView = ztunnelView<'policies', PolicyEntry, Listing, PolicyEntry>({
  name: 'policy',
  plural: 'policies',
  section: 'policies',
  join: ({ isTable }) => {
    const joined: Listing = new Map();
    // Only the wide table says how many list a policy.
    if (isTable) return { joined };
    return {
      joined,
      fields: { workloads: { authorizationPolicies: true } },
      takers: {
        workloads: (workload) => {
          for (const key of textsOf(workload?.authorizationPolicies)) joined.set(key, (joined.get(key) ?? 0) + 1);
        },
      },
    };
  },
  fields: { namespace: true, name: true, action: true, scope: true },
  entry: (policy, listing, { isTable }) => {
    if (policy === null && isTable) return null;
    return { policy, namespace: policy?.namespace ?? '', name: policy?.name ?? '', listing };
  },
  filters: {
    'policy-namespace': namespaceFilter('Policies of this namespace.'),
  },
  ...byNamespace<PolicyEntry>(),
  short: layout(1, shortColumns(), present),
  wide: () => layout(2, [...shortColumns(), ...moreColumns()], present),
  json: ({ policy }) => (policy === null ? null : policyJson(policy)),
});

interface PresentPolicy {
  readonly policy: ZtunnelPolicy;
  readonly listing: Listing;
}

function present({ policy, listing }: PolicyEntry): readonly PresentPolicy[] {
  return policy === null ? [] : [{ policy, listing }];
}

function shortColumns(): readonly Column<PresentPolicy>[] {
  return [
    { heading: 'NAMESPACE', cell: ({ policy }) => policy.namespace ?? '' },
    { heading: 'POLICY NAME', cell: ({ policy }) => policy.name ?? '' },
    { heading: 'ACTION', cell: ({ policy }) => policy.action ?? '' },
    { heading: 'SCOPE', cell: ({ policy }) => policy.scope ?? '' },
  ];
}

/** What istioctl leaves out. */
function moreColumns(): readonly Column<PresentPolicy>[] {
  return [
    { heading: 'DRY RUN', cell: ({ policy }) => String(policy.dryRun ?? false) },
    { heading: 'RULES', cell: ({ policy }) => String(policy.rules?.length ?? 0) },
    { heading: 'WORKLOADS', cell: ({ policy, listing }) => workloadsCell(policy, listing) },
    { heading: 'EFFECT', cell: ({ policy }) => effectOf(policy) },
  ];
}

/** A policy with a selector acts on the workloads that list it, whatever its namespace. */
function workloadsCell({ scope, namespace = '', name = '' }: ZtunnelPolicy, listing: Listing): string {
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
function policyJson(policy: ZtunnelPolicy): object {
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

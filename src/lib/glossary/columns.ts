/** Columns of the views, and rules of lint. */
import { type LintRule, ZTUNNEL_RULES } from '../lint/finding';
import { MORE_COLUMNS } from './more-columns';
import { ENVOY, ISTIO, type Term } from './term';

const COMMAND = `${ISTIO}/reference/commands/istioctl/#istioctl-proxy-config`;

const ROWS: readonly (readonly [name: string, says: string, next: string])[] = [
  ['ADDRESSES', 'Addresses on which the listener listens.', 'mctl pc listener POD.NAMESPACE'],
  ['PORT', 'Port of the listener, cluster or Service.', 'mctl pc listener POD.NAMESPACE'],
  [
    'MATCH',
    'What a filter chain, or a route, asks for; ALL asks for nothing.',
    'mctl pc listener POD.NAMESPACE -o wide',
  ],
  [
    'DESTINATION',
    'Where a filter chain goes: a cluster, a route configuration (Route: NAME), or inline routes (Inline Route).',
    'mctl pc listener POD.NAMESPACE -o wide',
  ],
  ['SERVICE FQDN', 'The full host name for which the cluster is.', 'mctl pc cluster POD.NAMESPACE'],
  ['SUBSET', 'The subset of the DestinationRule; - for all endpoints.', 'mctl pc cluster POD.NAMESPACE'],
  ['DIRECTION', 'outbound for calls of this pod, inbound for calls to it.', 'mctl pc cluster POD.NAMESPACE'],
  [
    'TYPE',
    'How the cluster finds its endpoints: EDS, STATIC, STRICT_DNS, LOGICAL_DNS, ORIGINAL_DST.',
    'mctl pc cluster POD.NAMESPACE -o wide',
  ],
  ['DESTINATION RULE', 'The DestinationRule whose settings the cluster has.', 'mctl pc cluster POD.NAMESPACE'],
  ['VHOST NAME', 'The virtual host of a route configuration.', 'mctl pc route POD.NAMESPACE'],
  ['DOMAINS', 'Hosts that a virtual host lists.', 'mctl pc route POD.NAMESPACE'],
  ['VIRTUAL SERVICE', 'The VirtualService or HTTPRoute from which a route was made.', 'mctl pc route POD.NAMESPACE'],
  ['ENDPOINT', 'Address and port of one endpoint.', 'mctl pc endpoint POD.NAMESPACE'],
  ['STATUS', 'Health of an endpoint as Envoy has it.', 'mctl pc endpoint POD.NAMESPACE --status unhealthy'],
  ['OUTLIER CHECK', 'FAILED where outlier detection has ejected the endpoint.', 'mctl pc endpoint POD.NAMESPACE'],
  [
    'CLUSTER',
    'The cluster that an endpoint belongs to; of a workload of ztunnel, the Kubernetes cluster.',
    'mctl pc endpoint POD.NAMESPACE',
  ],
];

const RULES: Readonly<Record<LintRule, string>> = {
  'shadowed-route': 'A route that no request reaches, since routes before it take all that it would match.',
  'missing-cluster': 'A route or TCP proxy names a cluster that the proxy does not have.',
  'subset-without-endpoints': 'A subset of a DestinationRule selects no endpoint.',
  'cluster-without-endpoints': 'A cluster that something leads to has no endpoints.',
  'no-healthy-endpoint': 'A cluster has endpoints, and none of them is healthy.',
  'identical-filter-chains': 'Two filter chains of a listener ask for the same, which Envoy refuses.',
  'unreachable-filter-chain': 'A filter chain that serves no connection, since others take all that it would.',
  'unreachable-policy':
    'An RBAC policy that no request meets: it contradicts itself, or others decide before it about all that would.',
  'duplicate-domain': 'Two virtual hosts of a route configuration list the same domain.',
  'tcp-port-of-another-host':
    'Hosts without addresses of their own share the listener of their TCP port, which leads to another of them: no connection reaches this one.',
  'unverified-client-certificate':
    'A filter chain requires a client certificate but has no authority to verify one by, so that Envoy lets in who presents none.',
  'rejected-resource': 'Envoy refused a listener, cluster or route configuration that was pushed, and says why.',
  'warming-listener': 'A listener that waits for what it needs, and takes no connection before that.',
  'missing-waypoint':
    'A Service or workload has a waypoint that ztunnel does not find: connections to it are closed, and never go round it.',
  'waypoint-denied':
    'Policies of ztunnel let nobody into a waypoint that it serves: no ALLOW policy that acts on it allows the port of its tunnel.',
  'unused-waypoint':
    'A Service that takes HBONE like a waypoint, and that no Service and no workload has for its waypoint.',
  'policy-without-effect':
    'A policy that nothing can match at ztunnel: what it says of HTTP is left out there, or it selects no workload.',
  'policy-allows-nothing':
    'An ALLOW policy that ztunnel has no usable rule of: it denies whatever no other policy allows. Rules with conditions on HTTP are left out there.',
  'cidr-vip-without-endpoints':
    'A Service with a range of addresses for its VIP: ztunnel has it without endpoints, and closes connections to it.',
  'shared-vip': 'Two Services of one namespace on one VIP: ztunnel has the one that came last.',
  'tunnel-port-closed':
    'A pod of ambient mode whose NetworkPolicies let nobody in on port 15008, by which all traffic of the mesh comes to it.',
};

const OF_ZTUNNEL: ReadonlySet<string> = new Set(ZTUNNEL_RULES);

export const COLUMNS: readonly Term[] = [
  ...[...ROWS, ...MORE_COLUMNS].map(([name, says, next]) => ({
    name,
    kind: 'column',
    says,
    cause: null,
    next,
    page: COMMAND,
  })),
  ...Object.entries(RULES).map(([name, says]) => ({
    name,
    kind: 'rule of lint',
    says,
    cause: null,
    next: `mctl lint ${OF_ZTUNNEL.has(name) ? '--snapshot DIR' : 'POD.NAMESPACE'} --rule ${name}`,
    page: `${ENVOY}/intro/life_of_a_request`,
  })),
];

/** Faults of what a ztunnel knows: waypoints, policies, VIPs. */
import { lintZtunnel } from '../../../src/lib/lint/ztunnel/lint-ztunnel';
import { readPod } from '../../../src/lib/mesh/kubernetes';
import { readNetworkPolicy } from '../../../src/lib/mesh/network-policy';
import type { ZtunnelPolicy, PolicyMatch, ZtunnelService, ZtunnelWorkload } from '../../../src/lib/ztunnel/resources';
import { service, workload } from '../../helpers/mixed-mesh';

const APP = workload('app', '10.0.0.1');
const WAYPOINT = workload('waypoint', '10.0.0.9', { nativeTunnel: true });
const WAYPOINT_SERVICE = service('waypoint', '10.96.0.9', [WAYPOINT], { ports: { 15008: 15008 } });
const BY_NAME = { destination: 'shop/waypoint.shop.svc.cluster.local', hboneMtlsPort: 15008 };

interface Known {
  readonly workloads?: readonly ZtunnelWorkload[];
  readonly services?: readonly ZtunnelService[];
  readonly policies?: readonly ZtunnelPolicy[];
}

function findings({
  workloads = [APP, WAYPOINT],
  services = [],
  policies = [],
}: Known): readonly (readonly string[])[] {
  const dump = { id: null, workloads, services, policies, states: [], settings: {} };
  return lintZtunnel(dump).map(({ severity, rule, resource }) => [severity, rule, resource]);
}

function policy(more: Partial<ZtunnelPolicy>): ZtunnelPolicy {
  return { name: 'p', namespace: 'shop', scope: 'Namespace', action: 'Allow', rules: [], ...more };
}

/** A rule of one clause of one match. */
function rule(match: PolicyMatch): NonNullable<ZtunnelPolicy['rules']>[number] {
  return [[match]];
}

describe('waypoints', () => {
  const user = (waypoint: ZtunnelService['waypoint']): ZtunnelService =>
    service('app', '10.96.0.1', [APP], { waypoint });

  test.each([
    ['by host name', BY_NAME],
    ['by its VIP', { destination: '/10.96.0.9', hboneMtlsPort: 15008 }],
    ["by its pod's address", { destination: '/10.0.0.9', hboneMtlsPort: 15008 }],
  ])('one that is there and used, %s, is no fault', (_how, waypoint) => {
    expect(findings({ services: [user(waypoint), WAYPOINT_SERVICE] })).toEqual([]);
  });

  test('one that nobody uses', () => {
    expect(findings({ services: [service('app', '10.96.0.1', [APP]), WAYPOINT_SERVICE] })).toEqual([
      ['warning', 'unused-waypoint', 'service shop/waypoint.shop.svc.cluster.local'],
    ]);
  });

  test('one between networks is used by workloads of the other network', () => {
    const far = workload('far', '10.9.0.1', { network: 'net2', networkGateway: BY_NAME });
    expect(findings({ workloads: [APP, WAYPOINT, far], services: [WAYPOINT_SERVICE] })).toEqual([]);
  });

  test.each([
    ['no such service', { destination: 'shop/gone.shop.svc.cluster.local' }],
    ['no such address', { destination: '/10.0.0.77' }],
  ])('one that is missing: %s', (_how, waypoint) => {
    expect(findings({ services: [user(waypoint)] })).toEqual([
      ['error', 'missing-waypoint', 'service shop/app.shop.svc.cluster.local'],
    ]);
    const pod = workload('app', '10.0.0.1', { waypoint });
    expect(findings({ workloads: [pod] })).toEqual([['error', 'missing-waypoint', 'workload app.shop']]);
  });

  test('one without a pod is missing', () => {
    const empty = service('waypoint', '10.96.0.9', [], { ports: { 15008: 15008 } });
    expect(findings({ services: [user(BY_NAME), empty] })).toEqual([
      ['error', 'missing-waypoint', 'service shop/app.shop.svc.cluster.local'],
    ]);
  });

  test('of weighted ones those count that are drawn', () => {
    const weightedWaypoints = [
      { destination: BY_NAME, weight: 1 },
      { destination: { destination: 'shop/gone.shop.svc.cluster.local' }, weight: 0 },
    ];
    const app = service('app', '10.96.0.1', [APP], {
      weightedWaypoints,
      waypoint: { destination: 'shop/old.shop.svc.cluster.local' },
    });
    expect(findings({ services: [app, WAYPOINT_SERVICE] })).toEqual([]);
  });

  test('one that ztunnel serves is denied by an ALLOW policy of other ports', () => {
    const sandwiched = workload('waypoint', '10.0.0.9', { applicationTunnel: { protocol: 'PROXY', port: 15088 } });
    const known = { workloads: [APP, sandwiched], services: [user(BY_NAME), WAYPOINT_SERVICE] };
    const ports = (...destinationPorts: readonly number[]): readonly ZtunnelPolicy[] => [
      policy({ rules: [rule({ destinationPorts })] }),
    ];
    expect(findings({ ...known, policies: ports(9080, 8080) })).toEqual([
      ['error', 'waypoint-denied', 'workload waypoint.shop'],
    ]);
    expect(findings({ ...known, policies: ports(9080, 15088) })).toEqual([]);
    const who = [policy({ rules: [rule({ principals: [{ Exact: 'cluster.local/ns/shop/sa/sleep' }] })] })];
    expect(findings({ ...known, policies: who })).toEqual([]);
    const standard = { workloads: [APP, WAYPOINT], services: [user(BY_NAME), WAYPOINT_SERVICE] };
    expect(findings({ ...standard, policies: ports(9080) })).toEqual([]);
  });
});

describe('policies', () => {
  test('one that allows nothing', () => {
    expect(findings({ policies: [policy({})] })).toEqual([['warning', 'policy-allows-nothing', 'policy shop/p']]);
    expect(findings({ policies: [policy({ rules: [rule({})] })] })).toEqual([
      ['warning', 'policy-allows-nothing', 'policy shop/p'],
    ]);
  });

  test('one that denies nothing, since what it says of HTTP is left out', () => {
    expect(findings({ policies: [policy({ action: 'Deny', rules: [rule({})] })] })).toEqual([
      ['warning', 'policy-without-effect', 'policy shop/p'],
    ]);
  });

  test('one whose selector selects nothing', () => {
    const selector = policy({ scope: 'WorkloadSelector', action: 'Deny', rules: [[]] });
    expect(findings({ policies: [selector] })).toEqual([['warning', 'policy-without-effect', 'policy shop/p']]);
    const listed = workload('app', '10.0.0.1', { authorizationPolicies: ['shop/p'] });
    expect(findings({ workloads: [listed], policies: [selector] })).toEqual([]);
  });

  test('what istiod sends for STRICT is no fault where nobody lists it', () => {
    const strict = policy({
      name: 'istio_converted_static_strict',
      namespace: 'istio-system',
      scope: 'WorkloadSelector',
      action: 'Deny',
      rules: [rule({ notPrincipals: [{ Presence: {} }] })],
    });
    expect(findings({ policies: [strict] })).toEqual([]);
  });

  test('a dry run allows and denies nothing, whatever is left of it', () => {
    const dry = { dryRun: true, rules: [rule({})] };
    expect(findings({ policies: [policy(dry), policy({ ...dry, name: 'q', action: 'Deny' })] })).toEqual([]);
  });

  test('what istiod sends for waypoints is no fault where nobody lists it', () => {
    const own = policy({ name: 'istio_allow_waypoint_shop_waypoint', scope: 'WorkloadSelector', rules: [rule({})] });
    expect(findings({ policies: [own] })).toEqual([]);
  });

  test('those that can match are no fault, whatever else is in them', () => {
    const rules = [rule({}), rule({ destinationPorts: [80] })];
    expect(findings({ policies: [policy({ rules }), policy({ name: 'q', action: 'Deny', rules: [[]] })] })).toEqual([]);
  });
});

describe('VIPs', () => {
  test('two services of one namespace on one of them', () => {
    const [one, two] = [service('a', '10.96.0.1', [APP]), service('b', '10.96.0.1', [APP])];
    expect(findings({ services: [one, two] })).toEqual([
      ['warning', 'shared-vip', 'service shop/a.shop.svc.cluster.local'],
    ]);
    expect(findings({ services: [one, { ...two, namespace: 'other' }] })).toEqual([]);
  });

  test('a range of addresses has no endpoints, but for a waypoint and for Passthrough', () => {
    const cidrVips = [{ network: '', cidr: '10.200.0.0/24' }];
    const range = service('a', '10.96.0.1', [APP], { vips: [], cidrVips });
    expect(findings({ services: [range] })).toEqual([
      ['warning', 'cidr-vip-without-endpoints', 'service shop/a.shop.svc.cluster.local'],
    ]);
    expect(findings({ services: [{ ...range, cidrVips: ['/10.200.0.0/24'] }] })).toHaveLength(1);
    expect(findings({ services: [{ ...range, loadBalancer: { mode: 'Passthrough' } }] })).toEqual([]);
    expect(findings({ services: [{ ...range, waypoint: BY_NAME }, WAYPOINT_SERVICE] })).toEqual([]);
    const weighted = (weight: number): readonly (readonly string[])[] =>
      findings({ services: [{ ...range, weightedWaypoints: [{ destination: BY_NAME, weight }] }, WAYPOINT_SERVICE] });
    expect(weighted(1)).toEqual([]);
    expect(weighted(0)).toContainEqual([
      'warning',
      'cidr-vip-without-endpoints',
      'service shop/a.shop.svc.cluster.local',
    ]);
  });
});

describe('NetworkPolicies and the port of HBONE', () => {
  const pod = { metadata: { name: 'app', namespace: 'shop', labels: { app: 'a' } }, status: { podIP: '10.0.0.1' } };
  const network = (ingress: readonly object[] | undefined, more: object = {}): object => ({
    metadata: { name: 'np', namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: 'a' } }, ingress, ...more },
  });
  const port = (number: number | string, more: object = {}): object => ({ ports: [{ port: number, ...more }] });

  test.each<readonly [string, readonly object[], readonly object[], boolean]>([
    ['one that allows the port of the application alone', [pod], [network([port(8080)])], true],
    ['one that denies all', [pod], [network([])], true],
    ['one that allows port 15008 of UDP', [pod], [network([port(15008, { protocol: 'UDP' })])], true],
    ['one that allows port 15008', [pod], [network([port(8080), port(15008)])], false],
    ['one that allows some callers on every port', [pod], [network([{ from: [{ podSelector: {} }] }])], false],
    ['one that allows a range', [pod], [network([port(15000, { endPort: 16000 })])], false],
    ['two, of which one allows it', [pod], [network([port(8080)]), network([port(15008)])], false],
    ['one of what goes out', [pod], [network(undefined, { policyTypes: ['Egress'], egress: [] })], false],
    ['one of other pods', [pod], [network([], { podSelector: { matchLabels: { app: 'b' } } })], false],
    ['one, with a pod of which the labels are not known', [], [network([])], false],
    ["one, with a pod in the host's network", [{ ...pod, spec: { hostNetwork: true } }], [network([])], false],
  ])('%s', (_what, pods, policies, isFault) => {
    const dump = { id: null, workloads: [APP], services: [], policies: [], states: [], settings: {} };
    const known = {
      pods: pods.flatMap((one) => readPod(one) ?? []),
      networkPolicies: policies.flatMap((one) => readNetworkPolicy(one) ?? []),
    };
    const found = lintZtunnel(dump, known).map(({ rule: name, resource, owner }) => [name, resource, owner?.name]);
    expect(found).toEqual(isFault ? [['tunnel-port-closed', 'workload app.shop', 'np']] : []);
  });
});

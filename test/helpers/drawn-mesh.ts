/** Meshes of one or two networks that are drawn from a seed, with everything that a ztunnel's dump can hold. */
import type {
  GatewayAddress,
  PolicyMatch,
  TextMatch,
  ZtunnelPolicy,
  ZtunnelService,
  ZtunnelWorkload,
} from '../../src/lib/ztunnel/resources';
import type { SmallMesh } from './mixed-mesh';
import type { KnownMesh } from './ztunnel-reading';

/** The pod that calls. */
export const SOURCE: ZtunnelWorkload = {
  uid: 'Kubernetes//Pod/shop/sleep',
  name: 'sleep',
  namespace: 'shop',
  workloadIps: ['10.0.0.2'],
  protocol: 'HBONE',
  network: 'net1',
  serviceAccount: 'sleep',
  trustDomain: 'cluster.local',
  node: 'n1',
  clusterId: 'c1',
  locality: { region: 'r1', zone: 'z1', subzone: 's1' },
  capacity: 1,
};

/** A pod of its node that is in no mesh. */
export const OUTSIDE: ZtunnelWorkload = {
  ...SOURCE,
  uid: 'Kubernetes//Pod/shop/outside',
  name: 'outside',
  workloadIps: ['10.0.0.7'],
  protocol: 'TCP',
  serviceAccount: 'outside',
};

const VIPS = ['10.96.0.1', '10.96.0.2', '10.96.0.3', '10.1.0.1'];

/** What it calls: VIPs, pods, an address of a range, and some that nobody has. */
export const TARGETS: readonly (readonly [string, number])[] = [
  ...VIPS.flatMap((ip) => [[ip, 80] as const, [ip, 81] as const]),
  ['10.1.0.1', 8080],
  ['10.1.0.2', 8080],
  ['10.1.0.2', 15008],
  ['10.1.0.3', 80],
  ['fd00::1', 80],
  ['192.168.0.9', 80],
  ['10.97.3.4', 80],
  ['10.98.0.1', 80],
];

/** A generator of numbers between 0 and 1 (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Drawer {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = numbers(seed);
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  of<T>(first: T, ...others: readonly T[]): T {
    const all = [first, ...others];
    return all[Math.floor(this.#next() * all.length)] ?? first;
  }

  some<T>(all: readonly T[], share = 0.5): readonly T[] {
    return all.filter(() => this.chance(share));
  }

  maybe<T>(share: number, value: () => T): T | undefined {
    return this.chance(share) ? value() : undefined;
  }
}

const HOSTS = ['app', 'web', 'way', 'gate'];

function gatewayOf(draw: Drawer): GatewayAddress {
  const destination = draw.of(
    'shop/way.shop.svc.cluster.local',
    'infra/gate.infra.svc.cluster.local',
    'shop/nobody.shop.svc.cluster.local',
    'infra/pod-host',
    'net1/10.96.0.3',
    'net1/10.1.0.3',
    'net2/10.1.0.4',
    'net1/10.97.3.9',
  );
  return { destination, hboneMtlsPort: 15008 };
}

function workloadOf(draw: Drawer, at: number): ZtunnelWorkload {
  const isPod = draw.chance(0.8);
  const namespace = draw.of('shop', 'shop', 'web', 'infra');
  const name = `pod-${at}`;
  const isOnHost = draw.chance(0.12);
  const family = draw.of('4', '4', '4', '6', '46', '');
  const ip = isOnHost ? '192.168.0.9' : draw.chance(0.9) ? `10.1.0.${at + 1}` : '10.1.0.1';
  const ips = [...(family.includes('4') ? [ip] : []), ...(family.includes('6') ? [`fd00::${at + 1}`] : [])];
  return {
    uid: isPod
      ? `Kubernetes//Pod/${namespace}/${name}`
      : `Kubernetes/networking.istio.io/WorkloadEntry/${namespace}/${name}`,
    name,
    namespace,
    workloadIps: ips,
    hostname: draw.of('', '', '', 'pod-host'),
    protocol: isOnHost ? 'TCP' : draw.of('HBONE', 'HBONE', 'TCP'),
    networkMode: isOnHost ? 'HostNetwork' : 'Standard',
    network: draw.of('net1', 'net1', 'net1', 'net2'),
    networkGateway: draw.maybe(0.3, () => ({ ...gatewayOf(draw), hboneMtlsPort: draw.of(15008, 15008, 80) })),
    waypoint: draw.maybe(0.2, () => gatewayOf(draw)),
    trustDomain: 'cluster.local',
    serviceAccount: draw.of(name, 'default'),
    node: isPod ? draw.of('n1', 'n2') : '',
    clusterId: draw.of('c1', 'c2'),
    locality: draw.maybe(0.6, () => ({
      region: draw.of('r1', 'r2'),
      zone: draw.of('z1', 'z2'),
      subzone: draw.of('', 's1'),
    })),
    capacity: draw.of(1, 1, 1, 2, 3, 0),
    applicationTunnel: draw.maybe(0.15, () => ({
      protocol: draw.of('PROXY', 'NONE'),
      port: draw.maybe(0.7, () => 15088),
    })),
    authorizationPolicies: draw.some(['shop/a', 'web/b', 'root/c', 'shop/gone'], 0.3),
    status: draw.of('Healthy', 'Unhealthy'),
  };
}

function portsOf(draw: Drawer): Readonly<Record<string, number>> {
  return {
    80: draw.of(8080, 8080, 0),
    ...(draw.chance(0.3) ? { 81: 9090 } : {}),
    ...(draw.chance(0.6) ? { 15008: draw.of(15008, 15008, 15008, 0) } : {}),
  };
}

function serviceOf(draw: Drawer, at: number, workloads: readonly ZtunnelWorkload[]): ZtunnelService {
  const name = HOSTS[at] ?? `service-${at}`;
  const namespace = { app: 'shop', web: 'web', way: draw.of('shop', 'web2'), gate: 'infra' }[name] ?? 'shop';
  const ports = portsOf(draw);
  const vips = { app: VIPS[0], web: draw.of(VIPS[0], VIPS[1], VIPS[3]), way: VIPS[2], gate: draw.of(VIPS[1], VIPS[2]) }[
    name
  ];
  const behind = draw.some(workloads, 0.5).map(({ uid = '' }) => {
    const own = draw.of({ 80: 8080 }, { 80: 8081, 15008: 15008 }, {});
    return [uid, { workloadUid: uid, port: own, status: 'Healthy' }] as const;
  });
  return {
    name,
    namespace,
    hostname: `${name}.${namespace}.svc.cluster.local`,
    vips: draw.chance(0.9) ? [`net1/${vips ?? ''}`] : [],
    cidrVips: draw.maybe(0.2, () => [{ network: 'net1', cidr: draw.of('10.97.0.0/16', '10.97.3.0/24', '10.0.0.0/8') }]),
    ports,
    endpoints: Object.fromEntries(
      draw.chance(0.1) ? [...behind, ['gone', { workloadUid: 'gone', port: { 80: 1 } }]] : behind,
    ),
    subjectAltNames: draw.some(['spiffe://cluster.local/ns/shop/sa/app'], 0.6),
    waypoint: draw.maybe(0.35, () => gatewayOf(draw)),
    weightedWaypoints: draw.maybe(0.15, () => [
      { destination: gatewayOf(draw), weight: draw.of(0, 1) },
      { destination: gatewayOf(draw), weight: draw.of(0, 3) },
    ]),
    loadBalancer: draw.maybe(0.6, () => ({
      mode: draw.of('Standard', 'Strict', 'Failover', 'Failover', 'Passthrough'),
      routingPreferences: draw.of<string[]>(
        [],
        ['Node'],
        ['Network', 'Region', 'Zone'],
        ['Region', 'Zone', 'Subzone', 'Node'],
        ['Cluster', 'Network'],
        ['Network', 'Network', 'Node'],
        ['Zone'],
      ),
      healthPolicy: draw.of('OnlyHealthy', 'AllowAll'),
    })),
    ipFamilies: draw.maybe(0.3, () => draw.of('IPv4', 'IPv6', 'Dual')),
    canonical: draw.chance(0.6),
    visibility: draw.of('Public', 'Public', 'Namespace'),
  };
}

function matchOf(draw: Drawer): PolicyMatch {
  const namespaces = (): TextMatch[] => [
    draw.of<TextMatch>({ Exact: 'shop' }, { Exact: '' }, { Prefix: 'we' }, { Suffix: 'op' }, { Presence: [] }),
  ];
  const principals = (): TextMatch[] => [
    draw.of<TextMatch>(
      { Exact: 'cluster.local/ns/shop/sa/sleep' },
      { Exact: 'spiffe://cluster.local/ns/shop/sa/sleep' },
      { Prefix: 'cluster.local/ns/shop' },
      { Suffix: '/sleep' },
      { Presence: [] },
    ),
  ];
  const accounts = (): { namespace: string; serviceAccount: string }[] => [
    draw.of({ namespace: 'shop', serviceAccount: 'sleep' }, { namespace: 'web', serviceAccount: 'sleep' }),
  ];
  const ranges = (): string[] => [draw.of('10.0.0.0/24', '10.1.0.0/16', '10.0.0.2/32', '0.0.0.0/0', 'fd00::1/128')];
  const ports = (): number[] => [draw.of(8080, 80, 8081, 15088, 15008)];
  const share = 0.18;
  const match: Record<string, unknown> = {};
  const fields: readonly (readonly [string, () => readonly unknown[]])[] = [
    ['namespaces', namespaces],
    ['principals', principals],
    ['serviceAccounts', accounts],
    ['sourceIps', ranges],
    ['destinationIps', ranges],
    ['destinationPorts', ports],
  ];
  for (const [name, values] of fields) {
    if (draw.chance(share)) match[name] = [...values(), ...(draw.chance(0.3) ? values() : [])];
    if (draw.chance(share)) match[`not${name.charAt(0).toUpperCase()}${name.slice(1)}`] = values();
  }
  return match;
}

function policyOf(draw: Drawer, [namespace, name]: readonly [string, string]): ZtunnelPolicy {
  const times = <T>(most: number, value: () => T): T[] => Array.from({ length: draw.of(0, 1, 1, most) }, value);
  return {
    name,
    namespace,
    scope: draw.of('Global', 'Namespace', 'WorkloadSelector', 'WorkloadSelector'),
    action: draw.of('Allow', 'Allow', 'Deny'),
    dryRun: draw.chance(0.15),
    rules: times(2, () => times(2, () => times(2, () => matchOf(draw)))),
  };
}

const POLICIES = [
  ['shop', 'a'],
  ['web', 'b'],
  ['root', 'c'],
  ['infra', 'd'],
  ['shop', 'e'],
] as const;

/** A mesh as the program is given it, and as the second reading is. */
export function drawnMesh(seed: number): { readonly mesh: SmallMesh; readonly known: KnownMesh } {
  const draw = new Drawer(seed);
  const count = draw.of(2, 3, 4, 5, 6);
  const others = Array.from({ length: count }, (_one, at) => workloadOf(draw, at));
  const source = { ...SOURCE, waypoint: undefined };
  const workloads = [source, ...others, OUTSIDE];
  const isSelf = draw.chance(0.2);
  const services = HOSTS.map((_host, at) => serviceOf(draw, at, isSelf ? [source, ...others] : others));
  const policies = draw.some(POLICIES, 0.4).map((key) => policyOf(draw, key));
  // Pods on the node of this ztunnel are redirected where they say HBONE, or are not by a fault; of others the protocol tells.
  const isPod = ({ uid = '', networkMode, network }: ZtunnelWorkload): boolean =>
    uid.includes('//Pod/') && networkMode !== 'HostNetwork' && network === 'net1';
  const served = workloads.filter(
    (one) => one === source || (one !== OUTSIDE && isPod(one) && one.node === 'n1' && draw.chance(0.8)),
  );
  const far = workloads.filter((one) => one.node !== 'n1' && one.protocol === 'HBONE');
  const captured = served.map(({ name = '' }) => name);
  return {
    mesh: { workloads, services, policies, captured, network: 'net1' },
    known: {
      workloads,
      services,
      policies,
      network: 'net1',
      node: 'n1',
      captured: new Set([...served, ...far].map(({ uid = '' }) => uid)),
    },
  };
}

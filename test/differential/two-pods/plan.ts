/** A mesh of four pods from a seed: what each serves, how it is secured, who may call it, and how the caller is configured. */
import { Random } from '../rig/random';
import type { Message } from '../generate/message';
import { type Capture, CAPTURE_ALL } from './iptables';

export interface PodPlan {
  readonly name: string;
  readonly ip: string;
  readonly app: string;
  readonly version: string;
  readonly account: string;
  readonly sidecar: boolean;
  readonly capture: Capture;
  readonly ports: readonly PortPlan[];
}

export interface PortPlan {
  readonly port: number;
  readonly http: boolean;
  readonly mtls: 'strict' | 'permissive' | 'disable';
  /** RBAC filters in order, as AuthorizationPolicy objects become; HTTP ones on HTTP ports. */
  readonly rbac: readonly Message[];
}

export interface ServicePlan {
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly http: boolean;
  readonly subsets: readonly string[];
}

export interface MeshPlan {
  readonly random: Random;
  readonly client: PodPlan;
  readonly servers: readonly PodPlan[];
  readonly services: readonly ServicePlan[];
  /** What a client's DestinationRule says of TLS: by the endpoint's label, always, never. */
  readonly clientTls: 'auto' | 'always' | 'never';
  readonly outboundPolicy: 'ALLOW_ANY' | 'REGISTRY_ONLY';
  /** Whether the client's clusters ask for an account that the servers do not have. */
  readonly wrongSan: boolean;
  /** Whether the client's certificate is of another authority than the servers trust. */
  readonly otherRoot: boolean;
}

export const CLIENT_IP = '10.244.0.5';
export const SERVICES: readonly ServicePlan[] = [
  { name: 'reviews', ip: '10.96.0.10', port: 9080, http: true, subsets: ['v1', 'v2'] },
  { name: 'reviews', ip: '10.96.0.10', port: 3306, http: false, subsets: [] },
  { name: 'productpage', ip: '10.96.0.12', port: 9080, http: true, subsets: [] },
  { name: 'legacy', ip: '10.96.0.13', port: 9080, http: true, subsets: [] },
];

export function makePlan(seed: number): MeshPlan {
  const random = new Random(seed + 77_777);
  const legacy = { app: 'legacy', version: 'v1', account: 'default', sidecar: false, capture: CAPTURE_ALL, ports: [] };
  return {
    random,
    client: {
      name: 'productpage-v1-abc',
      ip: CLIENT_IP,
      app: 'productpage',
      version: 'v1',
      account: 'bookinfo-productpage',
      sidecar: true,
      capture: {
        ...CAPTURE_ALL,
        ...random.maybe(0.2, 'excludeOutboundPorts', () => [3306]),
        ...random.maybe(0.15, 'excludeOutboundRanges', () => ['10.244.2.0/24']),
        ...random.maybe(0.12, 'includeOutboundRanges', () => ['10.96.0.0/16', '10.244.1.0/24']),
      },
      ports: [port(random, 9080, true)],
    },
    servers: [
      reviews(random, 'v1', '10.244.1.1'),
      reviews(random, 'v2', '10.244.2.1'),
      { ...legacy, name: 'legacy-abc', ip: '10.244.3.1' },
    ],
    services: SERVICES,
    clientTls: random.pick(['auto', 'auto', 'auto', 'always', 'never']),
    outboundPolicy: random.chance(0.75) ? 'ALLOW_ANY' : 'REGISTRY_ONLY',
    wrongSan: random.chance(0.12),
    otherRoot: random.chance(0.12),
  };
}

function reviews(random: Random, version: string, ip: string): PodPlan {
  const capture = {
    ...CAPTURE_ALL,
    ...random.maybe(0.15, 'excludeInboundPorts', () => [random.pick([3306, 9090])]),
    ...random.maybe(0.1, 'includeInboundPorts', () => [9080, 3306]),
  };
  const ports = [port(random, 9080, true), port(random, 3306, false)];
  return {
    name: `reviews-${version}-abc`,
    ip,
    app: 'reviews',
    version,
    account: 'bookinfo-reviews',
    sidecar: true,
    capture,
    ports,
  };
}

function port(random: Random, number: number, http: boolean): PortPlan {
  return {
    port: number,
    http,
    mtls: random.pick(['strict', 'strict', 'permissive', 'permissive', 'permissive', 'disable']),
    rbac: random.chance(0.6) ? policies(random, number, http) : [],
  };
}

/** Deny before allow, each a filter of its own, named as istiod names them. */
function policies(random: Random, number: number, http: boolean): readonly Message[] {
  const deny = { action: 'DENY', policies: { 'ns[bookinfo]-policy[deny-some]-rule[0]': rule(random, number, http) } };
  const names = random.sample(['viewer', 'admin', 'batch'], random.int(1, 2));
  const allow = Object.fromEntries(
    names.map((name) => [`ns[bookinfo]-policy[allow-${name}]-rule[0]`, rule(random, number, http)]),
  );
  return [...(random.chance(0.5) ? [deny] : []), ...(random.chance(0.7) ? [{ policies: allow }] : [])];
}

const path = (match: Message): Message => ({ url_path: { path: match } });
const account = (name: Message): Message => ({ authenticated: { principal_name: name } });
const spiffe = (name: string): string => `spiffe://cluster.local/ns/bookinfo/sa/${name}`;

function rule(random: Random, number: number, http: boolean): Message {
  const any = (kind: 'rules' | 'ids', ...members: readonly Message[]): Message =>
    kind === 'rules' ? { or_rules: { rules: members } } : { or_ids: { ids: members } };
  const method = (): Message => ({
    header: { name: ':method', string_match: { exact: random.pick(['GET', 'POST']) } },
  });
  const permission = random.weighted<Message>([
    [2, () => ({ any: true })],
    [http ? 2 : 0, () => any('rules', method())],
    [
      http ? 2 : 0,
      () => any('rules', path(random.pick([{ prefix: '/admin' }, { exact: '/reviews/0' }, { suffix: '/0' }]))),
    ],
    [http ? 1 : 0, () => ({ not_rule: any('rules', path({ prefix: '/admin' })) })],
    [1, () => any('rules', { destination_port: random.pick([number, 1234]) })],
  ]);
  const ours = account({ safe_regex: { regex: '.*/ns/bookinfo/.*' } });
  const principal = random.weighted<Message>([
    [2, () => ({ any: true })],
    [3, () => any('ids', account({ exact: spiffe(random.pick(['bookinfo-productpage', 'other'])) }))],
    [1, () => any('ids', ours)],
    [1, () => ({ not_id: any('ids', ours) })],
    [
      1,
      () =>
        any('ids', { direct_remote_ip: { address_prefix: random.pick(['10.244.0.0', '10.9.0.0']), prefix_len: 16 } }),
    ],
    [http ? 1 : 0, () => any('ids', { header: { name: 'end-user', string_match: { exact: 'luffy' } } })],
  ]);
  return { permissions: [{ and_rules: { rules: [permission] } }], principals: [{ and_ids: { ids: [principal] } }] };
}

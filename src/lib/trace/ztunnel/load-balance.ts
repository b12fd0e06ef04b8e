/** The endpoints of a service that a ztunnel may send to, and each one's chance. https://github.com/istio/ztunnel (src/state.rs) */
import { parseIp } from '../../match/cidr';
import type { NoUpstream, WorkloadLacksField, WorkloadMiss } from '../facts/ztunnel';
import type { Endpoint, LoadBalancer, ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { lacksNode, workloadName, type ZtunnelIndex } from '../../mesh/ztunnel-index';

export interface EndpointChoice {
  readonly workload: ZtunnelWorkload;
  /** The port to connect to. */
  readonly port: number;
  /** Its chance among all, by its capacity. */
  readonly share: number;
  /** Whether it is drawn and has no port to connect to: waypoints alone are drawn before that is looked at. */
  readonly lacksPort: boolean;
}

/** A workload that is not sent to. */
export interface RejectedWorkload {
  readonly name: string;
  readonly cause: WorkloadMiss;
}

export type BalancedEndpoints = { readonly rejected: readonly RejectedWorkload[] } & (
  | { readonly kind: 'some'; readonly choices: readonly [EndpointChoice, ...EndpointChoice[]] }
  | { readonly kind: 'none'; readonly why: NoUpstream }
);

/** How a service is asked for an endpoint. */
export interface BalanceRequest {
  readonly source: ZtunnelWorkload;
  readonly port: number;
  /** Of a waypoint an application tunnel makes up for a port that its service lacks. */
  readonly as: 'service' | 'waypoint';
}

interface Candidate {
  readonly workload: ZtunnelWorkload;
  readonly port: number;
  readonly lacksPort: boolean;
}

/**
 * The endpoints left by ports, mode and preferences, by capacity. Health is not looked at: an unhealthy endpoint is in the
 * dump only where the service's health policy is AllowAll, and is then as good as the others.
 */
export function balance(index: ZtunnelIndex, service: ZtunnelService, request: BalanceRequest): BalancedEndpoints {
  const rejected: RejectedWorkload[] = [];
  const target = service.ports?.[String(request.port)] ?? null;
  if (target === null && request.as === 'service') {
    const ports = Object.keys(service.ports ?? {});
    return { kind: 'none', why: { kind: 'no-such-port', port: request.port, ports }, rejected };
  }
  const candidates = Object.entries(service.endpoints ?? {}).flatMap(([key, endpoint]) => {
    const candidate = candidateOf(index, endpoint ?? {}, target, request);
    if ('workload' in candidate) return [candidate];
    rejected.push({ name: endpoint?.workloadUid ?? key, cause: candidate });
    return [];
  });
  const open = withoutNode(candidates, request.source, service.loadBalancer ?? {});
  if (open !== null) return { kind: 'none', why: lackOf(open, 'node'), rejected };
  const preferred = byPreference(candidates, request.source, service.loadBalancer ?? {}, rejected);
  const total = preferred.reduce((sum, { workload }) => sum + capacityOf(workload), 0);
  const choices = preferred.flatMap(({ workload, port, lacksPort }) => {
    const capacity = capacityOf(workload);
    if (capacity > 0) return [{ workload, port, share: capacity / total, lacksPort }];
    rejected.push({ name: workloadName(workload), cause: { kind: 'no-capacity' } });
    return [];
  });
  const [first, ...others] = choices;
  return first === undefined
    ? { kind: 'none', why: whyNone(service, rejected.length), rejected }
    : { kind: 'some', choices: [first, ...others], rejected };
}

/** Of a workload a field that decides, and that the dump does not have. */
export function lackOf(workload: ZtunnelWorkload, field: WorkloadLacksField['field']): WorkloadLacksField {
  return { kind: 'workload-lacks-field', workload: workloadName(workload), field };
}

/** A pod without a node, where preferences ask for nodes; null where there is none. */
function withoutNode(
  candidates: readonly Candidate[],
  source: ZtunnelWorkload,
  { mode = 'Standard', routingPreferences }: LoadBalancer,
): ZtunnelWorkload | null {
  if (mode === 'Standard' || routingPreferences?.includes('Node') !== true) return null;
  return [source, ...candidates.map(({ workload }) => workload)].find(lacksNode) ?? null;
}

function whyNone({ loadBalancer }: ZtunnelService, count: number): NoUpstream {
  if (count === 0) return { kind: 'nothing-behind' };
  return { kind: loadBalancer?.mode === 'Strict' ? 'none-in-reach' : 'none-can-be-used', count };
}

function capacityOf({ capacity }: ZtunnelWorkload): number {
  return capacity ?? 1;
}

/** The candidate, or why it is none. */
function candidateOf(
  index: ZtunnelIndex,
  endpoint: Endpoint,
  target: number | null,
  { source, port, as }: BalanceRequest,
): Candidate | WorkloadMiss {
  const workload = index.workloadByUid(endpoint.workloadUid ?? '');
  if (workload === null) return { kind: 'workload-not-known' };
  if (!hasAddress(workload) && !isBehindGateway(workload, source)) return { kind: 'workload-has-no-address' };
  const own = endpoint.port?.[String(port)] ?? null;
  if (as === 'waypoint') return waypointCandidate(workload, own, target, port);
  // 0 stands for a port that pods name: only those that have it are endpoints.
  if (target === 0 && own === null) return { kind: 'pod-lacks-named-port', port };
  return { workload, port: own ?? target ?? port, lacksPort: false };
}

/** An application tunnel makes up for a port that the service lacks. */
function waypointCandidate(
  workload: ZtunnelWorkload,
  own: number | null,
  target: number | null,
  port: number,
): Candidate | WorkloadMiss {
  if (target === null && workload.applicationTunnel === undefined) return { kind: 'no-port-anywhere', port };
  const numbered = target === null || target === 0 ? null : target;
  const lacksPort = own === null && numbered === null && typeof workload.applicationTunnel?.port !== 'number';
  return { workload, port: own ?? numbered ?? port, lacksPort };
}

/** Of another network, and reached through its gateway. */
function isBehindGateway({ network = '', networkGateway }: ZtunnelWorkload, source: ZtunnelWorkload): boolean {
  return network !== (source.network ?? '') && networkGateway !== undefined;
}

function hasAddress({ workloadIps, hostname }: ZtunnelWorkload): boolean {
  return (workloadIps ?? []).length > 0 || (hostname ?? '') !== '';
}

/** Those that the mode leaves. https://istio.io/latest/docs/reference/config/networking/destination-rule/ does not reach ztunnel. */
function byPreference(
  candidates: readonly Candidate[],
  source: ZtunnelWorkload,
  { mode = 'Standard', routingPreferences }: LoadBalancer,
  rejected: RejectedWorkload[],
): readonly Candidate[] {
  const preferences = (routingPreferences ?? []).map((one) => one ?? '');
  if (mode === 'Standard') return candidates;
  const reject = ({ workload }: Candidate): void => {
    rejected.push({ name: workloadName(workload), cause: mismatchOf(preferences, source, workload) });
  };
  if (mode === 'Strict') {
    const matching = candidates.filter(({ workload }) => preferences.every((one) => agree(one, source, workload)));
    candidates.filter((one) => !matching.includes(one)).forEach(reject);
    return matching;
  }
  const ranks = candidates.map(({ workload }) => rankOf(preferences, source, workload));
  const best = ranks.reduce((most, rank) => Math.max(most, rank), Number.NEGATIVE_INFINITY);
  candidates.filter((_one, at) => ranks[at] !== best).forEach(reject);
  return candidates.filter((_one, at) => ranks[at] === best);
}

/** How many preferences in a row hold. Where the network comes first, one on the source's network beats every other. */
function rankOf(preferences: readonly string[], source: ZtunnelWorkload, workload: ZtunnelWorkload): number {
  const isNetworkFirst = preferences[0] === 'Network';
  let rank = 0;
  for (const preference of preferences) {
    if (agree(preference, source, workload)) rank += 1;
    // Another network ends nothing there: the next preference is asked.
    else if (!isNetworkFirst || preference !== 'Network') break;
  }
  return isNetworkFirst && agree('Network', source, workload) ? rank + preferences.length - 1 : rank;
}

function agree(preference: string, source: ZtunnelWorkload, workload: ZtunnelWorkload): boolean {
  return valueOf(preference, source) === valueOf(preference, workload);
}

/** Each by its own name alone: two regions that name a zone alike agree on it. */
function valueOf(preference: string, { locality = {}, node, clusterId, network }: ZtunnelWorkload): string {
  switch (preference) {
    case 'Region':
      return locality.region ?? '';
    case 'Zone':
      return locality.zone ?? '';
    case 'Subzone':
      return locality.subzone ?? '';
    case 'Node':
      return node ?? '';
    case 'Cluster':
      return clusterId ?? '';
    case 'Network':
      return network ?? '';
    default:
      return '';
  }
}

function mismatchOf(preferences: readonly string[], source: ZtunnelWorkload, workload: ZtunnelWorkload): WorkloadMiss {
  const first = preferences.find((one) => !agree(one, source, workload));
  if (first === undefined) return { kind: 'fewer-preferences-hold' };
  const [clients, workloads] = [valueOf(first, source), valueOf(first, workload)];
  return { kind: 'preference-fails', preference: first, workloads, clients };
}

/** Where a workload is dialled: `ip` is null where DNS decides. */
export interface Dialled {
  readonly ip: string | null;
  readonly hostname: string | null;
  /** Either of them. */
  readonly host: string;
}

/** As addressOf; null where there is none. */
export function dialledAt(workload: ZtunnelWorkload, service: ZtunnelService | null, dialled: string): Dialled | null {
  const address = addressOf(workload, service, dialled);
  if (address.kind === 'none') return null;
  if (address.kind === 'ip') return { ip: address.ip, hostname: null, host: address.ip };
  return { ip: null, hostname: address.hostname, host: address.hostname };
}

/** The address that a workload is dialled at. */
export type WorkloadAddress =
  | { readonly kind: 'ip'; readonly ip: string }
  /** Known by its host name alone: DNS decides. */
  | { readonly kind: 'hostname'; readonly hostname: string }
  | { readonly kind: 'none' };

/**
 * The dialled address itself where the workload has it; else its first address of the same family among those that the
 * service's families allow, else the first that they allow.
 */
export function addressOf(workload: ZtunnelWorkload, service: ZtunnelService | null, dialled: string): WorkloadAddress {
  const ips = (workload.workloadIps ?? []).flatMap((ip) => ip ?? []);
  const family = parseIp(dialled)?.family;
  const same = ips.find((ip) => keyOf(ip) === keyOf(dialled));
  if (same !== undefined) return { kind: 'ip', ip: same };
  const allowed = ips.filter((ip) => isAllowed(service?.ipFamilies, parseIp(ip)?.family));
  const chosen = allowed.find((ip) => parseIp(ip)?.family === family) ?? allowed[0];
  if (chosen !== undefined) return { kind: 'ip', ip: chosen };
  const { hostname = '' } = workload;
  return hostname === '' ? { kind: 'none' } : { kind: 'hostname', hostname };
}

function isAllowed(families: string | undefined, family: 4 | 6 | undefined): boolean {
  if (families === 'IPv4') return family === 4;
  return families === 'IPv6' ? family === 6 : true;
}

function keyOf(ip: string): string {
  return parseIp(ip)?.bytes.join('.') ?? ip;
}

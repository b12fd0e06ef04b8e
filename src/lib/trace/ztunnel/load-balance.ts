/** The endpoints of a service that a ztunnel may send to, and each one's chance. https://github.com/istio/ztunnel (src/state.rs) */
import { parseIp } from '../../match/cidr';
import type { WordedMiss } from '../facts/worded';
import type { Endpoint, LoadBalancer, ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { workloadName, type ZtunnelIndex } from '../../mesh/ztunnel-index';

export interface EndpointChoice {
  readonly workload: ZtunnelWorkload;
  /** The port to connect to. */
  readonly port: number;
  /** Its chance among all, by its capacity. */
  readonly share: number;
}

export interface BalancedEndpoints {
  /** Empty where there is no endpoint to send to. */
  readonly choices: readonly EndpointChoice[];
  readonly rejected: readonly WordedMiss[];
  /** Why there is none, in words; null where there is one. */
  readonly because: string | null;
}

/** How a service is asked for an endpoint. */
export interface BalanceRequest {
  readonly source: ZtunnelWorkload;
  readonly port: number;
  /** As for a waypoint: an application tunnel makes up for a port that the service lacks. */
  readonly isWaypoint: boolean;
}

interface Candidate {
  readonly workload: ZtunnelWorkload;
  readonly port: number;
}

/**
 * The endpoints left by ports, mode and preferences, by capacity. Health is not looked at: an unhealthy endpoint is in the
 * dump only where the service's health policy is AllowAll, and is then as good as the others.
 */
export function balance(index: ZtunnelIndex, service: ZtunnelService, request: BalanceRequest): BalancedEndpoints {
  const rejected: WordedMiss[] = [];
  const target = service.ports?.[String(request.port)] ?? null;
  if (target === null && !request.isWaypoint) {
    const ports = Object.keys(service.ports ?? {}).join(', ');
    return none(`the service has no port ${request.port}: it has ${ports === '' ? 'none' : ports}`, rejected);
  }
  const candidates = Object.entries(service.endpoints ?? {}).flatMap(([key, endpoint]) => {
    const candidate = candidateOf(index, endpoint ?? {}, target, request);
    if (typeof candidate !== 'string') return [candidate];
    rejected.push({ name: endpoint?.workloadUid ?? key, cause: candidate });
    return [];
  });
  const preferred = byPreference(candidates, request.source, service.loadBalancer ?? {}, rejected);
  const total = preferred.reduce((sum, { workload }) => sum + capacityOf(workload), 0);
  const choices = preferred.flatMap(({ workload, port }) => {
    const capacity = capacityOf(workload);
    if (capacity > 0) return [{ workload, port, share: capacity / total }];
    rejected.push({ name: workloadName(workload), cause: 'its capacity is 0' });
    return [];
  });
  return choices.length > 0 ? { choices, rejected, because: null } : none(noneText(service, rejected), rejected);
}

function none(because: string, rejected: readonly WordedMiss[]): BalancedEndpoints {
  return { choices: [], rejected, because };
}

function noneText(service: ZtunnelService, rejected: readonly WordedMiss[]): string {
  if (rejected.length === 0) return 'the service has no endpoints: is a pod behind it ready?';
  const mode = service.loadBalancer?.mode;
  return mode === 'Strict'
    ? `none of its ${rejected.length} endpoints is in reach: load balancing is Strict`
    : `none of its ${rejected.length} endpoints can be used`;
}

function capacityOf({ capacity }: ZtunnelWorkload): number {
  return capacity ?? 1;
}

/** The candidate, or why it is none. */
function candidateOf(
  index: ZtunnelIndex,
  endpoint: Endpoint,
  target: number | null,
  { source, port, isWaypoint }: BalanceRequest,
): Candidate | string {
  const workload = index.workloadByUid(endpoint.workloadUid ?? '');
  if (workload === null) return 'its workload is not known';
  if (!hasAddress(workload) && !isBehindGateway(workload, source)) return 'its workload has no address';
  const own = endpoint.port?.[String(port)] ?? null;
  if (isWaypoint) return waypointCandidate(workload, own, target, port);
  // 0 stands for a port that pods name: only those that have it are endpoints.
  if (target === 0 && own === null) return `its pod has no port of the name that service port ${port} targets`;
  return { workload, port: own ?? target ?? port };
}

/** An application tunnel makes up for a port that the service lacks. */
function waypointCandidate(
  workload: ZtunnelWorkload,
  own: number | null,
  target: number | null,
  port: number,
): Candidate | string {
  if (target === null && workload.applicationTunnel === undefined) return `neither it nor the service has port ${port}`;
  return { workload, port: own ?? (target === null || target === 0 ? port : target) };
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
  rejected: WordedMiss[],
): readonly Candidate[] {
  const preferences = (routingPreferences ?? []).map((one) => one ?? '');
  if (mode !== 'Strict' && mode !== 'Failover') return candidates;
  const reject = ({ workload }: Candidate): void => {
    rejected.push({ name: workloadName(workload), cause: mismatchText(preferences, source, workload) });
  };
  if (mode === 'Strict') {
    const matching = candidates.filter(({ workload }) => preferences.every((one) => agree(one, source, workload)));
    candidates.filter((one) => !matching.includes(one)).forEach(reject);
    return matching;
  }
  const ranks = candidates.map(({ workload }) => rankOf(preferences, source, workload));
  const best = Math.max(...ranks);
  candidates.filter((_one, at) => ranks[at] !== best).forEach(reject);
  return candidates.filter((_one, at) => ranks[at] === best);
}

/** How many preferences in a row hold. Where the network comes first, one on the source's network beats every other. */
function rankOf(preferences: readonly string[], source: ZtunnelWorkload, workload: ZtunnelWorkload): number {
  let rank = 0;
  for (const [at, preference] of preferences.entries()) {
    const isNetworkFirst = at === 0 && preference === 'Network';
    if (agree(preference, source, workload)) rank += isNetworkFirst ? preferences.length : 1;
    else if (!isNetworkFirst) break;
  }
  return rank;
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

function mismatchText(preferences: readonly string[], source: ZtunnelWorkload, workload: ZtunnelWorkload): string {
  const first = preferences.find((one) => !agree(one, source, workload));
  if (first === undefined) return 'others match more of the preferences';
  const [own, theirs] = [valueOf(first, source), valueOf(first, workload)];
  return `its ${first.toLowerCase()} is ${theirs === '' ? 'not set' : theirs}, and the client's ${own === '' ? 'not set' : own}`;
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

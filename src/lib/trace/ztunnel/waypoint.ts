/** Which waypoint a service or workload has, and which pod of it is dialled. https://github.com/istio/ztunnel (src/state.rs) */
import { parseIp } from '../../match/cidr';
import type { GatewayAddress, ZtunnelService, WeightedWaypoint, ZtunnelWorkload } from '../../ztunnel/resources';
import { networkAddress, type PlacedService } from '../../mesh/ztunnel-index';
import type { NoGateway, NoUpstream, WaypointWeight } from '../facts/ztunnel';
import { chosenService, chosenWorkload } from './chosen-service';
import { type BalanceRequest, balance, type EndpointChoice, lackOf, type RejectedWorkload } from './load-balance';
import type { FoundService } from './service-at';
import { drawn, HBONE_PORT, type ZtunnelWalk } from './walk';

export interface ChosenWaypoint {
  readonly gateway: GatewayAddress;
  /** Its share among weighted ones; null for the only one. */
  readonly weight: WaypointWeight | null;
}

/** Weighted waypoints are drawn from where their weights are not all zero; null where there is no waypoint. */
export function waypointOf(
  { decisions }: ZtunnelWalk,
  { waypoint, weightedWaypoints }: Pick<ZtunnelService, 'waypoint' | 'weightedWaypoints'>,
): ChosenWaypoint | null {
  const weighted = (weightedWaypoints ?? []).filter((one): one is WeightedWaypoint => (one?.weight ?? 0) > 0);
  const total = weighted.reduce((sum, one) => sum + (one.weight ?? 0), 0);
  if (total === 0) return waypoint === undefined ? null : { gateway: waypoint, weight: null };
  const taken = decisions.draw(
    weighted.map((one) => ({
      of: { kind: 'waypoint', name: one.destination?.destination ?? '' } as const,
      share: (one.weight ?? 0) / total,
    })),
  );
  const one = weighted[taken];
  return { gateway: one?.destination ?? {}, weight: { weight: one?.weight ?? 0, total } };
}

export type ResolvedGateway =
  | {
      readonly kind: 'found';
      readonly choice: EndpointChoice;
      /** The service that it was chosen from; null where a workload was named. */
      readonly service: ZtunnelService | null;
      /** The address that stands for the pod where it has that: the one that was named, else the one that was called. */
      readonly dialled: string;
      readonly rejected: readonly RejectedWorkload[];
    }
  | { readonly kind: 'missing'; readonly why: NoGateway; readonly rejected: readonly RejectedWorkload[] };

/** What is looked for: a waypoint, or the gateway of another network. */
export interface AskedGateway {
  readonly gateway: GatewayAddress;
  /** The address that was called, whose family a gateway that is named by its host follows. */
  readonly called: string;
  readonly as: BalanceRequest['as'];
}

/** The pod behind a waypoint's or gateway's address: `network/IP`, or `namespace/hostname`. */
export function resolveGateway(
  walk: ZtunnelWalk,
  source: ZtunnelWorkload,
  { gateway, called, as }: AskedGateway,
): ResolvedGateway {
  const destination = gateway.destination ?? '';
  const { network: place, ip: name } = networkAddress(destination);
  const port = gateway.hboneMtlsPort ?? HBONE_PORT;
  const { index } = walk;
  const isAddress = parseIp(name) !== null;
  const found = isAddress ? chosenService(walk, place, name, source.namespace ?? '') : index.serviceNamed(place, name);
  const dialled = isAddress ? name : called;
  const open = isAddress ? index.openRankAt(place, name) : null;
  if (open !== null) return missing(destination, lackOf(open, 'protocol'));
  if (found !== null) {
    const why = isAddress ? whyNotSentTo(found) : null;
    if (why !== null) return missing(destination, why);
    return ofService(walk, found.service, { source, port, as, destination, dialled });
  }
  const workload = isAddress ? chosenWorkload(walk, place, name) : index.workloadByHostname(place, name);
  if (workload === null) return nobody(gateway, isAddress);
  const choice = { workload, port, share: 1, lacksPort: false };
  return { kind: 'found', choice, service: null, dialled, rejected: [] };
}

/** Why a service that is named by its address is not sent to. */
function whyNotSentTo(found: PlacedService | FoundService): NoUpstream | null {
  if (found.service.loadBalancer?.mode === 'Passthrough') return { kind: 'mode-is-passthrough' };
  return 'byRange' in found && found.byRange ? { kind: 'vip-is-a-range' } : null;
}

function nobody({ destination = '' }: GatewayAddress, isAddress: boolean): ResolvedGateway {
  const { network: namespace, ip: host } = networkAddress(destination);
  const why: NoGateway = isAddress
    ? { kind: 'nobody-has-address', destination }
    : { kind: 'no-such-host', host, namespace };
  return { kind: 'missing', why, rejected: [] };
}

function missing(
  destination: string,
  why: NoUpstream,
  rejected: readonly RejectedWorkload[] = [],
): Extract<ResolvedGateway, { kind: 'missing' }> {
  return { kind: 'missing', why: { kind: 'no-endpoint', destination, why }, rejected };
}

function ofService(
  { index, decisions }: ZtunnelWalk,
  service: ZtunnelService,
  asked: BalanceRequest & { readonly destination: string; readonly dialled: string },
): ResolvedGateway {
  const { destination, dialled, port } = asked;
  const balanced = balance(index, service, asked);
  const { rejected } = balanced;
  if (balanced.kind === 'none') return missing(destination, balanced.why, rejected);
  const choice = drawn(decisions, balanced.choices);
  if (!choice.lacksPort) return { kind: 'found', choice, service, dialled, rejected };
  return missing(destination, { kind: 'no-such-port', port, ports: Object.keys(service.ports ?? {}) }, rejected);
}

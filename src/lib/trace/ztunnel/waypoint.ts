/** Which waypoint a service or workload has, and which pod of it is dialled. https://github.com/istio/ztunnel (src/state.rs) */
import { parseIp } from '../../match/cidr';
import type { GatewayAddress, ZtunnelService, WeightedWaypoint, ZtunnelWorkload } from '../../ztunnel/resources';
import { networkAddress, type PlacedService } from '../../mesh/ztunnel-index';
import type { WordedMiss } from '../facts/worded';
import { balance, type EndpointChoice } from './load-balance';
import { drawn, HBONE_PORT, type ZtunnelWalk } from './walk';
import { serviceAt } from './service-at';

export interface ChosenWaypoint {
  readonly gateway: GatewayAddress;
  /** How it was chosen among weighted ones, for a sentence; empty for the only one. */
  readonly chance: string;
}

/** Weighted waypoints are drawn from where their weights are not all zero; null where there is no waypoint. */
export function waypointOf(
  { decisions }: ZtunnelWalk,
  { waypoint, weightedWaypoints }: Pick<ZtunnelService, 'waypoint' | 'weightedWaypoints'>,
): ChosenWaypoint | null {
  const weighted = (weightedWaypoints ?? []).filter((one): one is WeightedWaypoint => (one?.weight ?? 0) > 0);
  const total = weighted.reduce((sum, one) => sum + (one.weight ?? 0), 0);
  if (total === 0) return waypoint === undefined ? null : { gateway: waypoint, chance: '' };
  const taken = decisions.draw(
    weighted.map((one) => ({
      of: { kind: 'waypoint', name: one.destination?.destination ?? '' } as const,
      share: (one.weight ?? 0) / total,
    })),
  );
  const one = weighted[taken];
  return { gateway: one?.destination ?? {}, chance: ` (weight ${one?.weight ?? 0} of ${total})` };
}

export type ResolvedGateway =
  | {
      readonly kind: 'found';
      readonly choice: EndpointChoice;
      /** The service that it was chosen from; null where a workload was named. */
      readonly service: ZtunnelService | null;
      /** The address that was named. */
      readonly ip: string | null;
      readonly rejected: readonly WordedMiss[];
    }
  | { readonly kind: 'missing'; readonly because: string; readonly rejected: readonly WordedMiss[] };

/** The pod behind a waypoint's or gateway's address: `network/IP`, or `namespace/hostname`. */
export function resolveGateway(walk: ZtunnelWalk, source: ZtunnelWorkload, gateway: GatewayAddress): ResolvedGateway {
  const destination = gateway.destination ?? '';
  const { network: place, ip: name } = networkAddress(destination);
  const port = gateway.hboneMtlsPort ?? HBONE_PORT;
  const { index } = walk;
  const isAddress = parseIp(name) !== null;
  const service = isAddress ? serviceAt(index, place, name, source.namespace ?? '') : index.serviceNamed(place, name);
  if (service !== null) return ofService(walk, source, { service, port, destination, ip: isAddress ? name : null });
  const workload = isAddress ? index.workloadAt(place, name) : index.workloadByHostname(place, name);
  if (workload !== null) {
    return {
      kind: 'found',
      choice: { workload, port, share: 1 },
      service: null,
      ip: isAddress ? name : null,
      rejected: [],
    };
  }
  const because = isAddress
    ? `no workload and no service has the address ${destination}`
    : `waypoint ${name} not found: there is no service of that host name in namespace ${place}`;
  return { kind: 'missing', because, rejected: [] };
}

function ofService(
  walk: ZtunnelWalk,
  source: ZtunnelWorkload,
  asked: {
    readonly service: PlacedService;
    readonly port: number;
    readonly destination: string;
    readonly ip: string | null;
  },
): ResolvedGateway {
  const { service } = asked.service;
  // Only by host name an application tunnel makes up for a port that the service lacks.
  const balanced = balance(walk.index, service, { source, port: asked.port, isWaypoint: asked.ip === null });
  const choice = drawn(walk.decisions, balanced.choices);
  if (choice !== null) return { kind: 'found', choice, service, ip: asked.ip, rejected: balanced.rejected };
  return {
    kind: 'missing',
    because: `${asked.destination} has no endpoint: ${balanced.because ?? ''}`,
    rejected: balanced.rejected,
  };
}

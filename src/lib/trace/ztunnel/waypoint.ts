/** Which waypoint a service or workload has, and which pod of it is dialled. https://github.com/istio/ztunnel (src/state.rs) */
import { parseIp } from '../../match/cidr';
import type { GatewayAddress, ZtunnelService, WeightedWaypoint, ZtunnelWorkload } from '../../ztunnel/resources';
import { networkAddress, type PlacedService } from '../../mesh/ztunnel-index';
import type { NoGateway, WaypointWeight } from '../facts/ztunnel';
import { balance, type EndpointChoice, type RejectedWorkload } from './load-balance';
import { drawn, HBONE_PORT, type ZtunnelWalk } from './walk';
import { serviceAt } from './service-at';

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
      /** The address that was named. */
      readonly ip: string | null;
      readonly rejected: readonly RejectedWorkload[];
    }
  | { readonly kind: 'missing'; readonly why: NoGateway; readonly rejected: readonly RejectedWorkload[] };

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
  const why: NoGateway = isAddress
    ? { kind: 'nobody-has-address', destination }
    : { kind: 'no-such-host', host: name, namespace: place };
  return { kind: 'missing', why, rejected: [] };
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
  const { rejected } = balanced;
  if (balanced.kind === 'none') {
    const why = { kind: 'no-endpoint', destination: asked.destination, why: balanced.why } as const;
    return { kind: 'missing', why, rejected };
  }
  return { kind: 'found', choice: drawn(walk.decisions, balanced.choices), service, ip: asked.ip, rejected };
}

/** A waypoint that a caller does not go through. */
import type { ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { Parcel } from './place';

/**
 * Sidecars, gateways that are not told to, and pods outside the mesh call pods past the waypoint of their Service.
 * https://istio.io/latest/docs/ambient/usage/waypoint/
 */
export function skippedWaypoint(
  index: ZtunnelIndex,
  { from }: Parcel,
  workload: ZtunnelWorkload,
  port: number,
): StepFacts | null {
  if (from.config?.proxyType === 'waypoint') return null;
  const service = index.servicesOf(workload).find((one) => hasWaypoint(one) && leadsTo(one, workload, port));
  if (service === undefined) return null;
  const host = service.hostname ?? '';
  const waypoint = service.waypoint?.destination ?? service.weightedWaypoints?.[0]?.destination?.destination ?? '';
  const by = from.config === null ? null : (from.config.proxyType ?? 'proxy');
  return step('ztunnel-waypoint', 'noted', waypoint, { kind: 'waypoint-skipped', service: host, waypoint, by });
}

function hasWaypoint({ waypoint, weightedWaypoints }: ZtunnelService): boolean {
  return waypoint !== undefined || (weightedWaypoints ?? []).length > 0;
}

/** Whether a port of the service is this one of the workload. */
function leadsTo(service: ZtunnelService, { uid }: ZtunnelWorkload, port: number): boolean {
  const endpoint = Object.values(service.endpoints ?? {}).find((one) => one?.workloadUid === uid);
  return Object.entries(service.ports ?? {}).some(
    ([servicePort, target]) => (endpoint?.port?.[servicePort] ?? target) === port,
  );
}

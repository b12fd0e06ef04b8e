/** How ztunnel goes on: to the workload, to its waypoint, to another network, or as it was addressed. */
import { type PlacedService, workloadName } from '../../mesh/ztunnel-index';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { Addressed, NoUpstream } from '../facts/ztunnel';
import type { IpPort, Origin } from '../model';
import { objectOrigin } from '../../envoy/istio-config';
import { addressOf, type EndpointChoice } from './load-balance';
import { toOtherNetwork } from './other-network';
import { HBONE_PORT, isSameNetwork, nearestOf, type NotSent, type Sent, type ZtunnelWalk } from './walk';
import { type ChosenWaypoint, resolveGateway } from './waypoint';

/** In plain text to where it was addressed. */
export function passedThrough(
  to: IpPort,
  pod: ZtunnelWorkload | null,
  service: ZtunnelService | null,
  why: NoUpstream,
  steps: readonly StepFacts[],
): Sent {
  return {
    kind: 'sent',
    protocol: 'TCP',
    next: { ip: to.ip, hostname: null, port: to.port, workload: pod },
    authority: null,
    service,
    waypoint: null,
    behind: null,
    steps: [...steps, step('hbone', 'passed', null, { kind: 'sent-as-addressed', to, why })],
  };
}

/** An address of two meanings, whose endpoint is on another network. */
export function noService(to: IpPort, steps: readonly StepFacts[]): NotSent {
  const cause = { kind: 'no-service-for-address', to } as const;
  const missed = step('hbone', 'missed', null, cause);
  return { kind: 'failed', reason: 'no-next-hop', cause, service: null, waypoint: null, steps: [...steps, missed] };
}

/** To the workload itself: by HBONE or in plain text, as its protocol says and nothing else. */
export function straight(
  to: IpPort,
  service: ZtunnelService | null,
  { workload, port }: EndpointChoice,
  from: PlacedService | null,
  steps: readonly StepFacts[],
): Sent | NotSent {
  const address = addressOf(workload, from?.service ?? null, to.ip);
  if (address.kind === 'none') {
    const cause = { kind: 'no-allowed-address', workload: workloadName(workload) } as const;
    const missed = step('hbone', 'missed', null, cause);
    return { kind: 'failed', reason: 'no-next-hop', cause, service, waypoint: null, steps: [...steps, missed] };
  }
  const host = address.kind === 'ip' ? address.ip : address.hostname;
  const name = workloadName(workload);
  const next = {
    ip: address.kind === 'ip' ? host : null,
    hostname: address.kind === 'ip' ? null : host,
    workload,
  };
  const common = { kind: 'sent', service, waypoint: null, behind: null } as const;
  if (workload.protocol === 'HBONE') {
    const tunnel = { host, port: HBONE_PORT };
    const cause = { kind: 'speaks-hbone', workload: name, tunnel, authority: { host, port } } as const;
    return {
      ...common,
      protocol: 'HBONE',
      next: { ...next, port: HBONE_PORT },
      authority: { host, port },
      steps: [...steps, step('hbone', 'matched', name, cause)],
    };
  }
  const cause = { kind: 'speaks-plain-text', workload: name, to: { host, port } } as const;
  return {
    ...common,
    protocol: 'TCP',
    next: { ...next, port },
    authority: null,
    steps: [...steps, step('hbone', 'passed', name, cause)],
  };
}

interface ToWaypoint {
  readonly source: ZtunnelWorkload;
  readonly to: IpPort;
  /** The service that is meant; null where a workload is, and no service has its address. */
  readonly service: PlacedService | null;
  readonly waypoint: ChosenWaypoint;
  readonly steps: readonly StepFacts[];
  /** The workload whose waypoint it is; left out where it is the service's. */
  readonly pod?: ZtunnelWorkload;
}

/** Traffic never goes round a waypoint: where it cannot be found the connection is closed. */
export function toWaypoint(
  walk: ZtunnelWalk,
  { source, to, service, waypoint, steps, pod }: ToWaypoint,
): Sent | NotSent {
  const { gateway } = waypoint;
  const destination = gateway.destination ?? '';
  const of: Addressed =
    pod === undefined
      ? { kind: 'service', name: service?.service.hostname ?? '' }
      : { kind: 'workload', name: workloadName(pod) };
  const resolved = resolveGateway(walk, source, gateway);
  const own = service?.service ?? null;
  if (resolved.kind === 'missing') {
    const cause = { kind: 'waypoint-not-found', of: null, waypoint: destination, why: resolved.why } as const;
    const missed = step(
      'ztunnel-waypoint',
      'missed',
      destination,
      { ...cause, of },
      nearestOf(walk, resolved.rejected),
    );
    return {
      kind: 'failed',
      reason: 'no-next-hop',
      cause,
      service: own,
      waypoint: destination,
      steps: [...steps, missed],
    };
  }
  const { choice, service: waypointService } = resolved;
  const name = workloadName(choice.workload);
  const { weight } = waypoint;
  const chosen = { kind: 'waypoint-chosen', of, waypoint: destination, weight, pod: name } as const;
  const matched = step('ztunnel-waypoint', 'matched', destination, chosen, {
    origin: gatewayOrigin(waypointService),
    ...nearestOf(walk, resolved.rejected),
  });
  const all = [...steps, matched];
  if (!isSameNetwork(choice.workload, source)) {
    if (own === null || pod !== undefined) return noService(to, all);
    const chosenFrom = waypointService ?? own;
    return toOtherNetwork(walk, {
      source,
      service: own,
      servicePort: to.port,
      chosenFrom,
      choice,
      waypoint: name,
      steps: all,
    });
  }
  const address = addressOf(choice.workload, waypointService, to.ip);
  if (address.kind !== 'ip') {
    const cause = { kind: 'waypoint-without-address', pod: name } as const;
    return { kind: 'failed', reason: 'no-next-hop', cause, service: own, waypoint: destination, steps: all };
  }
  const tunnel = { host: address.ip, port: choice.port };
  const authority = { host: to.ip, port: to.port };
  return {
    kind: 'sent',
    protocol: 'HBONE',
    next: { ip: address.ip, hostname: null, port: choice.port, workload: choice.workload },
    authority,
    service: own,
    waypoint: name,
    behind: null,
    steps: [...all, step('hbone', 'matched', name, { kind: 'tunnel-to-waypoint', tunnel, authority })],
  };
}

/** istiod names a waypoint's Service after its Gateway. */
function gatewayOrigin(service: ZtunnelService | null): Origin | null {
  const { name = '', namespace = '' } = service ?? {};
  return name === '' ? null : objectOrigin('Gateway', 'gateways.gateway.networking.k8s.io', name, namespace);
}

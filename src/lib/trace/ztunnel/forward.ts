/** How ztunnel goes on: to the workload, to its waypoint, to another network, or as it was addressed. */
import { type PlacedService, workloadName } from '../../mesh/ztunnel-index';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { Addressed, NoUpstream } from '../facts/ztunnel';
import type { IpPort, Origin } from '../model';
import { objectOrigin } from '../../envoy/istio-config';
import { dialledAt, type EndpointChoice, lackOf } from './load-balance';
import { toOtherNetwork } from './other-network';
import {
  HBONE_PORT,
  isSameNetwork,
  lackedField,
  nearestOf,
  notKnown,
  type NotSent,
  type Sent,
  type ZtunnelWalk,
} from './walk';
import { type ChosenWaypoint, type ResolvedGateway, resolveGateway } from './waypoint';

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
  const address = dialledAt(workload, from?.service ?? null, to.ip);
  if (address === null) {
    const cause = { kind: 'no-allowed-address', workload: workloadName(workload) } as const;
    const missed = step('hbone', 'missed', null, cause);
    return { kind: 'failed', reason: 'no-next-hop', cause, service, waypoint: null, steps: [...steps, missed] };
  }
  const { ip, hostname, host } = address;
  const name = workloadName(workload);
  if (workload.protocol === undefined) {
    return notKnown(lackOf(workload, 'protocol'), { service, waypoint: null, steps });
  }
  const next = { ip, hostname, workload };
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
  const resolved = resolveGateway(walk, source, { gateway, called: to.ip, as: 'waypoint' });
  const own = service?.service ?? null;
  if (resolved.kind === 'missing') {
    const lack = lackedField(resolved.why);
    if (lack !== null) return notKnown(lack, { service: own, waypoint: destination, steps });
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
  // Of a workload's waypoint its network is not looked at.
  if (pod === undefined && own !== null && !isSameNetwork(choice.workload, source)) {
    return toOtherNetwork(walk, {
      source,
      service: own,
      to,
      chosenFrom: waypointService,
      choice,
      waypoint: name,
      steps: all,
    });
  }
  return intoWaypoint(resolved, { to, service: own, destination, steps: all });
}

interface IntoWaypoint {
  readonly to: IpPort;
  readonly service: ZtunnelService | null;
  readonly destination: string;
  readonly steps: readonly StepFacts[];
}

/** A tunnel to the pod of the waypoint, for what was called. */
function intoWaypoint(
  { choice, service: waypointService, dialled }: Extract<ResolvedGateway, { kind: 'found' }>,
  { to, service, destination, steps }: IntoWaypoint,
): Sent | NotSent {
  const name = workloadName(choice.workload);
  const address = dialledAt(choice.workload, waypointService, dialled);
  if (address === null) {
    const cause = { kind: 'waypoint-without-address', pod: name } as const;
    return { kind: 'failed', reason: 'no-next-hop', cause, service, waypoint: destination, steps };
  }
  const { ip, hostname, host } = address;
  const { port, workload } = choice;
  const authority = { host: to.ip, port: to.port };
  const cause = { kind: 'tunnel-to-waypoint', tunnel: { host, port }, authority } as const;
  return {
    kind: 'sent',
    protocol: 'HBONE',
    next: { ip, hostname, port, workload },
    authority,
    service,
    waypoint: name,
    behind: null,
    steps: [...steps, step('hbone', 'matched', name, cause)],
  };
}

/** istiod names a waypoint's Service after its Gateway. */
function gatewayOrigin(service: ZtunnelService | null): Origin | null {
  const { name = '', namespace = '' } = service ?? {};
  return name === '' ? null : objectOrigin('Gateway', 'gateways.gateway.networking.k8s.io', name, namespace);
}

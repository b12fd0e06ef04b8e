/**
 * What the ztunnel of the caller's node does with a connection: destination, waypoint, endpoint, and how it goes on.
 * https://github.com/istio/ztunnel (src/proxy/outbound.rs)
 */
import { workloadName } from '../../mesh/ztunnel-index';
import type { ZtunnelWorkload } from '../../ztunnel/resources';
import type { PlacedService } from '../../mesh/ztunnel-index';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { NoUpstream, ZtunnelDestinationCause, ZtunnelEndpointCause } from '../facts/ztunnel';
import type { IpPort } from '../model';
import { noService, passedThrough, straight, toWaypoint } from './forward';
import { balance, type EndpointChoice, lackOf, type RejectedWorkload } from './load-balance';
import { toOtherNetwork } from './other-network';
import { chosenService, chosenWorkload } from './chosen-service';
import type { FoundService } from './service-at';
import {
  drawn,
  isSameNetwork,
  lackedField,
  nearestOf,
  notKnown,
  type NotSent,
  type Sent,
  type ZtunnelWalk,
} from './walk';
import { waypointOf } from './waypoint';
import { isBehind } from './waypoint-self';

/** Decides what becomes of a connection of a captured pod. */
export function walkOutbound(walk: ZtunnelWalk, source: ZtunnelWorkload, to: IpPort): Sent | NotSent {
  const { index } = walk;
  const namespace = source.namespace ?? '';
  const steps: StepFacts[] = [];
  const open = index.openRankAt(index.network, to.ip) ?? index.openRankAt(source.network ?? '', to.ip);
  if (open !== null) return notKnown(lackOf(open, 'protocol'), { service: null, waypoint: null, steps });
  const pod = chosenWorkload(walk, index.network, to.ip);
  const found = pod === null ? chosenService(walk, index.network, to.ip, namespace) : null;
  steps.push(destinationStep(walk, to, pod, found));
  if (found !== null) {
    const waypoint = waypointOf(walk, found.service);
    if (waypoint !== null) return toWaypoint(walk, { source, to, service: found, waypoint, steps });
  }
  const upstream = findUpstream(walk, source, to);
  if (upstream.kind === 'found') return toUpstream(walk, { source, to, found, steps }, upstream);
  return withoutUpstream(walk, { to, pod, found, steps }, upstream);
}

/** Where nobody is found to send to: an address that is no service's is passed through. */
function withoutUpstream(
  walk: ZtunnelWalk,
  { to, pod, found, steps }: Pick<Addressed, 'found' | 'steps'> & { to: IpPort; pod: ZtunnelWorkload | null },
  { why, rejected }: Extract<Upstream, { kind: 'none' }>,
): Sent | NotSent {
  const service = found?.service ?? null;
  const lack = lackedField(why);
  if (lack !== null) return notKnown(lack, { service, waypoint: null, steps });
  if (service === null || service.loadBalancer?.mode === 'Passthrough') {
    return passedThrough(to, pod, service, why, steps);
  }
  const cause = { kind: 'no-healthy-upstream', to, why } as const;
  const missed = step('endpoint', 'missed', service.hostname ?? null, cause, nearestOf(walk, rejected));
  return { kind: 'failed', reason: 'no-healthy-endpoint', cause, service, waypoint: null, steps: [...steps, missed] };
}

interface Addressed {
  readonly source: ZtunnelWorkload;
  readonly to: IpPort;
  /** The service that is addressed; null where a workload is. */
  readonly found: FoundService | null;
  readonly steps: readonly StepFacts[];
}

/** On to the workload that was chosen, by its own waypoint only where it was addressed itself. */
function toUpstream(
  walk: ZtunnelWalk,
  { source, to, found, steps: before }: Addressed,
  { choice, from, rejected }: Extract<Upstream, { kind: 'found' }>,
): Sent | NotSent {
  const { workload } = choice;
  const chosen = step('endpoint', 'matched', workloadName(workload), choiceOf(choice, from), nearestOf(walk, rejected));
  const steps = [...before, chosen];
  if (!isSameNetwork(workload, source)) {
    if (found === null) return noService(to, steps);
    const { service } = found;
    const request = { service, to, chosenFrom: from?.service ?? null, choice, waypoint: null, steps };
    return toOtherNetwork(walk, { source, ...request });
  }
  const waypoint = found === null ? waypointOf(walk, { waypoint: workload.waypoint }) : null;
  // Where a workload was addressed that is a service's VIP as well, the log names the service all the same.
  const service = (found ?? from)?.service ?? null;
  if (waypoint === null) return straight(to, service, choice, from, steps);
  const destination = waypoint.gateway.destination ?? '';
  if (!isBehind(walk, source, destination)) {
    return toWaypoint(walk, { source, to, service: from, waypoint, steps, pod: workload });
  }
  const self = step('ztunnel-waypoint', 'passed', destination, { kind: 'caller-is-waypoint' });
  return straight(to, service, choice, from, [...steps, self]);
}

function destinationStep(
  walk: ZtunnelWalk,
  to: IpPort,
  pod: ZtunnelWorkload | null,
  found: FoundService | null,
): StepFacts {
  if (pod !== null) {
    const all = walk.index.workloadsAt(walk.index.network, to.ip);
    const others = all.filter((one) => one !== pod).map(workloadName);
    const cause = { kind: 'address-of-workload', ip: to.ip, workload: workloadName(pod), others } as const;
    return step('ztunnel-destination', 'matched', workloadName(pod), cause);
  }
  if (found === null) return step('ztunnel-destination', 'passed', null, { kind: 'nobody-at-address', ip: to.ip });
  const host = found.service.hostname ?? '';
  const services = found.undetermined.map(({ service }) => service.hostname ?? '');
  const cause: ZtunnelDestinationCause =
    services.length > 0
      ? { kind: 'vip-of-several', ip: to.ip, services, taken: host }
      : { kind: 'vip-of-service', ip: to.ip, service: host, byRange: found.byRange };
  const rejected = found.others.map((one) => ({ name: one.service.hostname ?? '', cause: one.miss }));
  return step('ztunnel-destination', 'matched', host, cause, {
    ...nearestOf(walk, rejected),
    config: found.pointer,
  });
}

function choiceOf({ workload, share }: EndpointChoice, from: PlacedService | null): ZtunnelEndpointCause {
  const name = workloadName(workload);
  if (from === null) return { kind: 'workload-itself', workload: name };
  return { kind: 'workload-of-service', workload: name, service: from.service.hostname ?? '', share };
}

type Upstream =
  | {
      readonly kind: 'found';
      readonly choice: EndpointChoice;
      /** The service that it was chosen from; null where the workload itself was addressed. */
      readonly from: PlacedService | null;
      readonly rejected: readonly RejectedWorkload[];
    }
  | { readonly kind: 'none'; readonly why: NoUpstream; readonly rejected: readonly RejectedWorkload[] };

/** Services come first here, workloads after them: unlike in telling what is addressed. */
function findUpstream(walk: ZtunnelWalk, source: ZtunnelWorkload, to: IpPort): Upstream {
  const { index } = walk;
  const network = source.network ?? '';
  const found = chosenService(walk, network, to.ip, source.namespace ?? '');
  if (found === null) {
    const workload = chosenWorkload(walk, network, to.ip);
    if (workload === null) return { kind: 'none', why: { kind: 'address-not-known' }, rejected: [] };
    return { kind: 'found', choice: { workload, port: to.port, share: 1, lacksPort: false }, from: null, rejected: [] };
  }
  if (found.service.loadBalancer?.mode === 'Passthrough') {
    return { kind: 'none', why: { kind: 'mode-is-passthrough' }, rejected: [] };
  }
  if (found.byRange) return { kind: 'none', why: { kind: 'vip-is-a-range' }, rejected: [] };
  const balanced = balance(index, found.service, { source, port: to.port, as: 'service' });
  const { rejected } = balanced;
  if (balanced.kind === 'none') return { kind: 'none', why: balanced.why, rejected };
  return { kind: 'found', choice: drawn(walk.decisions, balanced.choices), from: found, rejected };
}

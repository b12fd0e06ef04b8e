/**
 * What the ztunnel of the caller's node does with a connection: destination, waypoint, endpoint, and how it goes on.
 * https://github.com/istio/ztunnel (src/proxy/outbound.rs)
 */
import { workloadName } from '../../mesh/ztunnel-index';
import type { ZtunnelWorkload } from '../../ztunnel/resources';
import type { PlacedService } from '../../mesh/ztunnel-index';
import { at, step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { WordedMiss } from '../facts/worded';
import type { IpPort } from '../model';
import { noService, passedThrough, straight, toWaypoint } from './forward';
import { balance, type EndpointChoice } from './load-balance';
import { toOtherNetwork } from './other-network';
import { type FoundService, serviceAt } from './service-at';
import { drawn, isSameNetwork, nearestOf, type NotSent, type Sent, type ZtunnelWalk } from './walk';
import { waypointOf } from './waypoint';
import { isBehind } from './waypoint-self';

/** Decides what becomes of a connection of a captured pod. */
export function walkOutbound(walk: ZtunnelWalk, source: ZtunnelWorkload, to: IpPort): Sent | NotSent {
  const { index } = walk;
  const namespace = source.namespace ?? '';
  const steps: StepFacts[] = [];
  const pod = index.workloadAt(index.network, to.ip);
  const found = pod === null ? chosenService(walk, serviceAt(index, index.network, to.ip, namespace)) : null;
  steps.push(destinationStep(walk, to, pod, found));
  if (found !== null) {
    const waypoint = waypointOf(walk, found.service);
    if (waypoint !== null) return toWaypoint(walk, { source, to, service: found, waypoint, steps });
  }
  const upstream = findUpstream(walk, source, to);
  if (upstream.kind === 'found') return toUpstream(walk, { source, to, found, steps }, upstream);
  if (found === null || found.service.loadBalancer?.mode === 'Passthrough') {
    return passedThrough(to, pod, found?.service ?? null, upstream.because, steps);
  }
  const { service } = found;
  const because = `no healthy upstream: ${at(to)}: ${upstream.because}`;
  steps.push(endpointStep(walk, 'missed', service.hostname ?? null, because, upstream.rejected));
  return { kind: 'failed', reason: 'no-healthy-endpoint', because, service, waypoint: null, steps };
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
  const steps = [...before, endpointStep(walk, 'matched', workloadName(workload), chosenText(choice, from), rejected)];
  if (!isSameNetwork(workload, source)) {
    if (found === null) return noService(to, steps);
    const { service } = found;
    const request = { service, servicePort: to.port, chosenFrom: service, choice, waypoint: null, steps };
    return toOtherNetwork(walk, { source, ...request });
  }
  const waypoint = found === null ? waypointOf(walk, { waypoint: workload.waypoint }) : null;
  if (waypoint === null) return straight(to, found?.service ?? null, choice, from, steps);
  const destination = waypoint.gateway.destination ?? '';
  if (!isBehind(walk.index, source, destination)) {
    return toWaypoint(walk, { source, to, service: null, waypoint, steps, pod: workload });
  }
  const self = step('ztunnel-waypoint', 'passed', destination, 'the caller is that waypoint itself');
  return straight(to, null, choice, from, [...steps, self]);
}

/** Two services of one namespace on one VIP: ztunnel has one of them, and the dump does not tell which. */
function chosenService({ decisions }: ZtunnelWalk, found: FoundService | null): FoundService | null {
  if (found === null || found.undetermined.length === 0) return found;
  const share = 1 / found.undetermined.length;
  const taken = decisions.draw(
    found.undetermined.map(({ service }) => ({
      of: { kind: 'service', hostname: service.hostname ?? '' } as const,
      share,
    })),
  );
  return { ...found, ...found.undetermined[taken] };
}

function destinationStep(
  walk: ZtunnelWalk,
  to: IpPort,
  pod: ZtunnelWorkload | null,
  found: FoundService | null,
): StepFacts {
  if (pod !== null) {
    return step(
      'ztunnel-destination',
      'matched',
      workloadName(pod),
      `${to.ip} is the address of workload ${workloadName(pod)}`,
    );
  }
  if (found === null) {
    return step(
      'ztunnel-destination',
      'passed',
      null,
      `ztunnel knows no workload and no service at ${to.ip} that the caller may see`,
    );
  }
  const host = found.service.hostname ?? '';
  const others = found.undetermined.map(({ service }) => service.hostname ?? '').join(' and ');
  const because =
    found.undetermined.length > 0
      ? `${to.ip} is a VIP of ${others}, of one namespace: ztunnel has the one that was put in last, which the dump does not tell; here ${host}`
      : `${to.ip} is ${found.byRange ? 'in a CIDR VIP' : 'a VIP'} of service ${host}`;
  const rejected = found.others.map((one) => ({ name: one.service.hostname ?? '', cause: one.because }));
  return step('ztunnel-destination', 'matched', host, because, {
    ...nearestOf(walk, rejected),
    config: found.pointer,
  });
}

function endpointStep(
  walk: ZtunnelWalk,
  outcome: StepFacts['outcome'],
  name: string | null,
  because: string,
  rejected: readonly WordedMiss[],
): StepFacts {
  return step('endpoint', outcome, name, because, {
    ...nearestOf(walk, rejected),
  });
}

function chosenText({ workload, share }: EndpointChoice, from: PlacedService | null): string {
  if (from === null) return `the workload ${workloadName(workload)} itself`;
  const chance = share < 1 ? ` (one of several, ${(share * 100).toFixed(0)}%)` : '';
  return `${workloadName(workload)} of service ${from.service.hostname ?? ''}${chance}`;
}

type Upstream =
  | {
      readonly kind: 'found';
      readonly choice: EndpointChoice;
      /** The service that it was chosen from; null where the workload itself was addressed. */
      readonly from: PlacedService | null;
      readonly rejected: readonly WordedMiss[];
    }
  | { readonly kind: 'none'; readonly because: string; readonly rejected: readonly WordedMiss[] };

/** Services come first here, workloads after them: unlike in telling what is addressed. */
function findUpstream(walk: ZtunnelWalk, source: ZtunnelWorkload, to: IpPort): Upstream {
  const { index } = walk;
  const network = source.network ?? '';
  const found = chosenService(walk, serviceAt(index, network, to.ip, source.namespace ?? ''));
  if (found === null) {
    const workload = index.workloadAt(network, to.ip);
    if (workload === null) return { kind: 'none', because: 'nothing is known of its address', rejected: [] };
    return { kind: 'found', choice: { workload, port: to.port, share: 1 }, from: null, rejected: [] };
  }
  if (found.service.loadBalancer?.mode === 'Passthrough') {
    return { kind: 'none', because: 'the mode of the service is Passthrough', rejected: [] };
  }
  if (found.byRange) {
    const because =
      'a CIDR VIP has no endpoints in ztunnel: it keeps the service as it was before they came, whatever the dump shows';
    return { kind: 'none', because, rejected: [] };
  }
  const { choices, rejected, because } = balance(index, found.service, { source, port: to.port, isWaypoint: false });
  const choice = drawn(walk.decisions, choices);
  return choice === null
    ? { kind: 'none', because: because ?? '', rejected }
    : { kind: 'found', choice, from: found, rejected };
}

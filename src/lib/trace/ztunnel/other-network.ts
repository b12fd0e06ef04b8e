/** To a workload of another network: a tunnel to its gateway, and a tunnel through that. */
import { workloadName } from '../../mesh/ztunnel-index';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { TunnelCause } from '../facts/ztunnel';
import type { IpPort, Reason } from '../model';
import { dialledAt, type EndpointChoice } from './load-balance';
import { lackedField, notKnown, type NotSent, type Sent, type ZtunnelWalk } from './walk';
import { identityParts } from './policy';
import { resolveGateway } from './waypoint';

const SCHEME = /^spiffe:\/\//;

interface ToOtherNetwork {
  readonly source: ZtunnelWorkload;
  /** The service that the caller asked for: the tunnels' authority. */
  readonly service: ZtunnelService;
  /** What was called. */
  readonly to: IpPort;
  /** The service that the workload was chosen from: the waypoint's where there is one; null for a workload that was named. */
  readonly chosenFrom: ZtunnelService | null;
  readonly choice: EndpointChoice;
  readonly waypoint: string | null;
  readonly steps: readonly StepFacts[];
}

/** A tunnel in a tunnel: to the gateway of the other network, and through it to whoever is behind. */
export function toOtherNetwork(walk: ZtunnelWalk, request: ToOtherNetwork): Sent | NotSent {
  const { source, service, to, chosenFrom, choice, waypoint, steps } = request;
  const { workload } = choice;
  const fail = (cause: TunnelCause, reason: Reason = 'no-next-hop'): NotSent => ({
    kind: 'failed',
    reason,
    cause,
    service,
    waypoint,
    steps: [...steps, step('hbone', 'missed', workloadName(workload), cause)],
  });
  const gateway = workload.networkGateway;
  if (gateway === undefined) {
    return fail({
      kind: 'no-network-gateway',
      workload: workloadName(workload),
      network: workload.network ?? '',
    });
  }
  const resolved = resolveGateway(walk, source, { gateway, called: to.ip, as: 'service' });
  if (resolved.kind === 'missing') {
    const lack = lackedField(resolved.why);
    const missing = { kind: 'network-gateway-not-found', why: resolved.why } as const;
    return lack === null ? fail(missing) : notKnown(lack, { service, waypoint, steps });
  }
  const address = dialledAt(resolved.choice.workload, resolved.service, resolved.dialled);
  if (address === null) {
    return fail({ kind: 'network-gateway-without-address', destination: gateway.destination ?? '' });
  }
  // The workload stands for all that are behind the gateway: who answers there, only that network knows.
  const { subjectAltNames = [], hostname: from = '' } = chosenFrom ?? {};
  if (!subjectAltNames.some((one) => identityParts(one?.replace(SCHEME, '') ?? '') !== null)) {
    return fail({ kind: 'no-subject-names', service: from }, 'tls-error');
  }
  const { ip, hostname, host } = address;
  const authority = { host: service.hostname ?? '', port: to.port };
  const { port } = resolved.choice;
  const cause = {
    kind: 'tunnel-in-tunnel',
    workload: workloadName(workload),
    network: workload.network ?? '',
    gateway: { host, port },
    service: authority,
  } as const;
  return {
    kind: 'sent',
    protocol: 'DOUBLEHBONE',
    next: { ip, hostname, port, workload: resolved.choice.workload },
    authority,
    service,
    waypoint,
    behind: choice,
    asksDns: dialledAt(workload, chosenFrom, to.ip)?.hostname ?? null,
    steps: [...steps, step('hbone', 'matched', workloadName(workload), cause)],
  };
}

/** To a workload of another network: a tunnel to its gateway, and a tunnel through that. */
import { workloadName } from '../../mesh/ztunnel-index';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { Reason } from '../model';
import { addressOf, type EndpointChoice } from './load-balance';
import { HBONE_PORT, type NotSent, type Sent, where, type ZtunnelWalk } from './walk';
import { resolveGateway } from './waypoint';

interface ToOtherNetwork {
  readonly source: ZtunnelWorkload;
  /** The service that the caller asked for: the tunnels' authority. */
  readonly service: ZtunnelService;
  readonly servicePort: number;
  /** The service that the workload was chosen from: the waypoint's where there is one. */
  readonly chosenFrom: ZtunnelService;
  readonly choice: EndpointChoice;
  readonly waypoint: string | null;
  readonly steps: readonly StepFacts[];
}

/** A tunnel in a tunnel: to the gateway of the other network, and through it to whoever is behind. */
export function toOtherNetwork(walk: ZtunnelWalk, request: ToOtherNetwork): Sent | NotSent {
  const { source, service, servicePort, chosenFrom, choice, waypoint, steps } = request;
  const { workload } = choice;
  const fail = (because: string, reason: Reason = 'no-next-hop'): NotSent => ({
    kind: 'failed',
    reason,
    because,
    service,
    waypoint,
    steps: [...steps, step('hbone', 'missed', workloadName(workload), because)],
  });
  const gateway = workload.networkGateway;
  if (gateway === undefined) {
    return fail(
      `no valid routing destination for workload ${workloadName(workload)}: it is on network ${workload.network ?? ''} and names no gateway`,
    );
  }
  const resolved = resolveGateway(walk, source, gateway);
  if (resolved.kind === 'missing') return fail(`unknown network gateway: ${resolved.because}`);
  const address = addressOf(resolved.choice.workload, resolved.service, resolved.ip ?? '');
  if (address.kind !== 'ip') return fail(`unknown network gateway: ${gateway.destination ?? ''} has no address`);
  // The workload stands for all that are behind the gateway: who answers there, only that network knows.
  if ((chosenFrom.subjectAltNames ?? []).length === 0) {
    const why = 'a server on another network is accepted by these alone, so that nobody is';
    return fail(
      `invalid peer certificate: service ${chosenFrom.hostname ?? ''} has no subjectAltNames: ${why}`,
      'tls-error',
    );
  }
  const host = service.hostname ?? '';
  const port = gateway.hboneMtlsPort ?? HBONE_PORT;
  const because = `${workloadName(workload)} is on network ${workload.network ?? ''}: HBONE to its gateway ${where(address.ip, port)}, and through it HBONE for ${host}:${servicePort}`;
  return {
    kind: 'sent',
    protocol: 'DOUBLEHBONE',
    next: { ip: address.ip, hostname: null, port, workload: resolved.choice.workload },
    authority: { host, port: servicePort },
    service,
    waypoint,
    behind: choice,
    steps: [...steps, step('hbone', 'matched', workloadName(workload), because)],
  };
}

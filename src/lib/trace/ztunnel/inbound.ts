/**
 * What the ztunnel of the destination's node does with a connection: authority, target port, policies, application.
 * https://github.com/istio/ztunnel (src/proxy/inbound.rs, src/proxy/inbound_passthrough.rs)
 */
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { networkAddress, workloadName, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import { parseIp, sameIp } from '../../match/cidr';
import { hostPort } from '../../envoy/address';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { TunnelCause, ZtunnelDestinationCause, ZtunnelPolicyCause } from '../facts/ztunnel';
import type { IpPort, Reason } from '../model';
import type { ZtunnelWalk } from './walk';
import { judge, policiesFor } from './policy';
import { policyOrigin } from '../../mesh/policy-origin';
import { whoIsAt } from './destination-of';
import { preferred } from './service-at';

export interface Incoming {
  readonly workload: ZtunnelWorkload;
  /** The pod's address that was connected to; null where it is not known. */
  readonly ip: string | null;
  /** Of the CONNECT; null for plain text. */
  readonly authority: { readonly host: string; readonly port: number } | null;
  /** The port that was dialled, for plain text. */
  readonly port: number;
  /** The peer's address; null where it is not known. */
  readonly peerIp: string | null;
  /** The peer's identity without `spiffe://`; null for plain text. */
  readonly identity: string | null;
}

export type Inbound =
  | {
      readonly kind: 'delivered';
      readonly port: number;
      /** What the application's own tunnel is told that the connection is for; null where there is none. */
      readonly tunnelFor: IpPort | null;
      readonly steps: readonly StepFacts[];
    }
  | {
      readonly kind: 'denied';
      readonly policy: string | null;
      readonly cause: ZtunnelPolicyCause;
      readonly steps: readonly StepFacts[];
    }
  | { readonly kind: 'unknown'; readonly cause: ZtunnelPolicyCause; readonly steps: readonly StepFacts[] }
  | {
      readonly kind: 'failed';
      readonly reason: Reason;
      readonly cause: TunnelCause | ZtunnelDestinationCause;
      readonly steps: readonly StepFacts[];
    };

/** Decides whether the application gets it. */
export function walkInbound(walk: ZtunnelWalk, incoming: Incoming): Inbound {
  const { workload, authority } = incoming;
  const steps: StepFacts[] = [];
  const fail = (reason: Reason, cause: TunnelCause): Inbound => ({
    kind: 'failed',
    reason,
    cause,
    steps: [...steps, step('hbone', 'ended', null, cause)],
  });
  if (!walk.index.findsOwn(workload)) {
    const cause = { kind: 'own-workload-not-known', pod: workloadName(workload) } as const;
    const missed = step('ztunnel-destination', 'missed', null, cause);
    return { kind: 'failed', reason: 'no-next-hop', cause, steps: [missed] };
  }
  const fault = authority === null ? null : tunnelFault(walk, incoming, authority);
  if (fault !== null) return fail(...fault);
  const target = authority === null ? incoming.port : targetPort(walk.index, workload, authority);
  if (typeof target !== 'number') return fail('no-next-hop', target);
  if (walk.index.isOwnPort(target)) return fail('no-next-hop', { kind: 'own-port-of-ztunnel', port: target });
  const tunnel = authority === null ? undefined : workload.applicationTunnel;
  const port = tunnel?.port ?? target;
  const tunnelFor = tunnel === undefined || authority === null ? null : toldAddress(walk.index, workload, authority);
  if (tunnelFor !== null && 'kind' in tunnelFor) return fail('no-next-hop', tunnelFor);
  steps.push(cameStep(incoming, port));
  return judged(walk, incoming, { port, tunnelFor }, steps);
}

/** What came, and the port that it is for: of the application's own tunnel where it names one. */
function cameStep({ workload, authority }: Incoming, port: number): StepFacts {
  if (authority === null) return step('hbone', 'passed', null, { kind: 'plain-text-comes', port });
  const asked = hostPort(authority.host, authority.port);
  const tunnelPort = workload.applicationTunnel?.port === undefined ? null : port;
  const cause = { kind: 'connect-for', authority: asked, workload: workloadName(workload), tunnelPort } as const;
  return step('hbone', 'matched', asked, cause);
}

/** Why a tunnel is not taken, before it is looked at what it is for. */
function tunnelFault(
  walk: ZtunnelWalk,
  incoming: Incoming,
  authority: NonNullable<Incoming['authority']>,
): readonly [Reason, TunnelCause] | null {
  const { workload } = incoming;
  const state = walk.index.certificateFault(workload);
  if (state !== null) return ['tls-error', { kind: 'no-certificate', workload: workloadName(workload), state }];
  const wrong = authorityFault(walk, incoming, authority);
  return wrong === null ? null : ['protocol-error', wrong];
}

function judged(
  walk: ZtunnelWalk,
  incoming: Incoming,
  { port, tunnelFor }: { readonly port: number; readonly tunnelFor: IpPort | null },
  before: readonly StepFacts[],
): Inbound {
  const { workload, identity, peerIp } = incoming;
  const destinationIp = incoming.ip ?? workload.workloadIps?.[0] ?? '';
  const policies = policiesFor(walk.index.policies, workload);
  const verdict = judge(policies, { sourceIp: peerIp, identity, destinationIp, destinationPort: port });
  const more = { rejected: verdict.rejected.slice(0, walk.limit), rejectedCount: verdict.rejected.length };
  if (verdict.kind !== 'denied' && walk.index.lacking.includes('policies')) {
    const cause = { kind: 'section-not-at-hand', section: 'policies' } as const;
    return { kind: 'unknown', cause, steps: [...before, step('ztunnel-policy', 'unknown', null, cause, more)] };
  }
  if (verdict.kind === 'unknown') {
    const policy = openDenial(walk, verdict.denying);
    if (policy !== null) {
      const cause = { kind: 'denied-if-source', policy } as const;
      return {
        kind: 'denied',
        policy,
        cause,
        steps: [...before, step('ztunnel-policy', 'ended', policy, cause, more)],
      };
    }
    const [name = null] = verdict.by;
    const { cause } = verdict;
    return { kind: 'unknown', cause, steps: [...before, step('ztunnel-policy', 'unknown', name, cause, more)] };
  }
  if (verdict.kind === 'allowed') {
    const own = { ...more, origin: policyOrigin(verdict.by[0] ?? null) };
    const matched = step('ztunnel-policy', 'passed', verdict.by[0] ?? null, verdict.cause, own);
    return { kind: 'delivered', port, tunnelFor, steps: [...before, matched] };
  }
  const policy = namedDenial(walk, verdict.by);
  const cause = policy === null ? verdict.cause : ({ kind: 'denied-by', policies: [policy] } as const);
  const ended = step('ztunnel-policy', 'ended', policy, cause, { ...more, origin: policyOrigin(policy) });
  return { kind: 'denied', policy, cause, steps: [...before, ended] };
}

/** What is not known leaves several ways open: the one that is not known, and a denial by each policy that it may meet. */
function openDenial({ decisions }: ZtunnelWalk, denying: readonly string[]): string | null {
  const share = 1 / (denying.length + 1);
  const options = [
    { of: { kind: 'source-address-open' } as const, share },
    ...denying.map((name) => ({ of: { kind: 'policy', name } as const, share })),
  ];
  const taken = decisions.draw(options);
  return taken === 0 ? null : (denying[taken - 1] ?? null);
}

/** Of several policies that deny, ztunnel names the one that it comes to first, which is not defined. */
function namedDenial({ decisions }: ZtunnelWalk, by: readonly string[]): string | null {
  const taken = decisions.draw(by.map((name) => ({ of: { kind: 'policy', name } as const, share: 1 / by.length })));
  return by[taken] ?? null;
}

/** An address must be the pod's own, unless it tunnels to its application or is the waypoint of what is asked for. */
function authorityFault(
  walk: ZtunnelWalk,
  { workload, ip }: Incoming,
  authority: { readonly host: string; readonly port: number },
): TunnelCause | null {
  if (parseIp(authority.host) === null || workload.applicationTunnel !== undefined) return null;
  const own = ip === null ? (workload.workloadIps ?? []) : [ip];
  if (own.some((one) => one !== null && sameIp(one, authority.host))) return null;
  const waypoint = waypointAt(walk, authority.host);
  if (waypoint !== undefined && isWaypoint(walk, { workload, ip: own[0] ?? '' }, waypoint)) return null;
  return { kind: 'tunnel-for-another', own: own[0] ?? '', asked: authority.host };
}

/** The waypoint of what has this address; weighted ones are not looked at here. */
function waypointAt(walk: ZtunnelWalk, ip: string): string | undefined {
  const who = whoIsAt(walk, `${walk.index.network}/${ip}`);
  const owner = who?.kind === 'service' ? who.service : who?.workload;
  return owner?.waypoint?.destination;
}

/** @param self the workload, and its address that was connected to */
function isWaypoint(
  walk: ZtunnelWalk,
  self: { readonly workload: ZtunnelWorkload; readonly ip: string },
  destination: string,
): boolean {
  const who = whoIsAt(walk, destination);
  if (who === null) return false;
  if (who.kind === 'workload') {
    return (who.workload.workloadIps ?? []).some((one) => one !== null && sameIp(one, self.ip));
  }
  return Object.values(who.service.endpoints ?? {}).some((one) => one?.workloadUid === self.workload.uid);
}

/** The port of the pod; why it cannot be told where it cannot. */
function targetPort(
  index: ZtunnelIndex,
  workload: ZtunnelWorkload,
  { host, port }: { readonly host: string; readonly port: number },
): number | TunnelCause {
  if (parseIp(host) !== null) return port;
  const service = visibleNamed(index, host, workload.namespace ?? '');
  if (service === null) return { kind: 'host-not-known', host };
  const own = Object.values(service.endpoints ?? {}).find((one) => one?.workloadUid === workload.uid)?.port?.[
    String(port)
  ];
  const target = own ?? service.ports?.[String(port)];
  if (target === undefined || target === null || target === 0) {
    return { kind: 'port-not-resolved', host, port };
  }
  return target;
}

/** The address that was asked for; of a host name a VIP of its service: of ztunnel's own network, IPv4 before IPv6, the last of equals. */
function toldAddress(
  index: ZtunnelIndex,
  workload: ZtunnelWorkload,
  { host, port }: { readonly host: string; readonly port: number },
): IpPort | TunnelCause {
  if (parseIp(host) !== null) return { ip: host, port };
  const vips = (visibleNamed(index, host, workload.namespace ?? '')?.vips ?? []).map((vip) =>
    networkAddress(vip ?? ''),
  );
  const own = vips.filter(({ network }) => network === index.network);
  const best = own.findLast(({ ip }) => parseIp(ip)?.family === 4) ?? own.at(-1) ?? vips.at(-1);
  return best === undefined ? { kind: 'service-without-vip', host } : { ip: best.ip, port };
}

/** As ztunnel looks for a host name: one of the namespace, else the last canonical one, else the first. */
function visibleNamed(index: ZtunnelIndex, host: string, namespace: string): ZtunnelService | null {
  const visible = index.services.filter(({ service }) => {
    return service.hostname === host && (service.visibility !== 'Namespace' || service.namespace === namespace);
  });
  return preferred(visible, namespace)?.service ?? null;
}

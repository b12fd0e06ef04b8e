/** A connection that comes to a pod whose traffic a ztunnel takes. */
import { unknownSource } from '../../http/connection-facts';
import { familyOf } from '../../match/cidr';
import { isUnknown } from '../../match/ternary';
import { identityOf, podOf, workloadName, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { ProxyId } from '../../proxy-id';
import type { ZtunnelWorkload } from '../../ztunnel/resources';
import type { StepFacts } from '../facts/step';
import type { SectionNotAtHand, WorkloadLacksField } from '../facts/ztunnel';
import type { IpPort } from '../model';
import type { Connection } from '../connection';
import { ending } from '../hop/ending';
import { step } from '../hop/record';
import { chosenWorkload } from '../ztunnel/chosen-service';
import { type Incoming, walkInbound } from '../ztunnel/inbound';
import { lackOf } from '../ztunnel/load-balance';
import { identityParts, UNKNOWN_IDENTITY } from '../ztunnel/policy';
import type { ZtunnelWalk } from '../ztunnel/walk';
import { configOf, type JourneyContext } from './journey-context';
import { type TunnelEnd, tunnelStopped } from './network-policies';
import { contentOf, connectionOf, type Parcel, type Place } from './place';
import { skippedWaypoint } from './skipped-waypoint';
import { isTunnelPort } from './tunnel';
import { isAmbient } from './workload';
import { inboundHop } from './ztunnel-hop';

/** What the walk of a ztunnel is given. */
export function ztunnelWalk({ decisions, explain }: JourneyContext, index: ZtunnelIndex): ZtunnelWalk {
  return { index, decisions, limit: explain.limit };
}

/** Whether a ztunnel takes a pod's traffic: as its annotation says, else as the dumps of ztunnels do; null where none says. */
export function isCaptured({ mesh }: JourneyContext, pod: ProxyId): boolean | null {
  const entry = mesh.book.podOf(pod);
  if (entry !== null && entry.pod !== null) return isAmbient(entry);
  return mesh.ztunnel?.isServed(pod) ?? null;
}

/** Whether it is known that a ztunnel takes a pod's traffic. */
export function isServedByZtunnel(context: JourneyContext, pod: ProxyId): boolean {
  return isCaptured(context, pod) === true;
}

/** The place behind the ztunnel of the pod with this address; null where no ztunnel takes its traffic. */
export function arriveAtZtunnel(context: JourneyContext, parcel: Parcel): Place | null {
  const index = context.mesh.ztunnel ?? null;
  if (index === null) return null;
  const open = index.openRankAt(index.network, parcel.to.ip);
  if (open !== null) return captureNotKnown(open, lackOf(open, 'protocol'));
  const workload =
    chosenWorkload(ztunnelWalk(context, index), index.network, parcel.to.ip) ?? index.servedAt(parcel.to.ip);
  const taken = workload === null ? false : isTaken(context, index, workload);
  if (workload === null || taken === false) return null;
  if (taken !== true) {
    const isEnvoy = configOf(context.mesh, podOf(workload)) !== null;
    return isEnvoy ? null : captureNotKnown(workload, taken);
  }
  const common = { workload, ip: parcel.to.ip, port: parcel.to.port, peerIp: parcel.from.ip };
  const inner = isTunnelPort(parcel.to.port) ? parcel.inner : null;
  const place = takenFrom(context, index, parcel, { common, inner });
  const skipped = skippedWaypoint(index, parcel, workload, inner?.destination.port ?? parcel.to.port);
  return skipped === null ? place : withFirstStep(place, skipped);
}

interface Coming {
  readonly common: Omit<Incoming, 'authority' | 'identity'>;
  readonly inner: Parcel['inner'];
}

function takenFrom(context: JourneyContext, index: ZtunnelIndex, parcel: Parcel, { common, inner }: Coming): Place {
  if (inner === null) {
    return takenIn(context, index, { ...common, authority: null, identity: null }, contentOf(parcel), false);
  }
  const { ip: host, port } = inner.destination;
  const incoming = { ...common, authority: { host, port }, identity: identityIn(parcel) };
  return takenIn(context, index, incoming, contentOf(inner), false);
}

function withFirstStep(place: Place, first: StepFacts): Place {
  const [hop, ...others] = place.hops ?? [];
  return hop === undefined ? place : { ...place, hops: [{ ...hop, steps: [first, ...hop.steps] }, ...others] };
}

/**
 * Whether a ztunnel takes a workload's traffic; where no pod and no ztunnel says so, it does of those that speak HBONE and not by
 * themselves. What is not known where that is not known either: its node, or which pods its ztunnel serves.
 */
export function isTaken(
  context: JourneyContext,
  index: ZtunnelIndex,
  workload: ZtunnelWorkload,
): boolean | OpenCapture {
  const known = isCaptured(context, podOf(workload));
  if (known !== null) return known;
  const lack = index.lackOfState(workload);
  if (lack === 'workloadState') return { kind: 'section-not-at-hand', section: lack };
  if (lack !== null) return lackOf(workload, lack);
  if (workload.protocol === undefined && workload.nativeTunnel !== true) return lackOf(workload, 'protocol');
  return workload.protocol === 'HBONE' && workload.nativeTunnel !== true;
}

/** Why it is not known whether a ztunnel takes a workload's traffic. */
export type OpenCapture = SectionNotAtHand | WorkloadLacksField;

/** The end of a walk at a workload of which it is not known whether a ztunnel takes its traffic. */
export function captureNotKnown(workload: ZtunnelWorkload, cause: OpenCapture): Place {
  const steps = [step('hbone', 'unknown', workloadName(workload), cause)];
  return { kind: 'ended', ending: ending('unknown', 'unknown-input', cause), steps };
}

const SCHEME = 'spiffe://';

function identityIn({ tls }: Parcel): string | null {
  const uriSans = tls?.certificate?.uriSans;
  if (uriSans === undefined) return null;
  if (isUnknown(uriSans)) return UNKNOWN_IDENTITY;
  // The first name that is a workload's of Istio; a certificate without one leaves the caller without an identity.
  const names = uriSans.filter((one) => one.startsWith(SCHEME)).map((one) => one.slice(SCHEME.length));
  return names.find((one) => identityParts(one) !== null) ?? null;
}

/** The ztunnel of the destination decides, and hands on to the application. */
export function takenIn(
  context: JourneyContext,
  index: ZtunnelIndex,
  incoming: Incoming,
  content: ReturnType<typeof contentOf>,
  isNested: boolean,
): Place {
  const result = walkInbound(ztunnelWalk(context, index), incoming);
  const { workload, authority } = incoming;
  const ip = incoming.ip ?? workload.workloadIps?.[0] ?? '';
  const facts = { workload, authority, to: null, policy: null, isNested };
  const stopped =
    authority === null || isNested
      ? []
      : tunnelStopped(context, callerOf(context, incoming), { ip, id: podOf(workload) });
  switch (result.kind) {
    case 'denied': {
      const hop = inboundHop(index, { ...facts, policy: result.policy }, [...stopped, ...result.steps]);
      const end = ending('denied', 'rbac-denied', result.cause, { policy: result.policy });
      return { kind: 'ended', ending: end, hops: [hop], steps: [] };
    }
    case 'failed':
      return {
        kind: 'ended',
        ending: ending('failed', result.reason, result.cause),
        hops: [inboundHop(index, facts, [...stopped, ...result.steps])],
        steps: [],
      };
    case 'unknown':
      return {
        kind: 'ended',
        ending: ending('unknown', 'unknown-input', result.cause),
        hops: [inboundHop(index, { ...facts, to: { ip, port: incoming.port } }, [...stopped, ...result.steps])],
        steps: [],
      };
    case 'delivered': {
      const hop = inboundHop(index, { ...facts, to: { ip, port: result.port } }, [...stopped, ...result.steps]);
      return {
        ...behindZtunnel(context, { workload, port: result.port, tunnelFor: result.tunnelFor, incoming, content }),
        hops: [hop],
      };
    }
  }
}

function callerOf({ mesh }: JourneyContext, { peerIp }: Incoming): TunnelEnd {
  return { ip: peerIp, id: peerIp === null ? null : (mesh.book.podAt(peerIp)?.id ?? null) };
}

interface Behind {
  readonly workload: ZtunnelWorkload;
  readonly port: number;
  readonly tunnelFor: IpPort | null;
  readonly incoming: Incoming;
  readonly content: ReturnType<typeof contentOf>;
}

/** The application; or the Envoy of a waypoint that ztunnel serves, which takes what the tunnel carried. */
function behindZtunnel({ mesh }: JourneyContext, { workload, port, tunnelFor: to, incoming, content }: Behind): Place {
  const name = workloadName(workload);
  if (to === null) return { kind: 'reached', what: { kind: 'application', port, pod: name, why: null }, steps: [] };
  const config = configOf(mesh, podOf(workload));
  if (config !== null) {
    return {
      kind: 'proxy',
      stop: {
        config,
        id: config.id,
        direction: 'waypoint',
        arrival: {
          ...content,
          connection: throughApplicationTunnel({ workload, port, to, incoming, content }),
          entry: { kind: 'bound' },
          inner: null,
        },
      },
      steps: [],
    };
  }
  const cause = { kind: 'waypoint-not-at-hand', pod: name } as const;
  return {
    kind: 'ended',
    ending: ending('unknown', 'unknown-input', cause),
    steps: [step('listener', 'unknown', name, cause)],
  };
}

interface ApplicationTunnel extends Pick<Behind, 'workload' | 'port' | 'incoming' | 'content'> {
  /** What the tunnel is for. */
  readonly to: IpPort;
}

/**
 * ztunnel's own connection to the port of an application tunnel: over `lo`, with a header of the PROXY protocol that names who
 * calls and what the tunnel is for; without that protocol to the pod's address.
 */
function throughApplicationTunnel({ workload, port, to, incoming, content }: ApplicationTunnel): Connection {
  const own = incoming.ip ?? workload.workloadIps?.[0] ?? to.ip;
  if (workload.applicationTunnel?.protocol !== 'PROXY') {
    return connectionOf({ ip: own, port }, incoming.peerIp, content);
  }
  const ip = familyOf(own) === 6 ? '::1' : '127.0.0.1';
  const proxyHeader = { ip: incoming.peerIp ?? unknownSource(own), port: null, destination: to, version: 2 } as const;
  return connectionOf({ ip, port }, ip, { ...content, proxyHeader });
}

/** What a tunnel's client presents. */
export function principalOf(workload: ZtunnelWorkload): string {
  return `spiffe://${identityOf(workload)}`;
}

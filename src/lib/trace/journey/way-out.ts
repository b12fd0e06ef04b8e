/**
 * A proxy's own way out: the connection that its Envoy makes runs through the pod's OUTPUT chains as everything that is sent
 * there does. It is let go because it is Envoy's: istio-init's rules know it by the user and group 1337 that Envoy runs as.
 * https://istio.io/latest/docs/ops/deployment/application-requirements/
 */
import type { ProxyConfig } from '../../envoy/proxy-config';
import { userOfMesh } from '../../iptables/mesh-rules';
import type { Packet } from '../../iptables/model';
import { isLoopback, parseIp } from '../../match/cidr';
import type { PodEntry } from '../../mesh/address-book';
import { roleOf } from '../listener/role';
import type { OwnConnection } from '../facts/iptables';
import type { IpPort } from '../model';
import { type Captured, capture, ENVOY_CONTAINER, redirectingMeshOf, rulesOf } from './capture';
import { type JourneyContext, rulesTextOf } from './journey-context';
import type { Stop } from './place';

/** The user and the group that a sidecar's Envoy runs as. */
const ENVOY = 1337;

/** Where Envoy's connection goes from, and by what interface. */
interface Leaving {
  readonly to: IpPort;
  /** The address that Envoy calls from; null where it is not known. */
  readonly source: string | null;
  /** Whether it stays in the pod. */
  readonly home: boolean;
}

/** What they do with it, and whether they are worked out and not the pod's own. */
export interface WayOut extends Captured {
  readonly isDerived: boolean;
}

/** What the pod's OUTPUT chains do with Envoy's own connection; null where no sidecar's rules stand in its way. */
export function wayOut(
  context: JourneyContext,
  { config, id }: Pick<Stop, 'config' | 'id'>,
  leaving: Leaving,
): WayOut | null {
  if (roleOf(config) !== 'sidecar' || parseIp(leaving.to.ip) === null) return null;
  const entry = id === null ? null : context.mesh.book.podOf(id);
  const rules = rulesOf(config, rulesTextOf(context.mesh, id), entry);
  const user = userOf(config, entry);
  const { fate, step } = capture(rules, 'OUTPUT', packetOf(leaving, user));
  const cause = { ...step.cause, own: ownOf(leaving, user) };
  return { fate, step: { ...step, cause }, isDerived: rules.derivedFrom !== null };
}

/** The user that the pod's Envoy runs as. */
function userOf(config: ProxyConfig, entry: PodEntry | null): number {
  const mesh = redirectingMeshOf(config);
  const container = entry?.pod?.containers.find(({ name }) => name === ENVOY_CONTAINER);
  return container?.runAsUser ?? (mesh === null ? ENVOY : userOfMesh(mesh));
}

function packetOf({ to, source, home }: Leaving, uid: number): Packet {
  return {
    protocol: 'tcp',
    source: { ip: source },
    destination: to,
    inInterface: null,
    outInterface: home ? 'lo' : 'eth0',
    uid,
    gid: ENVOY,
  };
}

function ownOf({ to, source, home }: Leaving, user: number): OwnConnection {
  return { user, home, from: source === to.ip ? null : source, goesRound: null };
}

/**
 * The address that an inbound cluster of Istio calls the application from, so that the rules tell it from a call of the pod to
 * itself. https://github.com/istio/istio/wiki/Understanding-IPTables-snapshot
 */
export function inboundSource(to: IpPort, bound: string | null, own: string | null): string | null {
  if (bound !== null) return bound;
  return isLoopback(to.ip) ? to.ip : own;
}

/**
 * NetworkPolicies on the way of a tunnel: they see a connection to port 15008, whatever port it carries.
 * https://istio.io/latest/docs/ambient/usage/networkpolicy/
 * The surprise: a policy that lets callers in on the application's port and on no other stops the whole mesh's traffic, and the
 * caller waits for ten seconds before it hears of it.
 */
import { objectOrigin } from '../../envoy/istio-config';
import { type NetworkPeer, stoppedBy, type StoppedConnection } from '../../mesh/network-policy';
import { type ProxyId, proxyName } from '../../proxy-id';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { JourneyContext } from './journey-context';
import { HBONE_PORT } from '../ztunnel/walk';

/** An end of the tunnel, as far as it is known. */
export interface TunnelEnd {
  readonly ip: string | null;
  /** Null where it is no pod that is known. */
  readonly id: ProxyId | null;
}

/**
 * A step that names the NetworkPolicies that would stop a tunnel, and one for each namespace whose policies may not be read, unless
 * the tunnel is stopped anyway.
 */
export function tunnelStopped({ mesh }: JourneyContext, from: TunnelEnd, to: TunnelEnd): readonly StepFacts[] {
  if (mesh.networkPoliciesIn === undefined) return [];
  const peer = ({ ip, id }: TunnelEnd): NetworkPeer => {
    const entry = (id === null ? null : mesh.book.podOf(id)) ?? (ip === null ? null : mesh.book.podAt(ip));
    return { ip: ip ?? entry?.ips[0] ?? null, id: entry?.id ?? id, pod: entry?.pod ?? null };
  };
  const ends = { from: peer(from), to: peer(to) };
  const selectable = [ends.to, ends.from].flatMap(({ id, pod }) =>
    id === null || pod?.hostNetwork === true ? [] : [id.namespace],
  );
  const { policies, unread } = mesh.networkPoliciesIn([...new Set(selectable)]);
  const stopped = stoppedBy(policies, ends.from, ends.to, HBONE_PORT);
  const steps = stopped === null ? [] : stoppedStep(stopped);
  return stopped?.unless === null ? steps : [...steps, ...unread.map(unreadStep)];
}

function stoppedStep(stopped: StoppedConnection): readonly StepFacts[] {
  const [first] = stopped.by;
  if (first === undefined) return [];
  const cause = {
    kind: 'network-policy-stops',
    policies: stopped.by.map(proxyName),
    direction: stopped.direction,
    port: HBONE_PORT,
    unless: stopped.unless,
  } as const;
  const origin = objectOrigin('NetworkPolicy', 'networkpolicy', first.name, first.namespace);
  return [
    step('hbone', 'noted', proxyName(first), cause, {
      origin,
      ...(stopped.unless === null ? { stopsTunnel: true } : {}),
    }),
  ];
}

function unreadStep(namespace: string): StepFacts {
  const cause = { kind: 'network-policies-unread', namespace, port: HBONE_PORT } as const;
  return step('hbone', 'not-evaluated', `NetworkPolicies of ${namespace}`, cause);
}

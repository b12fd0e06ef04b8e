/**
 * NetworkPolicies on the way of a tunnel: they see a connection to port 15008, whatever port it carries.
 * https://istio.io/latest/docs/ambient/usage/networkpolicy/
 * The surprise: a policy that lets callers in on the application's port and on no other stops the whole mesh's traffic, and the
 * caller waits for ten seconds before it hears of it.
 */
import { objectOrigin } from '../../envoy/istio-config';
import type { NetworkPeer } from '../../mesh/network-policy';
import { stoppedBy } from '../../mesh/network-policy';
import { type ProxyId, proxyName } from '../../proxy-id';
import { step } from '../hop/record';
import type { StepFacts } from '../facts/step';
import type { JourneyContext } from './journey-context';
import { TUNNEL_PORT } from './tunnel';

/** An end of the tunnel, as far as it is known. */
export interface TunnelEnd {
  readonly ip: string | null;
  /** Null where it is no pod that is known. */
  readonly id: ProxyId | null;
}

/** A step that names the NetworkPolicies that would stop a tunnel; none where none is known to. */
export function tunnelStopped({ mesh }: JourneyContext, from: TunnelEnd, to: TunnelEnd): readonly StepFacts[] {
  const policies = mesh.networkPolicies ?? [];
  if (policies.length === 0) return [];
  const peer = ({ ip, id }: TunnelEnd): NetworkPeer => {
    const entry = (id === null ? null : mesh.book.podOf(id)) ?? (ip === null ? null : mesh.book.podAt(ip));
    return { ip: ip ?? entry?.ips[0] ?? null, id: entry?.id ?? id, pod: entry?.pod ?? null };
  };
  const stopped = stoppedBy(policies, peer(from), peer(to), TUNNEL_PORT);
  const [first] = stopped?.by ?? [];
  if (stopped === null || first === undefined) return [];
  const names = stopped.by.map(proxyName).join(', ');
  const way = stopped.direction === 'ingress' ? 'lets nothing of this caller in on' : 'lets nothing of this pod out to';
  const whether = stopped.unless === null ? '' : `, unless it does by what is not known: ${stopped.unless}`;
  const because = `NetworkPolicy ${names} ${way} port ${TUNNEL_PORT}${whether}: where the network plugin enforces it, the connection times out`;
  const origin = objectOrigin('NetworkPolicy', 'networkpolicy', first.name, first.namespace);
  return [
    step('hbone', 'noted', proxyName(first), because, {
      origin,
      ...(stopped.unless === null ? { stopsTunnel: true } : {}),
    }),
  ];
}

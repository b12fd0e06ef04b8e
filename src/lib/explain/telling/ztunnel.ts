/** The words of ztunnels: what is addressed, waypoints, endpoints, tunnels, and L4 policies. */
import { hostPort } from '../../envoy/address';
import { ipPortText } from '../../match/ip-port';
import type {
  Addressed,
  TunnelAddress,
  NoGateway,
  NoUpstream,
  PolicyInputFacts,
  SectionNotAtHand,
  ServiceMiss,
  TunnelCause,
  WorkloadLacksField,
  WorkloadMiss,
  ZtunnelDestinationCause,
  ZtunnelEndpointCause,
  ZtunnelPolicyCause,
  ZtunnelPolicyMiss,
  ZtunnelWaypointCause,
} from '../../trace/facts/ztunnel';
import { tell, type Tellings } from './tellings';

function to({ host, port }: TunnelAddress): string {
  return hostPort(host, port);
}

export const ZTUNNEL_DESTINATION: Tellings<ZtunnelDestinationCause | ServiceMiss> = {
  'address-of-workload': ({ ip, workload, others }) => {
    const told = `${ip} is the address of workload ${workload}`;
    if (others.length === 0) return told;
    return `${told}, and of ${others.join(' and ')}: ztunnel takes the one that was put in last, which the dump does not tell`;
  },
  'nobody-at-address': ({ ip }) => `ztunnel knows no workload and no service at ${ip} that the caller may see`,
  'vip-of-several': ({ ip, services, taken }) =>
    `${ip} is a VIP of ${services.join(' and ')}, of one namespace: ztunnel has the one that was put in last, which the dump does not tell; here ${taken}`,
  'vip-of-service': ({ ip, service, byRange }) =>
    `${ip} is ${byRange ? 'in a CIDR VIP' : 'a VIP'} of service ${service}`,
  'section-not-at-hand': sectionNotAtHand,
  'own-workload-not-known': ({ pod }) =>
    `failed to fetch information about local workload: ztunnel serves ${pod} and istiod has not told of a workload of its name and service account on its node`,
  'seen-in-own-namespace': ({ namespace }) => `its visibility is its own namespace, ${namespace}`,
  'clients-namespace-first': ({ namespace }) => `the one of the client's namespace, ${namespace}, comes first`,
  'canonical-first': () => 'a canonical service comes first',
  'first-of-equals': () => 'the first one counts',
};

const NO_UPSTREAM: Tellings<NoUpstream> = {
  'address-not-known': () => 'nothing is known of its address',
  'mode-is-passthrough': () => 'the mode of the service is Passthrough',
  'vip-is-a-range': () =>
    'a CIDR VIP has no endpoints in ztunnel: it keeps the service as it was before they came, whatever the dump shows',
  'no-such-port': ({ port, ports }) =>
    `the service has no port ${port}: it has ${ports.length === 0 ? 'none' : ports.join(', ')}`,
  'nothing-behind': () => 'the service has no endpoints: is a pod behind it ready?',
  'none-in-reach': ({ count }) => `none of its ${count} endpoints is in reach: load balancing is Strict`,
  'none-can-be-used': ({ count }) => `none of its ${count} endpoints can be used`,
  'workload-lacks-field': workloadLacksField,
};

const NO_GATEWAY: Tellings<NoGateway> = {
  'nobody-has-address': ({ destination }) => `no workload and no service has the address ${destination}`,
  'no-such-host': ({ host, namespace }) =>
    `waypoint ${host} not found: there is no service of that host name in namespace ${namespace}`,
  'no-endpoint': ({ destination, why }) => `${destination} has no endpoint: ${tell(NO_UPSTREAM, why)}`,
};

export const WORKLOAD_MISS: Tellings<WorkloadMiss> = {
  'workload-not-known': () => 'its workload is not known',
  'workload-has-no-address': () => 'its workload has no address',
  'pod-lacks-named-port': ({ port }) => `its pod has no port of the name that service port ${port} targets`,
  'no-port-anywhere': ({ port }) => `neither it nor the service has port ${port}`,
  'no-capacity': () => 'its capacity is 0',
  'fewer-preferences-hold': () => 'others match more of the preferences',
  'preference-fails': ({ preference, workloads, clients }) =>
    `its ${preference.toLowerCase()} is ${set(workloads)}, and the client's ${set(clients)}`,
};

function set(value: string): string {
  return value === '' ? 'not set' : value;
}

function sectionNotAtHand({ section }: SectionNotAtHand): string {
  return `not known: the dump of the ztunnel has no section ${section}`;
}

function workloadLacksField({ workload, field }: WorkloadLacksField): string {
  return `not known: the dump of the ztunnel has no ${field} of workload ${workload}`;
}

export const ZTUNNEL_WAYPOINT: Tellings<ZtunnelWaypointCause> = {
  'waypoint-chosen': ({ of, waypoint, weight, pod }) => {
    const chance = weight === null ? '' : ` (weight ${weight.weight} of ${weight.total})`;
    return `${ownerText(of)} has the waypoint ${waypoint}${chance}: ${pod}`;
  },
  'waypoint-not-found': ({ of, waypoint, why }) => {
    const what = `unknown waypoint: ${tell(NO_GATEWAY, why)}`;
    return of === null ? what : `${ownerText(of)} has the waypoint ${waypoint}; ${what}`;
  },
  'waypoint-without-address': ({ pod }) => `unknown waypoint: ${pod} has no address`,
  'caller-is-waypoint': () => 'the caller is that waypoint itself',
  'waypoint-skipped': ({ service, waypoint, by }) => {
    const who = by === null ? 'a caller outside the mesh' : `a ${by} that is not told to`;
    return `service ${service} has the waypoint ${waypoint}, which ${who} does not go through: its routes and policies are not applied`;
  },
};

function ownerText({ kind, name }: Addressed): string {
  return `${kind} ${name}`;
}

export const ZTUNNEL_ENDPOINT: Tellings<ZtunnelEndpointCause> = {
  'workload-itself': ({ workload }) => `the workload ${workload} itself`,
  'workload-of-service': ({ workload, service, share }) => {
    const chance = share < 1 ? ` (one of several, ${(share * 100).toFixed(0)}%)` : '';
    return `${workload} of service ${service}${chance}`;
  },
  'no-healthy-upstream': ({ to: address, why }) =>
    `no healthy upstream: ${ipPortText(address)}: ${tell(NO_UPSTREAM, why)}`,
};

export const TUNNEL: Tellings<TunnelCause> = {
  'sent-as-addressed': ({ to: address, why }) =>
    `passed through to ${ipPortText(address)} as it is, in plain text: ${tell(NO_UPSTREAM, why)}`,
  'no-service-for-address': ({ to: address }) =>
    `no service for target address: ${ipPortText(address)} is a workload's address and a service's VIP, and the endpoint is on another network`,
  'no-allowed-address': ({ workload }) =>
    `no valid routing destination for workload ${workload}: it has no address of a family that the service allows`,
  'speaks-hbone': ({ workload, tunnel, authority }) =>
    `${workload} speaks HBONE: mutual TLS to ${to(tunnel)}, CONNECT ${to(authority)}`,
  'speaks-plain-text': ({ workload, to: address }) =>
    `${workload} does not speak HBONE (protocol TCP): plain text to ${to(address)}`,
  'tunnel-to-waypoint': ({ tunnel, authority }) =>
    `mutual TLS to ${to(tunnel)}, CONNECT ${to(authority)}: the waypoint chooses the endpoint`,
  'no-network-gateway': ({ workload, network }) =>
    `no valid routing destination for workload ${workload}: it is on network ${network} and names no gateway`,
  'network-gateway-not-found': ({ why }) => `unknown network gateway: ${tell(NO_GATEWAY, why)}`,
  'network-gateway-without-address': ({ destination }) => `unknown network gateway: ${destination} has no address`,
  'no-subject-names': ({ service }) =>
    `invalid peer certificate: ${service === '' ? 'the waypoint is not a service, and has' : `service ${service} has`} no subjectAltNames: a server on another network is accepted by these alone, so that nobody is`,
  'tunnel-in-tunnel': ({ workload, network, gateway, service }) =>
    `${workload} is on network ${network}: HBONE to its gateway ${to(gateway)}, and through it HBONE for ${service.host}:${service.port}`,
  'tunnel-for-another': ({ own, asked }) =>
    `ip mismatch: ${own} != ${asked}: the tunnel is for another address, and this pod is not its waypoint`,
  'host-not-known': ({ host }) => `no service or workload for hostname ${host}`,
  'service-without-vip': ({ host }) =>
    `requested service ${host} found, but has no IP addresses, of which the application's own tunnel is told one`,
  'port-not-resolved': ({ host, port }) => `requested service ${host}:${port} found, but cannot resolve port`,
  'own-port-of-ztunnel': ({ port }) =>
    `attempted recursive call to ourselves: nothing can be sent to port ${port} of ztunnel through it`,
  'connect-for': ({ authority, workload, tunnelPort }) => {
    const through = tunnelPort === null ? '' : `; its application tunnel takes it on port ${tunnelPort}`;
    return `CONNECT ${authority} is for ${workload}${through}`;
  },
  'plain-text-comes': ({ port }) => `plain text to port ${port}: the caller has no identity here`,
  'name-never-resolves': ({ workload, hostname }) =>
    `no ip addresses were resolved for workload ${workload}: ${hostname} is under .invalid, where no name exists`,
  'name-by-dns': ({ hostname }) => `the address of ${hostname} is what DNS gives: it is not in the dump`,
  'no-certificate': ({ workload, state }) =>
    `identity error: the ztunnel of ${workload} has no certificate for it, so that no mutual TLS comes about (${state})`,
  'nobody-takes-hbone': ({ workload }) =>
    `${workload} is marked HBONE and no ztunnel that is known serves it: where nothing takes HBONE there, port 15008 refuses`,
  'section-not-at-hand': sectionNotAtHand,
  'workload-lacks-field': workloadLacksField,
  'other-network-not-known': () =>
    'what the other network does with it is in the dump of a ztunnel there, which is not known',
  'network-policies-unread': ({ namespace, port }) =>
    `not known: the NetworkPolicies of namespace ${namespace} may not be read (list networkpolicies of networking.k8s.io), and one of them may stop port ${port}`,
  'network-policy-stops': ({ policies, direction, port, unless }) => {
    const way = direction === 'ingress' ? 'lets nothing of this caller in on' : 'lets nothing of this pod out to';
    const whether = unless === null ? '' : `, unless it does by what is not known: ${unless}`;
    return `NetworkPolicy ${policies.join(', ')} ${way} port ${port}${whether}: where the network plugin enforces it, the connection times out`;
  },
};

export const ZTUNNEL_POLICY: Tellings<ZtunnelPolicyCause | ZtunnelPolicyMiss> = {
  'denied-by': ({ policies }) => `explicitly denied by: ${policies.join(', ')}`,
  'denied-if-source': ({ policy }) => `explicitly denied by: ${policy}, if the source's address is one that it names`,
  'source-decides': ({ policies }) =>
    `the source's address or identity, which is not known, decides ${policies.join(', ')}`,
  'no-policy-applies': () => 'no policy applies',
  'none-denies': () => 'no policy denies it, and there is no ALLOW policy',
  'allowed-by': ({ policies }) => `allowed by ${policies.join(', ')}`,
  'none-allows': () => 'allow policies exist, but none allowed',
  'section-not-at-hand': sectionNotAtHand,
  'ztunnel-not-known': ({ pod }) =>
    `the walk stops before ${pod}: ztunnel takes its traffic, and what that one knows is not at hand, its policies among it`,
  'tunnel-end-not-known': ({ to }) =>
    `the walk stops before ${ipPortText(to)}: no ztunnel and no pod of that address is at hand, so that nothing of what takes the tunnel there was looked at, the policies among it`,
  'only-a-dry-run': () => 'it is a dry run: ztunnel only logs it',
  'policy-without-rules': ({ denies }) =>
    denies ? 'it has no rules and does nothing' : 'it has no rules, so it allows nothing',
  'conditions-are-on-http': () => 'nothing of it is left for ztunnel: its conditions are on HTTP',
  'field-not-known': ({ field }) => `whether ${field} holds is not known`,
  'field-fails': ({ field, came }) => `${field} does not match: ${tell(CAME, came)}`,
};

const CAME: Tellings<PolicyInputFacts> = {
  port: ({ port }) => `the port is ${port}`,
  destination: ({ ip }) => `the destination is ${ip}`,
  source: ({ ip }) => `the source is ${ip ?? 'not known'}`,
  'identity-not-known': () => "the caller's identity is not known",
  'no-identity': () => 'the caller has no identity (plain text)',
  caller: ({ identity }) => `the caller is ${identity}`,
};

/** Names that istiod and Envoy give: listeners, clusters, filter chains, protocols, and the ports of a sidecar. */
import { ENVOY, ISTIO, type Term } from './term';

const PORTS = `${ISTIO}/ops/deployment/application-requirements/#ports-used-by-istio`;
const SIDECAR = `${ISTIO}/ops/diagnostic-tools/proxy-cmd/`;
const AMBIENT = `${ISTIO}/ambient/architecture/data-plane/`;

const listener = (name: string, says: string, next: string): Term => ({
  name,
  kind: 'listener',
  says,
  cause: null,
  next,
  page: SIDECAR,
});
const cluster = (name: string, says: string, cause: string | null, next: string): Term => ({
  name,
  kind: 'cluster',
  says,
  cause,
  next,
  page: SIDECAR,
});
const port = (name: string, says: string, next: string): Term => ({
  name,
  kind: 'port',
  says,
  cause: null,
  next,
  page: PORTS,
});

export const NAMES: readonly Term[] = [
  listener(
    'virtualOutbound',
    'The listener on 15001 to which iptables redirects what the pod sends. It hands a connection to the listener of its original destination, and serves itself what no listener takes.',
    'mctl pc listener POD.NAMESPACE --port 15001 -o json',
  ),
  listener(
    'virtualInbound',
    'The listener on 15006 to which iptables redirects what comes to the pod. Its filter chains are told apart by destination port, TLS and application protocol.',
    'mctl pc listener POD.NAMESPACE --port 15006',
  ),
  listener(
    'connect_terminate',
    "A waypoint's listener on 15008: it ends the HBONE tunnel (HTTP CONNECT) and hands what is inside to the listener main_internal.",
    'mctl pc listener POD.NAMESPACE --name connect_terminate -o json',
  ),
  listener(
    'main_internal',
    "A waypoint's internal listener: it chooses the filter chain of the Service or workload that was called.",
    'mctl pc listener POD.NAMESPACE --name main_internal -o json',
  ),
  cluster(
    'PassthroughCluster',
    'An ORIGINAL_DST cluster: it connects to the address that the caller used.',
    'The destination is not a Service or ServiceEntry that this proxy knows, and the mesh has outboundTrafficPolicy ALLOW_ANY.',
    'mctl pc trace POD.NAMESPACE URL',
  ),
  cluster(
    'BlackHoleCluster',
    'A cluster without endpoints: what goes there is closed.',
    'The destination is not a Service or ServiceEntry that this proxy knows, and the mesh has outboundTrafficPolicy REGISTRY_ONLY; or it would call a port of the sidecar itself.',
    'mctl pc trace POD.NAMESPACE URL',
  ),
  cluster(
    'InboundPassthroughCluster',
    'An ORIGINAL_DST cluster for inbound connections to ports that no Service names. It connects to the pod’s own address.',
    'The port that was called is not a target port of any Service.',
    'mctl pc listener POD.NAMESPACE --port 15006',
  ),
  {
    name: 'block_all',
    kind: 'virtual host',
    says: 'The virtual host for every host that this proxy does not know, where the mesh has outboundTrafficPolicy REGISTRY_ONLY: it answers 502.',
    cause: 'The host is not a Service or ServiceEntry that this proxy sees.',
    next: 'mctl pc trace POD.NAMESPACE URL',
    page: `${ISTIO}/tasks/traffic-management/egress/egress-control/`,
  },
  {
    name: 'allow_any',
    kind: 'virtual host',
    says: 'The virtual host for every host that this proxy does not know, where the mesh has outboundTrafficPolicy ALLOW_ANY: it goes on to PassthroughCluster.',
    cause: null,
    next: 'mctl pc trace POD.NAMESPACE URL',
    page: `${ISTIO}/tasks/traffic-management/egress/egress-control/`,
  },
  port(
    '15000',
    "Envoy's admin interface, on localhost only. mctl reads it through a port-forward.",
    'mctl pc all POD.NAMESPACE',
  ),
  port(
    '15001',
    'Where iptables redirects outgoing connections of a pod with a sidecar.',
    'mctl explain virtualOutbound',
  ),
  port(
    '15004',
    "The port of the sidecar agent's debug interface, and on istiod the xDS port for debugging.",
    'mctl proxy-status',
  ),
  port(
    '15006',
    'Where iptables redirects incoming connections of a pod with a sidecar.',
    'mctl explain virtualInbound',
  ),
  port('15008', 'HBONE: HTTP CONNECT over mutual TLS, in which ambient carries connections.', 'mctl explain HBONE'),
  port(
    '15010',
    'istiod: xDS and certificates in plain text, for use inside of the cluster network only.',
    'mctl proxy-status',
  ),
  port('15012', 'istiod: xDS and certificates over TLS, which proxies use.', 'mctl proxy-status'),
  port('15014', 'istiod: its own metrics and debugging.', 'mctl proxy-status'),
  port('15017', 'istiod: the webhook that injects sidecars and validates objects.', 'mctl proxy-status'),
  port(
    '15020',
    'The sidecar agent: merged metrics of application, Envoy and agent, and the health of the agent.',
    'mctl pc stats POD.NAMESPACE',
  ),
  port('15021', 'The health check of a proxy: /healthz/ready.', 'mctl pc listener POD.NAMESPACE --port 15021'),
  port(
    '15053',
    "The sidecar agent's DNS proxy, to which iptables redirects DNS where DNS capture is on.",
    'mctl pc bootstrap POD.NAMESPACE',
  ),
  port('15080', 'ztunnel: it serves its SOCKS5 proxy there in development.', 'mctl zc all --node NODE'),
  port(
    '15088',
    'ztunnel and waypoints: HBONE as it is sent on from a waypoint inside of a sandwich with ztunnel, with the PROXY protocol before it.',
    'mctl explain HBONE',
  ),
  port('15090', "Envoy's own metrics in Prometheus' form.", 'mctl pc stats POD.NAMESPACE'),
  {
    name: 'HBONE',
    kind: 'protocol',
    says: 'HTTP-Based Overlay Network Environment: a connection inside of an HTTP/2 CONNECT stream over mutual TLS, on port 15008. Its authority names the destination.',
    cause: null,
    next: 'mctl zc workload --node NODE',
    page: AMBIENT,
  },
  {
    name: 'istio_converted_static_strict',
    kind: 'policy',
    says: 'The policy that ztunnel is given where a PeerAuthentication asks for STRICT mutual TLS: it denies what comes without an identity.',
    cause: 'The caller is not in the mesh, so its connection came in plain text.',
    next: 'mctl zc policy --node NODE -o wide',
    page: `${ISTIO}/ambient/usage/l4-policy/`,
  },
  {
    name: 'DOUBLEHBONE',
    kind: 'protocol',
    says: 'A tunnel in a tunnel, to a Service of another network: HBONE to the gateway of that network, and through it HBONE to the pod. Both authorities are the host name of the Service and its port.',
    cause: null,
    next: 'mctl zc workload --node NODE -o wide',
    page: AMBIENT,
  },
  {
    name: 'converted_peer_authentication_NAME',
    kind: 'policy',
    says: 'The policy that ztunnel is given for a PeerAuthentication with a selector whose ports differ in their mode: it denies what comes without an identity to ports that are STRICT.',
    cause: 'The caller is not in the mesh, so its connection came in plain text.',
    next: 'mctl zc policy --node NODE -o wide',
    page: `${ISTIO}/ambient/usage/l4-policy/`,
  },
  {
    name: 'istio_allow_waypoint_NAMESPACE_NAME',
    kind: 'policy',
    says: 'An ALLOW policy that istiod adds for the identity of a waypoint, so that policies for clients do not deny what comes through it (PILOT_AUTO_ALLOW_WAYPOINT_POLICY).',
    cause: null,
    next: 'mctl zc policy --node NODE -o wide',
    page: `${ISTIO}/ambient/usage/waypoint/`,
  },
  {
    name: 'istio-peer-exchange',
    kind: 'application protocol (ALPN)',
    says: 'Sidecars offer it when they exchange metadata over TCP; the inbound listener takes it for mutual TLS of Istio.',
    cause: null,
    next: 'mctl pc listener POD.NAMESPACE --port 15006',
    page: `${ENVOY}/configuration/listeners/listeners`,
  },
  {
    name: 'istio',
    kind: 'application protocol (ALPN)',
    says: 'A sidecar offers it beside others: the connection is mutual TLS of Istio.',
    cause: null,
    next: 'mctl pc listener POD.NAMESPACE --port 15006',
    page: SIDECAR,
  },
  {
    name: 'istio-http/1.1',
    also: ['istio-http/1.0', 'istio-h2'],
    kind: 'application protocol (ALPN)',
    says: "A sidecar offers it for mutual TLS of Istio that carries HTTP of this version, so that the server's sidecar need not look into the bytes.",
    cause: null,
    next: 'mctl pc listener POD.NAMESPACE --port 15006',
    page: SIDECAR,
  },
];

/** A name that has parts which speak: null where the text is none. */
export function structuredName(text: string): Term | null {
  return clusterName(text) ?? serverName(text) ?? routeOrListenerName(text);
}

function clusterName(text: string): Term | null {
  const match = /^(outbound|inbound|inbound-vip)\|(\d*)\|([^|]*)\|([^|]*)$/.exec(text);
  if (match === null) return null;
  const [, direction = '', portText = '', subset = '', host = ''] = match;
  const says =
    direction === 'outbound'
      ? `The cluster for calls to port ${portText} of ${host}${subset === '' ? ', all of its endpoints' : `, those of the subset ${subset} of its DestinationRule`}.`
      : direction === 'inbound'
        ? `The cluster for calls that come in for port ${portText} of this pod's application.`
        : `A waypoint's cluster for port ${portText} of ${host}${subset === '' || subset === 'http' || subset === 'tcp' ? '' : `, subset ${subset}`}, on the way back to ztunnel.`;
  const filter = host === '' ? `--port ${portText}` : `--fqdn ${host}`;
  return {
    name: text,
    kind: 'cluster',
    says,
    cause: null,
    next: `mctl pc cluster POD.NAMESPACE ${filter} -o wide`,
    page: SIDECAR,
  };
}

function serverName(text: string): Term | null {
  const match = /^(outbound|inbound)_\.(\d+)_\.([^_]*)_\.(.+)$/.exec(text);
  if (match === null) return null;
  const [, , portText = '', subset = '', host = ''] = match;
  const part = subset === '' ? '' : ` (subset ${subset})`;
  return {
    name: text,
    kind: 'server name (SNI)',
    says: `The server name that a sidecar or gateway sends in mutual TLS of Istio: port ${portText} of ${host}${part}. An east-west gateway chooses the cluster outbound_.${portText}_.${subset}_.${host} by it.`,
    cause: null,
    next: `mctl pc cluster POD.NAMESPACE --fqdn ${host}`,
    page: `${ISTIO}/ops/configuration/traffic-management/dns/`,
  };
}

function routeOrListenerName(text: string): Term | null {
  const listenerMatch = /^((?:\d{1,3}\.){3}\d{1,3}|\[?[0-9a-f:]{2,}\]?)_(\d{1,5})$/i.exec(text);
  if (listenerMatch !== null) {
    const [, ip = '', portText = ''] = listenerMatch;
    const what = /^(?:0\.0\.0\.0|::|\[::\])$/.test(ip) ? `every address on port ${portText}` : `${ip}:${portText}`;
    return {
      ...NAMES[0],
      name: text,
      kind: 'listener',
      says: `The listener for connections to ${what}: virtualOutbound hands them to it.`,
      cause: null,
      next: `mctl pc listener POD.NAMESPACE --port ${portText} -o json`,
      page: SIDECAR,
    };
  }
  const gateway = /^(https?)\.(\d{1,5})\.([^.]+)\.([^.]+)\.([^.]+)$/.exec(text);
  if (gateway === null) return null;
  const [, , portText = '', portName = '', name = '', namespace = ''] = gateway;
  return {
    name: text,
    kind: 'route configuration',
    says: `The route configuration of the server ${portName} on port ${portText} of Gateway ${name} in ${namespace}.`,
    cause: null,
    next: `mctl pc route POD.NAMESPACE --name ${text}`,
    page: SIDECAR,
  };
}

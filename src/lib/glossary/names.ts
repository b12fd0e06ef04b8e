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

const chain = (name: string, says: string, cause: string | null, next: string): Term => ({
  name,
  kind: 'filter chain',
  says,
  cause,
  next,
  page: SIDECAR,
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
  listener(
    'connect_originate',
    'The internal listener through which a waypoint or gateway opens HBONE tunnels (HTTP CONNECT over mutual TLS).',
    'mctl pc listener POD.NAMESPACE --name connect_originate -o json',
  ),
  chain(
    'virtualOutbound-blackhole',
    'The filter chain of virtualOutbound for what calls port 15001 itself: it leads to BlackHoleCluster, since it would go round in a circle.',
    'Something calls port 15001 of a pod.',
    'mctl pc listener POD.NAMESPACE --port 15001 -o wide',
  ),
  chain(
    'virtualOutbound-catchall-tcp',
    'The filter chain of virtualOutbound for what no other listener takes: it leads to PassthroughCluster, or to BlackHoleCluster where the mesh has REGISTRY_ONLY.',
    'The address and port that were called are of no Service or ServiceEntry that this proxy knows.',
    'mctl pc listener POD.NAMESPACE --port 15001 -o wide',
  ),
  chain(
    'virtualInbound-blackhole',
    'The filter chain of virtualInbound for what calls port 15006 itself: it leads to BlackHoleCluster, since it would go round in a circle.',
    'Something calls port 15006 of a pod.',
    'mctl pc listener POD.NAMESPACE --port 15006 -o wide',
  ),
  chain(
    'virtualInbound-catchall-http',
    'The filter chains of virtualInbound for HTTP to ports that no Service names: they lead to InboundPassthroughCluster.',
    'The port that was called is not a target port of any Service.',
    'mctl pc listener POD.NAMESPACE --port 15006 -o wide',
  ),
  chain(
    'virtualInbound',
    'The filter chains of virtualInbound for TCP to ports that no Service names: they lead to InboundPassthroughCluster.',
    'The port that was called is not a target port of any Service, or its protocol was not seen to be HTTP.',
    'mctl pc listener POD.NAMESPACE --port 15006 -o wide',
  ),
  chain(
    'PassthroughFilterChain',
    'The filter chain of an outbound listener for what none of its others takes: it leads where unknown destinations go.',
    'The bytes are neither the HTTP nor the TLS that the port is for.',
    'mctl pc listener POD.NAMESPACE -o wide',
  ),
  chain(
    'direct-http',
    "A waypoint's filter chain for HTTP to the address of a workload, and not of a Service.",
    null,
    'mctl pc listener POD.NAMESPACE --name main_internal -o wide',
  ),
  chain(
    'direct-tcp',
    "A waypoint's filter chain for TCP to the address of a workload, and not of a Service.",
    null,
    'mctl pc listener POD.NAMESPACE --name main_internal -o wide',
  ),
  cluster(
    'encap',
    'The cluster with which a waypoint sends on to the address of a workload, through connect_originate.',
    null,
    'mctl pc cluster POD.NAMESPACE -o wide',
  ),
  cluster(
    'agent',
    'The sidecar agent itself, which serves merged metrics and health.',
    null,
    'mctl pc endpoint POD.NAMESPACE --cluster agent',
  ),
  cluster(
    'prometheus_stats',
    "Envoy's admin interface, from which port 15090 serves metrics.",
    null,
    'mctl pc endpoint POD.NAMESPACE --cluster prometheus_stats',
  ),
  cluster(
    'xds-grpc',
    'The sidecar agent, through which Envoy gets its configuration from istiod.',
    null,
    'mctl pc endpoint POD.NAMESPACE --cluster xds-grpc',
  ),
  cluster(
    'sds-grpc',
    'The sidecar agent, from which Envoy gets its certificates.',
    null,
    'mctl pc secret POD.NAMESPACE',
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
    'Where iptables redirects outgoing connections of a pod: to its sidecar, or in ambient mode to ztunnel.',
    'mctl explain virtualOutbound',
  ),
  port(
    '15004',
    "The port of the sidecar agent's debug interface, and on istiod the xDS port for debugging.",
    'mctl proxy-status',
  ),
  port(
    '15006',
    'Where iptables redirects incoming connections of a pod: to its sidecar, or in ambient mode those in plain text to ztunnel.',
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

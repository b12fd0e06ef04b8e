/**
 * The words of a trace, each once: with what it means, and the page of Envoy's or Istio's documentation that it comes from. Types,
 * the enumerations of the schemas, `mctl explain` and docs/terms.md are made from these lists: a word that is not here does not
 * compile.
 */
const ENVOY = 'https://www.envoyproxy.io/docs/envoy/latest';
const ISTIO = 'https://istio.io/latest/docs';

type Terms = Readonly<Record<string, readonly [says: string, page: string]>>;

const ROUTING = `${ENVOY}/intro/arch_overview/http/http_routing`;
const LISTENERS = `${ENVOY}/intro/arch_overview/listeners/listeners`;
const CHAINS = `${ENVOY}/api-v3/config/listener/v3/listener_components.proto`;
const MANAGER = `${ENVOY}/intro/arch_overview/http/http_connection_management`;
const UPSTREAM = `${ENVOY}/intro/arch_overview/upstream/service_discovery`;
const MTLS = `${ISTIO}/concepts/security/#mutual-tls-authentication`;
const POLICY = `${ISTIO}/concepts/security/#authorization`;
const ZTUNNEL = `${ISTIO}/ambient/architecture/data-plane/`;

/** How a request can end. */
export const VERDICTS = {
  delivered: 'The request reaches an endpoint, as far as the configuration decides it.',
  redirected: 'A route answers with a redirect; the Location is told.',
  'direct-response': 'A route answers by itself, without an upstream.',
  denied: 'A policy refuses the request.',
  failed: 'The request ends in an error or a closed connection.',
  unknown: 'Something that the configuration does not hold decides; the trace names it.',
} as const satisfies Readonly<Record<string, string>>;

/** Why a request is not delivered: the cause at the hop where it arose. */
export const REASONS = {
  'not-captured': [
    'iptables does not redirect the connection to the sidecar.',
    `${ISTIO}/ops/deployment/application-requirements/`,
  ],
  'no-listener': ['No listener takes a connection to this address and port.', LISTENERS],
  'no-filter-chain': [
    'No filter chain of the listener matches the connection: destination port, server name, TLS, application protocols or source do not fit.',
    CHAINS,
  ],
  'listener-filter-timeout': [
    'Listener filters wait for the first bytes of a client that waits for the server.',
    CHAINS,
  ],
  'connection-closed': ['A listener or network filter closes the connection.', LISTENERS],
  'protocol-error': ['What the client sends is not the protocol that the filter chain expects.', MANAGER],
  'tls-error': ['The TLS handshake on the matched filter chain fails.', MTLS],
  'missing-host': ['The request has no Host or :authority.', MANAGER],
  'invalid-path': ['The path cannot be normalised, or is refused by the HTTP connection manager.', MANAGER],
  'no-route-configuration': [
    'The route configuration that the HTTP connection manager names is not in the dump.',
    ROUTING,
  ],
  'no-virtual-host': ['No virtual host of the route configuration lists the host of the request.', ROUTING],
  'no-route': ['The virtual host has no route that matches the request.', ROUTING],
  'tls-required': ['The virtual host answers requests without TLS with a redirect to https.', ROUTING],
  'no-action': ['The matched route has no action that sends or answers.', ROUTING],
  'cluster-not-found': ['The route names a cluster that the proxy does not have.', UPSTREAM],
  'no-healthy-endpoint': ['The cluster has no endpoint that may be used.', UPSTREAM],
  'black-hole': [
    'The connection goes to BlackHoleCluster, which has no endpoints.',
    `${ISTIO}/tasks/traffic-management/egress/egress-control/`,
  ],
  'rbac-denied': ['An authorization policy denies the request, or none of the ALLOW policies allows it.', POLICY],
  'jwt-denied': [
    'The JWT filter refuses the request: a token is missing or not valid.',
    `${ISTIO}/tasks/security/authentication/authn-policy/`,
  ],
  'fault-abort': ['A VirtualService injects an abort.', `${ISTIO}/tasks/traffic-management/fault-injection/`],
  'local-reply': ['A filter answers by itself.', MANAGER],
  'unknown-input': [
    'Something decides that neither the configuration nor the request as given holds.',
    `${ENVOY}/intro/life_of_a_request`,
  ],
  'no-next-hop': [
    'The address to which the proxy connects refuses the connection, as far as is known, or rules of netfilter drop it.',
    `${ENVOY}/intro/life_of_a_request`,
  ],
} as const satisfies Terms;

/** The parts of a proxy, or of its pod, that decide, in about the order in which they do. */
export const STAGES = {
  iptables: [
    "The pod's netfilter rules, which redirect connections to the sidecar or let them pass.",
    `${ISTIO}/ops/deployment/application-requirements/`,
  ],
  listener: ['The listener that takes the connection.', LISTENERS],
  'listener-filters': [
    'What the listener filters detect in the first bytes: TLS, server name, application protocols, HTTP.',
    `${ENVOY}/configuration/listeners/listener_filters/listener_filters`,
  ],
  'filter-chain': ['The filter chain that Envoy chooses for the connection.', CHAINS],
  'network-filter': [
    'Filters on the connection: RBAC, TCP proxy, HTTP connection manager.',
    `${ENVOY}/intro/arch_overview/listeners/network_filters`,
  ],
  'http-connection-manager': [
    'What the HTTP connection manager does before it looks for a route: normalisation, refusals, headers.',
    MANAGER,
  ],
  'http-filter': [
    'An HTTP filter of the chain, with its settings for the route.',
    `${ENVOY}/intro/arch_overview/http/http_filters`,
  ],
  'route-configuration': ['The table of virtual hosts, inline, by RDS or by scope.', ROUTING],
  'virtual-host': ['The virtual host that lists the host of the request.', ROUTING],
  route: ['The first route of the virtual host whose conditions are all met.', ROUTING],
  cluster: ['Where the route sends the request: a cluster, or several by weight.', UPSTREAM],
  endpoint: [
    'The endpoint that load balancing may choose.',
    `${ENVOY}/intro/arch_overview/upstream/load_balancing/load_balancing`,
  ],
  tls: ['TLS on the way to the endpoint.', MTLS],
  'ztunnel-destination': ['What ztunnel takes the destination for: a workload, a Service, or neither.', ZTUNNEL],
  'ztunnel-waypoint': ['Whether ztunnel sends the connection through a waypoint.', ZTUNNEL],
  'ztunnel-policy': [
    "ztunnel's authorization policies for the destination workload.",
    `${ISTIO}/ambient/usage/l4-policy/`,
  ],
  hbone: ['Whether ztunnel uses HBONE or plain TCP to the next hop.', ZTUNNEL],
} as const satisfies Terms;

/** Which way a request passes a proxy. */
export const DIRECTIONS = [
  'outbound',
  'inbound',
  'gateway',
  'waypoint',
  'ztunnel-outbound',
  'ztunnel-inbound',
] as const;

/**
 * matched: this was chosen; passed: looked at and let through; missed: nothing matched; ended: it answered or closed; unknown: an
 * input that is not in the configuration decides; noted: acts without deciding (telemetry); not-evaluated: it may change or
 * answer the request, and what it does is not worked out.
 */
export const STEP_OUTCOMES = ['matched', 'passed', 'missed', 'ended', 'unknown', 'noted', 'not-evaluated'] as const;

export type Verdict = keyof typeof VERDICTS;
export type Reason = keyof typeof REASONS;
export type Stage = keyof typeof STAGES;
export type Direction = (typeof DIRECTIONS)[number];
export type StepOutcome = (typeof STEP_OUTCOMES)[number];

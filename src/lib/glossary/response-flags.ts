/** Envoy's response flags, as access logs have them, with the usual cause in an Istio mesh. */
import { LONG_RESPONSE_FLAGS } from '../envoy/response-flags';
import { ENVOY, type Term } from './term';

const PAGE = `${ENVOY}/configuration/observability/access_log/usage#response-flags`;
const TRACE = 'mctl pc trace POD.NAMESPACE URL';

type Row = readonly [flag: string, says: string, cause: string, next: string];

const ROWS: readonly Row[] = [
  [
    'DC',
    'Downstream connection termination: the client closed its connection before the answer was complete.',
    'The client has a shorter time-out than the server needs, or was stopped.',
    `${TRACE} -v`,
  ],
  [
    'DF',
    'DNS resolution failure: the name of the upstream host could not be resolved.',
    'A ServiceEntry with resolution DNS, or a cluster of type STRICT_DNS or LOGICAL_DNS, names a host that does not resolve in the pod.',
    'mctl pc cluster POD.NAMESPACE --fqdn HOST -o json',
  ],
  ['DI', 'Delay injected: the fault filter held the request back.', 'A VirtualService has fault.delay.', TRACE],
  [
    'DO',
    'Drop overload: the endpoints ask for a share of the requests to be dropped.',
    'The control plane sent drop_overloads with the endpoints of the cluster.',
    'mctl pc endpoint POD.NAMESPACE --cluster CLUSTER -o json',
  ],
  [
    'DPE',
    'Downstream protocol error: what came from the client is not the HTTP that the listener expects.',
    'The client speaks TLS, or another protocol, to a port that is HTTP for Istio; the name or appProtocol of the Service port decides.',
    TRACE,
  ],
  [
    'DR',
    'Downstream remote reset: the client reset the HTTP/2 stream.',
    'The client cancelled the request.',
    `${TRACE} -v`,
  ],
  [
    'DT',
    'Downstream transport time-out or maximum connection duration: the connection or the request lasted too long.',
    'max_connection_duration of the HTTP connection manager or the TCP proxy was reached.',
    `${TRACE} -v`,
  ],
  ['FI', 'Fault injected: the fault filter answered.', 'A VirtualService has fault.abort.', TRACE],
  [
    'IH',
    'Invalid header: a strictly checked header of the request has a value that Envoy refuses (400).',
    'An x-envoy-… header holds something that it cannot hold.',
    TRACE,
  ],
  [
    'LH',
    'Local service failed its health check.',
    'The health-check filter of this Envoy answers while the service behind it is unhealthy.',
    'mctl pc endpoint POD.NAMESPACE -o wide',
  ],
  [
    'LR',
    'Connection local reset: Envoy itself closed the connection.',
    'The connection ended for a reason of this Envoy, such as a listener that was drained by a new configuration.',
    'mctl pc listener POD.NAMESPACE -o wide',
  ],
  [
    'NC',
    'No cluster found: the route names a cluster that Envoy does not have (503).',
    'A VirtualService names a subset that no DestinationRule defines, or a host that is not in the registry of this proxy.',
    TRACE,
  ],
  [
    'NFCF',
    'No filter configuration found: a filter whose configuration comes by ECDS has none yet.',
    'A WasmPlugin could not be loaded and is set to fail closed.',
    'mctl pc ecds POD.NAMESPACE',
  ],
  [
    'NR',
    'No route found: no route, or no filter chain, matches (404 for HTTP).',
    'The Host of the request is in no virtual host of the listener, no VirtualService or HTTPRoute has a route for the path, or no filter chain takes the TLS that was sent.',
    TRACE,
  ],
  [
    'OM',
    'Overload manager: Envoy gave the request up because it is short of memory or another resource.',
    'The proxy has too little memory for its load.',
    'mctl pc stats POD.NAMESPACE --name overload',
  ],
  ['RFCF', 'Response from cache filter.', 'The cache filter answered.', `${TRACE} -v`],
  [
    'RL',
    'Rate limited: the rate-limit filter answered 429.',
    'An EnvoyFilter or a product on top of Istio sets a rate limit.',
    TRACE,
  ],
  [
    'RLSE',
    'Rate limit service error: the rate-limit service could not be asked.',
    'The rate-limit service is not reachable, and the filter is set to refuse then.',
    TRACE,
  ],
  [
    'SI',
    'Stream idle time-out: nothing came or went for too long.',
    'The stream_idle_timeout, five minutes unless it is set, was reached, often in a stream that is kept open.',
    `${TRACE} -v`,
  ],
  [
    'UAEX',
    'Unauthorized by an external service: an external authorizer refused the request.',
    'An AuthorizationPolicy with action CUSTOM asks a provider, and that refused.',
    TRACE,
  ],
  [
    'UC',
    'Upstream connection termination: the upstream closed the connection before it answered (503).',
    'The server closes idle connections sooner than Envoy reuses them, it crashed, or it does not speak the protocol of the port; between sidecars also a plain-text call to a STRICT port.',
    TRACE,
  ],
  [
    'UDO',
    'Unconditional drop overload: the endpoints ask for every request to be dropped (503).',
    'The control plane sent drop_overloads of 100 % with the endpoints of the cluster.',
    'mctl pc endpoint POD.NAMESPACE --cluster CLUSTER -o json',
  ],
  [
    'UF',
    'Upstream connection failure: no connection to the upstream could be made (503).',
    'Nothing listens on the port, a NetworkPolicy stops it, or the TLS handshake failed: DestinationRule and PeerAuthentication do not fit together.',
    TRACE,
  ],
  [
    'UH',
    'No healthy upstream: the cluster has no endpoint that may be used (503).',
    'The Service selects no ready pod, the subset selects none, or outlier detection has ejected all of them.',
    'mctl pc endpoint POD.NAMESPACE --cluster CLUSTER -o wide',
  ],
  [
    'UMSDR',
    'Upstream request attempted after the maximum stream duration was reached.',
    'max_stream_duration of the route or the connection manager was reached.',
    `${TRACE} -v`,
  ],
  [
    'UO',
    'Upstream overflow: a circuit breaker is open (503).',
    'connectionPool limits of a DestinationRule (maxConnections, http1MaxPendingRequests, http2MaxRequests) were reached.',
    'mctl pc stats POD.NAMESPACE --name overflow',
  ],
  [
    'UPE',
    'Upstream protocol error: the answer is not the HTTP that Envoy expects.',
    'The Service port is declared as HTTP/2 or gRPC and the server speaks HTTP/1.1, or the other way round.',
    TRACE,
  ],
  [
    'UR',
    'Upstream remote reset: the upstream reset the stream.',
    'The application, or the Envoy beside it, gave up the request.',
    TRACE,
  ],
  [
    'URX',
    'Retry limit exceeded: the last of the allowed retries failed, or a TCP connection could not be made in the allowed attempts.',
    'The cause is in the other flag or in the status; retries are set by the VirtualService, and are two by default.',
    TRACE,
  ],
  [
    'UT',
    'Upstream request time-out: the upstream did not answer in time (504).',
    'The time-out of the VirtualService, or timeout: of a route, is shorter than the application needs.',
    `${TRACE} -v`,
  ],
];

export const RESPONSE_FLAGS: readonly Term[] = ROWS.map(([name, says, cause, next]) => ({
  name,
  also: [LONG_RESPONSE_FLAGS[name] ?? name],
  kind: 'response flag',
  says,
  cause,
  next,
  page: PAGE,
}));

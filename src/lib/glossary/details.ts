/** Response code details of Envoy: why a status was given, as access logs have it. */
import { CODEC_ROWS, type DetailRow } from './codec-details';
import { ENVOY, type Term } from './term';

const PAGE = `${ENVOY}/configuration/http/http_conn_man/response_code_details`;

const ROWS: readonly DetailRow[] = [
  ['via_upstream', 'The status is what the upstream answered: the application, or the proxy in front of it.', null],
  [
    'route_not_found',
    'No route matches.',
    'No virtual host lists the host, or no route of it takes the path, method or headers.',
  ],
  [
    'cluster_not_found',
    'The route names a cluster that is not there.',
    'The subset has no DestinationRule, or the host is not known to this proxy.',
  ],
  [
    'no_healthy_upstream',
    'No endpoint of the cluster may be used.',
    'No pod is ready, or outlier detection has ejected all of them.',
  ],
  [
    'direct_response',
    'A route answered by itself.',
    'A VirtualService has directResponse; the virtual host block_all of REGISTRY_ONLY does so, too.',
  ],
  [
    'rbac_access_denied_matched_policy',
    'The RBAC filter denied the request; the name of the policy is in the brackets, which are empty where no ALLOW policy matched.',
    'An AuthorizationPolicy.',
  ],
  [
    'jwt_authn_access_denied',
    'The JWT filter refused the token; the cause is in the braces.',
    'A RequestAuthentication: the token is not valid for it.',
  ],
  ['ext_authz_denied', 'The external authorizer refused.', 'An AuthorizationPolicy with action CUSTOM.'],
  [
    'ext_authz_error',
    'The external authorizer could not be asked.',
    'The provider is not reachable, and failure is not allowed.',
  ],
  ['fault_filter_abort', 'A fault was injected.', 'A VirtualService has fault.abort.'],
  [
    'upstream_reset_before_response_started',
    'The upstream closed or could not be reached before it answered; the cause is in the braces.',
    'UF: no connection or no TLS; UC: the server closed it.',
  ],
  [
    'upstream_reset_after_response_started',
    'The upstream broke off in the middle of its answer.',
    'The server crashed or timed out.',
  ],
  [
    'upstream_response_timeout',
    'The upstream did not answer within the time-out of the route.',
    'timeout of the VirtualService.',
  ],
  [
    'upstream_per_try_timeout',
    'The last try did not answer within its time-out.',
    'perTryTimeout of the VirtualService.',
  ],
  ['response_timeout', 'The upstream did not answer in time.', 'timeout of the VirtualService.'],
  ['missing_host_header', 'The request has no Host.', 'The client speaks HTTP/1.0, or leaves Host out.'],
  [
    'path_normalization_failed',
    'The path could not be normalised.',
    'The path holds something that the mesh refuses, such as an escaped slash.',
  ],
  ['downstream_remote_disconnect', 'The client went away.', 'The client has a shorter time-out.'],
  [
    'downstream_local_disconnect',
    'Envoy closed the connection of the client; the reason is in the brackets.',
    'The connection was idle or open for too long, or its listener was drained by a new configuration.',
  ],
  [
    'duration_timeout',
    'The connection of the client lasted longer than it may.',
    'max_connection_duration of the connection manager.',
  ],
  ['stream_idle_timeout', 'Nothing came or went for too long.', 'stream_idle_timeout.'],
  ['request_headers_failed_strict_check', 'A strictly checked header is not valid.', null],
  [
    'request_payload_too_large',
    'The body is larger than a buffering filter takes (413).',
    'A filter that buffers, with its limit.',
  ],
  [
    'request_overall_timeout',
    'The request did not come in whole in time.',
    'request_timeout of the connection manager.',
  ],
  [
    'filter_chain_not_found',
    'No filter chain of the listener matches the connection.',
    'Port, server name, TLS or application protocol fit none: often plain text to a port that wants TLS.',
  ],
  [
    'low_version',
    'HTTP/1.0 or 0.9 is not accepted (426).',
    'The client speaks HTTP/1.0; Istio takes it only where PILOT_HTTP10 is set.',
  ],
  ['maintenance_mode', 'The cluster is in maintenance mode.', 'The runtime key upstream.maintenance_mode.… is set.'],
  [
    'max_duration_timeout',
    'The request lasted longer than it may.',
    'max_stream_duration of the route or of the connection manager.',
  ],
  [
    'upstream_max_stream_duration_reached',
    'The request to the upstream lasted longer than it may.',
    'max_stream_duration of the cluster or of the route.',
  ],
  ['upstream_per_try_idle_timeout', 'The last try was silent for too long.', 'per_try_idle_timeout of the route.'],
  [
    'request_header_timeout',
    'The headers of the request did not come in whole in time.',
    'request_headers_timeout of the connection manager.',
  ],
  [
    'downstream_header_timeout',
    'The headers of the request did not come in whole in time.',
    'request_headers_timeout of the connection manager.',
  ],
  [
    'invalid_path',
    'The path of the request is not valid (400).',
    'The client sends characters that a path cannot hold.',
  ],
  [
    'missing_path_rejected',
    'The request has no path (400).',
    'A client that sends CONNECT, or an HTTP/2 request without :path.',
  ],
  [
    'absolute_path_rejected',
    'The request line holds a whole URL in place of a path, which is not taken there.',
    'The client takes Envoy for a forward proxy.',
  ],
  [
    'route_configuration_not_found',
    'The connection manager has no route configuration (404).',
    'istiod has not sent it yet, or no scope of a scoped route configuration takes the request.',
  ],
  [
    'upgrade_failed',
    'The request asks for an upgrade that is not taken there (403).',
    'The route or the connection manager does not allow this upgrade; sidecars of Istio allow websocket.',
  ],
  [
    'websocket_handshake_unsuccessful',
    'The upstream answered a WebSocket handshake with another status than 101.',
    'The application has no WebSocket at this path.',
  ],
  ['early_connect_data', 'Data came in a CONNECT request before it was answered with 200.', null],
  [
    'rejecting_because_detection_failed',
    "The client's own address could not be found.",
    'An original_ip_detection extension that refuses a request without the header that it asks for.',
  ],
  [
    'request_payload_exceeded_retry_buffer_limit',
    'The body is larger than the buffer from which the request would be sent again.',
    'Retries are set, and the body is above per_request_buffer_limit_bytes.',
  ],
  [
    'response_payload_too_large',
    'The body of the answer is larger than a buffering filter takes.',
    'A filter that buffers, with its limit.',
  ],
  [
    'drop_overload',
    'The endpoints ask for a share of the requests to be dropped (503).',
    'The control plane sent drop_overloads with the endpoints of the cluster.',
  ],
  [
    'unconditional_drop_overload',
    'The endpoints ask for every request to be dropped (503).',
    'The control plane sent drop_overloads of 100 % with the endpoints of the cluster.',
  ],
  ['admin_filter_response', "Envoy's admin interface answered.", null],
  [
    'filter_removed_required_request_headers',
    'A filter removed a header of the request that it must have.',
    'An EnvoyFilter or a WasmPlugin removes :method, :path or Host.',
  ],
  [
    'filter_removed_required_response_headers',
    'A filter removed the status of the answer, or wrote one that is not valid.',
    'An EnvoyFilter or a WasmPlugin changes :status.',
  ],
  [
    'filter_added_invalid_request_data',
    'A filter added to the body of the request at a time when it may not.',
    'An error in an extension, such as a WasmPlugin.',
  ],
  [
    'filter_added_invalid_response_data',
    'A filter added to the body of the answer at a time when it may not.',
    'An error in an extension, such as a WasmPlugin.',
  ],
  ['internal_redirect', 'Envoy followed a redirect by itself.', null],
  ['overload', 'Envoy is short of a resource.', 'The overload manager.'],
  [
    'local_rate_limited',
    'The local rate limit filter answered: its token bucket was empty (429).',
    'An EnvoyFilter sets a local rate limit.',
  ],
  [
    'request_rate_limited',
    'The rate-limit service said that the request is above the limit (429).',
    'An EnvoyFilter sets a global rate limit.',
  ],
  [
    'rate_limiter_error',
    'The rate-limit service could not be asked.',
    'The service is not reachable, and the filter is set to refuse then.',
  ],
  ['lua_response', 'A Lua script answered by itself.', 'An EnvoyFilter has a Lua filter.'],
  [
    'csrf_origin_mismatch',
    'The CSRF filter refused the request: its Origin is neither its host nor one that is allowed (403).',
    'An EnvoyFilter has a CSRF filter.',
  ],
  ['ext_authz_invalid', 'The external authorizer asked for a change of headers that is not valid.', null],
  [
    'ext_proc_error',
    'The external processor could not be asked.',
    'The processor is not reachable, and failure is not allowed.',
  ],
  [
    'no_credential_for_basic_auth',
    'The request has no user and password (401).',
    'A filter asks for basic authentication.',
  ],
  [
    'invalid_credential_for_basic_auth',
    'User and password are not known (401).',
    'A filter asks for basic authentication.',
  ],
  ['missing_api_key', 'The request has no API key (401).', 'A filter asks for an API key.'],
  [
    'client_not_allowed',
    'The API key is of a client that is not allowed there (403).',
    'A filter asks for an API key.',
  ],
  [
    'dns_resolution_failure',
    'The host of the request does not resolve in the pod.',
    'A route to any host: a ServiceEntry with a wildcard host and resolution DYNAMIC_DNS.',
  ],
  ['reached_concurrency_limit', 'The adaptive concurrency filter has too many requests at once (503).', null],
  [
    'denied_by_admission_control',
    'The admission control filter refused the request, since too many failed before (503).',
    null,
  ],
  ['health_check_ok_cluster_healthy', 'The health check filter answered: the clusters are healthy.', null],
  ['health_check_cached', 'The health check filter answered with what it knew.', null],
  ['health_check_failed', 'The health check filter answered that this Envoy is to be failed.', 'It is being drained.'],
  ['cors_response', 'The CORS filter answered the preflight request.', null],
];

export const DETAILS: readonly Term[] = [...ROWS, ...CODEC_ROWS].map(([name, says, cause]) => ({
  name,
  kind: 'response code details',
  says,
  cause,
  next: 'mctl pc trace POD.NAMESPACE URL',
  page: PAGE,
}));

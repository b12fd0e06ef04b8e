/** Response code details of Envoy: why a status was given, as access logs have it. */
import { ENVOY, type Term } from './term';

const PAGE = `${ENVOY}/configuration/http/http_conn_man/response_code_details`;

const ROWS: readonly (readonly [name: string, says: string, cause: string | null])[] = [
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
  ['http1.codec_error', 'What came is not HTTP/1.1.', 'The client speaks another protocol to this port.'],
  ['http2.invalid.header.field', 'A header of the HTTP/2 request is not valid.', null],
  ['downstream_remote_disconnect', 'The client went away.', 'The client has a shorter time-out.'],
  ['downstream_local_disconnect', 'Envoy closed the connection of the client.', null],
  ['duration_timeout', 'The request lasted longer than it may.', 'max_stream_duration.'],
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
  ['internal_redirect', 'Envoy followed a redirect by itself.', null],
  ['overload', 'Envoy is short of a resource.', 'The overload manager.'],
  ['cors_response', 'The CORS filter answered the preflight request.', null],
];

export const DETAILS: readonly Term[] = ROWS.map(([name, says, cause]) => ({
  name,
  kind: 'response code details',
  says,
  cause,
  next: 'mctl pc trace POD.NAMESPACE URL',
  page: PAGE,
}));

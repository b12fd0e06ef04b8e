/** What to do where Envoy answers a request itself because of what the request is: its codec, a filter or the router refuses it. */
import type { CodecFault } from '../../http/codec';
import type { Cause } from '../../trace/facts/step';
import type { Step } from '../../trace/model';
import { causeKind, factsOf } from '../step-facts';

/**
 * For each thing that a codec refuses, how to send the request otherwise, and the field that allows it where there is one.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/protocol.proto (Http1ProtocolOptions, Http2ProtocolOptions)
 */
const BY_CODEC_FAULT: Readonly<Record<CodecFault['kind'], string>> = {
  'too-many-named': 'name fewer headers in the Connection header',
  'named-header': 'leave that name out of the Connection header',
  'long-te': 'send a shorter te header, or leave its name out of the Connection header',
  method: 'send a method that HTTP defines, or let the port take others (allow_custom_methods)',
  'length-with-coding': 'send Transfer-Encoding or Content-Length, not both',
  'transfer-coding': 'send Transfer-Encoding: chunked and no other coding, or a Content-Length',
  'connect-with-length': 'send CONNECT without Content-Length and Transfer-Encoding',
  'extended-connect': 'let the port take extended CONNECT (allow_connect), or send the upgrade over HTTP/1.1',
  'connection-header': 'leave that header out, or send the request over HTTP/1.1',
  'te-header': 'send te: trailers, or no te header',
  'empty-authority': "give the request a host: -H 'Host: NAME'",
  'repeated-length': 'send Content-Length once',
  'odd-length': 'send a Content-Length that is a number',
  'control-character': 'remove the control character from the header',
  underscore: 'name the header with hyphens, or let underscores pass (headers_with_underscores_action: ALLOW)',
  'unescaped-path': 'percent-encode the character',
  'odd-target': 'send a path that begins with /, or a whole URL',
  'https-on-plain-text': 'send a path in place of the https URL, or send the request over TLS',
  'odd-authority': 'correct the host of the request (URL or Host header)',
  'connect-without-port': 'name a host and a port: HOST:PORT',
  'too-many-headers': 'send fewer headers, or raise max_headers_count',
  'too-large': 'send fewer or shorter headers, or raise max_request_headers_kb',
};

/** What helps against answers whose cause is in the request or in one setting; every other answer is one of the filter's own. */
const BY_CAUSE: Partial<Readonly<Record<Cause['kind'], string>>> = {
  'client-address-missing': 'send the header that names the client (original_ip_detection_extensions says which)',
  'foreign-origin':
    'call it from a page of the same origin, or list the origin in additional_origins of the CSRF policy',
  'key-missing': 'send an API key where the filter looks for it (key_sources)',
  'key-of-nobody': 'send the API key of a client that the filter knows (credentials)',
  'key-not-for-route': 'send the API key of a client that the route lets in (allowed_clients)',
  'credentials-missing': 'send a user and a password, as curl -u does',
  'credentials-unreadable': 'send a user and a password, as curl -u does',
  'credentials-wrong': 'send a user and a password that the filter knows (users)',
  'body-too-long': 'send a smaller body, or raise max_request_bytes of the buffer filter',
  'denied-where-not-asked': 'enable the external authorizer (filter_enabled), or set deny_at_disable to false',
  'token-bucket-empty': 'give the token bucket tokens (max_tokens), or switch the rate limit off for this route',
  'login-required': "send the cookies of a session: -H 'Cookie: …'",
  'empty-host': "give the request a host: -H 'Host: NAME'",
  loops: 'look for the proxy that sends the request back: it has passed this one before',
  'no-time-left': 'send a grpc-timeout that leaves time, or raise grpc_timeout_header_max of the route',
  'strict-header': 'correct the header, or take it out of strict_check_headers of the router',
  'maintenance-mode': 'end the maintenance mode of the cluster (upstream.maintenance_mode in the runtime)',
  'drops-overload': 'see drop_overloads of the cluster: its control plane has it refuse requests',
};

/** What the sender can do about a request that a codec refuses; null where the connection is what is wrong. */
export function codecAdvice(step: Step): string | null {
  const cause = factsOf(step, 'http-connection-manager')?.cause;
  return cause?.kind === 'codec-refuses' ? BY_CODEC_FAULT[cause.fault.kind] : null;
}

/** What to do about an answer of a filter, the router or the connection manager. */
export function answerAdvice(step: Step): string {
  const kind = causeKind(step);
  const known = kind === null ? undefined : BY_CAUSE[kind];
  return known ?? `see when ${step.name ?? 'the filter'} answers by itself: its configuration says so`;
}

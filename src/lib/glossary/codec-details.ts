/** Response code details of the HTTP codecs, of resets, and of connections that Envoy closes. */

export type DetailRow = readonly [name: string, says: string, cause: string | null];

const OTHER_PROTOCOL = 'The client speaks another protocol to this port, such as TLS.';
const UNDERSCORE = 'headers_with_underscores_action of the connection manager refuses them.';
const MOST_HEADERS = 'max_headers_count, 100 unless it is set.';
const MOST_BYTES = 'max_request_headers_kb, 60 kB unless it is set: large cookies or tokens.';

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details (per codec details) */
export const CODEC_ROWS: readonly DetailRow[] = [
  ['http1.codec_error', 'What came is not HTTP/1.1.', OTHER_PROTOCOL],
  ['http1.body_disallowed', 'The request has a body where none may be.', null],
  ['http1.connection_header_rejected', 'The header Connection is not valid, or too long.', null],
  [
    'http1.content_length_and_chunked_not_allowed',
    'The request has both Content-Length and Transfer-Encoding: chunked.',
    'A client or a proxy in front that is out of order; requests are smuggled so.',
  ],
  ['http1.content_length_not_allowed', 'The answer has a Content-Length where none may be.', null],
  ['http1.headers_too_large', 'The headers are larger than Envoy takes (431).', MOST_BYTES],
  ['http1.invalid_characters', 'A header holds characters that it cannot hold.', null],
  ['http1.invalid_transfer_encoding', 'Transfer-Encoding is not valid; Envoy knows chunked (501).', null],
  ['http1.invalid_url', 'The URL of the request is not valid.', null],
  ['http1.invalid_scheme', 'The scheme of the URL is not valid.', null],
  ['http1.too_many_headers', 'There are more headers than Envoy takes (431).', MOST_HEADERS],
  ['http1.transfer_encoding_not_allowed', 'The answer has a Transfer-Encoding where none may be.', null],
  ['http1.unexpected_underscore', 'The name of a header has an underscore.', UNDERSCORE],
  [
    'http2.inbound_empty_frames_flood',
    'Too many empty HTTP/2 frames came one after the other.',
    'A client out of order, or an attack.',
  ],
  [
    'http2.outbound_frames_flood',
    'Too many HTTP/2 frames wait to be sent.',
    'The other side does not read, or asks too often.',
  ],
  ['http2.invalid.header.field', 'A header of the HTTP/2 request is not valid.', null],
  ['http2.too_many_headers', 'There are more headers or trailers than Envoy takes.', MOST_HEADERS],
  ['http2.unexpected_underscore', 'The name of a header has an underscore.', UNDERSCORE],
  ['http2.unknown.nghttp2.error', 'The HTTP/2 codec ended in an error that it has no name for.', null],
  [
    'http2.violation.of.messaging.rule',
    'The request breaks a rule of HTTP/2, such as a header that only HTTP/1.1 has.',
    null,
  ],
  ['http2.remote_refuse', 'The other side refused the HTTP/2 stream.', 'It is going down, or has too many streams.'],
  ['http2.remote_reset', 'The other side reset the HTTP/2 stream.', 'The client cancelled the request.'],
  ['http3.invalid_header_field', 'A header of the HTTP/3 request is not valid.', null],
  ['http3.headers_too_large', 'Headers or trailers are larger than Envoy takes.', MOST_BYTES],
  ['http3.unexpected_underscore', 'The name of a header has an underscore.', UNDERSCORE],
  ['http3.too_many_headers', 'There are more headers than Envoy takes.', MOST_HEADERS],
  ['http3.too_many_trailers', 'There are more trailers than Envoy takes.', MOST_HEADERS],
  ['http3.remote_refuse', 'The other side refused the HTTP/3 stream.', 'It is going down, or has too many streams.'],
  ['http3.remote_reset', 'The other side reset the HTTP/3 stream.', 'The client cancelled the request.'],
  ['http3.inconsistent_content_length', 'The body is not as long as Content-Length says.', null],
  [
    'connection_failure',
    'No connection to the upstream could be made.',
    'Nothing listens on the port, or a NetworkPolicy stops it.',
  ],
  [
    'remote_connection_failure',
    'The upstream refused the connection, or the TLS handshake failed; what TLS said may follow.',
    'Nothing listens on the port, or DestinationRule and PeerAuthentication do not fit together.',
  ],
  [
    'local_connection_failure',
    'Envoy gave the connection to the upstream up.',
    'Its own time-out, or an address that cannot be reached.',
  ],
  [
    'connection_timeout',
    'The connection to the upstream was not made in time.',
    'A NetworkPolicy or a firewall drops it; connectTimeout of the DestinationRule.',
  ],
  [
    'connection_termination',
    'The upstream closed the connection.',
    'It closes idle connections, it crashed, or it does not speak the protocol.',
  ],
  ['remote_reset', 'The other side reset the stream.', 'The application, or the Envoy beside it, gave up the request.'],
  ['local_reset', 'Envoy reset the stream.', 'The answer breaks the protocol, or the request ended before.'],
  [
    'protocol_error',
    'What came is not the HTTP that Envoy expects.',
    'The protocol of the Service port is not that of the application.',
  ],
  ['overflow', 'A circuit breaker is open.', 'connectionPool limits of a DestinationRule were reached.'],
  ['on_idle_timeout', 'The connection was idle for too long.', 'idle_timeout, an hour unless it is set.'],
  [
    'deferred_close_on_drained_connection',
    'The connection was drained, and closed when it had nothing left to do.',
    null,
  ],
  ['close_for_connect_request_or_tcp_tunneling', 'A tunnel ended, and its connection with it.', null],
  ['http2_ping_timeout', 'A PING of HTTP/2 was not answered in time.', 'The other side is gone; connection_keepalive.'],
  [
    'http2_connection_protocol_violation',
    'What came breaks HTTP/2.',
    'The protocol of the Service port is not that of the application.',
  ],
  [
    'transport_socket_timeout',
    'The TLS handshake of the client did not end in time.',
    'transport_socket_connect_timeout.',
  ],
  [
    'triggered_delayed_close_timeout',
    'The client did not close the connection after the answer, and Envoy did.',
    'delayed_close_timeout.',
  ],
  [
    'tcp_session_idle_timeout',
    'The TCP connection was idle for too long.',
    'idle_timeout of the TCP proxy, an hour unless it is set.',
  ],
  [
    'max_connection_duration_reached',
    'The connection was open for longer than it may.',
    'max_connection_duration of the HTTP connection manager or the TCP proxy.',
  ],
];

/**
 * What a connection manager does to a request's headers before it is routed.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers
 */
import type { Node } from '../../envoy/config-dump';
import type { HttpConnectionManager } from '../../envoy/listener';
import { isLoopback } from '../../match/cidr';
import type { Downstream } from './downstream';
import { isUnknown, MaybeAbsent, not, type Ternary, unknown } from '../../match/ternary';
import { isChunked } from '../../http/body';
import { withForwarded } from '../../http/forwarded-for';
import { appendsForwarded, remoteAddress } from '../filters/shared/remote-address';
import { isInternalRequest } from './internal-request';
import {
  firstHeader,
  headerValues,
  type HttpMessage,
  joinedHeader,
  withHeader,
  withoutHeaders,
} from '../../http/message';
import { madeRequestId } from './request-id';
import { upgradeOf } from './upgrade';

const CONNECTION = ['keep-alive', 'proxy-connection', 'transfer-encoding'];
const UPGRADE = ['connection', 'upgrade'];
/** Who calls from outside sets none of these. */
const INTERNAL_ONLY = [
  'x-envoy-internal',
  'x-envoy-retriable-status-codes',
  'x-envoy-retriable-header-names',
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
  'x-envoy-max-retries',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-force-trace',
  'x-envoy-ip-tags',
  'x-envoy-original-url',
  'x-envoy-hedge-on-per-try-timeout',
];
const NOT_FROM_EDGE = [
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-original-host',
  'x-envoy-original-path',
];
const CLIENT_CERTIFICATE = 'x-forwarded-client-cert';

/**
 * The request with the headers that routing and filters see, and its scheme.
 * @param node what the proxy calls itself
 * @param internalOnly headers that the route configuration keeps for internal requests, in lower case
 */
export function withRequestHeaders(
  manager: HttpConnectionManager,
  message: HttpMessage,
  arrival: Downstream,
  node: Node,
  internalOnly: readonly string[] = [],
): HttpMessage {
  const internal = isInternalRequest(manager, message, arrival.sourceIp);
  const edge = manager.use_remote_address === true && not(internal);
  const cleaned = withoutHeaders(message, [
    ...CONNECTION,
    ...(upgradeOf(message) === null ? UPGRADE : []),
    ...(keepsClientCertificate(manager, arrival) ? [] : [CLIENT_CERTIFICATE]),
  ]);
  const framed = isChunked(message) ? { ...cleaned, isChunked: true } : cleaned;
  const certified = withClientCertificate(manager, withTrailersOnly(framed), arrival);
  const forwarded = withForwardedFor(manager, certified, arrival);
  const client = remoteAddress(manager, forwarded, arrival.sourceIp);
  const told = withoutIf(edge, NOT_FROM_EDGE, withoutIf(not(internal), [...INTERNAL_ONLY, ...internalOnly], forwarded));
  const marked = withIf(
    edge,
    ['x-envoy-external-address', client],
    withIf(internal, ['x-envoy-internal', 'true'], told),
  );
  const named = withVia(manager, withUserAgent(manager, marked, node));
  const ported = withForwardedPort(manager, named, arrival);
  return withScheme(manager, withRequestId(manager, ported, edge), arrival);
}

/**
 * The request where no address of the client is found in it and that is refused: what tells of the connection is taken away by then,
 * and what a client says of being internal.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-envoy-internal
 */
export function withoutConnectionHeaders(message: HttpMessage): HttpMessage {
  const upgrade = upgradeOf(message) === null ? UPGRADE : [];
  return withoutHeaders(message, [...CONNECTION, ...upgrade, 'x-envoy-internal']);
}

/** The message without these headers where that is so; where it is not known, each may be there or not. */
function withoutIf(holds: Ternary, names: readonly string[], message: HttpMessage): HttpMessage {
  if (!isUnknown(holds)) return holds ? withoutHeaders(message, names) : message;
  const maybe = new MaybeAbsent(holds.unknown);
  return {
    ...message,
    headers: message.headers.map(([name, value]) => [name, names.includes(name) ? maybe : value] as const),
  };
}

/** The message with a header where that is so; where it is not known, with one that may be there or not. */
function withIf(holds: Ternary, [name, value]: HttpMessage['headers'][number], message: HttpMessage): HttpMessage {
  if (holds === false) return message;
  return withHeader(message, name, isUnknown(holds) ? new MaybeAbsent(holds.unknown) : value);
}

/** Of TE only `trailers` goes on, in small letters, and an empty one stays. */
function withTrailersOnly(message: HttpMessage): HttpMessage {
  const values = headerValues(message, 'te');
  if (values.length === 0) return message;
  if (values.every((value) => value === '')) return message;
  const words = values.flatMap((value) => (isUnknown(value) ? [] : value.split(',').map((word) => word.trim())));
  return words.includes('trailers') ? withHeader(message, 'te', 'trailers') : withoutHeaders(message, ['te']);
}

function keepsClientCertificate(
  { forward_client_cert_details: details }: HttpConnectionManager,
  arrival: Downstream,
): boolean {
  if (details === 'ALWAYS_FORWARD_ONLY') return true;
  return (details === 'FORWARD_ONLY' || details === 'APPEND_FORWARD') && arrival.presentsCertificate;
}

/**
 * Of a client's certificate Envoy writes at least a digest, which no dump tells.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert
 */
function withClientCertificate(
  { forward_client_cert_details: details }: HttpConnectionManager,
  message: HttpMessage,
  arrival: Downstream,
): HttpMessage {
  if (!arrival.presentsCertificate || (details !== 'APPEND_FORWARD' && details !== 'SANITIZE_SET')) return message;
  return withHeader(message, CLIENT_CERTIFICATE, unknown("what Envoy writes of the client's certificate"));
}

const OWN_ADDRESS = unknown("the proxy's own address, which stands for that of a caller on its own machine");

function withForwardedFor(manager: HttpConnectionManager, message: HttpMessage, arrival: Downstream): HttpMessage {
  const { sourceIp, ownIp } = arrival;
  const appends = appendsForwarded(manager, message, sourceIp);
  if (isUnknown(appends)) {
    const isThere = headerValues(message, 'x-forwarded-for').length > 0;
    return withHeader(message, 'x-forwarded-for', isThere ? appends : new MaybeAbsent(appends.unknown));
  }
  if (!appends) return message;
  const peer = !isUnknown(sourceIp) && isLoopback(sourceIp) ? (ownIp ?? OWN_ADDRESS) : sourceIp;
  return withForwarded(message, peer);
}

/** An empty id counts as none. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-request-id */
function withRequestId(manager: HttpConnectionManager, message: HttpMessage, edge: Ternary): HttpMessage {
  if (manager.generate_request_id === false) return message;
  const isThere = headerValues(message, 'x-request-id').some((value) => value !== '');
  const isMade = !isThere || (manager.preserve_external_request_id !== true && edge);
  if (isUnknown(isMade)) return withHeader(message, 'x-request-id', isMade);
  return isMade ? withHeader(message, 'x-request-id', madeRequestId(manager)) : message;
}

/**
 * The proxy tells the next one who it is; the name of its service stands in for a user agent that is missing or empty, even where it has none.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#user-agent
 */
function withUserAgent(
  { add_user_agent: isAdded }: HttpConnectionManager,
  message: HttpMessage,
  { cluster = '', id = '' }: Node,
): HttpMessage {
  if (isAdded !== true) return message;
  const told = withHeader(message, 'x-envoy-downstream-service-cluster', cluster);
  const came = headerValues(told, 'user-agent')[0] ?? '';
  const agent = came === '' ? withHeader(told, 'user-agent', cluster) : told;
  return id === '' ? agent : withHeader(agent, 'x-envoy-downstream-service-node', id);
}

/** The header's own values are joined by commas, and the proxy's name stands behind them. */
function withVia({ via = '' }: HttpConnectionManager, message: HttpMessage): HttpMessage {
  if (via === '') return message;
  const came = joinedHeader(message, 'via');
  if (came === null || came === '') return withHeader(message, 'via', via);
  return withHeader(message, 'via', isUnknown(came) ? came : `${came}, ${via}`);
}

/** Whether forwarding headers that come along are believed: everywhere but at an edge. */
function isTrusting(manager: HttpConnectionManager): boolean {
  return manager.use_remote_address !== true || (manager.xff_num_trusted_hops ?? 0) > 0;
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-port */
function withForwardedPort(
  manager: HttpConnectionManager,
  message: HttpMessage,
  { localPort }: Downstream,
): HttpMessage {
  if (manager.append_x_forwarded_port !== true) return message;
  const told = firstHeader(message, 'x-forwarded-port');
  return isTrusting(manager) && told !== null ? message : withHeader(message, 'x-forwarded-port', String(localPort));
}

/**
 * X-Forwarded-Proto as the client says it where it is trusted, else the connection's. HTTP/2 and a whole address as target have a
 * scheme of their own; that of other requests is what of X-Forwarded-Proto is one.
 */
function withScheme(manager: HttpConnectionManager, message: HttpMessage, { isTls }: Downstream): HttpMessage {
  const own = isTls ? 'https' : 'http';
  const overwrite = manager.scheme_header_transformation?.scheme_to_overwrite;
  const told = firstHeader(message, 'x-forwarded-proto');
  const forwarded = overwrite ?? (isTrusting(manager) && typeof told === 'string' ? told : own);
  const isOwn = message.protocol === 'HTTP/2' || message.namesScheme === true;
  const scheme = isOwn ? (overwrite ?? message.scheme) : forwarded.toLowerCase();
  return {
    ...withHeader(message, 'x-forwarded-proto', forwarded),
    scheme: scheme === 'http' || scheme === 'https' ? scheme : own,
  };
}

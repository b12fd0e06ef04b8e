/**
 * Headers of which Envoy keeps one alone: their values are joined by a comma as they come, before anything looks at them. Every
 * other header stays as often as it was sent. Asked of Envoy 1.37, header by header.
 * No page of Envoy's documentation has the list.
 */
import { joined } from '../match/header-matcher';
import { type HeaderValue, headerValues, type HttpMessage } from './message';

const KEPT_ONCE: ReadonlySet<string> = new Set([
  ...['connection', 'content-encoding', 'content-type', 'keep-alive', 'proxy-connection', 'proxy-status', 'via'],
  ...['te', 'upgrade', 'expect', 'user-agent', 'x-request-id', 'x-client-trace-id', 'cdn-loop', 'pragma'],
  ...['accept', 'accept-encoding', 'authorization', 'authentication', 'cache-control', 'origin', 'referer'],
  ...['access-control-request-headers', 'access-control-request-method', 'access-control-request-private-network'],
  ...['if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since'],
  ...['grpc-accept-encoding', 'grpc-timeout'],
  ...['x-forwarded-client-cert', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto'],
  ...['x-envoy-attempt-count', 'x-envoy-decorator-operation', 'x-envoy-downstream-service-cluster'],
  ...['x-envoy-downstream-service-node', 'x-envoy-expected-rq-timeout-ms', 'x-envoy-external-address'],
  ...['x-envoy-force-trace', 'x-envoy-hedge-on-per-try-timeout', 'x-envoy-internal', 'x-envoy-ip-tags'],
  ...['x-envoy-max-retries', 'x-envoy-original-host', 'x-envoy-original-path', 'x-envoy-original-url'],
  ...['x-envoy-retriable-header-names', 'x-envoy-retriable-status-codes', 'x-envoy-retry-grpc-on'],
  ...['x-envoy-retry-on', 'x-envoy-upstream-alt-stat-name', 'x-envoy-upstream-rq-per-try-timeout-ms'],
  ...['x-envoy-upstream-rq-timeout-alt-response', 'x-envoy-upstream-rq-timeout-ms'],
  ...['x-envoy-upstream-stream-duration-ms'],
]);

/** An empty value adds nothing, not even a comma. */
function withoutEmpty(values: readonly HeaderValue[]): HeaderValue {
  return joined(values.filter((value) => value !== ''));
}

/**
 * The message with one header in place of those that came several times and are kept once. It stands where the first of them came, as
 * Envoy adds the later values to that one; every other header stays as it is and where it is.
 */
export function withJoinedHeaders(message: HttpMessage): HttpMessage {
  const names = message.headers.map(([name]) => name);
  const first = new Map<string, number>();
  for (const [index, name] of names.entries()) if (KEPT_ONCE.has(name) && !first.has(name)) first.set(name, index);
  const isAgain = (name: string, index: number): boolean => first.has(name) && first.get(name) !== index;
  const repeated = new Set(names.filter(isAgain));
  if (repeated.size === 0) return message;
  const headers = message.headers
    .filter(([name], index) => !isAgain(name, index))
    .map((header) => (repeated.has(header[0]) ? joinedOf(message, header[0]) : header));
  return { ...message, headers };
}

function joinedOf(message: HttpMessage, name: string): HttpMessage['headers'][number] {
  return [name, withoutEmpty(headerValues(message, name))];
}

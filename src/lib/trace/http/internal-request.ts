/**
 * Whether Envoy takes a request for internal, which `require_tls: EXTERNAL_ONLY` spares.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-envoy-internal
 */
import type { HttpConnectionManager } from '../../envoy/listener';
import { inRange, parseIp } from '../../match/cidr';
import { headerValues, type HttpMessage } from '../../http/message';

/** @param message as it came, before the peer is appended to X-Forwarded-For */
export function isInternalRequest(manager: HttpConnectionManager, message: HttpMessage, sourceIp: string): boolean {
  const ranges = manager.internal_address_config?.cidr_ranges ?? [];
  if (ranges.length === 0) return false;
  const forwarded = headerValues(message, 'x-forwarded-for').join(',');
  if (manager.use_remote_address === true) {
    return forwarded === '' && ranges.some((range) => inRange(sourceIp, range));
  }
  const only = forwarded.trim();
  return parseIp(only) !== null && ranges.some((range) => inRange(only, range));
}

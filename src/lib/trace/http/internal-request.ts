/**
 * Whether Envoy takes a request for internal, which `require_tls: EXTERNAL_ONLY` spares.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-envoy-internal
 */
import type { HttpConnectionManager } from '../../envoy/listener';
import { inRange, parseIp } from '../../match/cidr';
import { isUnknown, type Ternary, type Unknown } from '../../match/ternary';
import { type HttpMessage, joinedHeader } from '../../http/message';

/** @param message as it came, before the peer is appended to X-Forwarded-For */
export function isInternalRequest(
  manager: HttpConnectionManager,
  message: HttpMessage,
  sourceIp: string | Unknown,
): Ternary {
  const ranges = manager.internal_address_config?.cidr_ranges ?? [];
  if (ranges.length === 0) return false;
  const forwarded = joinedHeader(message, 'x-forwarded-for') ?? '';
  if (isUnknown(forwarded)) return forwarded;
  if (manager.use_remote_address === true) {
    if (forwarded !== '') return false;
    return isUnknown(sourceIp) ? sourceIp : ranges.some((range) => inRange(sourceIp, range));
  }
  const only = forwarded.trim();
  return parseIp(only) !== null && ranges.some((range) => inRange(only, range));
}

/**
 * Whether Envoy takes a request for internal, which `require_tls: EXTERNAL_ONLY` spares.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-envoy-internal
 */
import type { HttpConnectionManager } from '../../envoy/listener';
import { mayBeInRange, parseIp } from '../../match/cidr';
import { isUnknown, some, type Ternary, type Unknown } from '../../match/ternary';
import { headerValues, type HttpMessage, joinedHeader } from '../../http/message';

/** @param message as it came, before the peer is appended to X-Forwarded-For */
export function isInternalRequest(
  manager: HttpConnectionManager,
  message: HttpMessage,
  sourceIp: string | Unknown,
): Ternary {
  const ranges = manager.internal_address_config?.cidr_ranges ?? [];
  if (ranges.length === 0) return false;
  if (manager.use_remote_address === true) {
    if (headerValues(message, 'x-forwarded-for').some((value) => value !== '')) return false;
    return some(ranges, (range) => mayBeInRange(sourceIp, range));
  }
  const forwarded = joinedHeader(message, 'x-forwarded-for') ?? '';
  if (isUnknown(forwarded)) return forwarded;
  // Only one that is taken without skipping others counts as the single address of the header.
  if ((manager.xff_num_trusted_hops ?? 0) > 0) return false;
  const only = forwarded.trim();
  return parseIp(only) !== null && some(ranges, (range) => mayBeInRange(only, range));
}

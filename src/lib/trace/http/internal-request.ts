/**
 * Whether Envoy takes a request for internal, which `require_tls: EXTERNAL_ONLY` spares.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-envoy-internal
 */
import type { CidrRange } from '../../envoy/address';
import type { TypedExtension } from '../../envoy/any';
import type { HttpConnectionManager } from '../../envoy/listener';
import { mayBeInRange, parseIp } from '../../match/cidr';
import { detected } from '../filters/shared/remote-address';
import { every, isUnknown, some, type Ternary, type Unknown } from '../../match/ternary';
import { headerValues, type HttpMessage, joinedHeader } from '../../http/message';

/**
 * Addresses that are internal where a configuration is there and names no ranges: those of private networks and the machine's own.
 * https://www.rfc-editor.org/rfc/rfc1918, https://www.rfc-editor.org/rfc/rfc4193
 */
const PRIVATE: readonly CidrRange[] = [
  { address_prefix: '10.0.0.0', prefix_len: 8 },
  { address_prefix: '172.16.0.0', prefix_len: 12 },
  { address_prefix: '192.168.0.0', prefix_len: 16 },
  { address_prefix: '127.0.0.1', prefix_len: 32 },
  { address_prefix: '::1', prefix_len: 128 },
  { address_prefix: 'fd00::', prefix_len: 8 },
];

/** Its surprise: without any configuration no address is internal, and with an empty one many are. */
function internalRanges({ internal_address_config: config }: HttpConnectionManager): readonly CidrRange[] {
  if (config === undefined) return [];
  const { cidr_ranges: ranges = [] } = config;
  return ranges.length > 0 ? ranges : PRIVATE;
}

/** @param message as it came, before the peer is appended to X-Forwarded-For */
export function isInternalRequest(
  manager: HttpConnectionManager,
  message: HttpMessage,
  sourceIp: string | Unknown,
): Ternary {
  const ranges = internalRanges(manager);
  if (ranges.length === 0) return false;
  if (manager.use_remote_address === true) {
    if (headerValues(message, 'x-forwarded-for').length > 0) return false;
    return some(ranges, (range) => mayBeInRange(sourceIp, range));
  }
  const extensions = manager.original_ip_detection_extensions ?? [];
  return extensions.length > 0
    ? isDetectedInside(extensions, message, sourceIp, ranges)
    : isForwardedInside(manager, message, ranges);
}

/** The first extension that finds an address decides, and only where it may. */
function isDetectedInside(
  extensions: readonly TypedExtension[],
  message: HttpMessage,
  sourceIp: string | Unknown,
  ranges: readonly CidrRange[],
): Ternary {
  for (const extension of extensions) {
    const found = detected(extension, message, sourceIp);
    if (found === null) continue;
    return every([found.isTrusted, some(ranges, (range) => mayBeInRange(found.address, range))], (one) => one);
  }
  return false;
}

/** Only an address that stands alone in X-Forwarded-For, and is taken without skipping others, counts. */
function isForwardedInside(
  manager: HttpConnectionManager,
  message: HttpMessage,
  ranges: readonly CidrRange[],
): Ternary {
  const forwarded = joinedHeader(message, 'x-forwarded-for') ?? '';
  if (isUnknown(forwarded)) return forwarded;
  if ((manager.xff_num_trusted_hops ?? 0) > 0) return false;
  const only = forwarded.trim();
  return parseIp(only) !== null && some(ranges, (range) => mayBeInRange(only, range));
}

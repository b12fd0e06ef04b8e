/**
 * The address that an HTTP connection manager takes for the client's: the peer, or what X-Forwarded-For says.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-for
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../../envoy/any';
import type { CidrRange } from '../../../envoy/address';
import type { HttpConnectionManager } from '../../../envoy/listener';
import { type HttpStatus, statusOf } from '../../../envoy/status-code';
import { inRange, parseIp } from '../../../match/cidr';
import { isUnknown, type Ternary, type Unknown, unknown } from '../../../match/ternary';
import { forwardedAddress, withoutLastForwarded } from '../../../http/forwarded-for';
import { firstHeader, type HttpMessage, joinedHeader } from '../../../http/message';
import type { ConnectionFacts } from '../../../http/connection-facts';

export type RemoteAddress = string | Unknown;

/**
 * @param message as the connection manager admitted it: with the peer appended to X-Forwarded-For where it does so
 * @param peer the address at the other end of the connection
 */
export function remoteAddress(
  manager: HttpConnectionManager,
  message: HttpMessage,
  peer: ConnectionFacts['source']['ip'],
): RemoteAddress {
  const entry = forwardedEntry(manager);
  if (entry !== null) return forwardedAddress(message, entry.skip) ?? peer;
  const before = withoutLastForwarded(message);
  const received = appendsForwarded(manager, before, peer) === true ? before : message;
  for (const extension of extensionsOf(manager)) {
    const found = detected(extension, received, peer);
    if (found !== null) return found.address;
  }
  return peer;
}

/**
 * Whether the peer's address is appended to X-Forwarded-For. Where extensions look for the client's address, the last that is asked says
 * so: one for X-Forwarded-For that has `skip_xff_append: false`, or whose trusted addresses do not hold the peer's.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/http/original_ip_detection/xff/v3/xff.proto (skip_xff_append)
 * @param message as it came
 */
export function appendsForwarded(
  manager: HttpConnectionManager,
  message: HttpMessage,
  peer: ConnectionFacts['source']['ip'],
): Ternary {
  if (manager.use_remote_address === true) return manager.skip_xff_append !== true;
  let appends: Ternary = false;
  for (const extension of extensionsOf(manager)) {
    appends = extensionAppends(extension, peer);
    if (detected(extension, message, peer) !== null) break;
  }
  return appends;
}

function extensionAppends({ typed_config: config }: TypedExtension, peer: ConnectionFacts['source']['ip']): Ternary {
  if (!messageTypeOf(config).endsWith('.XffConfig')) return false;
  const { skip_xff_append: skips, xff_trusted_cidrs: trusted } = messageOf<Detection>(config);
  const ranges = trusted?.cidrs ?? [];
  if (skips === false || ranges.length === 0) return skips === false;
  return isUnknown(peer) ? peer : !ranges.some((range) => inRange(peer, range));
}

/** An entry of X-Forwarded-For that is taken for the client's address. */
export interface ForwardedClient {
  readonly address: string;
  /** Which of the entries that were sent, 1 for the last. */
  readonly fromRight: number;
}

/**
 * What X-Forwarded-For says of the client's address; null where it is the peer's, is found in another way, or is not known.
 * @param message as for remoteAddress
 */
export function forwardedClient(manager: HttpConnectionManager, message: HttpMessage): ForwardedClient | null {
  const entry = forwardedEntry(manager);
  const address = entry === null ? null : forwardedAddress(message, entry.skip);
  return entry === null || address === null || isUnknown(address) ? null : { address, fromRight: entry.fromRight };
}

/** Which entry that was sent is the client's, and how many stand behind it once the peer is appended; null where none is looked at. */
function forwardedEntry(manager: HttpConnectionManager): { readonly fromRight: number; readonly skip: number } | null {
  const hops = manager.xff_num_trusted_hops ?? 0;
  if (manager.use_remote_address === true) {
    const appended = manager.skip_xff_append === true ? 0 : 1;
    return hops === 0 ? null : { fromRight: hops, skip: hops - 1 + appended };
  }
  return extensionsOf(manager).length > 0 ? null : { fromRight: hops + 1, skip: hops };
}

/** A manager that takes the peer's address asks no extension. */
function extensionsOf(manager: HttpConnectionManager): readonly TypedExtension[] {
  return manager.use_remote_address === true ? [] : (manager.original_ip_detection_extensions ?? []);
}

/** What an extension finds: an address, and whether it makes the request internal where it is one of those. */
export interface DetectedAddress {
  readonly address: RemoteAddress;
  readonly isTrusted: Ternary;
}

const KNOWN_DETECTION = /\.(?:XffConfig|CustomHeaderConfig)$/;

interface Detection {
  readonly xff_num_trusted_hops?: number;
  readonly skip_xff_append?: boolean;
  readonly xff_trusted_cidrs?: { readonly cidrs?: readonly CidrRange[] };
  readonly header_name?: string;
  readonly allow_extension_to_set_address_as_trusted?: boolean;
  readonly reject_with_status?: HttpStatus;
}

/**
 * The client's address as an extension of `original_ip_detection_extensions` has it; null where it finds none.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/other_features/ip_transparency
 */
export function detected(
  extension: TypedExtension,
  message: HttpMessage,
  peer: ConnectionFacts['source']['ip'],
): DetectedAddress | null {
  const type = messageTypeOf(extension.typed_config);
  const config = messageOf<Detection>(extension.typed_config);
  if (type.endsWith('.XffConfig')) return byForwardedFor(config, message, peer);
  if (type.endsWith('.CustomHeaderConfig')) {
    const value = firstHeader(message, config.header_name ?? '');
    const isTrusted = config.allow_extension_to_set_address_as_trusted === true;
    if (isUnknown(value)) return { address: value, isTrusted: isTrusted && value };
    return value !== null && parseIp(value) !== null ? { address: value, isTrusted } : null;
  }
  const open = unknown(`what the extension ${extension.name ?? type} takes for the client's address`);
  return { address: open, isTrusted: open };
}

function byForwardedFor(
  { xff_num_trusted_hops: hops = 0, xff_trusted_cidrs: trusted }: Detection,
  message: HttpMessage,
  peer: ConnectionFacts['source']['ip'],
): DetectedAddress | null {
  const all = joinedHeader(message, 'x-forwarded-for');
  const isTrusted = isUnknown(all) ? all : hops === 0 && all !== null && !all.includes(',');
  const address =
    trusted === undefined ? forwardedAddress(message, hops) : behindTrusted(trusted.cidrs ?? [], message, peer);
  return address === null ? null : { address, isTrusted };
}

/** The last address that is not trusted, or the first of all where each is; none where the peer itself is not trusted. */
function behindTrusted(
  ranges: readonly CidrRange[],
  message: HttpMessage,
  peer: ConnectionFacts['source']['ip'],
): RemoteAddress | null {
  if (isUnknown(peer)) return peer;
  const isTrusted = (ip: string): boolean => ranges.some((range) => inRange(ip, range));
  if (!isTrusted(peer)) return null;
  const all = joinedHeader(message, 'x-forwarded-for');
  if (all === null || isUnknown(all)) return all;
  let address: string | null = null;
  for (const entry of all.split(',').toReversed()) {
    const ip = entry.trim();
    if (parseIp(ip) === null) return null;
    address = ip;
    if (!isTrusted(ip)) break;
  }
  return address;
}

const LEAST_REFUSAL = 400;
const FORBIDDEN = 403;

/**
 * The status of the answer where an extension finds no address and refuses such requests; null where none refuses, unknown
 * where the header that it reads is.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/http/original_ip_detection/custom_header/v3/custom_header.proto
 */
export function addressRefusal(
  manager: HttpConnectionManager,
  message: HttpMessage,
  peer: ConnectionFacts['source']['ip'],
): number | Unknown | null {
  for (const extension of extensionsOf(manager)) {
    const { reject_with_status: refusal } = messageOf<Detection>(extension.typed_config);
    const found = detected(extension, message, peer);
    const mayRefuse = refusal !== undefined || !KNOWN_DETECTION.test(messageTypeOf(extension.typed_config));
    if (found !== null) return isUnknown(found.address) && mayRefuse ? found.address : null;
    if (refusal === undefined) continue;
    const status = statusOf(refusal);
    return status < LEAST_REFUSAL ? FORBIDDEN : status;
  }
  return null;
}

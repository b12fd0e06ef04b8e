/**
 * The address that an HTTP connection manager takes for the client's: the peer, or what X-Forwarded-For says.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-for
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../../envoy/any';
import type { HttpConnectionManager } from '../../../envoy/listener';
import { parseIp } from '../../../match/cidr';
import { isUnknown, type Unknown, unknown } from '../../../match/ternary';
import { forwardedAddress } from '../../../http/forwarded-for';
import { firstHeader, type HttpMessage } from '../../../http/message';
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
  const hops = manager.xff_num_trusted_hops ?? 0;
  if (manager.use_remote_address === true) {
    if (hops === 0) return peer;
    const appended = manager.skip_xff_append === true ? 0 : 1;
    return forwardedAddress(message, hops - 1 + appended) ?? peer;
  }
  const extensions = manager.original_ip_detection_extensions ?? [];
  if (extensions.length === 0) return forwardedAddress(message, hops) ?? peer;
  for (const extension of extensions) {
    const found = detected(extension, message);
    if (found !== null) return found;
  }
  return peer;
}

interface Detection {
  readonly xff_num_trusted_hops?: number;
  readonly xff_trusted_cidrs?: object;
  readonly header_name?: string;
}

function detected(extension: TypedExtension, message: HttpMessage): RemoteAddress | null {
  const type = messageTypeOf(extension.typed_config);
  const config = messageOf<Detection>(extension.typed_config);
  if (type.endsWith('.XffConfig') && config.xff_trusted_cidrs === undefined) {
    return forwardedAddress(message, config.xff_num_trusted_hops ?? 0);
  }
  if (type.endsWith('.CustomHeaderConfig')) {
    const value = firstHeader(message, config.header_name ?? '');
    if (isUnknown(value)) return value;
    return value !== null && parseIp(value) !== null ? value : null;
  }
  return unknown(`what the extension ${extension.name ?? type} takes for the client's address`);
}

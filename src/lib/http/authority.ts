/** What an HTTP connection manager does to the authority before it looks for a virtual host. */
import type { HttpConnectionManager } from '../envoy/listener';

/** Characters of RFC 3986's authority; a blank, a slash or a control character is refused by the codec. */
export function isValidAuthority(authority: string): boolean {
  return /^[A-Za-z0-9\-._~%!$&'()*+,;=:@[\]]*$/.test(authority);
}

/**
 * Removes the trailing dot and the port as the manager is told; "matching" ports are those of the connection's local
 * address, the original destination.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto
 */
export function strippedAuthority(manager: HttpConnectionManager, authority: string, localPort: number): string {
  let result = authority;
  if (manager.strip_trailing_host_dot === true) result = withoutTrailingDot(result);
  const port = portOf(result);
  if (port === null) return result;
  const strips =
    manager.strip_any_host_port === true || (manager.strip_matching_host_port === true && Number(port) === localPort);
  return strips ? result.slice(0, result.length - port.length - 1) : result;
}

function withoutTrailingDot(authority: string): string {
  const port = portOf(authority);
  const host = port === null ? authority : authority.slice(0, authority.length - port.length - 1);
  if (!host.endsWith('.')) return authority;
  return host.slice(0, -1) + authority.slice(host.length);
}

/** The digits after the last colon that is not in brackets; null where there are none. */
export function portOf(authority: string): string | null {
  const colon = authority.lastIndexOf(':');
  if (colon < 0 || colon < authority.lastIndexOf(']')) return null;
  const port = authority.slice(colon + 1);
  return /^\d{1,10}$/.test(port) && Number(port) <= LARGEST ? port : null;
}

/** Envoy reads a port as a number of 32 bits, whatever ports there are. */
const LARGEST = 0xffffffff;

/** The authority without its port, and an IPv6 address without its brackets. */
export function hostOf(authority: string): string {
  const port = portOf(authority);
  const host = port === null ? authority : authority.slice(0, authority.length - port.length - 1);
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** The authority without whatever follows its last colon outside brackets, as `ignore_port_in_host_matching` has it. */
export function withoutPort(authority: string): string {
  const colon = authority.lastIndexOf(':');
  return colon < 0 || colon < authority.lastIndexOf(']') ? authority : authority.slice(0, colon);
}

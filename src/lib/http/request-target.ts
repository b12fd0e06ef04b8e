/**
 * The target of a request of HTTP/1: a path, a whole address, or `*`. Its surprises: an address decides authority and scheme, whatever
 * Host and X-Forwarded-Proto say, and a target that is no path is found by no route.
 * https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/protocol.proto (allow_absolute_url)
 */
import type { HttpConnectionManager } from '../envoy/listener';
import type { HttpMessage } from './message';

export type TargetFault = { readonly kind: 'odd-target' } | { readonly kind: 'https-on-plain-text' };

/** What no parser of HTTP/1 takes for a target. CONNECT has its host there, and no path. */
export function isNoTarget({ method, path }: HttpMessage): boolean {
  return method !== 'CONNECT' && !/^(?:[/*]|[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#"<>\\^`{|}]*(?:[/?]|$))/.test(path);
}

/** HTTP/2 has paths alone, and `*` for OPTIONS. https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1 */
export function isNoHttp2Path({ method, path }: HttpMessage): boolean {
  return method !== 'CONNECT' && !path.startsWith('/') && !(method === 'OPTIONS' && path === '*');
}

interface Address {
  readonly scheme: 'http' | 'https';
  readonly authority: string;
  readonly path: string;
}

/** Null where the target is none that is taken apart. */
function addressOf(manager: HttpConnectionManager, message: HttpMessage): Address | 'refused' | null {
  const isTaken = manager.http_protocol_options?.allow_absolute_url !== false;
  return isTaken && !isPlain(message) ? (addressIn(message.path) ?? 'refused') : null;
}

function isPlain({ method, path }: HttpMessage): boolean {
  return method === 'CONNECT' || path.startsWith('/') || (method === 'OPTIONS' && path.startsWith('*'));
}

const ADDRESS = /^(https?):\/\/(?:[^@/?#[\]]*@)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?(?=[/?]|$)(.*)$/i;

/** Null where the text is none. What stands in front of the host, for a user, is dropped. */
function addressIn(text: string): Address | null {
  const [whole, scheme, host = '', port = '', rest = ''] = ADDRESS.exec(text) ?? [];
  if (whole === undefined || Number(port.slice(1)) > LAST_PORT) return null;
  const isSecure = scheme?.toLowerCase() === 'https';
  return { scheme: isSecure ? 'https' : 'http', authority: host + port, path: rest === '' ? '/' : rest };
}

const LAST_PORT = 65_535;

/** @param message with the scheme of its connection */
export function targetRefusal(manager: HttpConnectionManager, message: HttpMessage): TargetFault | null {
  const address = addressOf(manager, message);
  if (address === null) return null;
  if (address === 'refused') return { kind: 'odd-target' };
  const isEdge = manager.use_remote_address === true && (manager.xff_num_trusted_hops ?? 0) === 0;
  return isEdge && address.scheme === 'https' && message.scheme === 'http' ? { kind: 'https-on-plain-text' } : null;
}

/** The request with what an address in its target says. */
export function withTarget(manager: HttpConnectionManager, message: HttpMessage): HttpMessage {
  if (message.protocol === 'HTTP/2') return message;
  const address = addressOf(manager, message);
  return address === null || address === 'refused' ? message : { ...message, ...address, namesScheme: true };
}

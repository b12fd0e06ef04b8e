/** A request as the text of HTTP/1.x. https://www.rfc-editor.org/rfc/rfc9112 */
import type { RequestToSend } from './request';

/** One character an octet. */
export function rawRequest({ method, target, authority, headers, body, version }: RequestToSend): string {
  const length = body === null ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const host = authority === '' && version === '1.0' ? [] : [`host: ${authority}`];
  const lines = [
    `${method} ${target} HTTP/${version}`,
    ...host,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...length,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`, 'utf8').toString('latin1');
}

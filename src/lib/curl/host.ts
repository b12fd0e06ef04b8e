/** The host of a curl command's URL, as curl writes it into the Host header. */
import { isIPv6 } from 'node:net';

/** What no host name has in it, once it is decoded. */
const ILLEGAL = /[\s/:#?!@{}[\]\\$'"^`*<>=;,+&()%|\0-\u001f\u007f]/;

/** An IPv4 address as C's inet_aton reads it: one to four numbers, decimal, octal or hexadecimal. */
const NUMBERS = /^(?:0x[\da-f]+|\d+)(?:\.(?:0x[\da-f]+|\d+)){0,3}$/i;

/**
 * Percent-encoding is decoded, an international name becomes its ASCII form, an IPv4 address its four numbers, an IPv6 address its
 * shorter form without a zone. Null for a host that curl refuses.
 * https://curl.se/docs/url-syntax.html (Host)
 */
export function curlHost(text: string): string | null {
  if (text.startsWith('[')) return ipv6Host(text);
  const decoded = decodedHost(text);
  if (decoded === null || decoded === '' || ILLEGAL.test(decoded)) return null;

  if (/[^\x00-\x7f]/.test(decoded)) return asUrlHost(decoded);
  return NUMBERS.test(decoded) ? (asUrlHost(decoded) ?? decoded) : decoded;
}

function decodedHost(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function ipv6Host(text: string): string | null {
  const address = /^\[([^\]%]*)(?:%(?:25)?[^\]]+)?\]$/.exec(text)?.[1] ?? '';
  if (!isIPv6(address)) return null;
  const normal = asUrlHost(`[${address}]`);
  return normal !== null && normal.length < address.length + 2 ? normal : `[${address}]`;
}

/** The same as WHATWG's URL has it; null where that takes it for none. */
function asUrlHost(host: string): string | null {
  return URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : null;
}

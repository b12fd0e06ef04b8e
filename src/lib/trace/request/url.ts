/** A URL as curl takes it, with path and query kept as they are written. */
import { UsageError } from '../../errors';

export type Scheme = 'http' | 'https' | 'grpc' | 'tcp' | 'tls';

export interface RequestUrl {
  readonly scheme: Scheme;
  /** Host without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether the URL names its port. */
  readonly explicitPort: boolean;
  /** Path and query as written, beginning with `/`; a fragment is never sent and left out. */
  readonly target: string;
  /** `user:password`; null where there is none. */
  readonly userInfo: string | null;
}

const DEFAULT_PORT: Readonly<Record<Scheme, number | null>> = { http: 80, https: 443, grpc: 80, tcp: null, tls: 443 };
/** For a curl command where a URL belongs. */
export const CURL_FORM =
  'A curl command stands behind two dashes: mctl pc trace POD.NAMESPACE -- curl http://HOST/PATH.';
const FORM = 'Write it as http://HOST[:PORT]/PATH, or with https, grpc, tcp or tls.';

/**
 * Takes a URL apart. Without a scheme it is `http`, as curl has it. Nothing is decoded or normalised.
 * Throws UsageError where there is no host, an unknown scheme, or a port outside 1 to 65535.
 */
export function parseUrl(text: string): RequestUrl {
  const separator = text.indexOf('://');
  const schemeText = separator < 0 ? 'http' : text.slice(0, separator).toLowerCase();
  if (!isScheme(schemeText)) {
    throw new UsageError(`The URL ${text} has the scheme ${schemeText}, which mctl does not know`, {
      hint: /^curl\s/.test(schemeText) ? CURL_FORM : FORM,
    });
  }
  const rest = separator < 0 ? text : text.slice(separator + 3);
  const end = endOfAuthority(rest);
  const { userInfo, host, portText } = splitAuthority(rest.slice(0, end), text);
  return {
    scheme: schemeText,
    host,
    port: portOf(portText, schemeText, text),
    explicitPort: portText !== null,
    target: targetOf(rest.slice(end)),
    userInfo,
  };
}

function isScheme(text: string): text is Scheme {
  return Object.hasOwn(DEFAULT_PORT, text);
}

function endOfAuthority(rest: string): number {
  const end = rest.search(/[/?#]/);
  return end < 0 ? rest.length : end;
}

function splitAuthority(
  authority: string,
  url: string,
): { userInfo: string | null; host: string; portText: string | null } {
  const at = authority.lastIndexOf('@');
  const userInfo = at < 0 ? null : authority.slice(0, at);
  const hostAndPort = authority.slice(at + 1);
  const bracket = hostAndPort.startsWith('[') ? hostAndPort.indexOf(']') : -1;
  const colon = hostAndPort.indexOf(':', Math.max(bracket, 0));
  const hostText = colon < 0 ? hostAndPort : hostAndPort.slice(0, colon);
  const host = bracket > 0 ? hostText.slice(1, bracket) : hostText;
  if (host === '') throw new UsageError(`The URL ${url} names no host`, { hint: FORM });
  return { userInfo, host, portText: colon < 0 ? null : hostAndPort.slice(colon + 1) };
}

function portOf(text: string | null, scheme: Scheme, url: string): number {
  if (text === null || text === '') {
    const port = DEFAULT_PORT[scheme];
    if (port === null)
      throw new UsageError(`The URL ${url} needs a port`, { hint: `For example ${scheme}://HOST:3306` });
    return port;
  }
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new UsageError(`The URL ${url} has the port ${text}: it must be 1 to 65535`);
  return port;
}

function targetOf(rest: string): string {
  const fragment = rest.indexOf('#');
  const target = fragment < 0 ? rest : rest.slice(0, fragment);
  return target.startsWith('/') ? target : `/${target}`;
}

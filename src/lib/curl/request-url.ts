/** The URL of a curl command, as curl changes it before it sends anything. */
import { UsageError } from '../errors';
import { notTraceable } from './command-line';
import { curlHost } from './host';
import { singleUrl } from './url-glob';

export interface CurlUrl {
  readonly scheme: 'http' | 'https';
  /** As curl writes it into the Host header, brackets of IPv6 included. */
  readonly host: string;
  /** Null where the URL names none. */
  readonly port: string | null;
  /** `user:password`, percent-decoded; null where there is none. */
  readonly userInfo: string | null;
  readonly path: string;
  /** Without the question mark; null where there is none. */
  readonly query: string | null;
}

export interface UrlOptions {
  /** `--path-as-is`. */
  readonly pathAsIs: boolean;
  /** `-g`: braces and brackets mean themselves. */
  readonly globOff: boolean;
  /** `--proto-default`; null where it is not given. */
  readonly defaultScheme: string | null;
}

/** A host's first label by which curl guesses another scheme than http. */
const GUESSED = /^(?:ftp|dict|ldap|imap|smtp|pop3)\./i;

/**
 * Takes a URL apart as curl does: a missing scheme is guessed from the host, `.` and `..` are squeezed out of the path unless
 * `--path-as-is` is given, octets above 127 in the path are percent-encoded, and everything else stays as it is written.
 * Throws UsageError for a URL of which curl would make several, or that curl refuses.
 * https://curl.se/docs/url-syntax.html
 */
export function curlUrl(pattern: string, options: UrlOptions): CurlUrl {
  const text = options.globOff ? pattern : singleUrl(pattern);
  refuseIllegal(text);
  const match = /^(?:([a-z][a-z0-9+.-]*):\/{1,3})?([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(text);
  const [, schemeText, authority = '', path = '', query] = match ?? [];
  const scheme = schemeOf(schemeText, authority, options);
  // The first @ ends the user information, where RFC 3986 has no second.
  const at = authority.indexOf('@');
  const hostAndPort = authority.slice(at + 1);
  const [, written = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(hostAndPort) ?? [];
  const host = curlHost(written);
  if (port === '' && schemeText === undefined) throw new UsageError(`curl refuses ${text}: a colon without a port`);
  if (host === null) throw new UsageError(`The URL ${text} names no host that curl could call`);
  return {
    scheme,
    host,
    port: port === undefined || port === '' ? null : port,
    userInfo: at < 0 ? null : percentDecoded(authority.slice(0, at)),
    path: encoded(options.pathAsIs ? rooted(path) : withoutDotSegments(rooted(path))),
    query: query ?? null,
  };
}

/** Throws UsageError for a URL, or the part that data adds to it, with a character that curl refuses. */
export function refuseIllegal(text: string): void {
  const illegal = /[\0- \u007f]/.exec(text);
  if (illegal === null) return;
  const what = illegal[0] === ' ' ? 'blank' : 'control character';
  throw new UsageError(`curl refuses the URL ${JSON.stringify(text)}: it has a ${what}`, {
    hint: 'Write a blank as %20; with -G, --data-urlencode does so.',
  });
}

function schemeOf(text: string | undefined, authority: string, options: UrlOptions): CurlUrl['scheme'] {
  const guessed = GUESSED.test(authority.slice(authority.lastIndexOf('@') + 1)) ? 'ftp' : 'http';
  const scheme = (text ?? options.defaultScheme ?? guessed).toLowerCase();
  if (scheme === 'http' || scheme === 'https') return scheme;
  throw notTraceable(`with a URL of the scheme ${scheme}`, 'mctl walks http and https requests of curl');
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** Octets above 127 percent-encoded; releases differ in the case of the digits. */
function encoded(path: string): string {
  return [...Buffer.from(path, 'utf8')]
    .map((octet) => (octet > 127 ? `%${octet.toString(16)}` : String.fromCharCode(octet)))
    .join('');
}

function percentDecoded(text: string): string {
  const octets = text.replace(/%([0-9a-f]{2})/gi, (_whole, hexadecimal: string) =>
    String.fromCharCode(Number.parseInt(hexadecimal, 16)),
  );
  return octets === text ? text : Buffer.from(octets, 'latin1').toString('utf8');
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4; segments that are only spelled `%2e` stay. */
function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment !== '.' && segment !== '..') {
      kept.push(segment);
      return;
    }
    if (segment === '..') kept.pop();
    if (isLast) kept.push('');
  });
  return `/${kept.join('/')}`;
}

/** A curl command as the request that it sends. */
import { UsageError } from '../errors';
import { isToken } from '../http-token';
import { parseIpAddress, parseResolve } from '../trace/request/address-text';
import type { TraceQuery } from '../trace/request/query';
import { bodyOf, type CurlBody, type ReadFile, urlEncoded } from './body';
import { notTraceable, readCurlCommand } from './command-line';
import { Options, type Version } from './given-options';
import { headersOf } from './headers';
import { type CurlUrl, curlUrl, refuseIllegal } from './request-url';
import { uriComponent } from '../uri-component';

/** The part of a question to trace that a curl command answers. */
export type CurlQuery = Pick<
  TraceQuery,
  | 'url'
  | 'requestTarget'
  | 'method'
  | 'headers'
  | 'httpVersion'
  | 'resolve'
  | 'connectTo'
  | 'alpn'
  | 'tls'
  | 'sourceIp'
  | 'proxyProtocol'
>;

/**
 * The request of a command, with the headers that curl adds by itself.
 * @param words what was written, the word `curl` first
 * @param readFile reads files of `-d @FILE`, `-H @FILE`, `-F`, `-T`, `-K`
 * @throws UsageError for what curl does not know, and for what cannot be traced
 */
export function curlQuery(words: readonly string[], readFile: ReadFile): CurlQuery {
  const [program = '', ...rest] = words;
  if (!/^(?:.*[/\\])?curl(?:\.exe)?$/.test(program)) {
    throw new UsageError(`A curl command begins with curl, not with ${JSON.stringify(program)}`, {
      hint: "For example: mctl pc trace POD.NAMESPACE -- curl -H 'end-user: luffy' http://reviews:9080/",
    });
  }
  const options = new Options(readCurlCommand(rest, readFile));
  const body = bodyOf(options, readFile);
  const url = urlOf(options, body, readFile);
  const version = versionOf(options);
  if (version === '1.0' && body !== null && body.size === null && !options.isOn('get')) {
    throw new UsageError('curl refuses to send a body of unknown length over HTTP/1.0', {
      hint: 'Leave --http1.0 out.',
    });
  }
  return {
    url: urlText(url),
    requestTarget: options.last('request-target') ?? undefined,
    method: methodOf(options, body),
    headers: headersOf(options, { body, url, version, readFile }),
    httpVersion:
      version === '2-prior-knowledge' ? '2' : version === '2' && url.scheme === 'https' ? '2' : plain(version),
    alpn: alpnOf(options, url, version),
    ...connectionOf(options),
  };
}

/** What a command sends as body, as text; null for none, and for a form or an upload. */
export function curlBody(words: readonly string[], readFile: ReadFile): string | null {
  const options = new Options(readCurlCommand(words.slice(1), readFile));
  return options.isOn('get') ? null : (bodyOf(options, readFile)?.text ?? null);
}

function versionOf(options: Options): Version {
  const asked = options.given.filter(({ name, value }) => name.startsWith('http') && value === true).at(-1)?.name;
  if (asked === undefined) return null;
  return asked.slice('http'.length) as Version;
}

function plain(version: Version): TraceQuery['httpVersion'] {
  return version === '1.0' || version === '1.1' ? version : undefined;
}

/** curl offers HTTP/2 and HTTP/1.1 unless one was asked for. */
function alpnOf(options: Options, url: CurlUrl, version: Version): readonly string[] | undefined {
  if (url.scheme !== 'https') return undefined;
  if (options.given.findLast(({ name }) => name === 'alpn')?.value === false) return [];
  return version === '2-prior-knowledge' ? ['h2'] : undefined;
}

function urlOf(options: Options, body: CurlBody | null, readFile: ReadFile): CurlUrl {
  const [text, second] = options.all('url');
  if (text === undefined) throw new UsageError('The curl command names no URL');
  if (second !== undefined) throw notTraceable('with several URLs', 'a trace is of one request');
  const url = curlUrl(text, {
    pathAsIs: options.isOn('path-as-is'),
    globOff: options.isOn('globoff'),
    defaultScheme: options.last('proto-default'),
  });
  const query = withAdded(url.query, addedQuery(options, body, readFile));
  if (query !== null) refuseIllegal(query);
  return { ...url, path: uploadPath(url, options), query };
}

/** What -G makes of data; without it what --url-query gives, which -G sets aside. Null where neither adds anything. */
function addedQuery(options: Options, body: CurlBody | null, readFile: ReadFile): string | null {
  if (options.isOn('get') && body !== null && body.text !== null) return body.text;
  const texts = options.all('url-query');
  if (texts.length === 0) return null;
  return texts.map((one) => (one.startsWith('+') ? one.slice(1) : urlEncoded(one, readFile))).join('&');
}

/** Data becomes part of the URL before that is read: what follows a # is not sent. */
function withAdded(query: string | null, added: string | null): string | null {
  if (added === null) return query;
  const before = query === null || query === '' ? '' : query.endsWith('&') ? query : `${query}&`;
  const [whole = ''] = `${before}${added}`.split('#');
  return whole === '' ? null : whole;
}

/** `-T` adds the name of the file to a URL that ends with a slash. */
function uploadPath(url: CurlUrl, options: Options): string {
  const file = options.upload;
  if (file === null || file === '-' || file === '.' || !url.path.endsWith('/')) return url.path;
  return `${url.path}${uriComponent(file.slice(file.lastIndexOf('/') + 1))}`;
}

function urlText(url: CurlUrl): string {
  const target = `${url.path}${url.query === null ? '' : `?${url.query}`}`;
  return `${url.scheme}://${url.host}${url.port === null ? '' : `:${url.port}`}${target}`;
}

function methodOf(options: Options, body: CurlBody | null): string {
  const isQuery = options.isOn('get') && body?.text !== null;
  if (options.isOn('head') && body !== null && !isQuery) {
    throw new UsageError('curl takes only one of -I and a body', { hint: 'Use -X to name the method.' });
  }
  const own = options.isOn('head') ? 'HEAD' : body === null || isQuery ? 'GET' : body.isUpload ? 'PUT' : 'POST';
  const method = options.last('request') ?? own;
  if (!isToken(method)) {
    throw new UsageError(`${JSON.stringify(method)} is not an HTTP method (curl -X)`);
  }
  return method;
}

function connectionOf(
  options: Options,
): Pick<CurlQuery, 'resolve' | 'connectTo' | 'tls' | 'sourceIp' | 'proxyProtocol'> {
  const clientIp = options.last('haproxy-clientip');
  const sendsProxy = options.isOn('haproxy-protocol') || clientIp !== null;
  const device = options.last('interface')?.replace(/^(?:host!|if!)/, '');
  const isAddress = device !== undefined && /^[0-9.]+$|:/.test(device);
  return {
    resolve: resolved(options.all('resolve')),
    connectTo: connections(options.all('connect-to')),
    tls: options.last('cert') === null ? undefined : 'mtls',
    sourceIp: isAddress ? parseIpAddress(device, 'interface') : undefined,
    proxyProtocol: sendsProxy
      ? { ip: clientIp === null ? null : parseIpAddress(clientIp, 'haproxy-clientip'), port: null }
      : undefined,
  };
}

/** `[+]HOST:PORT:ADDRESS[,ADDRESS]…`; of several addresses curl calls the first that answers. `-HOST:PORT` removes one. */
function resolved(texts: readonly string[]): TraceQuery['resolve'] {
  const entries = texts
    .filter((text) => !text.startsWith('-'))
    .map((text) => parseResolve(text.replace(/^\+/, '').replace(/,.*$/s, '')));
  return entries.length === 0 ? undefined : entries;
}

/** `HOST1:PORT1:HOST2:PORT2`; an empty part stands for any, or for what the URL says. */
function connections(texts: readonly string[]): TraceQuery['connectTo'] {
  if (texts.length === 0) return undefined;
  return texts.map((text) => {
    const match = /^(\[[^\]]*\]|[^:]*):(\d*):(\[[^\]]*\]|[^:]*):(\d*)$/.exec(text);
    if (match === null) {
      throw new UsageError(`invalid argument "${text}" for curl's --connect-to: it is HOST1:PORT1:HOST2:PORT2`);
    }
    const [, fromHost = '', fromPort = '', toHost = '', toPort = ''] = match;
    return {
      from: { host: bare(fromHost), port: fromPort === '' ? null : Number(fromPort) },
      to: { host: bare(toHost), port: toPort === '' ? null : Number(toPort) },
    };
  });
}

function bare(host: string): string | null {
  return host === '' ? null : host.replace(/^\[|\]$/g, '').toLowerCase();
}

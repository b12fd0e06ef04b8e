/** An HTTP Archive, as browsers and recording proxies save it: the requests that were sent, and the status that came. */
import { InputError } from '../errors';
import type { TraceQuery } from '../trace/request/query';

export interface HarRequest {
  readonly query: TraceQuery;
  /** Null where no answer came. */
  readonly status: number | null;
  /** What the archive says of a request without an answer (`net::ERR_ABORTED`); null where it says nothing. */
  readonly error: string | null;
  /** `GET https://…`: for an example. */
  readonly text: string;
}

/** An entry is a request, or says why it is none that could be traced. */
export type HarEntry =
  | { readonly kind: 'request'; readonly request: HarRequest }
  /** Nothing of it came to a proxy. */
  | { readonly kind: 'left-out'; readonly because: string; readonly text: string }
  /** It was sent, and the archive does not hold enough of it. */
  | { readonly kind: 'unknown'; readonly because: string; readonly text: string };

/** Headers that the connection makes, or that HTTP/2 writes as pseudo-headers. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
]);

/** What the URL of a WebSocket is as a request. https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
const SOCKETS: Readonly<Record<string, string>> = { ws: 'http', wss: 'https' };

/**
 * Its entries, in order, of its JSON. Throws InputError for a value that is no HTTP Archive.
 * http://www.softwareishard.com/blog/har-12-spec/; fields that begin with an underscore are a browser's own.
 */
export function harEntries(label: string, value: unknown): readonly HarEntry[] {
  const entries = fieldOf(fieldOf(value, 'log'), 'entries');
  if (!Array.isArray(entries)) throw new InputError(`${label} is no HTTP Archive: it has no log.entries`);
  return entries.map(entryOf);
}

function entryOf(entry: unknown): HarEntry {
  const request = fieldOf(entry, 'request');
  const url = textOrNull(fieldOf(request, 'url'));
  const method = textOrNull(fieldOf(request, 'method')) ?? 'GET';
  const text = `${method} ${url ?? '(no URL)'}`;
  if (url === null) return { kind: 'unknown', because: 'the URL, which the entry does not have', text };
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(url) ?? [];
  const name = scheme.toLowerCase();
  const isSocket = Object.hasOwn(SOCKETS, name);
  const because = neverSent(entry, isSocket ? (SOCKETS[name] ?? name) : name, method);
  if (because !== null) return { kind: 'left-out', because, text };
  const version = versionOf(request, entry);
  if (version === '3') {
    return { kind: 'unknown', because: 'HTTP/3, whose listeners mctl does not trace', text };
  }
  const query = queryOf(request, {
    url: isSocket ? `${SOCKETS[name] ?? name}:${rest}` : url,
    method,
    version,
    isSocket,
  });
  const response = fieldOf(entry, 'response');
  const error = textOrNull(fieldOf(response, '_error')) ?? textOrNull(fieldOf(entry, '_error'));
  return { kind: 'request', request: { query, status: statusOf(response), error, text } };
}

/** Why nothing of an entry came to a proxy; null where it did. */
function neverSent(entry: unknown, scheme: string, method: string): string | null {
  const response = fieldOf(entry, 'response');
  if (scheme !== 'http' && scheme !== 'https') return `a URL of the scheme ${scheme}, which no proxy is asked for`;
  const isTunnel = !pairsOf(fieldOf(fieldOf(entry, 'request'), 'headers')).some(([name]) => name === ':protocol');
  if (method.toUpperCase() === 'CONNECT' && isTunnel) {
    return 'the tunnel through the proxy that recorded it, and no request of its own';
  }
  const isFrom = (key: string): boolean => [fieldOf(entry, key), fieldOf(response, key)].some((value) => isTold(value));
  if (isFrom('_fetchedViaServiceWorker')) return 'an answer of a service worker in the browser';
  if (isFrom('_fromCache') || isFrom('_servedFromCache')) return "an answer from the browser's cache";
  const error = textOrNull(fieldOf(response, '_error')) ?? textOrNull(fieldOf(entry, '_error')) ?? '';
  return /BLOCKED_BY|ERR_NAME_NOT_RESOLVED|ERR_INTERNET_DISCONNECTED/.test(error)
    ? `never sent (${error.slice(0, 80)})`
    : null;
}

function isTold(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value !== '');
}

/** Browsers write `h2`, `HTTP/2`, `http/2.0`; Chrome's response knows it where its request does not. Null for one that is not told. */
function versionOf(request: unknown, entry: unknown): '1.0' | '1.1' | '2' | '3' | null {
  for (const holder of [request, fieldOf(entry, 'response')]) {
    const text = textOrNull(fieldOf(holder, 'httpVersion')) ?? '';
    const [, digit, minor] = /^(?:http\/|h)(\d)(?:\.(\d))?/i.exec(text) ?? [];
    if (digit === '2' || digit === '3') return digit;
    if (digit === '1') return minor === '0' ? '1.0' : '1.1';
  }
  return null;
}

interface Said {
  readonly url: string;
  readonly method: string;
  readonly version: '1.0' | '1.1' | '2' | null;
  readonly isSocket: boolean;
}

function queryOf(request: unknown, { url, method, version, isSocket }: Said): TraceQuery {
  const pairs = pairsOf(fieldOf(request, 'headers'));
  const authority = valueOf(pairs, ':authority') ?? valueOf(pairs, 'host');
  const protocol = valueOf(pairs, ':protocol');
  const upgrade = upgradeOf(pairs, isSocket);
  const headers = pairs.filter(
    ([name]) => !name.startsWith(':') && name !== 'host' && name !== 'upgrade' && !OF_THE_CONNECTION.has(name),
  );
  const host = authority === undefined ? [] : [['Host', authority] as const];
  const asked: TraceQuery = { url, headers: [...host, ...headers], oneHop: true };
  if (protocol !== undefined) return { ...asked, connectProtocol: protocol };
  if (upgrade === undefined) return { ...asked, method, ...(version === null ? {} : { httpVersion: version }) };
  // A request that asks for an upgrade is one of HTTP/1.1, whatever else the browser speaks with the host.
  const upgrading = [['connection', 'Upgrade'] as const, ['upgrade', upgrade] as const];
  return { ...asked, method, headers: [...host, ...headers, ...upgrading], httpVersion: '1.1' };
}

type Pairs = readonly (readonly [string, string])[];

function valueOf(pairs: Pairs, name: string): string | undefined {
  return pairs.find(([one]) => one === name)?.[1];
}

/** What the connection is to become; a WebSocket's URL says so by itself. */
function upgradeOf(pairs: Pairs, isSocket: boolean): string | undefined {
  if (isSocket) return valueOf(pairs, 'upgrade') ?? 'websocket';
  return /\bupgrade\b/i.test(valueOf(pairs, 'connection') ?? '') ? valueOf(pairs, 'upgrade') : undefined;
}

/** Some tools write the number as a text. */
function statusOf(response: unknown): number | null {
  const status = Number(fieldOf(response, 'status') ?? 0);
  return Number.isInteger(status) && status >= 100 ? status : null;
}

function pairsOf(value: unknown): Pairs {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    const [name, text] = [textOrNull(fieldOf(one, 'name')), textOrNull(fieldOf(one, 'value'))];
    return name === null || text === null ? [] : [[name.toLowerCase(), text] as const];
  });
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

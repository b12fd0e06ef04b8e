/** An HTTP Archive, as browsers and recording proxies save it: the requests that were sent, and the status that came. */
import { InputError } from '../errors';
import { field, fieldAt, textOrNull } from '../json-fields';
import type { TraceQuery } from '../trace/request/query';

export interface HarRequest {
  readonly query: TraceQuery;
  /** Null where no answer came. */
  readonly status: number | null;
  /** What the archive says of a request without an answer (`net::ERR_ABORTED`); null where it says nothing. */
  readonly error: string | null;
  /** What of the request the archive does not hold, and the configuration may ask for; null where it holds all. */
  readonly lacks: UnheldHeaders | null;
  /** `GET https://…`: for an example. */
  readonly text: string;
}

/** Headers that the request may have had. */
export interface UnheldHeaders {
  readonly what: string;
  /** Their names in lower case; null for all. */
  readonly headers: readonly string[] | null;
}

/** An entry is a request, or says why it is none that could be traced; `at` is when it was sent, as ISO 8601 in UTC, null where that is not told. */
export type HarEntry = { readonly at: string | null } & Said;

type Said =
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

const SERVICE_WORKER = 'an answer of a service worker in the browser';
const CACHE = "an answer from the browser's cache";
const RECORDING = 'an answer that the recording made itself';

/** What the URL of a WebSocket is as a request. https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
const SOCKETS: Readonly<Record<string, string>> = { ws: 'http', wss: 'https' };

/** An entry with what holds for all of its archive. */
interface Place {
  readonly entry: unknown;
  readonly request: unknown;
  readonly response: unknown;
  readonly text: string;
  /** The program that wrote the archive, as it calls itself. */
  readonly creator: string;
  /** Whether Cookie or Authorization is anywhere in the archive. */
  readonly hasSecrets: boolean;
}

/**
 * Its entries, in order, of its JSON. Throws InputError for a value that is no HTTP Archive.
 * http://www.softwareishard.com/blog/har-12-spec/; fields that begin with an underscore are a browser's own.
 */
export function harEntries(label: string, value: unknown): readonly HarEntry[] {
  const log = field(value, 'log');
  const entries = field(log, 'entries');
  if (!Array.isArray(entries)) throw new InputError(`${label} is no HTTP Archive: it has no log.entries`);
  const creator = textOrNull(fieldAt(log, 'creator', 'name')) ?? '';
  const hasSecrets = entries.some((entry) => pairsOf(fieldAt(entry, 'request', 'headers')).some(isSecret));
  return entries.map((entry: unknown) => {
    const request = field(entry, 'request');
    const url = textOrNull(field(request, 'url'));
    const method = methodOf(request);
    const text = `${method ?? '(no method)'} ${url ?? '(no URL)'}`;
    const response = field(entry, 'response');
    const said = entryOf({ entry, request, response, text: shortened(text), creator, hasSecrets }, url, method);
    return { ...said, at: timeOf(entry) };
  });
}

function timeOf(entry: unknown): string | null {
  const time = new Date(textOrNull(field(entry, 'startedDateTime')) ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** The URL of a `data:` entry holds all of its content. */
function shortened(text: string): string {
  return text.length <= LONGEST_EXAMPLE ? text : `${text.slice(0, LONGEST_EXAMPLE)}…`;
}

const LONGEST_EXAMPLE = 2000;

const SECRETS: readonly string[] = ['cookie', 'authorization'];

function isSecret([name]: readonly [string, string]): boolean {
  return SECRETS.includes(name);
}

/** Null where neither the entry nor its pseudo-headers have one: WebKit writes an empty one for what it does not know. */
function methodOf(request: unknown): string | null {
  const own = textOrNull(field(request, 'method')) ?? '';
  return own === '' ? (valueOf(pairsOf(field(request, 'headers')), ':method') ?? null) : own;
}

function entryOf(place: Place, url: string | null, method: string | null): Said {
  const { text } = place;
  const unknown = (because: string): Said => ({ kind: 'unknown', because, text });
  if (url === null || url === '') return unknown('the URL, which the entry does not have');
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))(.*)$/is.exec(url) ?? [];
  if (scheme === undefined) return unknown('the scheme of the URL, which the entry does not have');
  const name = scheme.toLowerCase();
  const own = Object.hasOwn(SOCKETS, name) ? (SOCKETS[name] ?? name) : name;
  const because = neverSent(place, own, method);
  if (because !== null) return { kind: 'left-out', because, text };
  if (method === null) return unknown('the method, which the entry does not have');
  const plain = own === name ? url : `${own}:${rest}`;
  return sentOf(place, { url: plain, method, isSocket: own !== name || isTaggedSocket(place.entry) });
}

function sentOf(place: Place, said: Omit<Told, 'version'>): Said {
  const { entry, request, text } = place;
  const version = versionOf(request, entry);
  if (version === '3' || field(entry, '_resourceType') === 'webtransport') {
    return { kind: 'unknown', because: 'HTTP/3, whose listeners mctl does not trace', text };
  }
  const query = queryOf(request, { ...said, version });
  return { kind: 'request', request: { query, ...answerOf(place), lacks: lackOf(place), text } };
}

/** mitmproxy, Playwright and Chrome mark a WebSocket, whose URL may be written as https: and whose headers may not be there. */
function isTaggedSocket(entry: unknown): boolean {
  return field(entry, '_resourceType') === 'websocket' || Array.isArray(field(entry, '_webSocketMessages'));
}

/** What became of it. Of a request that failed Charles writes the answer that it made itself. */
function answerOf({ entry, response }: Place): Pick<HarRequest, 'status' | 'error'> {
  const error = errorOf(entry, response);
  const charles = textOrNull(field(response, '_charlesStatus'));
  if (charles !== null && charles.toUpperCase() !== 'COMPLETE') return { status: null, error: error ?? charles };
  return { status: statusOf(response), error };
}

/** Chrome and WebKit, chrome-har, Playwright, and BrowserMob. */
function errorOf(entry: unknown, response: unknown): string | null {
  return (
    [response, entry]
      .flatMap((holder) => ['_error', '_failureText', '_errorMessage'].map((key) => textOrNull(field(holder, key))))
      .find((text) => text !== null && text !== '') ?? null
  );
}

/** Chrome leaves Cookie and Authorization out of what it saves unless it is told to keep them. https://developer.chrome.com/docs/devtools/network/reference#save-as-har */
function lackOf({ request, creator, hasSecrets }: Place): UnheldHeaders | null {
  if (!Array.isArray(field(request, 'headers')))
    return { what: 'the headers of the request, which the entry does not have', headers: null };
  return creator === 'WebInspector' && !hasSecrets
    ? { what: 'Cookie or Authorization, which Chrome leaves out of what it saves', headers: SECRETS }
    : null;
}

/** Why nothing of an entry came to a proxy; null where it did. */
function neverSent(place: Place, scheme: string, method: string | null): string | null {
  if (scheme !== 'http' && scheme !== 'https') return `a URL of the scheme ${scheme}, which no proxy is asked for`;
  const isTunnel = valueOf(pairsOf(field(place.request, 'headers')), ':protocol') === undefined;
  if (method?.toUpperCase() === 'CONNECT' && isTunnel) {
    return 'the tunnel through the proxy that recorded it, and no request of its own';
  }
  return answeredBefore(place);
}

/** WebKit's `_fetchType`. */
const FETCHED: Readonly<Record<string, string>> = {
  'Service Worker': SERVICE_WORKER,
  'Memory Cache': CACHE,
  'Disk Cache': CACHE,
  'Inspector Override': RECORDING,
};

/** Fields that are set where an answer did not come from the network: of Chrome, chrome-har and Playwright. */
const TOLD: readonly (readonly [field: string, because: string])[] = [
  ['_fetchedViaServiceWorker', SERVICE_WORKER],
  ['_fromCache', CACHE],
  ['_servedFromCache', CACHE],
  ['_wasFulfilled', RECORDING],
  ['_wasAborted', 'never sent: the recording stopped it'],
];

/** Who answered in the place of the network; null where it did. */
function answeredBefore({ entry, response, creator }: Place): string | null {
  const told = TOLD.find(([name]) => [field(entry, name), field(response, name)].some((value) => isTold(value)));
  if (told !== undefined) return told[1];
  const fetched = textOrNull(field(entry, '_fetchType')) ?? '';
  if (Object.hasOwn(FETCHED, fetched)) return FETCHED[fetched] ?? null;
  if (isCachedByFirefox(entry, creator)) return CACHE;
  const internal = valueOf(pairsOf(field(response, 'headers')), 'non-authoritative-reason');
  if (internal !== undefined) return `a redirect that the browser made itself (${internal.slice(0, 80)})`;
  const error = errorOf(entry, response) ?? '';
  return /BLOCKED_BY|ERR_NAME_NOT_RESOLVED|ERR_INTERNET_DISCONNECTED/.test(error)
    ? `never sent (${error.slice(0, 80)})`
    : null;
}

/** Firefox tells it by what the cache held afterwards, which it writes for such answers alone, as null where it does not know it. */
function isCachedByFirefox(entry: unknown, creator: string): boolean {
  return creator === 'Firefox' && fieldAt(entry, 'cache', 'afterRequest') !== undefined;
}

function isTold(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value !== '');
}

/** Browsers write `h2`, `HTTP/2`, `http/2.0`; Chrome's response knows it where its request does not. Null for one that is not told. */
function versionOf(request: unknown, entry: unknown): '1.0' | '1.1' | '2' | '3' | null {
  for (const holder of [request, field(entry, 'response')]) {
    const text = textOrNull(field(holder, 'httpVersion')) ?? '';
    const [, digit, minor] = /^(?:http\/|h)(\d)(?:\.(\d))?/i.exec(text) ?? [];
    if (digit === '2' || digit === '3') return digit;
    if (digit === '1') return minor === '0' ? '1.0' : '1.1';
  }
  return null;
}

interface Told {
  readonly url: string;
  readonly method: string;
  readonly version: '1.0' | '1.1' | '2' | null;
  readonly isSocket: boolean;
}

function queryOf(request: unknown, { url, method, version, isSocket }: Told): TraceQuery {
  const pairs = pairsOf(field(request, 'headers'));
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
  const given = field(response, 'status');
  const status = typeof given === 'string' && /^\d{3}$/.test(given) ? Number(given) : given;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 ? status : null;
}

function pairsOf(value: unknown): Pairs {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    const [name, text] = [textOrNull(field(one, 'name')), textOrNull(field(one, 'value'))];
    return name === null || text === null ? [] : [[name.toLowerCase(), text] as const];
  });
}

/** An HTTP Archive, as browsers save it: the requests that were sent, and the status that came. */
import { InputError } from '../errors';
import type { TraceQuery } from '../trace/request/query';

export interface HarRequest {
  readonly query: TraceQuery;
  /** Null where the browser got no answer. */
  readonly status: number | null;
  /** Of a redirect. */
  readonly location: string | null;
  /** `GET https://…`: for an example. */
  readonly text: string;
}

/** Headers that the connection makes, or that HTTP/2 writes as pseudo-headers. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
]);

/**
 * Its requests, in order, of its JSON. Throws InputError for a value that is no HTTP Archive; entries with other schemes
 * (`data:`, `ws:`) are left out.
 * http://www.softwareishard.com/blog/har-12-spec/
 */
export function harRequests(label: string, value: unknown): readonly HarRequest[] {
  const entries = fieldOf(fieldOf(value, 'log'), 'entries');
  if (!Array.isArray(entries)) throw new InputError(`${label} is no HTTP Archive: it has no log.entries`);
  return entries.flatMap((entry: unknown) => requestOf(entry) ?? []);
}

function requestOf(entry: unknown): HarRequest | null {
  const request = fieldOf(entry, 'request');
  const response = fieldOf(entry, 'response');
  const url = textOrNull(fieldOf(request, 'url'));
  const method = textOrNull(fieldOf(request, 'method')) ?? 'GET';
  if (url === null || !/^https?:\/\//.test(url)) return null;
  const pairs = pairsOf(fieldOf(request, 'headers'));
  const authority = pairs.find(([name]) => name === ':authority' || name === 'host')?.[1];
  const headers = pairs.filter(([name]) => !name.startsWith(':') && name !== 'host' && !OF_THE_CONNECTION.has(name));
  const version = textOrNull(fieldOf(request, 'httpVersion')) ?? '';
  const status = fieldOf(response, 'status');
  return {
    query: {
      url,
      method,
      headers: authority === undefined ? headers : [['Host', authority], ...headers],
      oneHop: true,
      ...(/^(?:h2|http\/2)/i.test(version) && url.startsWith('https:') ? { httpVersion: '2' as const } : {}),
    },
    status: typeof status === 'number' && status > 0 ? status : null,
    location: pairsOf(fieldOf(response, 'headers')).find(([name]) => name === 'location')?.[1] ?? null,
    text: `${method} ${url}`,
  };
}

function pairsOf(value: unknown): readonly (readonly [string, string])[] {
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

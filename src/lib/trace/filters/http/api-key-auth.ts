/**
 * `envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/api_key_auth_filter
 */
import { watcher } from '../../../match/watch';
import { messageOf } from '../../../envoy/any';
import { cookieValue, withoutCookie } from '../../../http/cookies';
import {
  firstHeader,
  type HeaderValue,
  headerValues,
  type HttpMessage,
  withHeader,
  withoutHeaders,
} from '../../../http/message';
import { parseQuery, percentDecoded } from '../../../match/query-parameter';
import { isUnknown } from '../../../match/ternary';
import type { HttpFilterCause, KeyPlace } from '../../facts/filters';
import type { EndingBy } from '../../hop/ending';
import { localReply } from '../../hop/local-reply';
import { REDACTED } from '../../../secrets/disclosure';
import { ends, type FilterResult, type FilterRun, goesOn, open } from './handler';

interface KeySource {
  readonly header?: string;
  readonly query?: string;
  readonly cookie?: string;
}

interface ApiKeyAuth {
  readonly credentials?: readonly { readonly key?: string; readonly client?: string }[];
  readonly key_sources?: readonly KeySource[];
  readonly forwarding?: { readonly header?: string; readonly hide_credentials?: boolean };
}

interface ApiKeyAuthPerRoute extends ApiKeyAuth {
  readonly allowed_clients?: readonly string[];
}

/**
 * Without a key, or with one that nobody has, 401; with the key of a client that the route does not take, 403. The first
 * source that has a key that is not empty counts, right or wrong; a header loses `Bearer ` in front.
 */
export function runApiKeyAuth(run: FilterRun): FilterResult {
  if (run.input.context.rightCredentials === true) return goesOn(run, { kind: 'credentials-right' });
  const { sources, credentials, allowed, header, isHidden } = settingsOf(run);
  const refused = (status: number, cause: HttpFilterCause): EndingBy<HttpFilterCause> =>
    localReply(run.message, ['denied', 'local-reply'], status, cause);
  const key = keyOf(run.message, sources);
  const noKey = refused(401, { kind: 'key-missing', places: sources.map(placeOf) });
  if (isUnknown(key)) return open(run, key.unknown, noKey.outcome);
  if (key === null || credentials.length === 0) return ends(run, noKey);
  const client = credentials.find((one) => one.key === key)?.client;
  if (client === undefined) {
    if (!credentials.some((one) => one.key === REDACTED)) {
      return ends(run, refused(401, { kind: 'key-of-nobody' }));
    }
    const input = "whether the request's API key is a client's (the dump does not show the keys)";
    return open(run, input, noKey.outcome);
  }
  if (allowed.length > 0 && !allowed.includes(client)) {
    return ends(run, refused(403, { kind: 'key-not-for-route', client }));
  }
  const named = header === '' ? run.message : withHeader(run.message, header, client);
  return {
    ...goesOn(run, { kind: 'key-of-client', client }),
    message: isHidden ? sources.reduce(withoutKey, named) : named,
  };
}

/** The request without what one of the sources may hold. */
function withoutKey(message: HttpMessage, { header = '', query = '', cookie = '' }: KeySource): HttpMessage {
  if (header !== '') return withoutHeaders(message, [header.toLowerCase()]);
  if (query === '') return withoutCookie(message, cookie);
  const [path = '', ...rest] = message.path.split('?');
  const kept = rest
    .join('?')
    .split('&')
    .filter((part) => percentDecoded(part.split('=', 1)[0] ?? '') !== query);
  return { ...message, path: kept.join('') === '' ? path : `${path}?${kept.join('&')}` };
}

interface Settings {
  readonly sources: readonly KeySource[];
  readonly credentials: NonNullable<ApiKeyAuth['credentials']>;
  /** Clients that the route takes; empty where it takes all. */
  readonly allowed: readonly string[];
  /** The header that tells the upstream of the client, in lower case; empty for none. */
  readonly header: string;
  /** Whether the key goes no further. */
  readonly isHidden: boolean;
}

/** A route's own lists take the place of the chain's, each by itself. */
function settingsOf({ config, perRoute }: FilterRun): Settings {
  const general = messageOf<ApiKeyAuth>(config);
  const own = perRoute.configs[0];
  const route = own === undefined ? {} : messageOf<ApiKeyAuthPerRoute>(own.config);
  const forwarding = route.forwarding ?? general.forwarding;
  return {
    sources: given(route.key_sources) ?? general.key_sources ?? [],
    credentials: given(route.credentials) ?? general.credentials ?? [],
    allowed: route.allowed_clients ?? [],
    header: forwarding?.header?.toLowerCase() ?? '',
    isHidden: forwarding?.hide_credentials === true,
  };
}

function given<T>(list: readonly T[] | undefined): readonly T[] | null {
  return list === undefined || list.length === 0 ? null : list;
}

/** Null where no source has one. */
function keyOf(message: HttpMessage, sources: readonly KeySource[]): HeaderValue | null {
  for (const source of sources) {
    const key = keyIn(message, source);
    if (isUnknown(key) || (key ?? '') !== '') return key;
  }
  return null;
}

function keyIn(message: HttpMessage, { header = '', query = '', cookie = '' }: KeySource): HeaderValue | null {
  if (header !== '') {
    const value = firstHeader(message, header);
    return typeof value === 'string' && value.startsWith('Bearer ') ? value.slice('Bearer '.length) : value;
  }
  if (query !== '') watcher()?.other(`the query parameter ${query}`);
  if (query !== '') return parseQuery(message.path, percentDecoded).get(query) ?? null;
  return cookieValue(headerValues(message, 'cookie'), cookie);
}

function placeOf({ header = '', query = '', cookie = '' }: KeySource): KeyPlace {
  if (header !== '') return { kind: 'header', name: header };
  return query === '' ? { kind: 'cookie', name: cookie } : { kind: 'query parameter', name: query };
}

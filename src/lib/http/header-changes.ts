/**
 * Headers that route, virtual host and route configuration add and remove.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers
 */
import type { HeaderValueOption, RouteConfiguration } from '../envoy/route';
import { appendEffect, dependsOnPresence } from './append-action';
import { watcher } from '../match/watch';
import { withJoinedHeaders } from './joined-headers';
import { type HeaderValue, headerValues, type HttpMessage, withHeader } from './message';
import type { StreamFacts } from './stream-facts';
import { formatted } from './substitution-format';

/** What format strings see of the message as it is when they are filled in. */
type FactsOf = (message: HttpMessage) => StreamFacts;

export interface HeaderChanges {
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
}

/**
 * The least specific level is applied last, unless the configuration turns that round; a weighted cluster's is applied before all
 * others in any case, and so wins over none of them.
 * @param levels from the most specific one: weighted cluster, route, virtual host, route configuration
 */
export function withHeaderChanges(
  message: HttpMessage,
  levels: readonly (HeaderChanges | null)[],
  configuration: RouteConfiguration,
  factsOf: FactsOf,
): HttpMessage {
  const [weighted = null, ...others] = levels;
  const ordered = configuration.most_specific_header_mutations_wins === true ? others.toReversed() : others;
  return [weighted, ...ordered].reduce<HttpMessage>(
    (changed, level) => (level === null ? changed : applied(changed, level, factsOf)),
    message,
  );
}

/**
 * Removing comes before the rest. Every value is worked out from the headers as they are then; only after that are headers
 * overwritten, and others added.
 */
function applied(message: HttpMessage, level: HeaderChanges, factsOf: FactsOf): HttpMessage {
  const gone = new Set((level.request_headers_to_remove ?? []).map((name) => name.toLowerCase()));
  const kept = gone.size === 0 ? message.headers : message.headers.filter(([name]) => !gone.has(name));
  const before = { ...message, headers: kept };
  const options = level.request_headers_to_add ?? [];
  if (options.length === 0) return before;
  const facts = factsOf(before);
  const changes = options.flatMap((option) => changeOf(option, before, facts) ?? []);
  const overwritten = changes
    .filter(({ effect }) => effect === 'overwrites')
    .reduce((changed, { name, value }) => withHeader(changed, name, value), before);
  const added = changes.filter(({ effect }) => effect === 'adds').map(({ name, value }) => [name, value] as const);
  return added.length === 0 ? overwritten : withAdded(overwritten, added);
}

/** The message with one header added as its option says. */
export function appended(message: HttpMessage, option: HeaderValueOption, facts: StreamFacts): HttpMessage {
  const change = changeOf(option, message, facts);
  if (change === null) return message;
  const { name, value, effect } = change;
  return effect === 'overwrites' ? withHeader(message, name, value) : withAdded(message, [[name, value]]);
}

/** A header that Envoy keeps once is joined with the value that is there, with a comma unless that is empty. */
function withAdded(message: HttpMessage, added: HttpMessage['headers']): HttpMessage {
  return withJoinedHeaders({ ...message, headers: [...message.headers, ...added] });
}

/** Of which no header is there, to ask of an option that asks for none. */
const NO_MESSAGE: HttpMessage = {
  method: '',
  authority: null,
  path: '',
  scheme: '',
  protocol: 'HTTP/1.1',
  headers: [],
};

interface Change {
  readonly name: string;
  readonly value: HeaderValue;
  readonly effect: 'overwrites' | 'adds';
}

/**
 * The message as it is when options that ask for nothing (`isFixed`) have been followed one after the other.
 * @param facts of the message as it is before
 */
export function withFixed(
  message: HttpMessage,
  options: readonly HeaderValueOption[],
  facts: StreamFacts,
): HttpMessage {
  const headers: (HttpMessage['headers'][number] | null)[] = [...message.headers];
  const places = new Map<string, number[]>();
  const placesOf = (name: string): number[] => {
    const own = places.get(name) ?? [];
    places.set(name, own);
    return own;
  };
  for (const [at, [name]] of message.headers.entries()) placesOf(name).push(at);
  let hasAdded = false;
  for (const option of options) {
    const change = changeOf(option, NO_MESSAGE, facts);
    if (change === null) continue;
    const { name, value, effect } = change;
    const own = placesOf(name);
    if (effect === 'overwrites') for (const at of own.splice(0)) headers[at] = null;
    else hasAdded = true;
    own.push(headers.length);
    headers.push([name, value]);
  }
  const changed = { ...message, headers: headers.filter((one) => one !== null) };
  return hasAdded ? withJoinedHeaders(changed) : changed;
}

/** Whether what an option does hangs neither on what the request is nor on which headers are there. */
export function isFixed(option: HeaderValueOption): boolean {
  return option.header?.value?.includes('%') !== true && !dependsOnPresence(option);
}

/** Null where nothing is to be done. A header whose value is not known is there all the same. */
function changeOf(option: HeaderValueOption, message: HttpMessage, facts: StreamFacts): Change | null {
  const name = (option.header?.key ?? '').toLowerCase();
  const value = formatted(option.header?.value ?? '', facts, '');
  if (name === '' || (value === '' && option.keep_empty_value !== true)) return null;
  if (dependsOnPresence(option)) watcher()?.header({ name, present_match: true }, message);
  const effect = appendEffect(option, headerValues(message, name).length > 0);
  return effect === null ? null : { name, value, effect };
}

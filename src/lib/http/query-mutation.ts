/**
 * `envoy.config.core.v3.KeyValueMutation`: changes of the query's parameters, in the HTTP filter header_mutation.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_mutation_filter
 */
import { percentDecoded } from '../match/query-parameter';
import { isUnknown, type Unknown } from '../match/ternary';
import { appendEffect } from './append-action';
import type { HttpMessage } from './message';
import type { StreamFacts } from './stream-facts';
import { formatted } from './substitution-format';

export interface QueryMutation {
  readonly remove?: string;
  readonly append?: { readonly record?: { readonly key?: string; readonly value?: string }; readonly action?: string };
}

type Parameters = Map<string, readonly string[]>;

/**
 * The message with another query; unknown where a value is. Its surprise: once anything is to be changed, the parameters stand in the
 * order of their names, decoded, and each has a `=`.
 */
export function withQueryMutations(
  message: HttpMessage,
  mutations: readonly QueryMutation[],
  facts: StreamFacts,
): HttpMessage | Unknown {
  if (mutations.length === 0) return message;
  const [path = ''] = message.path.split('?', 1);
  const parameters = parametersOf(message.path);
  for (const one of mutations) {
    const failed = mutate(parameters, one, facts);
    if (failed !== null) return failed;
  }
  const query = [...parameters]
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flatMap(([name, values]) => values.map((value) => `${name}=${value}`))
    .join('&');
  return { ...message, path: query === '' ? path : `${path}?${query}` };
}

function parametersOf(path: string): Parameters {
  const parameters: Parameters = new Map();
  const mark = path.indexOf('?');
  if (mark < 0 || mark === path.length - 1) return parameters;
  for (const part of path.slice(mark + 1).split('&')) {
    const [name = ''] = part.split('=', 1);
    add(parameters, percentDecoded(name), percentDecoded(part.slice(name.length + 1)));
  }
  return parameters;
}

function add(parameters: Parameters, name: string, value: string): void {
  parameters.set(name, [...(parameters.get(name) ?? []), value]);
}

function mutate(parameters: Parameters, { remove, append }: QueryMutation, facts: StreamFacts): Unknown | null {
  if (remove !== undefined) parameters.delete(remove);
  if (append === undefined) return null;
  const { key = '', value: format = '' } = append.record ?? {};
  const value = formatted(format, facts, '');
  if (isUnknown(value)) return value;
  const effect = appendEffect({ append_action: append.action ?? 'APPEND_IF_EXISTS_OR_ADD' }, parameters.has(key));
  if (effect === 'overwrites') parameters.set(key, [value]);
  if (effect === 'adds') add(parameters, key, value);
  return null;
}

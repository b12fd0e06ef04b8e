/**
 * `envoy.extensions.filters.http.header_mutation.v3.HeaderMutation`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_mutation_filter
 */
import { messageOf } from '../../../envoy/any';
import type { StringMatcher } from '../../../envoy/route';
import { matchString } from '../../../match/string-matcher';
import { headerValues, type HttpMessage, withHeader } from '../../../http/message';
import { type FilterResult, type FilterRun, filterStep } from './handler';

interface HeaderMutation {
  readonly mutations?: { readonly request_mutations?: readonly Mutation[] };
}

interface Mutation {
  readonly remove?: string;
  readonly remove_on_match?: { readonly key_matcher?: StringMatcher };
  readonly append?: {
    readonly header?: { readonly key?: string; readonly value?: string };
    readonly append_action?: string;
  };
}

/** The chain's changes first, then those of the levels of the route, the most specific first. */
export function runHeaderMutation(run: FilterRun): FilterResult {
  const configs = [run.config, ...run.perRoute.configs.map(({ config }) => config)];
  const mutations = configs.flatMap((any) => messageOf<HeaderMutation>(any).mutations?.request_mutations ?? []);
  const message = mutations.reduce(mutate, run.message);
  const because = mutations.length === 0 ? 'changes no header of the request' : 'changes headers of the request';
  const details = mutations.map((one): readonly [string, string] => ['header', describe(one)]);
  return { kind: 'goes-on', steps: [filterStep(run, 'passed', because, { details })], message };
}

function mutate(message: HttpMessage, { remove, remove_on_match: matching, append }: Mutation): HttpMessage {
  if (remove !== undefined) return without(message, (name) => name === remove.toLowerCase());
  if (matching !== undefined) return without(message, (name) => matchString(matching.key_matcher ?? {}, name) === true);
  return append === undefined ? message : appended(message, append);
}

function without(message: HttpMessage, goes: (name: string) => boolean): HttpMessage {
  return { ...message, headers: message.headers.filter(([name]) => !goes(name)) };
}

function appended(message: HttpMessage, append: NonNullable<Mutation['append']>): HttpMessage {
  const name = (append.header?.key ?? '').toLowerCase();
  const value = append.header?.value ?? '';
  const isThere = headerValues(message, name).length > 0;
  switch (append.append_action) {
    case 'ADD_IF_ABSENT':
      return isThere ? message : withHeader(message, name, value);
    case 'OVERWRITE_IF_EXISTS':
      return isThere ? withHeader(message, name, value) : message;
    case 'OVERWRITE_IF_EXISTS_OR_ADD':
      return withHeader(message, name, value);
    default:
      return { ...message, headers: [...message.headers, [name, value]] };
  }
}

function describe({ remove, remove_on_match: matching, append }: Mutation): string {
  if (remove !== undefined) return `removes ${remove}`;
  if (matching !== undefined) return 'removes those whose names match';
  return `${append?.append_action ?? 'APPEND_IF_EXISTS_OR_ADD'} ${append?.header?.key ?? ''}: ${append?.header?.value ?? ''}`;
}

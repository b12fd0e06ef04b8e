/**
 * `envoy.extensions.filters.http.header_mutation.v3.HeaderMutation`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_mutation_filter
 */
import { messageOf } from '../../../envoy/any';
import type { HeaderValueOption, StringMatcher } from '../../../envoy/route';
import { matchString } from '../../../match/string-matcher';
import { appended } from '../../../http/header-changes';
import type { HttpMessage } from '../../../http/message';
import type { StreamFacts } from '../../../http/stream-facts';
import { joinsHeaders } from '../../../envoy/version-behavior';
import { requestFacts } from '../shared/request-facts';
import { shownValue } from '../../../secrets/redact';
import { type FilterResult, type FilterRun, filterStep } from './handler';

interface HeaderMutation {
  readonly mutations?: { readonly request_mutations?: readonly Mutation[] };
}

interface Mutation {
  readonly remove?: string;
  readonly remove_on_match?: { readonly key_matcher?: StringMatcher };
  readonly append?: HeaderValueOption;
}

/** The chain's changes first, then those of the levels of the route, the most specific first. */
export function runHeaderMutation(run: FilterRun): FilterResult {
  const configs = [run.config, ...run.perRoute.configs.map(({ config }) => config)];
  const mutations = configs.flatMap((any) => messageOf<HeaderMutation>(any).mutations?.request_mutations ?? []);
  const factsOf = (message: HttpMessage): StreamFacts =>
    requestFacts({ ...run.input, message }, joinsHeaders(run.input.context.config));
  const message = mutations.reduce((before, one) => mutate(before, one, factsOf), run.message);
  const because = mutations.length === 0 ? 'changes no header of the request' : 'changes headers of the request';
  const details = mutations.map((one): readonly [string, string] => ['header', describe(one)]);
  return { kind: 'goes-on', steps: [filterStep(run, 'passed', because, { details })], message };
}

function mutate(
  message: HttpMessage,
  { remove, remove_on_match: matching, append }: Mutation,
  factsOf: (message: HttpMessage) => StreamFacts,
): HttpMessage {
  if (remove !== undefined) return without(message, (name) => name === remove.toLowerCase());
  if (matching !== undefined) return without(message, (name) => matchString(matching.key_matcher ?? {}, name) === true);
  return append === undefined ? message : appended(message, append, factsOf(message));
}

function without(message: HttpMessage, goes: (name: string) => boolean): HttpMessage {
  return { ...message, headers: message.headers.filter(([name]) => !goes(name)) };
}

function describe({ remove, remove_on_match: matching, append }: Mutation): string {
  if (remove !== undefined) return `removes ${remove}`;
  if (matching !== undefined) return 'removes those whose names match';
  return `${append?.append_action ?? 'APPEND_IF_EXISTS_OR_ADD'} ${append?.header?.key ?? ''}: ${shownValue(append?.header?.key ?? '', append?.header?.value ?? '')}`;
}

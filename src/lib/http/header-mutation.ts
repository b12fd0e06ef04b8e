/**
 * `envoy.config.common.mutation_rules.v3.HeaderMutation`: changes of headers one after the other, in the HTTP filter and in
 * the connection manager's early header mutation.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_mutation_filter
 */
import type { HeaderValueOption, StringMatcher } from '../envoy/route';
import { matchString } from '../match/string-matcher';
import { appended } from './header-changes';
import type { HttpMessage } from './message';
import type { StreamFacts } from './stream-facts';
import { shownValue } from '../secrets/redact';

export interface HeaderMutation {
  readonly remove?: string;
  readonly remove_on_match?: { readonly key_matcher?: StringMatcher };
  readonly append?: HeaderValueOption;
}

/** @param factsOf what format strings see of the message as it is when they are filled in */
export function mutated(
  message: HttpMessage,
  mutations: readonly HeaderMutation[],
  factsOf: (message: HttpMessage) => StreamFacts,
): HttpMessage {
  return mutations.reduce((before, one) => mutate(before, one, factsOf), message);
}

function mutate(
  message: HttpMessage,
  { remove, remove_on_match: matching, append }: HeaderMutation,
  factsOf: (message: HttpMessage) => StreamFacts,
): HttpMessage {
  if (remove !== undefined) return without(message, (name) => name === remove.toLowerCase());
  if (matching !== undefined) return withoutMatching(message, matching.key_matcher ?? {});
  return append === undefined ? message : appended(message, append, factsOf(message));
}

function without(message: HttpMessage, goes: (name: string) => boolean): HttpMessage {
  return { ...message, headers: message.headers.filter(([name]) => !goes(name)) };
}

/** Pseudo-headers are headers like others here: a matcher of names may take away the method, the path and the authority. */
function withoutMatching(message: HttpMessage, names: StringMatcher): HttpMessage {
  const goes = (name: string): boolean => matchString(names, name) === true;
  const { method, path, scheme, authority } = message;
  return {
    ...without(message, goes),
    method: goes(':method') ? '' : method,
    path: goes(':path') ? '' : path,
    scheme: goes(':scheme') ? '' : scheme,
    authority: goes(':authority') ? null : authority,
  };
}

/** A change in words. */
export function describeMutation({ remove, remove_on_match: matching, append }: HeaderMutation): string {
  if (remove !== undefined) return `removes ${remove}`;
  if (matching !== undefined) return 'removes those whose names match';
  const name = append?.header?.key ?? '';
  return `${append?.append_action ?? 'APPEND_IF_EXISTS_OR_ADD'} ${name}: ${shownValue(name, append?.header?.value ?? '')}`;
}

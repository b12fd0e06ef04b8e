/**
 * `envoy.config.common.mutation_rules.v3.HeaderMutation`: changes of headers one after the other, in the HTTP filter and in
 * the connection manager's early header mutation.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_mutation_filter
 */
import type { HeaderValueOption, StringMatcher } from '../envoy/route';
import { matchString } from '../match/string-matcher';
import { appended, isFixed, withFixed } from './header-changes';
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
  let mutated = message;
  for (let at = 0; at < mutations.length;) {
    const run = runFrom(mutations, at);
    mutated = run.mutate(mutated, factsOf);
    at = run.end;
  }
  return mutated;
}

interface Run {
  readonly end: number;
  readonly mutate: (message: HttpMessage, factsOf: (message: HttpMessage) => StreamFacts) => HttpMessage;
}

/** Changes that do not ask for what others have made are done at once: there may be a hundred thousand. */
function runFrom(mutations: readonly HeaderMutation[], start: number): Run {
  const from = (isOne: (mutation: HeaderMutation) => boolean): readonly HeaderMutation[] => {
    let end = start;
    for (let next = mutations[end]; next !== undefined && isOne(next); next = mutations[end]) end += 1;
    return mutations.slice(start, end);
  };
  const removed = from(({ remove }) => remove !== undefined);
  if (removed.length > 0) {
    const names = new Set(removed.map(({ remove = '' }) => remove.toLowerCase()));
    return { end: start + removed.length, mutate: (message) => without(message, (name) => names.has(name)) };
  }
  const added = from(isFixedAppend);
  if (added.length > 0) {
    const options = added.flatMap(({ append }) => append ?? []);
    return {
      end: start + added.length,
      mutate: (message, factsOf) => withFixed(message, options, factsOf(message)),
    };
  }
  return { end: start + 1, mutate: (message, factsOf) => mutate(message, mutations[start] ?? {}, factsOf) };
}

function isFixedAppend({ remove, remove_on_match: matching, append }: HeaderMutation): boolean {
  return remove === undefined && matching === undefined && append !== undefined && isFixed(append);
}

function mutate(
  message: HttpMessage,
  { remove_on_match: matching, append }: HeaderMutation,
  factsOf: (message: HttpMessage) => StreamFacts,
): HttpMessage {
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

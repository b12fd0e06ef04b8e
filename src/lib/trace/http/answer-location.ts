/**
 * What the configuration makes of the Location of an answer of Envoy's own: the route and the levels around it by
 * `response_headers_to_add` and `response_headers_to_remove`, then the header_mutation filters by `response_mutations`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_mutation_filter
 */
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { Route } from '../../envoy/route';
import { joinsHeaders } from '../../envoy/version-behavior';
import { type HeaderChanges, withHeaderChanges } from '../../http/header-changes';
import { type HeaderMutation, mutated } from '../../http/header-mutation';
import { type HttpMessage, joinedHeader } from '../../http/message';
import type { StreamFacts } from '../../http/stream-facts';
import { isUnknown } from '../../match/ternary';
import { filterConfigs } from '../filters/http/header-mutation';
import { perRoute } from '../filters/shared/per-route';
import { requestFacts } from '../filters/shared/request-facts';
import { mapsLocation } from './answers';
import type { Answers } from '../hop/context';
import type { Outcome } from '../model';
import { filterRoute } from './filter-route';
import type { HttpContext } from './http-context';
import type { Routing } from './routing';

const LOCATION = 'location';

const MUTATION = 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation';

/**
 * The answers with what becomes of their Location. The route has its say before `local_reply_config`, and filters after it. Their
 * surprise: of a route that redirects or answers itself the headers are added to that answer alone, and of one that leads to a cluster to
 * whatever Envoy answers in its place, the refusal of a filter or of an upgrade as well.
 * @param request as it had become when it was answered
 */
export function locating(
  answers: Answers,
  walk: HttpContext,
  routing: Routing,
  request: () => HttpMessage | null,
): Answers {
  const byRoute = (end: Outcome): Outcome =>
    answersItself(routing.route?.route)
      ? end
      : { ...end, location: locationByRoute(walk, routing, request, end.location) };
  return {
    local: (end) => {
      if (end.verdict === 'unknown') return end;
      const told = answers.local(byRoute(end));
      // It may be there, and is not known.
      if (told.location === null && mapsLocation(walk)) return told;
      return { ...told, location: locationByFilters(walk, routing, request, told.location) };
    },
    passed: answers.passed,
  };
}

function answersItself(route: Route | undefined): boolean {
  return route === undefined || route.redirect !== undefined || route.direct_response !== undefined;
}

/** The Location as the levels of a route leave it; null where there is none, or where it is not known. */
export function locationByRoute(
  walk: HttpContext,
  routing: Routing,
  request: () => HttpMessage | null,
  location: string | null,
): string | null {
  const { configuration, virtualHost, route, taken } = routing;
  const levels = [taken?.planned.weighted ?? null, route?.route ?? null, virtualHost, configuration].map((level) =>
    level === null ? null : ofLocation(level),
  );
  if (route === null || levels.every((level) => level === null)) return location;
  return changed(walk, request, location, (answer, factsOf) =>
    withHeaderChanges(answer, levels, configuration ?? {}, factsOf),
  );
}

interface AnswerChanges {
  readonly response_headers_to_add?: HeaderChanges['request_headers_to_add'];
  readonly response_headers_to_remove?: HeaderChanges['request_headers_to_remove'];
}

/** What a level says of the Location alone, as changes of a message; null where it says nothing. */
function ofLocation({
  response_headers_to_add: adds,
  response_headers_to_remove: removes,
}: AnswerChanges): HeaderChanges | null {
  const added = (adds ?? []).filter(({ header }) => header?.key?.toLowerCase() === LOCATION);
  const removed = (removes ?? []).filter((name) => name.toLowerCase() === LOCATION);
  if (added.length === 0 && removed.length === 0) return null;
  return { request_headers_to_add: added, request_headers_to_remove: removed };
}

interface Mutating {
  readonly mutations?: { readonly response_mutations?: readonly HeaderMutation[] };
}

/** Answers meet the filters in turned order, and those behind the one that answered as well. */
function locationByFilters(
  walk: HttpContext,
  routing: Routing,
  request: () => HttpMessage | null,
  location: string | null,
): string | null {
  const mutations = (walk.manager.http_filters ?? []).toReversed().flatMap((filter) => {
    if (messageTypeOf(filter.typed_config) !== MUTATION) return [];
    const own = perRoute(filterRoute(routing), filter.name ?? '');
    if (own.disabled ?? filter.disabled === true) return [];
    const configs = filterConfigs(filter.typed_config, own).map((any) => messageOf<Mutating>(any).mutations ?? {});
    return configs.flatMap(({ response_mutations: changes = [] }) => changes.filter(mayTouchLocation));
  });
  if (mutations.length === 0) return location;
  return changed(walk, request, location, (answer, factsOf) => mutated(answer, mutations, factsOf));
}

function mayTouchLocation({ remove, remove_on_match: matching, append }: HeaderMutation): boolean {
  return matching !== undefined || (remove ?? append?.header?.key ?? '').toLowerCase() === LOCATION;
}

type Change = (answer: HttpMessage, factsOf: () => StreamFacts) => HttpMessage;

/** Values ask for the request; what they ask of the answer is not evaluated. */
function changed(
  walk: HttpContext,
  request: () => HttpMessage | null,
  location: string | null,
  change: Change,
): string | null {
  const message = request();
  if (message === null) return null;
  const facts = requestFacts({ ...walk, message }, joinsHeaders(walk.context.config));
  const answer = { ...message, headers: location === null ? [] : [[LOCATION, location] as const] };
  const value = joinedHeader(
    change(answer, () => facts),
    LOCATION,
  );
  return isUnknown(value) ? null : value;
}

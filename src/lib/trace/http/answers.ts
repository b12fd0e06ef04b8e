/**
 * What becomes of an answer on its way back to the caller: `local_reply_config` changes what Envoy answers by itself, and the
 * custom response filter any answer.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/local_reply
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/custom_response_filter
 */
import { type Any, messageOf, messageTypeOf } from '../../envoy/any';
import { joinsHeaders } from '../../envoy/version-behavior';
import { appended } from '../../http/header-changes';
import { headerView, type HttpMessage, isAnsweredAsGrpc, joinedHeader, NO_HEADERS } from '../../http/message';
import type { HeaderView } from '../../match/header-matcher';
import { responseInput } from '../../http/response-inputs';
import { isUnknown, type Ternary } from '../../match/ternary';
import type { HeaderValueOption } from '../../envoy/route';
import { watching } from '../../match/watch';
import { evaluateMatcher, type Matcher } from '../../match/matcher-tree';
import { runtimeOf } from '../../match/runtime';
import { perRoute } from '../filters/shared/per-route';
import type { Answers } from '../hop/context';
import { requestFacts } from '../filters/shared/request-facts';
import { holdsFor } from './answer-filters';
import { knownMetadata } from './filter-metadata';
import { filterRoute } from './filter-route';
import { isTraceForced as isForced } from './traced';
import type { Outcome } from '../model';
import type { HttpContext } from './http-context';
import type { Routing } from './routing';

const CUSTOM_RESPONSE = 'envoy.extensions.filters.http.custom_response.v3.CustomResponse';

/**
 * The changes that this connection manager makes to answers. Their surprises: the custom response filter takes what the codec and the
 * manager refuse, too; what it gives is an answer of Envoy's own, so that `local_reply_config` is asked again, and gRPC gets 200.
 * @param request as it had become when it was answered: by filters, and where a host was looked for by the route; null where it was not admitted
 * @param walk with the request's own state, as filters leave it
 * @param routing UNROUTED where the request was refused before: no route says then otherwise than the chain
 */
export function answersOf(
  walk: HttpContext,
  request: () => HttpMessage | null,
  routing: Routing,
  admitted: HttpMessage | null,
): Answers {
  // What it was rewritten to is no new rewrite to who watches.
  const asked = (): HttpMessage | null => watching(null, request);
  const headers = (): HeaderView => {
    const message = asked();
    return message === null ? NO_HEADERS : headerView(message, joinsHeaders(walk.context.config));
  };
  // A gRPC answer of Envoy's own is 200 whatever its status was, unless the codec made it.
  const isHttp = ({ reason }: Outcome): boolean => {
    const message = asked();
    return reason === 'protocol-error' || message === null || isAnsweredAsGrpc(message) !== true;
  };
  const isTraceForced = (): Ternary =>
    isForced(walk.manager, routing.route?.route ?? null, admitted, runtimeOf(walk.context.config));
  const given = { walk, headers, message: asked, isTraceForced };
  const local = (end: Outcome): Outcome => (isHttp(end) ? mapped(given, end) : withoutWritten(walk, end));
  const custom = (end: Outcome, isLocal: boolean): Outcome => {
    const changed = customized(walk, routing, end, isLocal);
    if (changed === end || changed.status === null) return changed;
    return isHttp(end) ? mapped(given, changed) : { ...changed, status: 200 };
  };
  const last = (end: Outcome): Outcome => recommended(walk, end);
  return { local: (end) => last(custom(local(end), true)), passed: (end) => last(custom(end, false)) };
}

/**
 * The status that the Proxy-Status specification has for an answer, by the flags that Envoy sets with it: the first of these counts, and
 * gRPC gets it, too. https://www.rfc-editor.org/rfc/rfc9209#name-proxy-error-types
 */
const RECOMMENDED: readonly (readonly [flag: string, status: number | null])[] = [
  ['LH', 503],
  ['UH', 503],
  ['UT', 504],
  ['LR', 504],
  ['UR', 502],
  ['UF', 502],
  ['UC', 502],
  ['UO', 503],
  ['NR', 500],
  ['RL', 503],
  ['RLSE', 503],
  ['URX', 503],
  ['SI', 504],
  ['IH', null],
  ['DPE', null],
  ['UMSDR', 504],
  ['NFCF', 500],
  ['UPE', 502],
  ['NC', 503],
  ['DF', 502],
];

function recommended({ manager }: HttpContext, end: Outcome): Outcome {
  if (manager.proxy_status_config?.set_recommended_response_code !== true || end.status === null) return end;
  const flags = new Set((end.responseFlags ?? '').split(','));
  const [, status = null] = RECOMMENDED.find(([flag]) => flags.has(flag)) ?? [];
  return status === null ? end : { ...end, status };
}

/** What a mapper looks at. */
interface Given {
  readonly walk: HttpContext;
  readonly headers: () => HeaderView;
  /** As it had become; null where there is none. */
  readonly message: () => HttpMessage | null;
  readonly isTraceForced: () => Ternary;
}

function mapped({ walk, headers: given, message, isTraceForced }: Given, end: Outcome): Outcome {
  const { manager, context, state } = walk;
  if (end.verdict === 'unknown') return end;
  if (end.status === null) return withoutWritten(walk, end);
  // What the codec refuses is answered before there are headers to look at.
  const { mappers = [] } = manager.local_reply_config ?? {};
  const headers = end.reason === 'protocol-error' || mappers.length === 0 ? NO_HEADERS : given();
  const { isHealthCheck } = state;
  const metadata = knownMetadata(walk, state);
  const asked = { headers, end, runtime: runtimeOf(context.config), isHealthCheck, isTraceForced, metadata };
  for (const { filter, status_code: status, headers_to_add: added = [] } of mappers) {
    const holds = holdsFor(filter ?? {}, asked);
    if (holds === false) continue;
    if (isUnknown(holds)) return withoutWritten(walk, { ...end, status: null, statusDependsOn: holds.unknown });
    return { ...end, status: status ?? end.status, location: mappedLocation(walk, added, end, message()) };
  }
  return end;
}

/** Where it is not known which mapper takes an answer, its status stays, and so does a Location, unless one may write it. */
function withoutWritten(walk: HttpContext, end: Outcome): Outcome {
  return mapsLocation(walk) ? { ...end, location: null } : end;
}

/** Whether a mapper of `local_reply_config` writes a Location. */
export function mapsLocation({ manager }: HttpContext): boolean {
  const { mappers = [] } = manager.local_reply_config ?? {};
  return mappers.some(({ headers_to_add: added = [] }) => hasLocation(added));
}

const LOCATION = 'location';

function hasLocation(added: readonly HeaderValueOption[]): boolean {
  return added.some(({ header }) => header?.key?.toLowerCase() === LOCATION);
}

/** The Location of an answer as a mapper leaves it; null where it is none, or not known. */
function mappedLocation(
  walk: HttpContext,
  added: readonly HeaderValueOption[],
  { location, status }: Outcome,
  message: HttpMessage | null,
): string | null {
  const own = added.filter(({ header }) => header?.key?.toLowerCase() === LOCATION);
  if (own.length === 0 || message === null) return location;
  const asked = requestFacts({ ...walk, message }, joinsHeaders(walk.context.config));
  // The mapper's own status counts only once its headers are made.
  const facts = status === null ? asked : { ...asked, status };
  const answer = { ...message, headers: location === null ? [] : [[LOCATION, location] as const] };
  const changed = own.reduce<HttpMessage>((headers, option) => appended(headers, option, facts), answer);
  const value = joinedHeader(changed, LOCATION);
  return isUnknown(value) ? null : value;
}

interface CustomResponse {
  readonly custom_response_matcher?: Matcher;
}

/** The most specific policy that takes the answer: the route's, then the chain's. */
function customized({ manager }: HttpContext, routing: Routing, end: Outcome, isLocal: boolean): Outcome {
  const { status } = end;
  if (end.verdict === 'unknown') return end;
  for (const filter of manager.http_filters ?? []) {
    if (messageTypeOf(filter.typed_config) !== CUSTOM_RESPONSE) continue;
    // By a status that is not known another answer may come in its place, which has no Location.
    if (status === null) return { ...end, location: null };
    const own = perRoute(filterRoute(routing), filter.name ?? '');
    if (own.disabled ?? filter.disabled === true) continue;
    for (const config of [...own.configs.map((one) => one.config), filter.typed_config]) {
      const changed = byPolicy(config, end, status, isLocal);
      if (changed !== null) return changed;
    }
  }
  return end;
}

const ELSEWHERE = 'what the address answers that custom_response sends the request to';

/** Null where the policy does not take the answer. A policy that sends for another answer leaves the status open. */
function byPolicy(config: Any | undefined, end: Outcome, status: number, isLocal: boolean): Outcome | null {
  const { custom_response_matcher: matcher = {} } = messageOf<CustomResponse>(config);
  const found = evaluateMatcher(matcher, (asked) => responseInput(asked, { status, isLocal }));
  if (found.unknown !== null) return { ...end, status: null, statusDependsOn: found.unknown };
  if (found.action === null) return null;
  const { status_code: own } = messageOf<{ status_code?: number }>(found.action.typed_config);
  const isFixed = messageTypeOf(found.action.typed_config).endsWith('.LocalResponsePolicy');
  if (own !== undefined || isFixed) return { ...end, status: own ?? status, location: null };
  return { ...end, status: null, statusDependsOn: ELSEWHERE, location: null };
}

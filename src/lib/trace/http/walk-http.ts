/** An HTTP request through a connection manager: admitted, routed, filtered, answered or sent on. */
import { runtimeOf } from '../../match/runtime';
import { type Ending, isEnding } from '../hop/ending';
import { carrying } from '../hop/ending';
import type { HttpFilterInput } from '../filters/shared/input';
import { runHttpFilters } from '../filters/http-filters';
import { StreamState } from '../../http/stream-state';
import { requestFacts } from '../filters/shared/request-facts';
import { joinsHeaders } from '../../envoy/version-behavior';
import type { Answers, Forward, HopEnd } from '../hop/context';
import type { Outcome } from '../model';
import { locating } from './answer-location';
import { answersOf } from './answers';
import { HopRecord, step } from '../hop/record';
import { admit } from './connection-manager';
import { Decisions } from '../decisions';
import { type RouteFacts, routeFacts } from './filter-metadata';
import { filterRoute } from './filter-route';
import type { HttpMessage } from '../../http/message';
import { localReply } from '../hop/local-reply';
import { mayOverride as mayOverrideFilter } from './possible-overrides';
import { act } from './route-action';
import { routesName } from './route-configuration';
import { findRouting, type Routing, UNROUTED } from './routing';
import type { HttpContext } from './http-context';
import { type RouteInput, routeInput } from '../../http/route-input';
import { allowsUpgrade, upgradeIndex, upgradeOf } from './upgrade';

/**
 * Route and cluster are fixed before the filters run, and the filters run even where there is no route: one of them may
 * answer first. https://www.envoyproxy.io/docs/envoy/latest/intro/life_of_a_request
 */
export function walkHttp(arrived: HttpContext, record: HopRecord): HopEnd {
  const name = routesName(arrived.manager);
  if (name !== null) record.fill({ routeConfiguration: { name } });
  const admitted = admit(arrived, record);
  if (isEnding(admitted)) {
    return answering(
      (request) => locating(answersOf(arrived, request, UNROUTED, null), arrived, UNROUTED, request),
      admitted,
      () => arrived.arrival.message,
    );
  }
  const walk = withUpgradeFilters(arrived, admitted);
  const found = findRouting(walk, routeInputOf(walk, admitted), record);
  const routing = isEnding(found) ? UNROUTED : found;
  const state = new StreamState(walk.state);
  const end =
    refusedUpgrade(walk, admitted, routing, record) ??
    filteredAndRouted(walk, { found, routing }, { admitted, state }, record);
  return answering(
    (request) =>
      locating(answersOf({ ...walk, state }, request, routing, admitted), { ...walk, state }, routing, request),
    end,
    () => admitted,
  );
}

/** An upgrade may have filters of its own, which are then all that it goes through. */
function withUpgradeFilters(walk: HttpContext, message: HttpMessage): HttpContext {
  const { manager } = walk;
  const upgrade = upgradeOf(message);
  const index = upgrade === null ? -1 : upgradeIndex(upgrade, manager.upgrade_configs ?? []);
  const filters = manager.upgrade_configs?.[index]?.filters ?? [];
  if (filters.length === 0) return walk;
  return { ...walk, manager: { ...manager, http_filters: filters }, filterList: `upgrade_configs/${index}/filters` };
}

type Request = () => HttpMessage | null;

/**
 * The end with what becomes of the answer on its way to the caller, by the request as it had become by then. The redirect to a login
 * counts as an answer that came.
 */
function answering(answersTo: (request: Request) => Answers, end: HopEnd, admitted: Request): HopEnd {
  if (end.kind === 'forward') return { ...end, forward: { ...end.forward, answers: sentOn(answersTo, end.forward) } };
  const answers = answersTo(end.request ?? admitted);
  const isLogin = end.cause.kind === 'login-required' && end.outcome.verdict === 'redirected';
  return { ...end, outcome: isLogin ? answers.passed(end.outcome) : answers.local(end.outcome) };
}

/** A connection that never came to be leaves the request without the name of a host that `auto_host_rewrite` gives it. */
function sentOn(answersTo: (request: Request) => Answers, { message, connecting }: Forward): Answers {
  const sent = answersTo(() => message);
  const before = answersTo(connecting ?? (() => message));
  const neverConnected = ({ responseFlags }: Outcome): boolean => responseFlags?.split(',').includes('UF') === true;
  return { local: (end) => (neverConnected(end) ? before : sent).local(end), passed: sent.passed };
}

interface Routed {
  readonly found: Routing | Ending;
  readonly routing: Routing;
}

function filteredAndRouted(
  walk: HttpContext,
  { found, routing }: Routed,
  { admitted, state }: Admitted,
  record: HopRecord,
): HopEnd {
  if (isEnding(found)) return withoutRoute(walk, found, { admitted, state }, record);
  const message = filtered(walk, routing, { admitted, state }, record);
  return isEnding(message) ? message : carrying(state, act({ ...walk, state }, routing, message, record));
}

interface Admitted {
  readonly admitted: HttpMessage;
  /** The request's own; filters write to it. */
  readonly state: StreamState;
}

/** Where the route is not known, a filter that answers whatever the route is decides; of an upgrade the route does so before. */
function withoutRoute(walk: HttpContext, found: Ending, admitted: Admitted, record: HopRecord): Ending {
  const { context, manager } = walk;
  const mayOverride = (name: string): boolean => mayOverrideFilter(context.config, manager, name);
  const message = filtered(walk, UNROUTED, { ...admitted, mayOverride }, record);
  const isSure = isEnding(message) && message.outcome.verdict !== 'unknown' && upgradeOf(admitted.admitted) === null;
  return isSure ? message : found;
}

/** What routes are chosen by: where a filter has them found again, as the request is then. */
function routeInputOf(walk: HttpContext, admitted: HttpMessage): RouteInput {
  return inputOf(
    walk,
    routeFacts(walk, admitted, (facts) => {
      const { context } = walk;
      const aside = { ...walk, context: { ...context, decisions: new Decisions() } };
      const found = findRouting(aside, inputOf(aside, facts), new HopRecord(context.proxy, context.direction));
      return filterRoute(isEnding(found) ? UNROUTED : found);
    }),
  );
}

function inputOf(walk: HttpContext, { message, state, metadata }: RouteFacts): RouteInput {
  const { context, connection, validated } = walk;
  return routeInput({
    ...requestFacts({ ...walk, message, state }, joinsHeaders(context.config)),
    tls: connection.tls === null ? null : { presented: connection.tls.certificate !== null, validated },
    decisions: context.decisions,
    runtime: runtimeOf(context.config),
    metadata,
  });
}

function filtered(
  { context, manager, pointer, filterList, connection }: HttpContext,
  routing: Routing,
  { admitted: message, state, mayOverride }: Admitted & Pick<HttpFilterInput, 'mayOverride'>,
  record: HopRecord,
): HttpMessage | Ending {
  return runHttpFilters(
    {
      context,
      manager,
      pointer,
      ...(filterList === undefined ? {} : { filterList }),
      message,
      connection,
      state,
      ...filterRoute(routing),
      ...(mayOverride === undefined ? {} : { mayOverride }),
    },
    record,
  );
}

function refusedUpgrade(
  { manager, pointer }: HttpContext,
  message: HttpMessage,
  { route, answer }: Routing,
  record: HopRecord,
): Ending | null {
  // The redirect of require_tls is a route like others; without any the answer is 404.
  const hasRoute = route !== null || answer?.outcome.verdict === 'redirected';
  const upgrade = hasRoute ? upgradeOf(message) : null;
  if (upgrade === null || allowsUpgrade(upgrade, manager, route?.route.route ?? null)) return null;
  const cause = { kind: 'upgrade-refused', upgrade } as const;
  record.add(step('http-connection-manager', 'ended', null, cause, { config: pointer, refusal: 'upgrade' }));
  return localReply(message, ['failed', 'local-reply'], 403, cause);
}

/** What a route does with a request that the filters let through. */
import { parseIstioClusterName } from '../../envoy/cluster';
import { istioOrigin, type Origin } from '../../envoy/istio-config';
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { Route, RouteAction } from '../../envoy/route';
import { hasHash } from '../../http/hash-policy';
import { missingClusterStatus } from '../../http/missing-cluster';
import { type Ending, type EndingBy, ending } from '../hop/ending';
import type { HopEnd } from '../hop/context';
import type { RouteCause } from '../facts/routing';
import type { ClusterCause, EndpointCause } from '../facts/upstream';
import { type HopRecord, step } from '../hop/record';
import { locationByRoute } from './answer-location';
import { alpnOverride } from '../upstream/alpn-override';
import { clusterOrigin } from '../origin';
import { refillCluster } from '../upstream/cluster-chances';
import { missingCluster } from '../upstream/missing-cluster';
import { sendOn } from '../upstream/send-on';
import { routeStepName } from './choose-route';
import type { HttpContext } from './http-context';
import { withHeaderChanges } from '../../http/header-changes';
import { headerView, type HttpMessage, isGrpc } from '../../http/message';
import { isUnknown } from '../../match/ternary';
import { joinsHeaders } from '../../envoy/version-behavior';
import { requestFacts } from '../filters/shared/request-facts';
import { internalRedirectOf } from './internal-redirect';
import { effectiveRetry, withoutRetryHeaders } from './retries';
import { endsAtOnce, triesOf, withTimeouts } from './timeouts';
import { locationOf, movedByRedirect, redirectLocation, redirectStatus } from './redirect';
import { localReply } from '../hop/local-reply';
import { rewritten, unknownRewrite } from './rewrite';
import { isSilent } from './router';
import { filterRoute } from './filter-route';
import { behindUpstreamFilters } from './upstream-filters';
import { virtualClusterOf } from './virtual-cluster';
import { weightedSettings } from './route-details';
import { routerAnswer } from './router-refusals';
import { behindFilters, type Routing, type TakenCluster } from './routing';

/** Answers the request, or sends it to its cluster. */
export function act(walk: HttpContext, routing: Routing, message: HttpMessage, record: HopRecord): HopEnd {
  const end = acted(walk, routing, message, record);
  return end.kind === 'end' && end.request === undefined ? { ...end, request: () => message } : end;
}

function acted(walk: HttpContext, routing: Routing, message: HttpMessage, record: HopRecord): HopEnd {
  if (routing.answer !== null) return behindFilters(routing.answer, message);
  const { route } = routing.route ?? {};
  if (route === undefined) return noAction(message, 'no-route');
  const own = blockedHost(routing, message) ?? withoutBackend(route, message) ?? ownAnswer(walk, route, message);
  if (own !== null) return answered(routing.route, located(walk, routing, own, message), record);
  if (route.route === undefined) {
    const isNone = route.non_forwarding_action !== undefined || route.filter_action !== undefined;
    return answered(routing.route, isNone ? noAction(message, 'not-known') : unknownAction(), record);
  }
  if (routing.taken === null) return clusterNotFound(route.route, message, { kind: 'leads-to-no-cluster' });
  const end = forwarded(walk, { routing, route, action: route.route, taken: routing.taken }, message, record);
  return end.kind === 'forward' && endsAtOnce(walk.manager, route.route, message)
    ? { ...cutOff(walk, message, record), request: () => end.forward.message }
    : end;
}

/** The connection manager ends a stream that may last no time as soon as it is sent on. */
function cutOff({ pointer }: HttpContext, message: HttpMessage, record: HopRecord): Ending {
  const cause = { kind: 'no-time-left' } as const;
  record.add(step('http-connection-manager', 'ended', null, cause, { config: pointer }));
  return localReply(message, ['failed', 'local-reply'], 504, cause);
}

/** The virtual host that istiod makes for every host that the proxy does not know. */
const BLOCK_ALL = 'block_all';

/**
 * The mesh's policy for hosts that it does not know: of HTTP what BlackHoleCluster is of TCP.
 * https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
 */
function blockedHost({ route: chosen, virtualHost }: Routing, message: HttpMessage): Answer | null {
  const status = chosen?.route.direct_response?.status;
  if (virtualHost?.name !== BLOCK_ALL || status !== 502) return null;
  return localReply(message, ['failed', 'black-hole'], status, { kind: 'blocked-host', host: message.authority });
}

/** An answer of the route's own. */
type Answer = EndingBy<RouteCause>;

/** The answer with the Location that the route and the levels around it leave of it. */
function located(walk: HttpContext, routing: Routing, answer: Answer, message: HttpMessage): Answer {
  const request = answer.request ?? ((): HttpMessage => message);
  const location = locationByRoute(walk, routing, request, answer.outcome.location);
  const { cause } = answer;
  const told = cause.kind === 'redirect' && location !== answer.outcome.location ? { ...cause, location } : cause;
  return { ...answer, cause: told, outcome: { ...answer.outcome, location } };
}

/** The route's own answer, as the last step of the walk. */
function answered(chosen: Routing['route'], answer: Answer, record: HopRecord): Answer {
  const name = chosen === null ? null : routeStepName(chosen.route, chosen.index);
  record.add(step('route', 'ended', name, answer.cause, { config: chosen?.pointer ?? null }));
  return answer;
}

/**
 * What istiod writes for a rule of an HTTPRoute without a valid backend: a refusal, no answer that somebody meant. Null for others.
 * https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule (backendRefs)
 */
function withoutBackend(route: Route, message: HttpMessage): Answer | null {
  const kind = istioOrigin(route.metadata)?.kind;
  if (route.direct_response?.status !== 500 || (kind !== 'HTTPRoute' && kind !== 'GRPCRoute')) return null;
  return localReply(message, ['failed', 'cluster-not-found'], 500, { kind: 'no-backend', of: kind });
}

/** Null for a route that leads to a cluster. */
function ownAnswer({ manager }: HttpContext, route: Route, message: HttpMessage): Answer | null {
  if (route.redirect !== undefined) {
    return { ...redirected(route, message), request: () => movedByRedirect(route, message, isSilent(manager)) };
  }
  return route.direct_response === undefined ? null : direct(route.direct_response.status ?? 200, message);
}

/** An answer of 201 or 3xx gets the request's own address as its Location. */
function direct(status: number, message: HttpMessage): Answer {
  const isRedirect = status >= 300 && status < 400;
  const location = isRedirect || status === 201 ? locationOf(redirectLocation({}, {}, message), message) : null;
  const verdict = isRedirect ? 'redirected' : 'direct-response';
  return localReply(message, [verdict, null], status, { kind: 'direct-response', status }, { location });
}

function redirected(route: Route, message: HttpMessage): Answer {
  const redirect = route.redirect ?? {};
  const target = redirectLocation(route, redirect, message);
  const location = locationOf(target, message);
  const unknown = isUnknown(target) ? target.unknown : null;
  const cause = { kind: 'redirect', location, unknown } as const;
  return localReply(message, ['redirected', null], redirectStatus(redirect), cause, { location });
}

/** One of the actions is required: where none of them is there it is one that is not known. */
function unknownAction(): Answer {
  return ending('unknown', 'unknown-input', {
    kind: 'route-action-open',
    input: 'an action of the route that is not known',
  });
}

function noAction(message: HttpMessage, why: 'no-route' | 'not-known'): Answer {
  return localReply(message, ['failed', 'no-action'], 503, { kind: 'no-action', why }, { responseFlags: 'NC' });
}

function clusterNotFound(action: RouteAction, message: HttpMessage, cause: ClusterCause): Ending {
  return localReply(message, ['failed', 'cluster-not-found'], missingClusterStatus(action), cause, {
    responseFlags: 'NC',
  });
}

interface Forwarding {
  readonly routing: Routing;
  readonly route: Route;
  readonly action: RouteAction;
  readonly taken: TakenCluster;
}

function forwarded(walk: HttpContext, forwarding: Forwarding, message: HttpMessage, record: HopRecord): HopEnd {
  const { routing, route, action, taken } = forwarding;
  const { upstream, choice } = taken;
  const details = weightedSettings(taken.planned.weighted);
  if (upstream.entry === null) {
    const origin = ruleOfHost(walk.context.config, upstream.name);
    const { name } = upstream;
    const missing: ClusterCause = name === '' ? choice : missingCluster(walk.context.config, name, choice);
    record.add(step('cluster', 'missed', name === '' ? null : name, missing, { details, origin }));
    return clusterNotFound(action, message, missing);
  }
  const { resource: cluster } = upstream.entry;
  const refusal = routerAnswer(walk, cluster, message);
  if (refusal.answer !== null) {
    const outcome = refusal.answer.outcome.verdict === 'unknown' ? 'unknown' : 'ended';
    const { pointer: config } = upstream.entry;
    record.add(step('cluster', outcome, upstream.name, refusal.answer.cause, { config, details }));
    return refusal.answer;
  }
  const tries = triesOf(action, routing.virtualHost);
  const changed = withHeaderChanges(
    withTimeouts(walk.manager, action, tries, message),
    [taken.planned.weighted, route, routing.virtualHost, routing.configuration],
    routing.configuration ?? {},
    (before) => ({
      ...requestFacts({ ...walk, message: before }, joinsHeaders(walk.context.config)),
      found: {
        route: route.name ?? '',
        cluster: upstream.name,
        shownCluster: (cluster.alt_stat_name ?? '') === '' ? upstream.name : (cluster.alt_stat_name ?? ''),
        virtualCluster: virtualClusterOf(routing.virtualHost, headerView(message, joinsHeaders(walk.context.config))),
        metadata: { ROUTE: route.metadata, VIRTUAL_HOST: routing.virtualHost?.metadata, CLUSTER: cluster.metadata },
      },
    }),
  );
  const open = unknownRewrite(action, changed);
  if (open !== null) return undecided(open.unknown, routing.route, record);
  const { arrival, manager, context } = walk;
  const sent = (hostname: string): HttpMessage =>
    rewritten(route, action, withoutRetryHeaders(changed), {
      weighted: taken.planned.weighted,
      hostname,
      isSilent: isSilent(manager),
    });
  const found = taken.asSent(
    () => sent(''),
    (host) => walk.state.isResolved(host),
  );
  if (found !== upstream) refillCluster(found, context.book, record);
  const end = sendOn(
    {
      context,
      upstream: found,
      choice,
      details: [...refusal.details, ...details],
      payload: arrival.payload,
      source: walk.connection.source,
      isHttp: true,
      isGrpc: isGrpc(message),
      message: sent,
      rewritesHost: action.auto_host_rewrite === true,
      hasHash: () => hasHash(action.hash_policy ?? [], sent('')),
      retry: effectiveRetry(tries.retry, message, headerView(message, joinsHeaders(context.config))),
      internalRedirect: internalRedirectOf(action),
      passedTls: null,
      alpnOverride: alpnOverride(manager, upstream.entry.resource),
      priority: action.priority === 'HIGH' ? 'HIGH' : 'DEFAULT',
      lacks: lackingHeader(message),
      refused: (cause, responseFlags) => ({
        ...localReply(message, ['failed', 'local-reply'], 503, cause, { responseFlags }),
        request: () => sent(''),
      }),
      noHost: (name, why) => ({ ...noHost(message, name, why), request: () => sent('') }),
    },
    record,
  );
  return behindUpstreamFilters(walk, { ...filterRoute(routing), cluster: upstream.name }, upstream.entry, end, record);
}

/**
 * What filters have taken away of what a request must have: Envoy finds it out once a host is chosen.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details (filter_removed_required_request_headers)
 */
function lackingHeader({ method, path }: HttpMessage): string | null {
  if (method === '') return ':method';
  return path === '' && method !== 'CONNECT' ? ':path' : null;
}

/** The DestinationRule that this proxy uses for the host of a subset that it has not. */
function ruleOfHost(config: ProxyConfig, name: string): Origin | null {
  const asked = parseIstioClusterName(name);
  if (asked === null || asked.subset === '') return null;
  const whole = config.cluster(`${asked.direction}|${String(asked.port)}||${asked.fqdn}`);
  const origin = clusterOrigin(whole?.resource?.metadata);
  return origin?.kind === 'DestinationRule' ? origin : null;
}

function undecided(input: string, chosen: Routing['route'], record: HopRecord): Ending {
  const cause = { kind: 'authority-open', input } as const;
  const name = chosen === null ? null : routeStepName(chosen.route, chosen.index);
  record.add(step('route', 'unknown', name, cause, { config: chosen?.pointer ?? null }));
  return ending('unknown', 'unknown-input', cause);
}

function noHost(message: HttpMessage, cluster: string, cause: EndpointCause | ClusterCause): Ending {
  const reason = cluster === 'BlackHoleCluster' ? 'black-hole' : 'no-healthy-endpoint';
  return localReply(message, ['failed', reason], 503, cause, { responseFlags: 'UH' });
}

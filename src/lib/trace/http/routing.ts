/** Where a request is routed: route configuration, virtual host, route and clusters, as far as each is found. */
import { configOrigin } from '../../envoy/product-origin';
import type { Route, RouteConfiguration, VirtualHost } from '../../envoy/route';
import { type Ending, type EndingBy, ending, isEnding } from '../hop/ending';
import { type HopRecord, step, unevaluated } from '../hop/record';
import { type ChosenUpstream, fillClusters } from '../upstream/cluster-chances';
import { isDynamic } from '../upstream/dynamic-hosts';
import { type Upstream, upstream } from '../upstream/upstream';
import { type ChosenRoute, chooseRoute, lotsOf, noRoute } from './choose-route';
import type { RouteChance } from './route-chances';
import { planClusters, type PlannedCluster } from './cluster-plan';
import { metadataBehindFilters } from './filter-metadata';
import type { HttpContext } from './http-context';
import { isUnknown } from '../../match/ternary';
import { watching } from '../../match/watch';
import { firstHeader, type HttpMessage } from '../../http/message';
import type { RouteSetting, VirtualHostCause } from '../facts/routing';
import type { Cause } from '../facts/step';
import type { ClusterChoice } from '../facts/upstream';
import { localReply } from '../hop/local-reply';
import { locationOf } from './redirect';
import { routeSettings } from './route-details';
import { watchedChoice } from './watched-choice';
import { findRoutes, type FoundRoutes } from './route-configuration';
import type { RouteInput } from '../../http/route-input';
import { chooseVirtualHost, unnamedVirtualHost, type VirtualHostAt, virtualHostName } from './virtual-host';

/** The cluster that the request goes to. */
export interface TakenCluster {
  readonly planned: PlannedCluster;
  readonly upstream: Upstream;
  /** Why this one. */
  readonly choice: ClusterChoice;
  /** The cluster as the request finds it that is sent on: hosts that hang on the request hang on what it is by then. */
  readonly asSent: (message: () => HttpMessage, isResolved: (host: string) => boolean) => Upstream;
}

export interface Routing {
  readonly configuration: RouteConfiguration | null;
  readonly virtualHost: VirtualHost | null;
  readonly route: ChosenRoute | null;
  /** Null where the route answers itself or there is none. */
  readonly taken: TakenCluster | null;
  /** The answer that stands already, once the filters have let the request through. */
  readonly answer: Ending | null;
}

/** No route, and no answer either. */
export const UNROUTED: Routing = { configuration: null, virtualHost: null, route: null, taken: null, answer: null };

/** The end only where an input decides that is not known. Fills in what it finds. */
export function findRouting(walk: HttpContext, input: RouteInput, record: HopRecord): Routing | Ending {
  const { context, manager, pointer } = walk;
  const { message } = input;
  const routes = findRoutes(context.config, manager, pointer, message, record);
  if (routes !== null && isEnding(routes)) return routes;
  if (routes === null) {
    return { ...UNROUTED, answer: notFound(message, 'no-route-configuration', { kind: 'no-route-configuration' }) };
  }
  const host = findVirtualHost(walk, routes, message, record);
  const { configuration } = routes;
  if (isEnding(host)) return host.outcome.verdict === 'unknown' ? host : { ...UNROUTED, configuration, answer: host };
  const found: Routing = { ...UNROUTED, configuration, virtualHost: host.host };
  if (forwardedProtocol(message) === '') {
    const cause = { kind: 'no-forwarded-protocol' } as const;
    record.add(step('route', 'missed', null, cause));
    return { ...found, answer: notFound(message, 'no-route', cause) };
  }
  const redirect = tlsRequired(host, message);
  if (redirect !== null) {
    const open = redirect.outcome.verdict === 'unknown';
    record.add(step('virtual-host', open ? 'unknown' : 'ended', host.host.name ?? '', redirect.cause));
    return open ? redirect : { ...found, answer: redirect };
  }
  return withRoute(walk, routes, host, input, { found, record });
}

function withRoute(
  walk: HttpContext,
  { configuration, pointer }: FoundRoutes,
  host: VirtualHostAt,
  input: RouteInput,
  { found, record }: { readonly found: Routing; readonly record: HopRecord },
): Routing | Ending {
  const at = `${pointer}/virtual_hosts/${host.index}`;
  const { limit, isBare = false } = walk.context.explain;
  const levels = { manager: walk.manager, virtualHost: host.host, configuration };
  const lots = lotsOf(host, at, configuration, input);
  const settingsOf = (route: Route): readonly RouteSetting[] => [
    ...lots.filter((one) => one.route === route).map(({ share }) => ({ kind: 'chance', share }) as const),
    ...(isBare ? [] : routeSettings(route, levels, input)),
  ];
  const choose = (asked: RouteInput, into: HopRecord): ChosenRoute | Ending | null =>
    chooseRoute(host, at, configuration, asked, { record: into, limit, settingsOf });
  const listed = host.host.matcher === undefined ? (host.host.routes ?? []) : [];
  const isSure = lots.length === 0;
  const route = isSure ? watchedChoice(walk.context, listed, choose, input, record) : choose(input, record);
  if (route === null) {
    return { ...found, answer: notFound(input.message, 'no-route', noRoute(host.host, input)) };
  }
  if (isEnding(route)) return route;
  return withCluster(walk, configuration, { ...found, route }, { input, lots }, record);
}

interface Lots {
  readonly input: RouteInput;
  /** Routes that could have been taken by lot; empty where there was no lot. */
  readonly lots: readonly RouteChance[];
}

function withCluster(
  walk: HttpContext,
  configuration: RouteConfiguration,
  found: Routing,
  { input, lots }: Lots,
  record: HopRecord,
): Routing | Ending {
  const action = found.route?.route.route;
  const plan = action === undefined ? null : planClusters(action, configuration, input);
  const others = lots.filter(({ route }) => route !== found.route?.route);
  const own = lots.find(({ route }) => route === found.route?.route)?.share ?? 1;
  const elsewhere = others.flatMap(({ route, share }) =>
    route.route === undefined ? [] : scaled(planClusters(route.route, configuration, input).clusters, share),
  );
  const asked = { ...input, metadata: metadataBehindFilters(walk, input.message) };
  const planned = [...scaled(plan?.clusters ?? [], own), ...elsewhere].map((one): ChosenUpstream => ({
    share: one.share,
    upstream: upstreamOf(walk, one, asked),
  }));
  fillClusters(planned, walk.context.book, record);
  if (plan === null) return found;
  if (plan.unknown !== null) {
    const open = plan.unknown;
    record.add(step('cluster', 'unknown', null, { kind: 'cluster-open', choice: plan.choice, input: open }));
    return ending('unknown', 'unknown-input', { kind: 'which-cluster-open', input: open });
  }
  const drawn = walk.context.decisions.draw(
    plan.clusters.map(({ name, share }) => ({ of: { kind: 'cluster', name } as const, share })),
  );
  const [chosen, taken] = [plan.clusters[drawn], planned[drawn]?.upstream];
  if (chosen === undefined || taken === undefined) return found;
  const asSent: TakenCluster['asSent'] = (message, isResolved) =>
    taken.entry === null || !isDynamic(taken.entry.resource)
      ? taken
      : upstreamOf(walk, chosen, { ...asked, message: watching(null, message) }, isResolved);
  return { ...found, taken: { planned: chosen, upstream: taken, choice: plan.choice, asSent } };
}

function scaled(clusters: readonly PlannedCluster[], by: number): readonly PlannedCluster[] {
  return clusters.map((one) => ({ ...one, share: one.share * by }));
}

function upstreamOf(
  walk: HttpContext,
  { name, criteria }: PlannedCluster,
  { message, metadata }: RouteInput,
  isResolved?: (host: string) => boolean,
): Upstream {
  const { connection, restored } = walk;
  const destination = { local: connection.local, restored, message, forward: null, metadata };
  if (isResolved !== undefined) return upstream(walk.context.config, name, criteria, { ...destination, isResolved });
  return upstream(walk.context.config, name, criteria, destination);
}

function findVirtualHost(
  { context }: HttpContext,
  { configuration, pointer }: FoundRoutes,
  message: HttpMessage,
  record: HopRecord,
): VirtualHostAt | Ending {
  const name = virtualHostName(configuration, message);
  if (isUnknown(name)) return ending('unknown', 'unknown-input', { kind: 'authority-open', input: name.unknown });
  const choice =
    name === null ? unnamedVirtualHost(configuration) : chooseVirtualHost(configuration, name, context.explain.limit);
  const { chosen, cause, rejected, rejectedCount } = choice;
  if (chosen === null) {
    record.add(step('virtual-host', 'missed', null, cause, { rejected, rejectedCount, config: pointer }));
    return notFound(message, 'no-virtual-host', cause);
  }
  const config = `${pointer}/virtual_hosts/${chosen.index}`;
  const origin = configOrigin(chosen.host.metadata);
  record.add(
    step('virtual-host', 'matched', chosen.host.name ?? '', cause, {
      rejected,
      rejectedCount,
      config,
      origin,
      ...unevaluated([chosen.host, 'VirtualHost']),
    }),
  );
  record.fill({ virtualHost: { name: chosen.host.name ?? '', domain: chosen.domain } });
  return chosen;
}

function notFound(
  message: HttpMessage,
  reason: 'no-route-configuration' | 'no-virtual-host' | 'no-route',
  cause: Cause,
): Ending {
  return localReply(message, ['failed', reason], 404, cause, { responseFlags: 'NR' });
}

/** The connection manager has set it: what is not known has ended the walk there. */
function forwardedProtocol(message: HttpMessage): string {
  const value = firstHeader(message, 'x-forwarded-proto') ?? '';
  return isUnknown(value) ? message.scheme : value;
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (VirtualHost.require_tls) */
function tlsRequired({ host }: VirtualHostAt, message: HttpMessage): EndingBy<VirtualHostCause> | null {
  const wanted = host.require_tls ?? 'NONE';
  if (wanted === 'NONE' || forwardedProtocol(message) === 'https') return null;
  // The connection manager has marked internal requests, and nobody else may.
  const mark = wanted === 'EXTERNAL_ONLY' && firstHeader(message, 'x-envoy-internal');
  const spared = isUnknown(mark) ? mark : mark === 'true';
  if (isUnknown(spared)) {
    return ending('unknown', 'unknown-input', { kind: 'tls-required-open', input: spared.unknown });
  }
  if (spared) return null;
  const cause = { kind: 'tls-required', virtualHost: host.name ?? '', wanted } as const;
  return localReply(message, ['redirected', 'tls-required'], 301, cause, { location: locationWithTls(message) });
}

function locationWithTls(message: HttpMessage): string | null {
  return locationOf(`https://${message.authority ?? ''}${message.path}`, message);
}

/** An answer that stood before the filters ran, to the request as they left it: whether that is gRPC, and where TLS would be. */
export function behindFilters(answer: Ending, message: HttpMessage): Ending {
  const { cause, outcome } = answer;
  const { verdict, reason, responseFlags } = outcome;
  if (verdict === 'unknown') return answer;
  if (cause.kind === 'tls-required') {
    return localReply(message, [verdict, reason], 301, cause, { location: locationWithTls(message) });
  }
  return localReply(message, [verdict, reason], 404, cause, { responseFlags });
}

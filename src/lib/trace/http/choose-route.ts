/** The first route of a virtual host whose conditions all hold; or the one that the virtual host's matcher tree names. */
import type { Origin } from '../../envoy/istio-config';
import { configOrigin } from '../../envoy/product-origin';
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { Route, RouteConfiguration, VirtualHost } from '../../envoy/route';
import { matchedFor } from '../../http/matcher-inputs';
import type { Matcher } from '../../match/matcher-tree';
import { type Ending, ending } from '../hop/ending';
import { type HopRecord, step, unevaluated } from '../hop/record';
import type { RouteCause, RouteMiss, RouteSetting } from '../facts/routing';
import { NearestRejections } from './rejections';
import { type RouteChance, routeChances } from './route-chances';
import { routesToAsk } from '../../http/route-index';
import { describeConditions, type FailedCondition, failedCondition } from '../../http/route-match';
import type { RouteInput } from '../../http/route-input';
import type { VirtualHostAt } from './virtual-host';

export interface ChosenRoute {
  readonly route: Route;
  readonly index: number;
  readonly pointer: string;
}

/** Where the choice is told, and how. */
export interface RouteReport {
  readonly record: HopRecord;
  /** How many rejected routes are listed. */
  readonly limit: number;
  /** What a route does. */
  readonly settingsOf: (route: Route) => readonly RouteSetting[];
}

interface Candidates {
  readonly routes: readonly Route[];
  readonly pointer: string;
}

/** The routes that a lot decides between; empty where none does. */
export function lotsOf(
  { host }: VirtualHostAt,
  pointer: string,
  configuration: RouteConfiguration,
  input: RouteInput,
): readonly RouteChance[] {
  const candidates = candidatesOf(host, pointer, input);
  return 'unknown' in candidates ? [] : routeChances(candidates.routes, input, configuration);
}

/** Null where no route takes the request; the end where an unknown input decides. Fills in the hop's route. */
export function chooseRoute(
  { host }: VirtualHostAt,
  pointer: string,
  configuration: RouteConfiguration,
  input: RouteInput,
  { record, limit, settingsOf }: RouteReport,
): ChosenRoute | Ending | null {
  const candidates = candidatesOf(host, pointer, input);
  if ('unknown' in candidates) {
    const open = candidates.unknown;
    record.add(step('route', 'unknown', null, { kind: 'route-matcher-open', input: open }));
    return ending('unknown', 'unknown-input', { kind: 'which-route-open', input: open });
  }
  const rejections = new NearestRejections(limit);
  for (const index of routesToAsk(candidates.routes, input, limit)) {
    const route = candidates.routes[index];
    if (route === undefined) continue;
    rejections.passedOver(index);
    const failed = failedCondition(route.match ?? {}, input, configuration);
    if (failed === null) {
      const chosen = { route, index, pointer: `${candidates.pointer}/${index}` };
      const details = settingsOf(route);
      const origin = configOrigin(route.metadata);
      const left = unevaluated([route, 'Route']);
      const more = { ...rejections.explained, config: chosen.pointer, details, origin, ...left };
      const cause = { kind: 'conditions-hold', conditions: describeConditions(route.match ?? {}) } as const;
      record.add(step('route', 'matched', routeStepName(route, index), cause, more));
      record.fill({ route: { name: route.name ?? null, index } });
      return chosen;
    }
    if (failed.unknown !== null) {
      const cause = { kind: 'route-open', route: routeStepName(route, index), input: failed.unknown } as const;
      const more = { ...rejections.explained, config: `${candidates.pointer}/${index}` };
      record.add(step('route', 'unknown', routeStepName(route, index), cause, more));
      return ending('unknown', 'unknown-input', cause);
    }
    rejections.add(failed.depth, routeStepName(route, index), () => missOf(failed));
  }
  rejections.passedOver(candidates.routes.length);
  record.add(
    step('route', 'missed', null, noRoute(host, input), {
      ...rejections.explained,
      config: candidates.pointer,
      origin: onlyOrigin(candidates.routes),
    }),
  );
  return null;
}

function missOf({ condition, says, unknown }: FailedCondition): RouteMiss {
  return { kind: 'route-condition', condition, says: says(), unknown };
}

/** That the virtual host has no route for the request. */
export function noRoute(
  { name: virtualHost = '' }: VirtualHost,
  { message: { method, path } }: RouteInput,
): RouteCause {
  return { kind: 'no-route', virtualHost, method, path };
}

function candidatesOf(
  host: VirtualHostAt['host'],
  pointer: string,
  input: RouteInput,
): Candidates | { readonly unknown: string } {
  return host.matcher === undefined ? plain(host.routes ?? [], pointer) : byTree(host.matcher, pointer, input);
}

/** The one object that every route came from; null where they are of several, or say nothing. */
function onlyOrigin(routes: readonly Route[]): Origin | null {
  const origin = configOrigin(routes[0]?.metadata);
  if (origin === null) return null;
  return routes.every(({ metadata }) => configOrigin(metadata)?.command === origin.command) ? origin : null;
}

function plain(routes: readonly Route[], pointer: string): Candidates {
  return { routes, pointer: `${pointer}/routes` };
}

/** A route's name in steps: its number where it has none. */
export function routeStepName(route: Route, index: number): string {
  return (route.name ?? '') === '' ? `#${index}` : (route.name ?? '');
}

const ROUTES = /\.route\.v3\.(?:Route|RouteList)$/;

/**
 * The route or the list of routes that the tree names; their own conditions count after it.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (VirtualHost.matcher)
 */
function byTree(matcher: Matcher, pointer: string, input: RouteInput): Candidates | { readonly unknown: string } {
  const found = matchedFor(matcher, input);
  if (found.unknown !== null) return { unknown: found.unknown };
  const config = found.action?.typed_config;
  const type = messageTypeOf(config);
  if (type !== '' && !ROUTES.test(type)) return { unknown: `what the action ${type} of the matcher does` };
  const routes = type.endsWith('.RouteList')
    ? (messageOf<{ routes?: readonly Route[] }>(config).routes ?? [])
    : config === undefined
      ? []
      : [messageOf<Route>(config)];
  return { routes, pointer: `${pointer}/matcher` };
}

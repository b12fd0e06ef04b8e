/** A first check file of a proxy: a request for each route that can be reached, with what happens today as expected. */
import type { CheckRequest, RequestMode } from '../check/check-file';
import { queryOf } from '../check/check-request';
import type { HopExpectation, TraceExpectation } from '../check/expectation';
import type { Shard } from '../check/shard';
import { httpManagers, type ManagerAt } from '../envoy/http-managers';
import { refuseOldListeners } from '../envoy/old-api';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { VirtualHost } from '../envoy/route';
import { UsageError } from '../errors';
import { shadowOf } from '../lint/shadowed-routes';
import type { Watcher } from '../match/watch';
import type { TraceQuery } from '../trace/request/query';
import { AlikeRoutes, meets, type RoutePlace, type TracedEnd } from './alike-routes';
import { type DownstreamConnection, downstreamConnectionsTo } from './downstream-connections';
import { candidates } from './candidates';
import { rememberedFor } from '../remembered';

export interface GeneratedCheck {
  readonly name: string;
  readonly request: CheckRequest;
  readonly expect: TraceExpectation;
}

export interface UnreachedRoute {
  /** `9080 reviews.bookinfo.svc.cluster.local:9080 #1`. */
  readonly route: string;
  readonly because: string;
}

export interface Generated {
  readonly checks: readonly GeneratedCheck[];
  readonly unreached: readonly UnreachedRoute[];
  /** How many routes were left out because enough requests were asked: another part of the routes holds them. */
  readonly left: number;
}

/** How many requests are tried for a route. */
const TRIES = 120;

/** After so many requests no further route is looked at. */
export const MOST_REQUESTS = 20_000;

const EVERY_ROUTE: Shard = { index: 1, count: 1 };

/** @param watch makes who watches the walk; who cannot be asked for it leaves it out, and then every request is walked */
export type Ask = (query: TraceQuery, watch?: () => Watcher) => Promise<TracedEnd>;

type TracedHop = TracedEnd['hops'][number];

/**
 * Finds, for each route, a request that a trace says meets it. Throws InputError for a dump of Envoy's v2 API.
 * @param mode how requests come to the proxy; null where its type and its listeners say
 * @param part which of the routes, in their order
 */
export async function generateChecks(
  config: ProxyConfig,
  ask: Ask,
  mode: RequestMode | null = null,
  part: Shard = EVERY_ROUTE,
): Promise<Generated> {
  config.dump.need('Listeners');
  refuseOldListeners(config);
  const checks: GeneratedCheck[] = [];
  const unreached: UnreachedRoute[] = [];
  let requests = 0;
  let left = 0;
  const alike = new AlikeRoutes();
  const counted: AskFor = async (request, place) => {
    requests += 1;
    return await alike.endOf(request, place, async (watch) => await traceOf(request, ask, watch));
  };
  for (const { host, managers, configuration, routes } of partOf(virtualHosts(config), part)) {
    if (requests >= MOST_REQUESTS) {
      left += routes.length;
      continue;
    }
    const ways = managers.map((at) => downstreamConnectionsTo(at, host.domains ?? [], config, mode));
    for (const index of routes) {
      if (requests >= MOST_REQUESTS) {
        left += 1;
        continue;
      }
      const label = `${configuration} ${host.name ?? ''} #${index}`;
      const found = await checkOf({ host, index, configuration }, ways, counted);
      if ('expect' in found) checks.push({ name: label, ...found });
      else unreached.push({ route: label, because: found.because });
    }
  }
  return { checks, unreached, left };
}

/** The numbers of each virtual host's routes that are in the part; those of which none is are left out. */
function partOf(
  hosts: readonly VirtualHostAt[],
  { index, count }: Shard,
): readonly (VirtualHostAt & { readonly routes: readonly number[] })[] {
  const total = hosts.reduce((sum, { host }) => sum + (host.routes ?? []).length, 0);
  const [from, to] = [index - 1, index].map((bound) => Math.floor((total * bound) / count));
  let before = 0;
  return hosts.flatMap((at) => {
    const numbers = [...(at.host.routes ?? []).keys()];
    const routes = numbers.slice(Math.max(0, (from ?? 0) - before), Math.max(0, (to ?? 0) - before));
    before += numbers.length;
    return routes.length === 0 ? [] : [{ ...at, routes }];
  });
}

interface VirtualHostAt {
  readonly configuration: string;
  readonly host: VirtualHost;
  /** Every connection manager that uses it. */
  readonly managers: readonly ManagerAt[];
}

/** Virtual hosts that listeners use, each once; inline ones of the same name, which chains for TLS and without it have, too. */
function virtualHosts(config: ProxyConfig): readonly VirtualHostAt[] {
  const found = new Map<string, { configuration: string; host: VirtualHost; managers: ManagerAt[] }>();
  const managers = httpManagers(config);
  // Beside listeners of a control plane those of the bootstrap serve the proxy itself.
  const isManaged = managers.some(({ isDynamic }) => isDynamic);
  for (const at of managers) {
    if ((isManaged && !at.isDynamic) || at.routes === null) continue;
    for (const host of at.routes.virtual_hosts ?? []) {
      const configuration = at.routes.name ?? '';
      const key = JSON.stringify([configuration, host.name]);
      const known = found.get(key) ?? { configuration, host, managers: [] };
      known.managers.push(at);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

type AskFor = (request: CheckRequest, place: RoutePlace) => Promise<TracedEnd | null>;

type Found = Pick<GeneratedCheck, 'request' | 'expect'> | { readonly because: string };

/** @param ways the connections that come to each connection manager */
async function checkOf(
  place: RoutePlace,
  ways: readonly (readonly DownstreamConnection[])[],
  ask: AskFor,
): Promise<Found> {
  const { host, index } = place;
  const shadow = shadowOf(host, index);
  if (shadow !== null) return { because: `route #${shadow} of the same virtual host takes all that it would` };
  let tried = 0;
  let instead: string | null = null;
  for (const connections of ways) {
    for (const request of candidates(host, index, connections)) {
      if (tried >= TRIES) break;
      tried += 1;
      const trace = await ask(request, place);
      const hop = trace?.hops.findIndex((one) => meets(one, place)) ?? -1;
      if (trace !== null && hop >= 0) return { request, expect: expectationOf(trace, hop, host) };
      if (trace !== null) instead ??= endOf(request, trace);
    }
  }
  const because = tried === 0 ? 'no request was found that meets its conditions' : `none of ${tried} requests met it`;
  return { because: instead === null ? because : `${because}; ${instead}` };
}

/** Null for a request that cannot be asked. */
async function traceOf(request: CheckRequest, ask: Ask, watch?: () => Watcher): Promise<TracedEnd | null> {
  try {
    return await ask(queryOf(request), watch);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

function endOf(request: CheckRequest, trace: TracedEnd): string {
  const hop = trace.hops[0];
  const where = hop?.virtualHost ?? null;
  if (where === null) return `${request.url ?? ''} ends as ${trace.reason ?? trace.verdict}`;
  const route = hop?.route ?? null;
  return `${request.url ?? ''} meets ${where.name}${route === null ? ' and no route' : ` #${route.index}`}`;
}

/** What happens today: how it ends, and where it went at the proxy whose route it is. */
function expectationOf(trace: TracedEnd, index: number, host: VirtualHost): TraceExpectation {
  const { verdict, reason, status, location, policy } = trace;
  const end = Object.fromEntries(
    Object.entries({ reason, status, location, policy }).filter(([, value]) => value !== null),
  );
  const hop = trace.hops[index];
  const own = hop === undefined ? {} : hopExpectationOf(hop, host);
  if (index === 0) return { verdict, ...end, ...own };
  return { verdict, ...end, hops: [...Array.from({ length: index }, () => ({})), own] };
}

function hopExpectationOf(hop: TracedHop, host: VirtualHost): HopExpectation {
  const [only, ...more] = hop.clusters;
  const clusters =
    only === undefined
      ? {}
      : more.length === 0
        ? { cluster: only.name }
        : { clusters: Object.fromEntries(hop.clusters.map(({ name, share }) => [name, share])) };
  return {
    listener: hop.listener?.name ?? null,
    routeConfiguration: hop.routeConfiguration?.name ?? null,
    virtualHost: hop.virtualHost?.name ?? null,
    route: routeIn(hop, host),
    ...clusters,
  };
}

/** The route's name where it is its own, which outlives a change of order; else its number. */
function routeIn({ route }: TracedHop, host: VirtualHost): string | number | null {
  const name = route?.name ?? '';
  return name !== '' && timesNamed(host).get(name) === 1 ? name : (route?.index ?? null);
}

/** How often each name stands among a virtual host's routes. */
const timesNamed = rememberedFor((host: VirtualHost): ReadonlyMap<string, number> => {
  const times = new Map<string, number>();
  for (const { name = '' } of host.routes ?? []) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
});

/**
 * A format that writes `%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%`, as Istio's does, writes the header where the client itself sent it: the
 * path is then open.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-original-path
 */
import type { ProxyConfig } from '../envoy/proxy-config';
import { pathWitnesses } from '../http/conditions/path-witness';
import { witnessOf } from '../http/route-witness';
import type { Hop } from '../trace/model';
import type { LogEntry } from './entry';
import { pathsBefore } from './inverse-rewrite';
import { fittingRoutes, pathKeysOf, routesOf, tablesOf } from './open-headers';

/** Paths that are tried of each route, and of all. */
const MOST_OF_ROUTE = 3;
const MOST_TRIES = 16;

/**
 * Paths that the routes of the logged name or cluster may have rewritten to the logged one, where the format writes the path as it was
 * sent on; likeliest first. Of a request that no route was logged of, those of all routes of the virtual hosts.
 */
export function pathsRewritten(config: ProxyConfig, hop: Hop, entry: LogEntry): readonly string[] {
  const { path, pathIsSentOn, cluster, route } = entry;
  if (!pathIsSentOn || path === null) return [];
  const told = cluster !== null || route !== null ? fittingRoutes(config, hop, entry) : [];
  const all = tablesOf(config).flatMap((table) => (table.virtual_hosts ?? []).flatMap(routesOf));
  const before = [...told, ...all].flatMap((one) => pathsBefore(one, path));
  return [...new Set(before)].filter((one) => one !== path && one.startsWith('/')).slice(0, MOST_TRIES);
}

/** The path with a query that the routes of the logged name or cluster ask for, where the format leaves the query out. */
export function pathsWithQuery(config: ProxyConfig, hop: Hop, entry: LogEntry): readonly string[] {
  const { path, pathLacksQuery } = entry;
  if (!pathLacksQuery || path === null) return [];
  const queries = fittingRoutes(config, hop, entry).map(({ match }) => witnessOf(match ?? {})?.query ?? '');
  return [...new Set(queries)]
    .filter((query) => query !== '')
    .map((query) => `${path}?${query.replace(/^\?/, '')}`)
    .slice(0, MOST_TRIES);
}

/** Paths that the routes of the logged name or cluster take, and those by which the virtual host chooses among its routes. */
export function openPaths(config: ProxyConfig, hop: Hop, entry: LogEntry): readonly string[] {
  if (!entry.pathMayBeHeader || entry.path === null) return [];
  if (entry.method === 'CONNECT') return [''];
  const paths = new Set<string>();
  for (const path of pathsChosenBy(config, hop, entry)) {
    if (path !== entry.path) paths.add(path);
    if (paths.size === MOST_TRIES) break;
  }
  return [...paths];
}

/** Paths that few routes take: the second has characters that no template takes. */
const SELDOM_TAKEN = ['/-', '/{}'];

/** One at a time, since there may be thousands of routes, and no more than a few are tried. */
function* pathsChosenBy(config: ProxyConfig, hop: Hop, entry: LogEntry): Generator<string> {
  if (entry.details === 'route_not_found') yield* SELDOM_TAKEN;
  for (const { match } of fittingRoutes(config, hop, entry)) yield* pathWitnesses(match ?? {}).slice(0, MOST_OF_ROUTE);
  yield* pathKeysOf(config, hop);
}

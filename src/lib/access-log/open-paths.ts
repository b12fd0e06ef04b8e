/**
 * A format that writes `%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%`, as Istio's does, writes the header where the client itself sent it: the
 * path is then open.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-original-path
 */
import type { ProxyConfig } from '../envoy/proxy-config';
import { pathWitnesses } from '../http/conditions/path-witness';
import type { Hop } from '../trace/model';
import type { LogEntry } from './entry';
import { fittingRoutes, pathKeysOf } from './open-headers';

/** Paths that are tried of each route, and of all. */
const MOST_OF_ROUTE = 3;
const MOST_TRIES = 16;

/** Paths that the routes of the logged name or cluster take, and those by which the virtual host chooses among its routes. */
export function openPaths(config: ProxyConfig, hop: Hop, entry: LogEntry): readonly string[] {
  if (!entry.pathMayBeHeader || entry.path === null) return [];
  if (entry.method === 'CONNECT') return [''];
  const paths = fittingRoutes(config, hop, entry).flatMap(({ match }) =>
    pathWitnesses(match ?? {}).slice(0, MOST_OF_ROUTE),
  );
  return [...new Set([...paths, ...pathKeysOf(config, hop)])]
    .filter((path) => path !== entry.path)
    .slice(0, MOST_TRIES);
}

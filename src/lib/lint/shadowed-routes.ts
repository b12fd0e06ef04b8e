/** Routes that nothing reaches: one before them in their virtual host takes all that they would. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { VirtualHost } from '../envoy/route';
import type { Finding } from './finding';
import { asciiLower } from '../match/string-matcher';
import { impliesRoute, pathStart } from './route-implication';
import { ownerOf, type RouteAt, routeLabel, routesOf, routeTables } from './route-tables';

export function shadowedRoutes(config: ProxyConfig): readonly Finding[] {
  return routeTables(config).flatMap((table) =>
    routesOf(table).flatMap((at) => {
      const by = shadowOf(at.host, at.index);
      return by === null ? [] : [findingOf(at, by)];
    }),
  );
}

/** Looked for once a virtual host: a table may have thousands of routes. */
const shadows = new WeakMap<VirtualHost, readonly (number | null)[]>();

/** The number of the first route that takes all that this one would; null where there is none. */
export function shadowOf(host: VirtualHost, index: number): number | null {
  const known = shadows.get(host) ?? findShadows(host);
  shadows.set(host, known);
  return known[index] ?? null;
}

function findShadows(host: VirtualHost): readonly (number | null)[] {
  const routes = (host.routes ?? []).map(({ match = {} }) => ({ match, start: asciiLower(pathStart(match)) }));
  return routes.map((narrow, index) => {
    // What is cheap to compare comes first: a virtual host may have thousands of routes.
    const by = routes.findIndex(
      (wide, other) =>
        other >= index || (narrow.start.startsWith(wide.start) && impliesRoute(narrow.match, wide.match)),
    );
    return by >= index ? null : by;
  });
}

function findingOf(at: RouteAt, by: number): Finding {
  const first = at.host.routes?.[by];
  const name = (first?.name ?? '') === '' ? '' : ` (${first?.name ?? ''})`;
  return {
    rule: 'shadowed-route',
    severity: 'warning',
    resource: routeLabel(at),
    message: `no request reaches it: route #${by}${name} of the same virtual host takes all that it would`,
    owner: ownerOf(at.route.metadata, at.host.metadata),
    config: at.pointer,
  };
}

/** Every route configuration of a proxy that the mesh's listeners can use, each once. */
import type { Metadata } from '../envoy/any';
import { httpManagers } from '../envoy/http-managers';
import type { Origin } from '../envoy/istio-config';
import { configOrigin } from '../envoy/product-origin';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Route, RouteConfiguration, VirtualHost } from '../envoy/route';

export interface RouteTable {
  readonly configuration: RouteConfiguration;
  readonly pointer: string;
}

/** Those that RDS brought, used or not, then those that stand inside a listener. */
export function routeTables(config: ProxyConfig): readonly RouteTable[] {
  const delivered = config.dump.routes.flatMap(({ resource, state, pointer }) =>
    resource === null || state !== 'active' ? [] : [{ configuration: resource, pointer }],
  );
  const inline = httpManagers(config).flatMap(({ manager, routes, routesPointer }) =>
    manager.route_config === undefined || routes === null || routesPointer === null
      ? []
      : [{ configuration: routes, pointer: routesPointer }],
  );
  return [...delivered, ...inline];
}

/** A route and where it stands. */
export interface RouteAt {
  readonly route: Route;
  readonly index: number;
  readonly host: VirtualHost;
  readonly configuration: RouteConfiguration;
  readonly pointer: string;
}

/** Every route of a table, in order. */
export function routesOf({ configuration, pointer }: RouteTable): readonly RouteAt[] {
  return (configuration.virtual_hosts ?? []).flatMap((host, hostIndex) =>
    (host.routes ?? []).map((route, index) => ({
      route,
      index,
      host,
      configuration,
      pointer: `${pointer}/virtual_hosts/${hostIndex}/routes/${index}`,
    })),
  );
}

/** `route 9080 reviews:9080 #1 (name)`. */
export function routeLabel({ configuration, host, index, route }: RouteAt): string {
  const name = (route.name ?? '') === '' ? '' : ` (${route.name ?? ''})`;
  return `route ${configuration.name ?? ''} ${host.name ?? ''} #${index}${name}`;
}

/** The first Istio object that one of these names, the nearest first. */
export function ownerOf(...metadata: readonly (Metadata | undefined)[]): Origin | null {
  return firstOwner(metadata);
}

/** The first owner that any of these names; null where none does. */
export function firstOwner(metadata: Iterable<Metadata | undefined>): Origin | null {
  for (const one of metadata) {
    const owner = configOrigin(one);
    if (owner !== null) return owner;
  }
  return null;
}

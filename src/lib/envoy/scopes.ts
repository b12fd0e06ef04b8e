/** The scopes of a connection manager whose routes are scoped, each with its key and its routes. */
import type { ScopedRoutes } from './listener';
import type { ProxyConfig } from './proxy-config';
import type { ScopedRouteConfiguration } from './route';

export interface ScopeAt {
  readonly scope: ScopedRouteConfiguration;
  readonly pointer: string;
}

/**
 * Those of its own list, or those that SRDS brought for its set.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto (ScopedRoutes)
 * @param pointer JSON pointer of the connection manager, with which those of its own list begin
 */
export function scopesOf(config: ProxyConfig, scoped: ScopedRoutes, pointer: string): readonly ScopeAt[] {
  const list = scoped.scoped_route_configurations_list?.scoped_route_configurations;
  if (list !== undefined) {
    const base = `${pointer}/scoped_routes/scoped_route_configurations_list/scoped_route_configurations`;
    return list.map((scope, index) => ({ scope, pointer: `${base}/${index}` }));
  }
  return config.dump.scopedRoutes.filter(({ set }) => set === (scoped.name ?? ''));
}

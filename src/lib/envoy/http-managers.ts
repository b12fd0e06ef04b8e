/** Every HTTP connection manager of a proxy's listeners, with the route configuration that it uses. */
import { messageOf, messageTypeOf } from './any';
import type { FilterChain, HttpConnectionManager, Listener } from './listener';
import type { ProxyConfig } from './proxy-config';
import type { RouteConfiguration } from './route';
import { rememberedFor } from '../remembered';

export interface ManagerAt {
  readonly listener: Listener;
  readonly chain: FilterChain;
  readonly manager: HttpConnectionManager;
  /** Null where RDS has not brought it, or routes are scoped. */
  readonly routes: RouteConfiguration | null;
  /** JSON pointer of the route configuration in the dump; null where there is none. */
  readonly routesPointer: string | null;
  /** JSON pointer of the filter chain. */
  readonly pointer: string;
  /** Whether the control plane sent the listener; those of the bootstrap carry no traffic of the mesh. */
  readonly isDynamic: boolean;
}

/** In the order of listeners and chains, the default chain last. They are looked for once: there can be ten thousand. */
export const httpManagers = rememberedFor(findManagers);

function findManagers(config: ProxyConfig): readonly ManagerAt[] {
  return config.servingListeners.flatMap(({ resource, pointer, state }) =>
    resource === null
      ? []
      : chainsOf(resource).flatMap(({ chain, path }) =>
          (chain.filters ?? []).flatMap((filter, index) => {
            if (!messageTypeOf(filter.typed_config).endsWith('.HttpConnectionManager')) return [];
            const manager = messageOf<HttpConnectionManager>(filter.typed_config);
            const at = `${pointer}/${path}`;
            const inline = `${at}/filters/${index}/typed_config/route_config`;
            return [
              {
                listener: resource,
                chain,
                manager,
                ...routesOf(manager, config, inline),
                pointer: at,
                isDynamic: state === 'active',
              },
            ];
          }),
        ),
  );
}

/** A listener's chains with where they stand in it. */
export function chainsOf(listener: Listener): readonly { readonly chain: FilterChain; readonly path: string }[] {
  const own = (listener.filter_chains ?? []).map((chain, index) => ({ chain, path: `filter_chains/${index}` }));
  const { default_filter_chain: standard } = listener;
  return standard === undefined ? own : [...own, { chain: standard, path: 'default_filter_chain' }];
}

function routesOf(
  manager: HttpConnectionManager,
  config: ProxyConfig,
  inline: string,
): Pick<ManagerAt, 'routes' | 'routesPointer'> {
  if (manager.route_config !== undefined) return { routes: manager.route_config, routesPointer: inline };
  const entry = config.routeConfiguration(manager.rds?.route_config_name ?? '');
  return { routes: entry?.resource ?? null, routesPointer: entry?.pointer ?? null };
}

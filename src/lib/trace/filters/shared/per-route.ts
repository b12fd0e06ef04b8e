/**
 * A filter's settings for a route: `typed_per_filter_config` of the weighted cluster, the route, the virtual host and the
 * route configuration, the most specific first.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters#route-specific-config
 */
import { type Any, messageOf, messageTypeOf } from '../../../envoy/any';
import type { HttpFilterInput } from './input';

/** `envoy.config.route.v3.FilterConfig`. */
interface FilterConfig {
  readonly config?: Any;
  readonly disabled?: boolean;
}

/** Where a filter's settings for a route may stand. */
type RouteLevels = Pick<HttpFilterInput, 'weighted' | 'route' | 'virtualHost' | 'routeConfiguration'>;

export interface PerRoute {
  /** True or false where a level says so; null where none does and the chain's own `disabled` counts. */
  readonly disabled: boolean | null;
  /** Each level's configuration of the filter, the most specific first. */
  readonly configs: readonly PerRouteConfig[];
}

export interface PerRouteConfig {
  readonly level: 'weighted cluster' | 'route' | 'virtual host' | 'route configuration';
  readonly config: Any;
}

/** @param name the filter's name in the chain, which is the key at each level */
export function perRoute(input: RouteLevels, name: string): PerRoute {
  let disabled: boolean | null = null;
  const configs: PerRouteConfig[] = [];
  for (const [level, map] of levels(input)) {
    if (map === undefined || !Object.hasOwn(map, name)) continue;
    const any = map[name];
    if (any === undefined) continue;
    const wrapper = messageTypeOf(any) === 'envoy.config.route.v3.FilterConfig' ? messageOf<FilterConfig>(any) : null;
    disabled ??= wrapper?.disabled ?? false;
    const config = wrapper === null ? any : wrapper.disabled === true ? undefined : wrapper.config;
    if (config !== undefined && messageTypeOf(config) !== '') configs.push({ level, config });
  }
  return { disabled, configs };
}

type Level = readonly [PerRouteConfig['level'], Readonly<Record<string, Any>> | undefined];

/** Envoy reads per-filter settings through the matched route, so without a route even those of the virtual host do not apply. */
function levels({ weighted, route, virtualHost, routeConfiguration }: RouteLevels): readonly Level[] {
  if (route === null) return [];
  return [
    ['weighted cluster', weighted?.typed_per_filter_config],
    ['route', route.typed_per_filter_config],
    ['virtual host', virtualHost?.typed_per_filter_config],
    ['route configuration', routeConfiguration?.typed_per_filter_config],
  ];
}

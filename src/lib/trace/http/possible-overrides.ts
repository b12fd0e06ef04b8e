/**
 * Filters that a route may configure anew or switch off, for a request whose route is not known.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters#route-specific-config
 */
import type { HttpConnectionManager } from '../../envoy/listener';
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { RouteConfiguration, VirtualHost } from '../../envoy/route';
import { rememberedFor } from '../../remembered';

/** Whether any route that the manager may use says something of the filter of this name. */
export function mayOverride(config: ProxyConfig, manager: HttpConnectionManager, name: string): boolean {
  return candidates(config, manager).some((one) => hasTree(one) || namesIn(one).has(name));
}

/** By scope it may be any. */
function candidates(config: ProxyConfig, manager: HttpConnectionManager): readonly RouteConfiguration[] {
  if (manager.route_config !== undefined) return [manager.route_config];
  if (manager.scoped_routes === undefined) {
    return [config.routeConfiguration(manager.rds?.route_config_name ?? '')?.resource ?? {}];
  }
  const list = manager.scoped_routes.scoped_route_configurations_list?.scoped_route_configurations ?? [];
  const scopes = [...list, ...config.dump.scopedRoutes.map(({ scope }) => scope)];
  const inline = scopes.flatMap(({ route_configuration: own }) => own ?? []);
  return [...inline, ...config.dump.routes.flatMap(({ resource }) => resource ?? [])];
}

const namesIn = rememberedFor(
  (configuration: RouteConfiguration): ReadonlySet<string> =>
    new Set([
      ...Object.keys(configuration.typed_per_filter_config ?? {}),
      ...(configuration.virtual_hosts ?? []).flatMap(namesOfHost),
    ]),
);

/** A matcher tree holds routes somewhere inside, which are not looked through: they may mean any filter. */
function hasTree({ virtual_hosts: hosts = [] }: RouteConfiguration): boolean {
  return hosts.some(({ matcher }) => matcher !== undefined);
}

function namesOfHost({ typed_per_filter_config: own = {}, routes = [] }: VirtualHost): readonly string[] {
  return [
    ...Object.keys(own),
    ...routes.flatMap(({ typed_per_filter_config: ofRoute = {}, route }) => [
      ...Object.keys(ofRoute),
      ...(route?.weighted_clusters?.clusters ?? []).flatMap((one) => Object.keys(one.typed_per_filter_config ?? {})),
    ]),
  ];
}

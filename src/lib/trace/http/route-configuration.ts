/**
 * The route configuration of a connection manager: inline, by RDS, or by scope.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_routing
 */
import type { HeaderValueExtractor, HttpConnectionManager, ScopedRoutes } from '../../envoy/listener';
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { RouteConfiguration, ScopedRouteConfiguration } from '../../envoy/route';
import { scopesOf } from '../../envoy/scopes';
import { isUnknown, type Unknown, unknown } from '../../match/ternary';
import { type Ending, ending } from '../hop/ending';
import type { RouteConfigurationCause } from '../facts/routing';
import { type HopRecord, step, unevaluated } from '../hop/record';
import { firstHeader, type HeaderValue, type HttpMessage, tellValue } from '../../http/message';

export interface FoundRoutes {
  readonly configuration: RouteConfiguration;
  readonly pointer: string;
}

/** The name of the route configuration where the manager itself says it; null where the request chooses a scope. */
export function routesName(manager: HttpConnectionManager): string | null {
  if (manager.route_config !== undefined) return manager.route_config.name ?? '';
  return manager.scoped_routes === undefined ? (manager.rds?.route_config_name ?? null) : null;
}

/** Null where there is none: then no route is found; the end where what is not known decides. Fills in the hop's route configuration. */
export function findRoutes(
  config: ProxyConfig,
  manager: HttpConnectionManager,
  pointer: string,
  message: HttpMessage,
  record: HopRecord,
): FoundRoutes | Ending | null {
  if (manager.route_config !== undefined) {
    const name = manager.route_config.name ?? '';
    const found = { configuration: manager.route_config, pointer: `${pointer}/route_config` };
    return matched(found, name, { kind: 'inline-routes' }, record);
  }
  if (manager.scoped_routes !== undefined) return byScope(config, manager.scoped_routes, { pointer, message }, record);
  return byName(config, manager.rds?.route_config_name ?? '', { kind: 'routes-by-name' }, record);
}

function matched(found: FoundRoutes, name: string, cause: RouteConfigurationCause, record: HopRecord): FoundRoutes {
  const left = unevaluated([found.configuration, 'RouteConfiguration']);
  record.add(step('route-configuration', 'matched', name, cause, { config: found.pointer, ...left }));
  record.fill({ routeConfiguration: { name } });
  return found;
}

function byName(
  config: ProxyConfig,
  name: string,
  cause: RouteConfigurationCause,
  record: HopRecord,
): FoundRoutes | null {
  const entry = config.routeConfiguration(name);
  if (entry?.resource !== null && entry?.resource !== undefined) {
    return matched({ configuration: entry.resource, pointer: entry.pointer }, name, cause, record);
  }
  config.dump.need('Routes');
  record.add(step('route-configuration', 'missed', name, { kind: 'routes-not-in-dump', name }));
  record.fill({ routeConfiguration: { name } });
  return null;
}

interface Asked {
  readonly pointer: string;
  readonly message: HttpMessage;
}

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_routing#route-scope */
function byScope(
  config: ProxyConfig,
  scoped: ScopedRoutes,
  { pointer, message }: Asked,
  record: HopRecord,
): FoundRoutes | Ending | null {
  const key = scopeKey(scoped, message);
  if (isUnknown(key)) {
    const cause = { kind: 'scope-open', input: key.unknown } as const;
    record.add(step('route-configuration', 'unknown', null, cause, { config: `${pointer}/scoped_routes` }));
    return ending('unknown', 'unknown-input', cause);
  }
  const scopes = scopesOf(config, scoped, pointer);
  const wanted = key === null ? null : key.join('|');
  const found = wanted === null ? undefined : scopes.find(({ scope }) => keyOf(scope)?.join('|') === wanted);
  const open = scopes.find(({ scope }) => keyOf(scope) === null);
  if (found === undefined && wanted !== null && open !== undefined) {
    const cause = { kind: 'scope-key-not-known', scope: open.scope.name ?? '' } as const;
    record.add(step('route-configuration', 'unknown', null, cause, { config: open.pointer }));
    return ending('unknown', 'unknown-input', cause);
  }
  if (found === undefined) {
    const rejected = scopes.slice(0, 5).map(({ scope }) => ({
      name: scope.name ?? '',
      cause: { kind: 'other-scope-key', key: keyOf(scope) } as const,
    }));
    const more = { config: `${pointer}/scoped_routes`, rejected, rejectedCount: scopes.length };
    record.add(step('route-configuration', 'missed', null, { kind: 'no-scope', key }, more));
    return null;
  }
  const cause = { kind: 'routes-by-scope', scope: found.scope.name ?? '', key: key ?? [] } as const;
  const inline = found.scope.route_configuration;
  if (inline === undefined) return byName(config, found.scope.route_configuration_name ?? '', cause, record);
  const routes = { configuration: inline, pointer: `${found.pointer}/route_configuration` };
  return matched(routes, inline.name ?? '', cause, record);
}

/** Null where it has a fragment that is no text. */
function keyOf(scope: ScopedRouteConfiguration): readonly string[] | null {
  const fragments = scope.key?.fragments ?? [];
  return fragments.every(({ string_key: text }) => text !== undefined)
    ? fragments.map(({ string_key: text }) => text ?? '')
    : null;
}

/**
 * Null where one of the fragments cannot be had; unknown where a header of the key is, or a fragment is of a kind that Envoy
 * proper does not have (Higress: local_port_value_extractor, host_value_extractor).
 */
function scopeKey(scoped: ScopedRoutes, message: HttpMessage): readonly string[] | Unknown | null {
  const fragments: string[] = [];
  for (const builder of scoped.scope_key_builder?.fragments ?? []) {
    const { header_value_extractor: extractor } = builder;
    if (extractor === undefined) return unknown(`the scope key's ${Object.keys(builder).join(', ') || 'fragment'}`);
    const fragment = extracted(extractor, message);
    if (fragment === null || isUnknown(fragment)) return fragment;
    fragments.push(fragment);
  }
  return fragments;
}

function extracted(extractor: HeaderValueExtractor, message: HttpMessage): HeaderValue | null {
  const { name = '' } = extractor;
  tellValue(message, name, 'which the key of the scope is made of');
  const value = firstHeader(message, name);
  if (value === null || isUnknown(value)) return value;
  const separator = extractor.element_separator ?? '';
  const elements = separator === '' ? [value] : value.split(separator);
  const { element } = extractor;
  return element === undefined ? (elements[extractor.index ?? 0] ?? null) : keyed(elements, element);
}

/** What stands behind a key: `KEY SEPARATOR VALUE`. */
function keyed(elements: readonly string[], element: NonNullable<HeaderValueExtractor['element']>): string | null {
  for (const text of elements) {
    const at = text.indexOf(element.separator ?? '');
    const key = at < 0 ? text : text.slice(0, at);
    if (key === (element.key ?? '')) return at < 0 ? '' : text.slice(at + (element.separator ?? '').length);
  }
  return null;
}

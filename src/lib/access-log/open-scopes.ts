/** The key of a scoped route is made of headers that a log does not hold: values of them that lead to each scope. */
import { httpManagers } from '../envoy/http-managers';
import type { HeaderValueExtractor, ScopedRoutes } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { ScopedRouteConfiguration } from '../envoy/route';
import { scopesOf } from '../envoy/scopes';
import type { LogEntry } from './entry';
import { distinct, type Headers } from './open-headers';

/** No more scopes are tried for one line. */
const MOST_TRIES = 32;

/**
 * Sets of headers, one for each scope whose key is text. Headers that the line holds are known and never changed.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto (ScopedRoutes)
 */
export function openScopes(config: ProxyConfig, entry: LogEntry): readonly Headers[] {
  const sets = httpManagers(config).flatMap(({ manager, pointer }) => {
    const scoped = manager.scoped_routes;
    return scoped === undefined
      ? []
      : scopesOf(config, scoped, pointer).flatMap(({ scope }) => headersOf(scoped, scope, entry) ?? []);
  });
  return distinct(sets).slice(0, MOST_TRIES);
}

/** In a list, so that it goes with flatMap; null where the key cannot be made. */
function headersOf(scoped: ScopedRoutes, scope: ScopedRouteConfiguration, entry: LogEntry): readonly [Headers] | null {
  const fragments = (scope.key?.fragments ?? []).map(({ string_key: text }) => text);
  const builders = scoped.scope_key_builder?.fragments ?? [];
  if (fragments.length !== builders.length) return null;
  const values = new Map<string, string>();
  for (const [index, { header_value_extractor: extractor }] of builders.entries()) {
    const fragment = fragments[index];
    const name = extractor?.name?.toLowerCase() ?? '';
    if (extractor === undefined || fragment === undefined || name.startsWith(':') || entry.headers.has(name))
      return null;
    const value = withFragment(extractor, fragment, values.get(name));
    if (value === null) return null;
    values.set(name, value);
  }
  return [[...values]];
}

/** A header's value from which the fragment is taken; null where it cannot stand beside what is there already. */
function withFragment(extractor: HeaderValueExtractor, fragment: string, before: string | undefined): string | null {
  const { element, element_separator: separator = '', index = 0 } = extractor;
  if (separator !== '' && fragment.includes(separator)) return null;
  if (element !== undefined) {
    const own = `${element.key ?? ''}${element.separator ?? ''}${fragment}`;
    return before === undefined ? own : separator === '' ? null : `${before}${separator}${own}`;
  }
  if (separator === '') return before === undefined && index === 0 ? fragment : null;
  const elements = before === undefined ? [] : before.split(separator);
  while (elements.length <= index) elements.push('');
  elements[index] = fragment;
  return elements.join(separator);
}

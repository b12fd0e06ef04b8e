/**
 * Whether a request has a hash, by which ring hash and Maglev pick its host: the same host for the same hash.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (RouteAction.HashPolicy)
 */
import type { HashPolicy } from '../envoy/route';
import { parseQuery } from '../match/query-parameter';
import { cookieValue } from './cookies';
import type { HttpMessage } from './message';

/**
 * Its surprise: a policy whose header, cookie or parameter is not there makes none, and neither does an empty cookie; without any the
 * host is picked by chance, as it is where Envoy makes a cookie (`ttl`) for a request that has none. What a filter state holds counts as
 * there.
 * @param message the request as it goes on
 */
export function hasHash(policies: readonly HashPolicy[], message: HttpMessage): boolean {
  return policies.some((policy) => makesHash(policy, message));
}

/** Nobody who watches is told: it decides nothing but what is said of a host. */
function makesHash(
  { header, cookie, query_parameter: query, connection_properties: connection, filter_state: state }: HashPolicy,
  { headers, path }: HttpMessage,
): boolean {
  if (header !== undefined) return isThere((header.header_name ?? '').toLowerCase(), headers);
  if (cookie !== undefined) {
    const values = headers.filter(([name]) => name === 'cookie').map(([, value]) => value);
    const value = cookieValue(values, cookie.name ?? '');
    return value !== null && value !== '';
  }
  if (query !== undefined) return parseQuery(path).has(query.name ?? '');
  return connection?.source_ip === true || state !== undefined;
}

function isThere(name: string, headers: HttpMessage['headers']): boolean {
  return name.startsWith(':') || name === 'host' || headers.some(([own]) => own === name);
}

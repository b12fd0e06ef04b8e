/** An authority that a route rewrote stands in the line as it was sent on: which one was sent is open. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Route } from '../envoy/route';
import type { LogEntry } from './entry';
import { routesOf, tablesOf } from './open-headers';

/** No more authorities are tried for one line. */
const MOST_TRIES = 16;

/** Hosts of the virtual hosts in which a route of the logged name rewrites the authority, one for each domain. */
export function openAuthorities(config: ProxyConfig, entry: LogEntry): readonly string[] {
  // The port may have been stripped: CONNECT must have had one.
  const { authority, downstreamLocal: local } = entry;
  const isBare = entry.method === 'CONNECT' && authority !== null && !/:\d+$/.test(authority);
  return isBare ? [`${authority}:${local?.port ?? 443}`] : rewrittenAuthorities(config, entry);
}

function rewrittenAuthorities(config: ProxyConfig, entry: LogEntry): readonly string[] {
  if (entry.route === null) return [];
  const hosts = tablesOf(config).flatMap((table) => table.virtual_hosts ?? []);
  const rewriting = hosts.filter((host) =>
    routesOf(host).some((route) => route.name === entry.route && rewritesHost(route)),
  );
  const domains = rewriting.flatMap((host) => host.domains ?? []);
  return [...new Set(domains.map((domain) => domain.replace('*', 'x')))].slice(0, MOST_TRIES);
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (host_rewrite_specifier) */
function rewritesHost({ route, redirect }: Route): boolean {
  const all = [route ?? {}, redirect ?? {}, ...(route?.weighted_clusters?.clusters ?? [])];
  return all.some((one) => Object.keys(one).some((field) => /^(?:host_rewrite_|auto_host_rewrite)/.test(field)));
}

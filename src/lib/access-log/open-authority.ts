/** An authority that a route rewrote stands in the line as it was sent on: which one was sent is open. */
import { httpManagers } from '../envoy/http-managers';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Route } from '../envoy/route';
import type { LogEntry } from './entry';

/** No more authorities are tried for one line. */
const MOST_TRIES = 16;

/** Hosts of the virtual hosts in which a route of the logged name rewrites the authority, one for each domain. */
export function openAuthorities(config: ProxyConfig, entry: LogEntry): readonly string[] {
  if (entry.route === null) return [];
  const tables = [
    ...config.dump.routes.map(({ resource }) => resource),
    ...httpManagers(config).map(({ routes }) => routes),
  ];
  const hosts = tables.flatMap((table) => table?.virtual_hosts ?? []);
  const rewriting = hosts.filter((host) =>
    (host.routes ?? []).some((route) => route.name === entry.route && rewritesHost(route)),
  );
  const domains = rewriting.flatMap((host) => host.domains ?? []);
  return [...new Set(domains.map((domain) => domain.replace('*', 'x')))].slice(0, MOST_TRIES);
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (host_rewrite_specifier) */
function rewritesHost({ route, redirect }: Route): boolean {
  const fields = { ...route, ...redirect };
  return Object.keys(fields).some((field) => /^(?:host_rewrite_|auto_host_rewrite)/.test(field));
}

/** Domains that two virtual hosts of a route configuration list: Envoy refuses such a configuration. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { asciiLower } from '../match/string-matcher';
import type { Finding } from './finding';
import { firstOwner, type RouteTable, routeTables } from './route-tables';

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (VirtualHost.domains) */
export function duplicateDomains(config: ProxyConfig): readonly Finding[] {
  return routeTables(config).flatMap((table) => inTable(table));
}

function inTable({ configuration, pointer }: RouteTable): readonly Finding[] {
  const seen = new Map<string, string>();
  return (configuration.virtual_hosts ?? []).flatMap((host, index) =>
    (host.domains ?? []).flatMap((domain): readonly Finding[] => {
      const key = asciiLower(domain);
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, host.name ?? '');
        return [];
      }
      return [
        {
          rule: 'duplicate-domain',
          severity: 'error',
          resource: `route ${configuration.name ?? ''} ${host.name ?? ''}`,
          message: `its domain ${domain} is also one of ${first}: Envoy refuses the route configuration`,
          owner: firstOwner([host.metadata, ...(host.routes ?? []).map((route) => route.metadata)]),
          config: `${pointer}/virtual_hosts/${index}`,
        },
      ];
    }),
  );
}

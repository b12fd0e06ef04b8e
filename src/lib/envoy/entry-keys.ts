/** By what resources are found, told by their briefs alone. */
import { parseIstioClusterName } from './cluster';
import type { ResourceEntry } from './resource-entry';
import { isGuarded } from './guarded';
import type { Listener } from './listener';
import type { RouteConfiguration } from './route';
import { isServing } from './serving';

/** The key of an entry that is looked up by its name. */
export function nameOf({ name }: { readonly name: string }): readonly string[] {
  return [name];
}

/** The keys of a cluster that is looked up by its host: none where its name is not Istio's. */
export function hostsOfCluster({ name }: { readonly name: string }): readonly string[] {
  const fqdn = parseIstioClusterName(name)?.fqdn ?? '';
  return fqdn === '' ? [] : [fqdn];
}

/** Domains of a route configuration in small letters. */
export function* domainsOf(routes: Partial<RouteConfiguration> | null): Iterable<string> {
  for (const { domains = [] } of routes?.virtual_hosts ?? []) for (const domain of domains) yield domain.toLowerCase();
}

/** Domains of the route configurations that stand in a listener itself: of all filters, since a brief does not tell their types. */
export function* inlineDomains({ brief }: ResourceEntry<Listener>): Iterable<string> {
  const chains = [...list(brief, 'filter_chains'), field(brief, 'default_filter_chain')];
  for (const filter of chains.flatMap((chain) => list(chain, 'filters'))) {
    const typed = field(filter, 'typed_config');
    for (const holder of [typed, field(typed, 'value')]) {
      const hosts = list(field(holder, 'route_config'), 'virtual_hosts');
      for (const domain of hosts.flatMap((host) => list(host, 'domains'))) {
        if (typeof domain === 'string') yield domain.toLowerCase();
      }
    }
  }
}

function list(value: unknown, name: string): readonly unknown[] {
  const inner = field(value, name);
  return Array.isArray(inner) ? inner : [];
}

/** What a field holds that may not be of its type. */
function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || isGuarded(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** Listeners that serve, by the port of their first address. */
export function byPort(
  listeners: Iterable<ResourceEntry<Listener>>,
): ReadonlyMap<number, readonly ResourceEntry<Listener>[]> {
  const map = new Map<number, ResourceEntry<Listener>[]>();
  for (const entry of listeners) {
    const port = isServing(entry) ? entry.brief?.address?.socket_address?.port_value : undefined;
    if (port === undefined) continue;
    const same = map.get(port);
    if (same === undefined) map.set(port, [entry]);
    else same.push(entry);
  }
  return map;
}

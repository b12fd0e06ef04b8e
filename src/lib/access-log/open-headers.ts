/** What a log does not hold is open: headers that would make the configuration do what the line says. */
import { httpManagers } from '../envoy/http-managers';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { HeaderMatcher, Route, RouteConfiguration, RouteMatch, VirtualHost } from '../envoy/route';
import type { Hop } from '../trace/model';
import { witnessOf } from '../http/route-witness';
import { rememberedFor } from '../remembered';
import { headerWitness } from '../match/value-witness';
import type { LogEntry } from './entry';

export type Headers = readonly (readonly [name: string, value: string])[];

/** What a browser asks before a request to another origin: the CORS filter answers it. */
const PREFLIGHT: readonly Headers[] = [
  [
    ['origin', 'https://example.com'],
    ['access-control-request-method', 'GET'],
  ],
];

/** No more sets of headers are tried for one line, and of a name of a virtual host with so many others. */
const MOST_TRIES = 64;
const MOST_WITH_NAME = 3;

/** A client that names its own Host has it taken away. */
const NAMES_HOST: Headers = [['connection', 'host']];

/**
 * Sets of headers to try, the smallest first: for each route of the virtual host that fits the line by name or cluster,
 * values that meet its header conditions. Headers that the line holds, pseudo-headers among them, are known and never changed.
 */
export function openHeaders(config: ProxyConfig, hop: Hop, entry: LogEntry): readonly Headers[] {
  const host = virtualHostOf(config, hop);
  const routes = fittingRoutes(config, hop, entry);
  const preflight = entry.method === 'OPTIONS' && entry.cluster === null ? PREFLIGHT : [];
  const sets = distinct(routes.flatMap((route) => headersOfRoute(route, entry)))
    .flatMap((headers) => [headers, ...preflight.map((own) => [...headers, ...own])])
    .filter((headers) => headers.length > 0);
  const names = hostNames(config, hop, entry);
  const both = names.flatMap((name) => sets.slice(0, MOST_WITH_NAME).map((headers) => [...name, ...headers]));
  const missed = host === null ? [] : othersMissed(host, hop, entry);
  const unnamed = entry.details === 'missing_host_header' ? [NAMES_HOST] : [];
  const allSets = [...sets, ...names, ...both, ...missed, ...unnamed];
  return distinct(allSets)
    .toSorted((one, other) => one.length - other.length)
    .slice(0, MOST_TRIES);
}

const NONE: readonly Headers[] = [[]];

/** Of thousands of routes most ask for no header at all. */
function headersOfRoute(route: Route, entry: LogEntry): readonly Headers[] {
  const { match = {}, route: { cluster_header: named = '' } = {} } = route;
  if (named === '' && ownHeaders(match).length === 0) return NONE;
  return [...headersFor(match.headers ?? [], entry), ...wholeWitness(route, entry)];
}

/** Each set once. */
export function distinct(sets: readonly Headers[]): readonly Headers[] {
  const found = new Map<string, Headers>();
  for (const headers of sets) found.set(headers.length === 0 ? '[]' : JSON.stringify(headers), headers);
  return [...found.values()];
}

/** The routes that fit the line by name, wherever they are, or by cluster, in the virtual host. */
export function fittingRoutes(config: ProxyConfig, hop: Hop, entry: LogEntry): readonly Route[] {
  const host = virtualHostOf(config, hop);
  const own = host === null ? [] : routesOf(host).filter((route) => fits(route, entry));
  if (own.length > 0 || entry.route === null) return own;
  return tablesOf(config)
    .flatMap((table) => table.virtual_hosts ?? [])
    .flatMap((one) => routesOf(one).filter(({ name }) => name === entry.route));
}

/** The routes of a virtual host, those of its matcher tree among them. */
export function routesOf({ routes = [], matcher }: VirtualHost): readonly Route[] {
  return matcher === undefined ? routes : [...routes, ...routesIn(matcher)];
}

/** Routes anywhere below a value: messages with a match and what is done then. */
function routesIn(value: unknown): readonly Route[] {
  if (typeof value !== 'object' || value === null) return [];
  const isRoute = 'match' in value && ('route' in value || 'redirect' in value || 'direct_response' in value);
  return isRoute ? [value as Route] : Object.values(value).flatMap(routesIn);
}

/** Paths, or their beginnings, by which the virtual host's matcher tree chooses among its routes. */
export function pathKeysOf(config: ProxyConfig, hop: Hop): readonly string[] {
  return keysIn(virtualHostOf(config, hop)?.matcher).filter((key) => key.startsWith('/'));
}

/** Keys of maps anywhere below a value. https://www.envoyproxy.io/docs/envoy/latest/api-v3/xds/type/matcher/v3/matcher.proto (MatcherTree) */
function keysIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
    const isMap = key === 'prefix_match_map' || key === 'exact_match_map';
    const map = isMap ? (child as { readonly map?: object } | null)?.map : undefined;
    return [...Object.keys(map ?? {}), ...keysIn(child)];
  });
}

/** Every route configuration, of RDS, inline, and of scopes. */
export function tablesOf(config: ProxyConfig): readonly RouteConfiguration[] {
  return [
    ...config.dump.routes.flatMap(({ resource }) => resource ?? []),
    ...config.dump.scopedRoutes.flatMap(({ scope }) => scope.route_configuration ?? []),
    ...httpManagers(config).flatMap(({ routes, manager }) => [
      ...(routes === null ? [] : [routes]),
      ...(manager.scoped_routes?.scoped_route_configurations_list?.scoped_route_configurations ?? []).flatMap(
        (scope) => scope.route_configuration ?? [],
      ),
    ]),
  ];
}

/** With what every kind of condition needs, cookies and gRPC among them, and the header that names the cluster. */
function wholeWitness({ match, route }: Route, entry: LogEntry): readonly Headers[] {
  const own = ownHeaders(match ?? {});
  if (own === 'none') return [];
  const { cluster_header: named = '' } = route ?? {};
  const headers: Headers = [
    ...own,
    ...(named !== '' && !named.startsWith(':') && entry.cluster !== null
      ? [[named.toLowerCase(), entry.cluster] as const]
      : []),
  ];
  return headers.some(([name]) => entry.headers.has(name)) ? [] : [headers];
}

/** Headers that meet a route's conditions, asked for again at every line of a log. */
const ownHeaders = rememberedFor((match: RouteMatch): Headers | 'none' => {
  const draft = witnessOf(match);
  return draft?.headers.filter(([name]) => !name.startsWith(':') && name.toLowerCase() !== 'host') ?? 'none';
});

/** Where a header names the virtual host: a name for each, and one that only `*` takes. */
function hostNames(config: ProxyConfig, hop: Hop, entry: LogEntry): readonly Headers[] {
  const tables = tablesOf(config).filter(({ name }) => name === hop.routeConfiguration?.name);
  return tables.flatMap(({ vhost_header: header = '', virtual_hosts: hosts = [] }) => {
    const name = header.toLowerCase();
    if (name === '' || entry.headers.has(name)) return [];
    const domains = hosts.flatMap(({ domains: own = [] }) => own.slice(0, 1));
    return ['other.invalid', ...domains].map((domain) => [[name, domain.replace('*', 'x')] as const]);
  });
}

/** The predicted route is not the logged one: headers that it asks not to be there, one at a time. */
function othersMissed(host: VirtualHost, hop: Hop, entry: LogEntry): readonly Headers[] {
  const predicted = host.routes?.[hop.route?.index ?? -1];
  if (predicted === undefined || fits(predicted, entry)) return [];
  const names = (predicted.match?.headers ?? []).map(({ name = '' }) => name.toLowerCase());
  return [...new Set(names)]
    .filter((name) => name !== '' && name !== 'host' && !name.startsWith(':') && !entry.headers.has(name))
    .map((name) => [[name, 'x'] as const]);
}

function virtualHostOf(config: ProxyConfig, hop: Hop): VirtualHost | null {
  const hosts = tablesOf(config)
    .filter(({ name }) => name === hop.routeConfiguration?.name)
    .flatMap((table) => table.virtual_hosts ?? []);
  return hosts.find(({ name }) => name === hop.virtualHost?.name) ?? null;
}

function fits(route: Route, entry: LogEntry): boolean {
  if (entry.tellsRoute && entry.route !== null) return route.name === entry.route;
  if (entry.cluster === null) return true;
  const { cluster, weighted_clusters: weighted, cluster_header: header = '' } = route.route ?? {};
  if (header !== '') return true;
  return cluster === entry.cluster || (weighted?.clusters ?? []).some(({ name }) => name === entry.cluster);
}

function headersFor(matchers: readonly HeaderMatcher[], entry: LogEntry): readonly Headers[] {
  const headers: (readonly [string, string])[] = [];
  for (const name of new Set(matchers.map((matcher) => (matcher.name ?? '').toLowerCase()))) {
    if (name.startsWith(':') || name === 'host' || entry.headers.has(name)) continue;
    const value = headerWitness(matchers.filter((matcher) => (matcher.name ?? '').toLowerCase() === name));
    if (value === null) return [];
    if (value !== undefined) headers.push([name, value]);
  }
  return [headers];
}

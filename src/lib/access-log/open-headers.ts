/** What a log does not hold is open: headers that would make the configuration do what the line says. */
import { httpManagers } from '../envoy/http-managers';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { HeaderMatcher, Route, VirtualHost } from '../envoy/route';
import type { Hop } from '../trace/model';
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

/** No more sets of headers are tried for one line. */
const MOST_TRIES = 64;

/**
 * Sets of headers to try, the smallest first: for each route of the virtual host that fits the line by name or cluster,
 * values that meet its header conditions. Headers that the line holds, pseudo-headers among them, are known and never changed.
 */
export function openHeaders(config: ProxyConfig, hop: Hop, entry: LogEntry): readonly Headers[] {
  const host = virtualHostOf(config, hop);
  if (host === null) return [];
  const routes = (host.routes ?? []).filter((route) => fits(route, entry));
  const preflight = entry.method === 'OPTIONS' && entry.cluster === null ? PREFLIGHT : [];
  const sets = routes
    .flatMap((route) => headersFor(route.match?.headers ?? [], entry))
    .flatMap((headers) => [headers, ...preflight.map((own) => [...headers, ...own])])
    .filter((headers) => headers.length > 0);
  const allSets = [...sets, ...othersMissed(host, hop, entry)];
  const different = new Map(allSets.map((headers) => [JSON.stringify(headers), headers]));
  return [...different.values()].toSorted((one, other) => one.length - other.length).slice(0, MOST_TRIES);
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
  const tables = [
    config.routeConfiguration(hop.routeConfiguration?.name ?? '')?.resource ?? null,
    ...httpManagers(config).flatMap(({ routes }) => (routes?.name === hop.routeConfiguration?.name ? [routes] : [])),
  ];
  const hosts = tables.flatMap((table) => table?.virtual_hosts ?? []);
  return hosts.find(({ name }) => name === hop.virtualHost?.name) ?? null;
}

function fits(route: Route, entry: LogEntry): boolean {
  if (entry.tellsRoute && entry.route !== null) return route.name === entry.route;
  if (entry.cluster === null) return true;
  const { cluster, weighted_clusters: weighted } = route.route ?? {};
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

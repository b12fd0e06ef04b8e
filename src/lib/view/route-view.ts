/** `pc route`: route configurations, their virtual hosts and routes. */
import { messageOf } from '../envoy/any';
import type { ResourceEntry } from '../envoy/config-dump';
import { toJsonNames } from '../envoy/field-names';
import type { Route, RouteConfiguration, VirtualHost } from '../envoy/route';
import { describeHeaderMatcher } from '../match/header-matcher';
import { describeQueryParameter } from '../match/query-parameter';
import type { Table } from '../render/table';
import type { FieldMask } from '../scan/field-mask';
import type { Sought } from '../scan/raw-dump';
import { OWNER, ownerCell } from './istio-owner';
import { withoutType } from './listener-view';
import { MATCH, matchText } from './match-text';
import { stateCell, withRejected } from './state-text';
import { stateNote } from './notes';
import type { Gathered, View } from './view';

export interface RouteFilters {
  readonly name?: string | undefined;
  /** Virtual hosts one of whose domains or whose name holds this text. */
  readonly fqdn?: string | undefined;
}

/** The fields of a route configuration in a dump that its short tables and the filters look at. */
export const FIELDS_IN_TABLE: FieldMask = {
  name: true,
  error_state: true,
  route_config: {
    name: true,
    virtual_hosts: {
      name: true,
      domains: true,
      routes: { match: MATCH, route: { cluster: true }, metadata: OWNER },
    },
  },
};

/** What stands in every route configuration that the filters let through; undefined where none is known. */
export function soughtBy({ name = '', fqdn = '' }: RouteFilters): Sought | undefined {
  if (name !== '') return { text: name, as: 'string' };
  return fqdn === '' ? undefined : { text: fqdn, as: 'part' };
}

type Entry = ResourceEntry<RouteConfiguration> & { readonly resource: RouteConfiguration };

/** Route configurations that the filters let through, in the dump's order. */
export function selectRoutes(
  entries: readonly ResourceEntry<RouteConfiguration>[],
  { name = '', fqdn = '' }: RouteFilters,
): readonly Entry[] {
  return entries
    .filter((entry): entry is Entry => entry.resource !== null && (name === '' || entry.resource.name === name))
    .map((entry) => (fqdn === '' ? entry : { ...entry, resource: narrowed(entry.resource, fqdn) }))
    .filter(({ resource }) => fqdn === '' || (resource.virtual_hosts ?? []).length > 0);
}

/** Configurations that Envoy refused. */
export function selectRejected(
  entries: readonly ResourceEntry<RouteConfiguration>[],
  { name = '' }: RouteFilters,
): readonly ResourceEntry<RouteConfiguration>[] {
  return entries.filter((entry) => entry.state === 'error' && (name === '' || entry.name === name));
}

function narrowed(configuration: RouteConfiguration, fqdn: string): RouteConfiguration {
  const holds = ({ name = '', domains = [] }: VirtualHost): boolean =>
    name.includes(fqdn) || domains.some((domain) => domain.includes(fqdn));
  return { ...configuration, virtual_hosts: (configuration.virtual_hosts ?? []).filter(holds) };
}

/** @param rejected configurations that Envoy refused, which only `wide` shows */
export function routeView(
  selected: readonly Entry[],
  verbose: boolean,
  rejected: readonly ResourceEntry<RouteConfiguration>[] = [],
): View {
  const ordered = sortedRoutes(selected);
  return {
    table: verbose ? routeTable(ordered) : countTable(ordered),
    wide: () => withRejected(wideTable(ordered), rejected),
    json: () => ordered.map(({ resource }) => withoutType(toJsonNames(resource) as object)),
    names: () => ordered.map(({ name }) => `route/${name}`),
    count: selected.length,
  };
}

/** The short tables and names, in one pass. Formats that show whole configurations go by `whole`, made when asked for. */
export function gatherRoutes(
  entries: Iterable<ResourceEntry<RouteConfiguration>>,
  filters: RouteFilters,
  verbose: boolean,
  whole: () => View,
): Gathered {
  const lines: { readonly name: string; readonly rows: Table['rows'] }[] = [];
  const notes: string[] = [];
  let total = 0;
  const tableFor = verbose ? routeTable : countTable;
  for (const entry of entries) {
    const note = stateNote('route', entry);
    if (note !== null) notes.push(note);
    if (selectRoutes([entry], {}).length > 0) total++;
    for (const one of selectRoutes([entry], filters)) lines.push({ name: one.name, rows: tableFor([one]).rows });
  }
  const ordered = sortedRoutes(lines);
  const view = {
    table: { ...tableFor([]), rows: ordered.flatMap(({ rows }) => rows) },
    wide: () => whole().wide(),
    json: () => whole().json(),
    names: () => ordered.map(({ name }) => `route/${name}`),
    count: lines.length,
  };
  return { view, total, notes };
}

/** By number where all names are numbers; a name that is none leaves its neighbours where they are. */
export function sortedRoutes<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  const number = ({ name }: T): number => (/^[+-]?\d+$/.test(name) ? Number(name) : Number.NaN);
  return [...entries].sort((a, b) => {
    const difference = number(a) - number(b);
    return Number.isNaN(difference) ? 0 : difference;
  });
}

function countTable(entries: readonly Entry[]): Table {
  const rows = entries.map(({ resource }) => [resource.name ?? '', String((resource.virtual_hosts ?? []).length)]);
  return { header: ['NAME', 'VIRTUAL HOSTS'], rows, padding: 5 };
}

function isPassthrough(route: Route): boolean {
  return route.route?.cluster === 'PassthroughCluster';
}

function rowsOf(
  entries: readonly Entry[],
  row: (
    configuration: RouteConfiguration,
    host: VirtualHost,
    route: Route | null,
    index: number,
  ) => readonly string[] | null,
): readonly (readonly string[])[] {
  return entries.flatMap(({ resource }) =>
    (resource.virtual_hosts ?? []).flatMap((host) => {
      const routes = host.routes ?? [];
      const all =
        routes.length === 0
          ? [row(resource, host, null, 0)]
          : routes.map((one, index) => row(resource, host, one, index));
      return all.filter((one) => one !== null);
    }),
  );
}

function routeTable(entries: readonly Entry[]): Table {
  const rows = rowsOf(entries, ({ name = '' }, host, route) => {
    const shared = [name, host.name ?? '', domainsCell(host.domains ?? [])];
    if (route === null) return [...shared, '/*', '404'];
    return isPassthrough(route) ? null : [...shared, matchText(route.match), ownerCell(route.metadata)];
  });
  return { header: ['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'], rows, padding: 5 };
}

function wideTable(entries: readonly Entry[]): Table {
  const rows = entries.flatMap((entry) =>
    rowsOf([entry], ({ name = '' }, host, route, index) => [
      name,
      stateCell(entry),
      host.name ?? '',
      (host.domains ?? []).join(', '),
      route === null ? '-' : String(index),
      route?.name ?? '-',
      route === null ? '-' : conditionsCell(route),
      route === null ? '404' : actionCell(route),
      route === null ? '' : ownerCell(route.metadata),
    ]),
  );
  const header = [
    'NAME',
    'STATE',
    'VHOST NAME',
    'DOMAINS',
    'ORDER',
    'ROUTE',
    'MATCH',
    'DESTINATION',
    'VIRTUAL SERVICE',
  ];
  return { header, rows, padding: 2 };
}

function conditionsCell({ match }: Route): string {
  const template = messageOf<{ path_template?: string }>(match?.path_match_policy?.typed_config).path_template;
  const path = matchText(match) || (match?.connect_matcher === undefined ? (template ?? '') : 'CONNECT');
  const parts = [
    path,
    ...(match?.headers ?? []).map(describeHeaderMatcher),
    ...(match?.query_parameters ?? []).map(describeQueryParameter),
    ...(match?.grpc === undefined ? [] : ['gRPC']),
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function actionCell(route: Route): string {
  if (route.redirect !== undefined) return `redirect ${JSON.stringify(toJsonNames(route.redirect))}`;
  if (route.direct_response !== undefined) return `status ${route.direct_response.status ?? 0}`;
  const action = route.route;
  if (action === undefined) return '-';
  const weighted = action.weighted_clusters?.clusters ?? [];
  const to =
    action.cluster ??
    (action.cluster_header === undefined
      ? weighted.map((one) => `${one.weight ?? 0}: ${one.name ?? ''}`).join(', ')
      : `header ${action.cluster_header}`);
  return action.timeout === undefined ? to : `${to} (timeout ${action.timeout})`;
}

/** istioctl's DOMAINS cell: ports and repetitions left out, two shown. */
function domainsCell(domains: readonly string[]): string {
  if (domains.length <= 1) return domains[0] ?? '';
  const plain = domains.filter(
    (domain) => !domain.includes(':') || (domain.split(':').length > 3 && domain.endsWith(']')),
  );
  const known = new Set(plain);
  const isLonger = (domain: string, suffix: string): boolean =>
    domain.endsWith(suffix) && known.has(domain.slice(0, -suffix.length));
  const kept = plain.filter((domain) => !isLonger(domain, '.svc.cluster.local') && !isLonger(domain, '.svc'));
  if (kept.length <= 2) return kept.join(', ');
  return `${kept.slice(0, 2).join(', ')} + ${kept.length - 2} more...`;
}

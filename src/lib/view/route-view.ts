/** `pc route`: route configurations, their virtual hosts and routes. */
import { messageOf } from '../envoy/any';
import type { ResourceEntry } from '../envoy/config-dump';
import { toJsonNames } from '../envoy/field-names';
import type { Route, RouteConfiguration, VirtualHost } from '../envoy/route';
import { ROUTES } from '../envoy/sections';
import type { PresentEntry } from '../envoy/serving';
import { describeOthers } from '../http/route-match';
import type { FieldMask } from '../scan/field-mask';
import { type Filters, textFilter } from './filter';
import { OWNER, ownerCell } from './istio-owner';
import { type Column, layout, rowLayout } from './layout';
import { MATCH, matchText } from './match-text';
import { dumpView, resourceSpec } from './resource-view';
import { stateCell } from './state-text';

type Entry = ResourceEntry<RouteConfiguration>;
type Item = PresentEntry<RouteConfiguration>;

const HOST_FIELDS: FieldMask = { virtual_hosts: { name: true, domains: true } };

const filters: Filters<Entry> = {
  name: textFilter({
    summary: 'The route configuration of this name.',
    helpValue: 'NAME',
    passes: ({ name }, text) => name === text,
    sought: (text) => ({ text, as: 'string' }),
    values: ({ name }) => [name],
  }),
  fqdn: {
    kind: 'text',
    summary: 'Virtual hosts whose name or domains hold this text.',
    helpValue: 'HOST',
    fields: HOST_FIELDS,
    keep: narrowed,
    sought: (text) => ({ text, as: 'part' }),
    values: ({ resource }) => (resource?.virtual_hosts ?? []).map(({ name = '' }) => name),
  },
};

/** A configuration with those virtual hosts one of whose domains or whose name holds a text. */
function narrowed(entry: Entry, text: string): Entry | null {
  const { resource } = entry;
  const holds = ({ name = '', domains = [] }: VirtualHost): boolean =>
    name.includes(text) || domains.some((domain) => domain.includes(text));
  const hosts = (resource?.virtual_hosts ?? []).filter(holds);
  return hosts.length === 0 ? null : { ...entry, resource: { ...resource, virtual_hosts: hosts } };
}

/** By number where all names are numbers; a name that is none leaves its neighbours where they are. */
function sortedByNumber<T extends { readonly key: string }>(lines: readonly T[]): readonly T[] {
  const number = ({ key }: T): number => (/^[+-]?\d+$/.test(key) ? Number(key) : Number.NaN);
  return [...lines].sort((a, b) => {
    const difference = number(a) - number(b);
    return Number.isNaN(difference) ? 0 : difference;
  });
}

const brief = rowLayout<Item>(5, [
  { heading: 'NAME', cell: ({ resource }) => resource.name ?? '' },
  {
    heading: 'VIRTUAL HOSTS',
    cell: ({ resource }) => String((resource.virtual_hosts ?? []).length),
    fields: HOST_FIELDS,
  },
]);

/** A row of a table: a route of a virtual host, or a virtual host without routes. */
interface RouteRow {
  readonly entry: Item;
  readonly host: VirtualHost;
  readonly route: Route | null;
  readonly index: number;
}

function rowsOf(entry: Item): readonly RouteRow[] {
  return (entry.resource.virtual_hosts ?? []).flatMap((host): readonly RouteRow[] => {
    const routes = host.routes ?? [];
    if (routes.length === 0) return [{ entry, host, route: null, index: 0 }];
    return routes.map((route, index) => ({ entry, host, route, index }));
  });
}

const NAME: Column<RouteRow> = { heading: 'NAME', cell: ({ entry }) => entry.resource.name ?? '' };
const HOST: Column<RouteRow> = { heading: 'VHOST NAME', cell: ({ host }) => host.name ?? '', fields: HOST_FIELDS };

/** A column about the route, and what it says of a virtual host without routes. */
function routeColumn(
  heading: string,
  none: string,
  cell: (route: Route, row: RouteRow) => string,
  fields: FieldMask = {},
): Column<RouteRow> {
  return {
    heading,
    cell: (row) => (row.route === null ? none : cell(row.route, row)),
    fields: { virtual_hosts: { routes: fields } },
  };
}

const short = layout<Item, RouteRow>(
  5,
  [
    NAME,
    HOST,
    { heading: 'DOMAINS', cell: ({ host }) => domainsCell(host.domains ?? []), fields: HOST_FIELDS },
    routeColumn('MATCH', '/*', ({ match }) => matchText(match), { match: MATCH, route: { cluster: true } }),
    routeColumn('VIRTUAL SERVICE', '404', ({ metadata }) => ownerCell(metadata), { metadata: OWNER }),
  ],
  (entry) => rowsOf(entry).filter(({ route }) => route === null || !isPassthrough(route)),
);

const wide = layout<Item, RouteRow>(
  2,
  [
    NAME,
    { heading: 'STATE', cell: ({ entry }) => stateCell(entry) },
    HOST,
    { heading: 'DOMAINS', cell: ({ host }) => (host.domains ?? []).join(', ') },
    routeColumn('ORDER', '-', (_route, { index }) => String(index)),
    routeColumn('ROUTE', '-', ({ name = '-' }) => name),
    routeColumn('MATCH', '-', conditionsCell),
    routeColumn('DESTINATION', '404', actionCell),
    routeColumn('VIRTUAL SERVICE', '', ({ metadata }) => ownerCell(metadata)),
  ],
  rowsOf,
);

export const routeView = dumpView(
  resourceSpec<RouteConfiguration, Item, string>({
    name: 'route',
    plural: 'routes',
    section: ROUTES,
    filters,
    items: (entry) => [entry],
    label: ({ name }) => name,
    sorted: { key: ({ name }) => name, order: sortedByNumber, names: true, json: true },
    short,
    brief,
    wide: () => wide,
    reading: {},
  }),
  { section: ROUTES.name, isSectionNeeded: true, isEntryNeeded: true },
);

function isPassthrough(route: Route): boolean {
  return route.route?.cluster === 'PassthroughCluster';
}

function conditionsCell({ match }: Route): string {
  const template = messageOf<{ path_template?: string }>(match?.path_match_policy?.typed_config).path_template;
  const path = matchText(match) || (match?.connect_matcher === undefined ? (template ?? '') : 'CONNECT');
  const parts = [path, ...describeOthers(match ?? {})];
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

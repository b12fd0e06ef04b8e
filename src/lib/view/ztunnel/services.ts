/** `zc service`: the services that a ztunnel knows. */
import type { CidrVip, Endpoint, GatewayAddress, ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { type Column, layout, rowLayout } from '../layout';
import { byBytes, firstOf } from '../order';
import { namespaceFilter } from './namespace-filter';
import { addressPart, listOrNull, othersOf, textsOf, together, withoutEmpty } from './text';
import { gatherServices } from './plain/service-rows';
import { NAMED_BY, WaypointNames } from './waypoint-names';
import { gatewayJson } from './workloads';
import { type MadeAgain, ztunnelView } from './ztunnel-view';

/** Which workloads are healthy, by uid: the last of equal ones counts. */
class HealthByUid {
  readonly #healthy = new Set<string>();

  add({ uid = '', status }: ZtunnelWorkload): void {
    if (status === 'Healthy') this.#healthy.add(uid);
    else this.#healthy.delete(uid);
  }

  isHealthy(uid: string): boolean {
    return this.#healthy.has(uid);
  }
}

/** What the cells of a service are made from beside it. */
interface Joined {
  readonly waypoints: WaypointNames;
  readonly health: HealthByUid;
}

/** What a row is made of; the rest of a service is let go of where a table is all that is shown. */
interface ServiceEntry extends MadeAgain<ServiceEntry> {
  readonly namespace: string;
  readonly name: string;
  readonly hostname: string;
  readonly vips: string;
  readonly waypoint: GatewayAddress | undefined;
  /** Of each endpoint the workload's uid. */
  readonly uids: readonly string[];
  /** Null where it is not kept, or null in the dump. */
  readonly whole: ZtunnelService | null;
  readonly joined: Joined;
}

export const serviceView = ztunnelView<'services', ServiceEntry, Joined, ServiceEntry>({
  name: 'service',
  plural: 'services',
  section: 'services',
  join: () => {
    const joined: Joined = { waypoints: new WaypointNames(), health: new HealthByUid() };
    return {
      joined,
      takers: {
        workloads: (workload) => {
          if (workload !== null) joined.health.add(workload);
        },
        services: (service) => {
          if (service !== null) joined.waypoints.add(service);
        },
      },
      fields: { workloads: { uid: true, status: true }, services: NAMED_BY },
    };
  },
  fields: {
    namespace: true,
    name: true,
    hostname: true,
    vips: true,
    waypoint: true,
    endpoints: { workloadUid: true },
  },
  entry: (service, joined, { isTable }) => {
    if (service === null && isTable) return null;
    const { namespace = '', name = '', hostname = '', vips, waypoint, endpoints } = service ?? {};
    return {
      namespace,
      name,
      hostname,
      vips: textsOf(vips).map(addressPart).join(','),
      waypoint,
      uids: endpointsOf(endpoints).map(([, { workloadUid = '' }]) => workloadUid),
      whole: isTable ? null : service,
      joined,
    };
  },
  filters: {
    'service-namespace': namespaceFilter('Services of this namespace.'),
  },
  label: ({ name, namespace }) => `${name}.${namespace}`,
  sorted: {
    key: (entry) => entry,
    order: (lines) =>
      [...lines].sort(({ key: a }, { key: b }) =>
        firstOf(byBytes(a.namespace, b.namespace), byBytes(a.name, b.name), byBytes(a.hostname, b.hostname)),
      ),
    names: true,
    json: true,
  },
  short: rowLayout(1, shortColumns()),
  plain: gatherServices,
  wide: () => layout(2, wideColumns(), ({ whole, ...row }) => (whole === null ? [] : [{ ...row, whole }])),
  json: ({ whole }) => (whole === null ? null : serviceJson(whole)),
});

function endpointsOf(endpoints: ZtunnelService['endpoints']): readonly (readonly [key: string, endpoint: Endpoint])[] {
  return Object.entries(endpoints ?? {}).map(([key, endpoint]) => [key, endpoint ?? {}]);
}

function shortColumns(): readonly Column<ServiceEntry>[] {
  return [
    { heading: 'NAMESPACE', cell: ({ namespace }) => namespace },
    { heading: 'SERVICE NAME', cell: ({ name }) => name },
    { heading: 'SERVICE VIP', cell: ({ vips }) => vips },
    { heading: 'WAYPOINT', cell: ({ waypoint, joined }) => joined.waypoints.nameOf(waypoint) },
    // istioctl reads the workload's health, not the endpoint's.
    {
      heading: 'ENDPOINTS',
      cell: ({ uids, joined }) => `${uids.filter((uid) => joined.health.isHealthy(uid)).length}/${uids.length}`,
    },
  ];
}

type WholeEntry = ServiceEntry & { readonly whole: ZtunnelService };

/** With what istioctl leaves out. */
function wideColumns(): readonly Column<WholeEntry>[] {
  return [
    ...shortColumns().map((column) =>
      column.heading === 'WAYPOINT'
        ? { ...column, cell: ({ waypoint, joined }: ServiceEntry) => joined.waypoints.fullNameOf(waypoint) }
        : column,
    ),
    more('HOSTNAME', ({ hostname = '' }) => hostname),
    more('CIDR VIPS', ({ cidrVips }) => (cidrVips ?? []).map(cidrText).join(',')),
    more('PORTS', ({ ports }) =>
      Object.entries(ports ?? {})
        .map(([port, target]) => `${port}->${target === 0 ? 'named' : String(target)}`)
        .join(','),
    ),
    more('UNREADY ENDPOINTS', unreadyText),
    more('WEIGHTED WAYPOINTS', ({ weightedWaypoints }) =>
      (weightedWaypoints ?? []).map((one) => `${one?.destination?.destination ?? ''}=${one?.weight ?? 0}`).join(','),
    ),
    more('LOAD BALANCING', balancerText),
    more('IP FAMILIES', ({ ipFamilies = '' }) => ipFamilies),
    more('CANONICAL', ({ canonical = false }) => String(canonical)),
    more('VISIBILITY', ({ visibility = 'Public' }) => visibility),
  ];
}

function more(heading: string, text: (service: ZtunnelService, joined: Joined) => string): Column<WholeEntry> {
  return { heading, cell: ({ whole, joined }) => text(whole, joined) || '-' };
}

function unreadyText({ endpoints }: ZtunnelService, { health }: Joined): string {
  return endpointsOf(endpoints)
    .filter(([, one]) => (one.status ?? 'Healthy') !== 'Healthy' || !health.isHealthy(one.workloadUid ?? ''))
    .map(([key, { workloadUid }]) => workloadUid ?? key)
    .join(',');
}

function balancerText({ loadBalancer }: ZtunnelService): string {
  if (loadBalancer === undefined) return '';
  const preferences = textsOf(loadBalancer.routingPreferences);
  const order = preferences.length === 0 ? '' : ` by ${preferences.join(',')}`;
  const unhealthy = loadBalancer.healthPolicy === 'AllowAll' ? ', unhealthy ones too' : '';
  return `${loadBalancer.mode ?? 'Standard'}${order}${unhealthy}`;
}

function cidrText(vip: CidrVip | null): string {
  if (vip === null) return '';
  return typeof vip === 'string' ? vip : `${vip.network ?? ''}/${vip.cidr ?? ''}`;
}

const KNOWN = [
  'name',
  'namespace',
  'hostname',
  'vips',
  'cidrVips',
  'ports',
  'loadBalancer',
  'waypoint',
  'endpoints',
  'subjectAltNames',
  'ipFamilies',
  'canonical',
  'visibility',
];

/** istioctl's JSON value, in its order, and behind it the fields that istioctl drops. */
function serviceJson(service: ZtunnelService): object {
  return together(
    {
      name: service.name ?? '',
      namespace: service.namespace ?? '',
      hostname: service.hostname ?? '',
      vips: listOrNull(service.vips),
    },
    withoutEmpty({ cidrVips: service.cidrVips?.map(cidrText) }),
    { ports: service.ports ?? null },
    withoutEmpty({
      loadBalancer: balancerJson(service),
      waypoint: gatewayJson(service.waypoint),
    }),
    { endpoints: endpointsJson(service.endpoints) },
    withoutEmpty({ subjectAltNames: service.subjectAltNames }),
    { ipFamilies: service.ipFamilies ?? '' },
    withoutEmpty({ canonical: service.canonical, visibility: service.visibility }),
    othersOf(service, KNOWN),
  );
}

function balancerJson({ loadBalancer }: ZtunnelService): object | undefined {
  if (loadBalancer === undefined) return undefined;
  const { mode = '', routingPreferences, healthPolicy = '' } = loadBalancer;
  const known = ['mode', 'routingPreferences', 'healthPolicy'];
  return { mode, routingPreferences: listOrNull(routingPreferences), healthPolicy, ...othersOf(loadBalancer, known) };
}

function endpointsJson(endpoints: ZtunnelService['endpoints']): object | null {
  if (endpoints === undefined) return null;
  const byKey = Object.entries(endpoints).sort(([a], [b]) => byBytes(a, b));
  return Object.fromEntries(byKey.map(([key, endpoint]) => [key, endpoint === null ? null : endpointJson(endpoint)]));
}

function endpointJson(endpoint: Endpoint): object {
  return {
    workloadUid: endpoint.workloadUid ?? '',
    service: endpoint.service ?? '',
    ...withoutEmpty({ address: endpoint.address }),
    port: endpoint.port ?? null,
    ...othersOf(endpoint, ['workloadUid', 'service', 'address', 'port']),
  };
}

/** `zc service`: the services that a ztunnel knows. */
import type { Table } from '../../render/table';
import type { CidrVip, Endpoint, GatewayAddress, ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { byBytes, firstOf } from '../order';
import { addressPart, listOrNull, othersOf, textsOf, withoutEmpty } from './text';
import type { WaypointNames } from './waypoint-names';
import { gatewayJson } from './workloads';

/** Which workloads are healthy, by uid: the last of equal ones counts. */
export class HealthByUid {
  readonly #healthy = new Set<string>();

  add({ uid = '', status }: ZtunnelWorkload): void {
    if (status === 'Healthy') this.#healthy.add(uid);
    else this.#healthy.delete(uid);
  }

  isHealthy(uid: string): boolean {
    return this.#healthy.has(uid);
  }
}

export interface ServiceRow {
  readonly namespace: string;
  readonly name: string;
  readonly hostname: string;
  readonly vips: string;
  readonly waypoint: GatewayAddress | undefined;
  /** Of each endpoint the workload's uid. */
  readonly uids: readonly string[];
}

export function serviceRow({
  namespace = '',
  name = '',
  hostname = '',
  vips,
  waypoint,
  endpoints,
}: ZtunnelService): ServiceRow {
  return {
    namespace,
    name,
    hostname,
    vips: textsOf(vips).map(addressPart).join(','),
    waypoint,
    uids: endpointsOf(endpoints).map(([, { workloadUid = '' }]) => workloadUid),
  };
}

function endpointsOf(endpoints: ZtunnelService['endpoints']): readonly (readonly [key: string, endpoint: Endpoint])[] {
  return Object.entries(endpoints ?? {}).map(([key, endpoint]) => [key, endpoint ?? {}]);
}

const HEADER = ['NAMESPACE', 'SERVICE NAME', 'SERVICE VIP', 'WAYPOINT', 'ENDPOINTS'];

export function serviceOrder(a: ServiceRow, b: ServiceRow): number {
  return firstOf(byBytes(a.namespace, b.namespace), byBytes(a.name, b.name), byBytes(a.hostname, b.hostname));
}

export function serviceTable(rows: readonly ServiceRow[], waypoints: WaypointNames, health: HealthByUid): Table {
  return {
    header: HEADER,
    rows: rows.map((row) => [
      row.namespace,
      row.name,
      row.vips,
      waypoints.nameOf(row.waypoint),
      endpointsCell(row, health),
    ]),
    padding: 1,
  };
}

/** istioctl reads the workload's health, not the endpoint's. */
function endpointsCell({ uids }: ServiceRow, health: HealthByUid): string {
  return `${uids.filter((uid) => health.isHealthy(uid)).length}/${uids.length}`;
}

const MORE = [
  'HOSTNAME',
  'CIDR VIPS',
  'PORTS',
  'UNREADY ENDPOINTS',
  'WEIGHTED WAYPOINTS',
  'LOAD BALANCING',
  'IP FAMILIES',
  'CANONICAL',
  'VISIBILITY',
];

/** With what istioctl leaves out. */
export function wideServiceTable(
  services: readonly ZtunnelService[],
  waypoints: WaypointNames,
  health: HealthByUid,
): Table {
  const rows = services.map((service) => ({ service, row: serviceRow(service) }));
  return {
    header: [...HEADER, ...MORE],
    rows: rows
      .sort((a, b) => serviceOrder(a.row, b.row))
      .map(({ service, row }) => [
        row.namespace,
        row.name,
        row.vips,
        waypoints.fullNameOf(row.waypoint),
        endpointsCell(row, health),
        ...moreOf(service, health),
      ]),
    padding: 2,
  };
}

function moreOf(service: ZtunnelService, health: HealthByUid): readonly string[] {
  return [
    service.hostname ?? '',
    (service.cidrVips ?? []).map(cidrText).join(','),
    Object.entries(service.ports ?? {})
      .map(([port, target]) => `${port}->${target === 0 ? 'named' : String(target)}`)
      .join(','),
    endpointsOf(service.endpoints)
      .filter(([, one]) => (one.status ?? 'Healthy') !== 'Healthy' || !health.isHealthy(one.workloadUid ?? ''))
      .map(([key, { workloadUid }]) => workloadUid ?? key)
      .join(','),
    (service.weightedWaypoints ?? [])
      .map((one) => `${one?.destination?.destination ?? ''}=${one?.weight ?? 0}`)
      .join(','),
    balancerText(service),
    service.ipFamilies ?? '',
    String(service.canonical ?? false),
    service.visibility ?? 'Public',
  ].map((cell) => (cell === '' ? '-' : cell));
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
export function serviceJson(service: ZtunnelService): object {
  return {
    name: service.name ?? '',
    namespace: service.namespace ?? '',
    hostname: service.hostname ?? '',
    vips: listOrNull(service.vips),
    ...withoutEmpty({ cidrVips: service.cidrVips?.map(cidrText) }),
    ports: service.ports ?? null,
    ...withoutEmpty({
      loadBalancer: balancerJson(service),
      waypoint: gatewayJson(service.waypoint),
    }),
    endpoints: endpointsJson(service.endpoints),
    ...withoutEmpty({ subjectAltNames: service.subjectAltNames }),
    ipFamilies: service.ipFamilies ?? '',
    ...withoutEmpty({ canonical: service.canonical, visibility: service.visibility }),
    ...othersOf(service, KNOWN),
  };
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

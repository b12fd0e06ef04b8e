/** `zc workload`: the workloads that a ztunnel knows, its own node's and all others. */
import type { Table } from '../../render/table';
import type { GatewayAddress, ZtunnelPolicy, ZtunnelWorkload } from '../../ztunnel/resources';
import { byBytes, byBytesOf } from '../order';
import { othersOf, sameText, textsOf, withoutEmpty } from './text';
import type { WaypointNames } from './waypoint-names';

/** Exact texts, but for capital letters; left out or empty, everything passes. */
export interface WorkloadFilter {
  readonly namespace?: string | undefined;
  readonly node?: string | undefined;
  /** One of its addresses. */
  readonly address?: string | undefined;
  /** The pod that was named; beats `namespace`. */
  readonly pod?: { readonly name: string; readonly namespace: string } | undefined;
}

export function isWanted(
  workload: ZtunnelWorkload,
  { namespace = '', node = '', address = '', pod }: WorkloadFilter,
): boolean {
  if (pod !== undefined && (workload.name !== pod.name || workload.namespace !== pod.namespace)) return false;
  if (pod === undefined && namespace !== '' && !sameText(workload.namespace, namespace)) return false;
  if (node !== '' && !sameText(workload.node, node)) return false;
  return address === '' || textsOf(workload.workloadIps).some((ip) => sameText(ip, address));
}

/** What a row is made of: the rest of a workload can be let go of. */
export interface WorkloadRow {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly node: string;
  readonly protocol: string;
  readonly waypoint: GatewayAddress | undefined;
}

export function workloadRow({
  namespace = '',
  name = '',
  node = '',
  protocol = '',
  ...rest
}: ZtunnelWorkload): WorkloadRow {
  const ips = textsOf(rest.workloadIps);
  const address = ips.length > 0 ? ips.join(',') : (rest.hostname ?? '');
  return { namespace, name, address, node, protocol, waypoint: rest.waypoint };
}

const HEADER = ['NAMESPACE', 'POD NAME', 'ADDRESS', 'NODE', 'WAYPOINT', 'PROTOCOL'];

/** istioctl's order: by `namespace.name` as one text, then by node. */
export function sortedWorkloads<T>(all: readonly T[], rowOf: (one: T) => WorkloadRow): readonly T[] {
  const keyed = all.map((one) => {
    const { namespace, name, node } = rowOf(one);
    return { one, key: `${namespace}.${name}`, node };
  });
  const compare = byBytesOf(keyed.map(({ key }) => key));
  return keyed.sort((a, b) => compare(a.key, b.key) || byBytes(a.node, b.node)).map(({ one }) => one);
}

export function workloadTable(rows: readonly WorkloadRow[], waypoints: WaypointNames): Table {
  return {
    header: HEADER,
    rows: rows.map((row) => [
      row.namespace,
      row.name,
      row.address,
      row.node,
      waypoints.nameOf(row.waypoint),
      row.protocol,
    ]),
    padding: 1,
  };
}

const MORE = [
  'NETWORK',
  'NETWORK MODE',
  'STATUS',
  'CAPACITY',
  'IDENTITY',
  'LOCALITY',
  'CLUSTER',
  'APPLICATION TUNNEL',
  'NETWORK GATEWAY',
  'SERVICES',
  'POLICIES',
];

/** With what istioctl leaves out. @param policies all that the dump has: those of a namespace and of the mesh apply, too */
export function wideWorkloadTable(
  workloads: readonly ZtunnelWorkload[],
  waypoints: WaypointNames,
  policies: readonly ZtunnelPolicy[],
): Table {
  const rows = workloads.map((workload) => ({ workload, row: workloadRow(workload) }));
  return {
    header: [...HEADER, ...MORE],
    rows: sortedWorkloads(rows, ({ row }) => row).map(({ workload, row }) => [
      row.namespace,
      row.name,
      row.address,
      row.node,
      waypoints.fullNameOf(row.waypoint),
      workload.nativeTunnel === true ? `${row.protocol} (native)` : row.protocol,
      ...moreOf(workload, policies),
    ]),
    padding: 2,
  };
}

function moreOf(workload: ZtunnelWorkload, policies: readonly ZtunnelPolicy[]): readonly string[] {
  return [
    workload.network ?? '',
    workload.networkMode ?? 'Standard',
    workload.status ?? '',
    String(workload.capacity ?? 1),
    identityText(workload),
    localityText(workload),
    workload.clusterId ?? '',
    tunnelText(workload),
    workload.networkGateway?.destination ?? '',
    textsOf(workload.services).join(','),
    appliedPolicies(workload, policies).join(','),
  ].map((cell) => (cell === '' ? '-' : cell));
}

function identityText({ trustDomain = '', namespace = '', serviceAccount = '' }: ZtunnelWorkload): string {
  return `${trustDomain === '' ? 'cluster.local' : trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

function localityText({ locality: { region = '', zone = '', subzone = '' } = {} }: ZtunnelWorkload): string {
  return [region, zone, subzone].join('/').replace(/\/+$/, '');
}

function tunnelText({ applicationTunnel: tunnel }: ZtunnelWorkload): string {
  if (tunnel === undefined) return '';
  return `${tunnel.protocol ?? ''}${tunnel.port === undefined ? '' : `:${tunnel.port}`}`;
}

/** `namespace/name` of every policy that applies: of the mesh, of its namespace, and those that it lists. */
function appliedPolicies(workload: ZtunnelWorkload, policies: readonly ZtunnelPolicy[]): readonly string[] {
  const listed = new Set(textsOf(workload.authorizationPolicies));
  return policies.flatMap(({ scope, namespace = '', name = '', dryRun }) => {
    const key = `${namespace}/${name}`;
    const applies =
      scope === 'Global' || (scope === 'Namespace' && namespace === (workload.namespace ?? '')) || listed.has(key);
    return applies ? [dryRun === true ? `${key} (dry run)` : key] : [];
  });
}

const KNOWN = [
  'uid',
  'workloadIps',
  'waypoint',
  'networkGateway',
  'protocol',
  'name',
  'namespace',
  'serviceAccount',
  'workloadName',
  'workloadType',
  'canonicalName',
  'canonicalRevision',
  'clusterId',
  'trustDomain',
  'locality',
  'node',
  'network',
  'status',
  'hostname',
  'capacity',
  'applicationTunnel',
  'authorizationPolicies',
];

/** istioctl's JSON value, in its order, and behind it the fields that istioctl drops. */
export function workloadJson(workload: ZtunnelWorkload | null): object | null {
  if (workload === null) return null;
  const { applicationTunnel: tunnel } = workload;
  return {
    ...textMembers(workload, 'uid'),
    workloadIps: workload.workloadIps ?? null,
    ...withoutEmpty({
      waypoint: gatewayJson(workload.waypoint),
      networkGateway: gatewayJson(workload.networkGateway),
    }),
    ...textMembers(workload, 'protocol', 'name', 'namespace', 'serviceAccount', 'workloadName', 'workloadType'),
    ...textMembers(workload, 'canonicalName', 'canonicalRevision', 'clusterId'),
    ...withoutEmpty({ trustDomain: workload.trustDomain }),
    locality: withoutEmpty({ ...workload.locality }),
    ...textMembers(workload, 'node'),
    ...withoutEmpty({ network: workload.network }),
    ...textMembers(workload, 'status', 'hostname'),
    capacity: workload.capacity ?? 0,
    applicationTunnel: {
      protocol: tunnel?.protocol ?? '',
      ...(tunnel?.port === undefined ? {} : { port: tunnel.port }),
    },
    ...withoutEmpty({ authorizationPolicies: workload.authorizationPolicies }),
    ...othersOf(workload, KNOWN),
  };
}

/** These members, an empty text where one is left out. */
function textMembers(workload: ZtunnelWorkload, ...names: readonly (keyof ZtunnelWorkload)[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, workload[name] ?? '']));
}

/** Undefined where there is none. */
export function gatewayJson(gateway: GatewayAddress | undefined): object | undefined {
  if (gateway === undefined) return undefined;
  return { destination: gateway.destination ?? '', ...othersOf(gateway, ['destination']) };
}

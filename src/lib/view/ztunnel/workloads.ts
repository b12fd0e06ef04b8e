/** `zc workload`: the workloads that a ztunnel knows, its own node's and all others. */
import type { GatewayAddress, ZtunnelWorkload } from '../../ztunnel/resources';
import { AppliedPolicies } from './applied-policies';
import { isSameText, textFilter } from '../filter';
import { type Column, layout } from '../layout';
import { byBytes, byBytesOf } from '../order';
import { namespaceFilter } from './namespace-filter';
import { othersOf, textsOf, together, withoutEmpty } from './text';
import { WaypointNames } from './waypoint-names';
import { type MadeAgain, ztunnelView } from './ztunnel-view';

/** What the cells of a workload are made from beside it. */
interface Joined {
  readonly waypoints: WaypointNames;
  /** All that the dump has, where the wide table is asked for: those of a namespace and of the mesh apply, too. */
  readonly policies: AppliedPolicies;
}

/** What a row is made of; the rest of a workload is let go of where a table is all that is shown. */
interface WorkloadEntry extends MadeAgain<WorkloadEntry> {
  readonly namespace: string;
  readonly name: string;
  readonly ips: readonly string[];
  readonly hostname: string;
  readonly node: string;
  readonly protocol: string;
  readonly waypoint: GatewayAddress | undefined;
  /** Null where it is not kept, or null in the dump. */
  readonly whole: ZtunnelWorkload | null;
  readonly joined: Joined;
}

export const workloadView = ztunnelView<
  'workloads',
  WorkloadEntry,
  Joined,
  { readonly id: string; readonly node: string }
>({
  name: 'workload',
  plural: 'workloads',
  section: 'workloads',
  join: ({ isTable }) => {
    const joined: Joined = { waypoints: new WaypointNames(), policies: new AppliedPolicies() };
    return {
      joined,
      takers: {
        services: (service) => {
          if (service !== null) joined.waypoints.add(service);
        },
        policies: (policy) => {
          if (policy !== null && !isTable) joined.policies.add(policy);
        },
      },
    };
  },
  entry: (workload, joined, { isTable }) => {
    if (workload === null && isTable) return null;
    const {
      namespace = '',
      name = '',
      hostname = '',
      node = '',
      protocol = '',
      waypoint,
      workloadIps,
    } = workload ?? {};
    const whole = isTable ? null : workload;
    return { namespace, name, ips: textsOf(workloadIps), hostname, node, protocol, waypoint, whole, joined };
  },
  isOf: (entry, pod) => entry.name === pod.name && entry.namespace === pod.namespace,
  beatenByPod: 'workload-namespace',
  filters: {
    address: textFilter({
      summary: 'Workloads with this IP address.',
      helpValue: 'IP',
      passes: ({ ips }, given) => ips.some((ip) => isSameText(ip, given)),
      values: ({ ips }) => ips,
    }),
    'workload-namespace': namespaceFilter('Workloads of this namespace.'),
    'workload-node': textFilter({
      summary: 'Workloads of this node.',
      helpValue: 'NODE',
      passes: ({ node }, given) => isSameText(node, given),
      values: ({ node }) => [node],
    }),
  },
  label: ({ name, namespace }) => `${name}.${namespace}`,
  // istioctl's order: by `namespace.name` as one text, then by node.
  sorted: {
    key: ({ namespace, name, node }) => ({ id: `${namespace}.${name}`, node }),
    order: (lines) => {
      const compare = byBytesOf(lines.map(({ key }) => key.id));
      return [...lines].sort((a, b) => compare(a.key.id, b.key.id) || byBytes(a.key.node, b.key.node));
    },
    names: true,
    json: false,
  },
  short: layout(1, shortColumns(), (entry) => [entry]),
  wide: () => layout(2, wideColumns(), ({ whole, ...row }) => (whole === null ? [] : [{ ...row, whole }])),
  json: ({ whole }) => workloadJson(whole),
});

function shortColumns(): readonly Column<WorkloadEntry>[] {
  return [
    { heading: 'NAMESPACE', cell: ({ namespace }) => namespace },
    { heading: 'POD NAME', cell: ({ name }) => name },
    { heading: 'ADDRESS', cell: ({ ips, hostname }) => (ips.length > 0 ? ips.join(',') : hostname) },
    { heading: 'NODE', cell: ({ node }) => node },
    { heading: 'WAYPOINT', cell: ({ waypoint, joined }) => joined.waypoints.nameOf(waypoint) },
    { heading: 'PROTOCOL', cell: ({ protocol }) => protocol },
  ];
}

type WholeEntry = WorkloadEntry & { readonly whole: ZtunnelWorkload };

/** With what istioctl leaves out. */
function wideColumns(): readonly Column<WholeEntry>[] {
  return [
    ...shortColumns().slice(0, 4),
    { heading: 'WAYPOINT', cell: ({ waypoint, joined }) => joined.waypoints.fullNameOf(waypoint) },
    {
      heading: 'PROTOCOL',
      cell: ({ protocol, whole }) => (whole.nativeTunnel === true ? `${protocol} (native)` : protocol),
    },
    more('NETWORK', ({ network = '' }) => network),
    more('NETWORK MODE', ({ networkMode = 'Standard' }) => networkMode),
    more('STATUS', ({ status = '' }) => status),
    more('CAPACITY', ({ capacity = 1 }) => String(capacity)),
    more('IDENTITY', identityText),
    more('LOCALITY', localityText),
    more('CLUSTER', ({ clusterId = '' }) => clusterId),
    more('APPLICATION TUNNEL', tunnelText),
    more('NETWORK GATEWAY', ({ networkGateway }) => networkGateway?.destination ?? ''),
    more('SERVICES', ({ services }) => textsOf(services).join(',')),
    more('POLICIES', (workload, { policies }) => policies.namesFor(workload).join(',')),
  ];
}

function more(heading: string, text: (workload: ZtunnelWorkload, joined: Joined) => string): Column<WholeEntry> {
  return { heading, cell: ({ whole, joined }) => text(whole, joined) || '-' };
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
function workloadJson(workload: ZtunnelWorkload | null): object | null {
  if (workload === null) return null;
  const { applicationTunnel: tunnel } = workload;
  return together(
    textMembers(workload, 'uid'),
    { workloadIps: workload.workloadIps ?? null },
    withoutEmpty({
      waypoint: gatewayJson(workload.waypoint),
      networkGateway: gatewayJson(workload.networkGateway),
    }),
    textMembers(workload, 'protocol', 'name', 'namespace', 'serviceAccount', 'workloadName', 'workloadType'),
    textMembers(workload, 'canonicalName', 'canonicalRevision', 'clusterId'),
    withoutEmpty({ trustDomain: workload.trustDomain }),
    { locality: withoutEmpty({ ...workload.locality }) },
    textMembers(workload, 'node'),
    withoutEmpty({ network: workload.network }),
    textMembers(workload, 'status', 'hostname'),
    {
      capacity: workload.capacity ?? 0,
      applicationTunnel: {
        protocol: tunnel?.protocol ?? '',
        ...(tunnel?.port === undefined ? {} : { port: tunnel.port }),
      },
    },
    withoutEmpty({ authorizationPolicies: workload.authorizationPolicies }),
    othersOf(workload, KNOWN),
  );
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

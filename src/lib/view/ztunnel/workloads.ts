/** `zc workload`: the workloads that a ztunnel knows, its own node's and all others. */
import type { GatewayAddress, ZtunnelPolicy, ZtunnelWorkload } from '../../ztunnel/resources';
import { AppliedPolicies, FOUND_BY } from './applied-policies';
import { isSameText, textFilter } from '../filter';
import { type Column, layout, rowLayout } from '../layout';
import { byBytes, byBytesOf } from '../order';
import { SharedTexts } from '../shared-texts';
import { namespaceFilter } from './namespace-filter';
import { othersOf, textsOf, together, withoutEmpty } from './text';
import { gatherWorkloads } from './plain/workload-rows';
import { NAMED_BY, WaypointNames } from './waypoint-names';
import { type MadeAgain, ztunnelView } from './ztunnel-view';

/** What the cells of a workload are made from beside it. */
interface Joined {
  readonly waypoints: WaypointNames;
  /** All that the dump has, where the wide table is asked for: those of a namespace and of the mesh apply, too. */
  readonly policies: AppliedPolicies;
  /** What many workloads have in common. */
  readonly texts: SharedTexts;
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

export const workloadView = ztunnelView<'workloads', WorkloadEntry, Joined, WorkloadEntry>({
  name: 'workload',
  plural: 'workloads',
  section: 'workloads',
  join: ({ isTable }) => {
    const joined: Joined = {
      waypoints: new WaypointNames(),
      policies: new AppliedPolicies(),
      texts: new SharedTexts(),
    };
    return {
      joined,
      takers: {
        services: (service) => {
          if (service !== null) joined.waypoints.add(service);
        },
        ...(isTable
          ? {}
          : {
              policies: (policy: ZtunnelPolicy | null) => {
                if (policy !== null) joined.policies.add(policy);
              },
            }),
      },
      fields: { services: NAMED_BY, policies: FOUND_BY },
    };
  },
  fields: {
    namespace: true,
    name: true,
    workloadIps: true,
    hostname: true,
    node: true,
    protocol: true,
    waypoint: true,
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
    const { texts } = joined;
    return {
      namespace: texts.shared(namespace),
      name,
      ips: textsOf(workloadIps),
      hostname,
      node: texts.shared(node),
      protocol: texts.shared(protocol),
      waypoint,
      whole,
      joined,
    };
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
  sorted: { key: (entry) => entry, order: byIdentity, names: true, json: false },
  short: rowLayout(1, shortColumns()),
  plain: gatherWorkloads,
  wide: () => layout(2, wideColumns(), ({ whole, ...row }) => (whole === null ? [] : [{ ...row, whole }])),
  json: ({ whole }) => workloadJson(whole),
});

/** istioctl's order: by `namespace.name` as one text, then by node. */
function byIdentity<Line extends { readonly key: WorkloadEntry }>(lines: readonly Line[]): readonly Line[] {
  const inNamespace = new Map<string, Line[]>();
  for (const line of lines) {
    const { namespace } = line.key;
    const known = inNamespace.get(namespace);
    if (known === undefined) inNamespace.set(namespace, [line]);
    else known.push(line);
  }
  const compare = byBytesOf([...inNamespace.keys(), ...lines.map(({ key }) => key.name)]);
  const namespaces = [...inNamespace.keys()];
  // With a dot in a namespace, what follows it counts before the next namespace does.
  if (namespaces.some((namespace) => namespace.includes('.'))) {
    const idOf = ({ namespace, name }: WorkloadEntry): string => `${namespace}.${name}`;
    return [...lines].sort((a, b) => compare(idOf(a.key), idOf(b.key)) || byBytes(a.key.node, b.key.node));
  }
  return namespaces
    .sort((a, b) => compare(`${a}.`, `${b}.`))
    .flatMap((namespace) =>
      (inNamespace.get(namespace) ?? []).sort(
        (a, b) => compare(a.key.name, b.key.name) || byBytes(a.key.node, b.key.node),
      ),
    );
}

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

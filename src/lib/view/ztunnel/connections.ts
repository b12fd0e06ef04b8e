/** `zc connections`: the connections that a ztunnel holds open, by the workload of its node that they are of. */
import type { ZtunnelConnection, ZtunnelService, ZtunnelWorkload, WorkloadState } from '../../ztunnel/resources';
import { textFilter } from '../filter';
import { type Column, layout } from '../layout';
import { byNamespace } from './namespace-filter';
import { gatherConnections } from './plain/connection-rows';
import { addressPart, listOrNull, othersOf, textsOf, withoutEmpty } from './text';
import { type MadeAgain, ztunnelView } from './ztunnel-view';

/** Names for addresses: of a service by its first VIP, else of a workload by its first address. */
class AddressNames {
  readonly #services = new Map<string, string>();
  readonly #workloads = new Map<string, string>();

  addService({ hostname = '', vips }: ZtunnelService): void {
    const [first] = textsOf(vips);
    if (first !== undefined) this.#services.set(addressPart(first), hostname);
  }

  addWorkload({ name = '', namespace = '', workloadIps }: ZtunnelWorkload): void {
    const [first] = textsOf(workloadIps);
    if (first !== undefined) this.#workloads.set(first, `${name}.${namespace}`);
  }

  /** `IP:port` with a name for the address; what is not of that form as it is. */
  named(text: string): string {
    const [, bracketed, plain, port = ''] = ADDRESS.exec(text) ?? [];
    const ip = bracketed ?? plain;
    if (ip === undefined) return text;
    const name = this.#services.get(ip) ?? this.#workloads.get(ip) ?? ip;
    return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
  }
}

const ADDRESS = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/;

type ConnectionDirection = 'Inbound' | 'Outbound';

interface Row {
  readonly workload: string;
  readonly direction: ConnectionDirection;
  readonly local: string;
  readonly remote: string;
  readonly target: string;
  readonly protocol: string;
}

interface StateEntry extends MadeAgain<StateEntry> {
  readonly state: WorkloadState;
  readonly namespace: string;
  readonly name: string;
  /** Which connections the tables show; JSON has both. */
  readonly directions: readonly ConnectionDirection[];
  /** Null for addresses as they are. */
  readonly names: AddressNames | null;
}

export const connectionView = ztunnelView<'workloadState', StateEntry, AddressNames | null, StateEntry>({
  name: 'connections',
  plural: 'workloads with a state',
  section: 'workloadState',
  join: ({ isRaw }) => {
    if (isRaw === true) return { joined: null };
    const joined = new AddressNames();
    return {
      joined,
      takers: {
        services: (service) => {
          if (service !== null) joined.addService(service);
        },
        workloads: (workload) => {
          if (workload !== null) joined.addWorkload(workload);
        },
      },
      fields: {
        services: { hostname: true, vips: true },
        workloads: { name: true, namespace: true, workloadIps: true },
      },
    };
  },
  fields: { info: { name: true, namespace: true }, connections: true },
  entry: (member, names) => {
    const state = member ?? {};
    const { name = '', namespace = '' } = state.info ?? {};
    return { state, namespace, name, directions: ['Inbound', 'Outbound'], names };
  },
  isOf: (entry, pod) => entry.name === pod.name && entry.namespace === pod.namespace,
  beatenByPod: 'workload-namespace',
  filters: {
    direction: {
      kind: 'text',
      summary: 'Only this direction, in the tables: inbound, outbound.',
      helpValue: 'DIRECTION',
      // As istioctl has it: another value, other letters included, hides nothing.
      vocabulary: { values: ['inbound', 'outbound'], isExact: true },
      keep: (entry, given) => ({ ...entry, directions: directionsOf(given) }),
      values: () => ['inbound', 'outbound'],
    },
    'workload-namespace': textFilter({
      summary: 'Connections of workloads of this namespace.',
      helpValue: 'NAMESPACE',
      // Capital letters included: unlike the other filters of istioctl.
      passes: ({ namespace }, given) => namespace === given,
      values: ({ namespace }) => [namespace],
    }),
  },
  ...byNamespace<StateEntry>(),
  countsRows: true,
  short: layout(1, columns(), rowsOf),
  plain: gatherConnections,
  wide: () => layout(1, columns(), (entry) => rowsOf({ ...entry, names: null })),
  json: ({ state }) => stateJson(state),
});

function columns(): readonly Column<Row>[] {
  return [
    { heading: 'WORKLOAD', cell: ({ workload }) => workload },
    { heading: 'DIRECTION', cell: ({ direction }) => direction },
    { heading: 'LOCAL', cell: ({ local }) => local },
    { heading: 'REMOTE', cell: ({ remote }) => remote },
    { heading: 'REMOTE TARGET', cell: ({ target }) => target },
    { heading: 'PROTOCOL', cell: ({ protocol }) => protocol },
  ];
}

function directionsOf(given: string): readonly ConnectionDirection[] {
  if (given === 'inbound') return ['Inbound'];
  return given === 'outbound' ? ['Outbound'] : ['Inbound', 'Outbound'];
}

function rowsOf({ state, directions, names }: StateEntry): readonly Row[] {
  const named = (text: string): string => (names === null ? text : names.named(text));
  return directions.flatMap((one) => (one === 'Inbound' ? inboundRows(state, named) : outboundRows(state, named)));
}

function workloadOf({ info }: WorkloadState): string {
  return `${info?.name ?? ''}.${info?.namespace ?? ''}`;
}

function inboundRows(state: WorkloadState, named: (text: string) => string): readonly Row[] {
  return (state.connections?.inbound ?? []).map((connection) => {
    const { src = '', originalDst = '', actualDst = '', protocol = '' } = connection ?? {};
    const ends = { local: named(actualDst), remote: named(src), target: originalDst, protocol };
    return { workload: workloadOf(state), direction: 'Inbound', ...ends };
  });
}

function outboundRows(state: WorkloadState, named: (text: string) => string): readonly Row[] {
  return (state.connections?.outbound ?? []).map((connection) => {
    const { src = '', originalDst = '', actualDst = '', protocol = '' } = connection ?? {};
    const ends = { local: named(src), remote: named(actualDst), target: named(originalDst), protocol };
    return { workload: workloadOf(state), direction: 'Outbound', ...ends };
  });
}

/** istioctl's JSON value, in its order, and behind it the fields that istioctl drops. */
function stateJson(state: WorkloadState): object {
  const { connections, info } = state;
  return {
    ...withoutEmpty({ state: state.state }),
    connections: {
      inbound: connectionsJson(connections?.inbound),
      outbound: connectionsJson(connections?.outbound),
      ...othersOf(connections ?? {}, ['inbound', 'outbound']),
    },
    info: {
      name: info?.name ?? '',
      namespace: info?.namespace ?? '',
      trustDomain: info?.trustDomain ?? '',
      serviceAccount: info?.serviceAccount ?? '',
      ...othersOf(info ?? {}, ['name', 'namespace', 'trustDomain', 'serviceAccount']),
    },
    ...othersOf(state, ['state', 'connections', 'info']),
  };
}

function connectionsJson(connections: readonly (ZtunnelConnection | null)[] | undefined): readonly object[] | null {
  return listOrNull(
    connections?.map((connection) => {
      const { src = '', originalDst = '', actualDst = '', protocol = '', ...others } = connection ?? {};
      return { src, originalDst, actualDst, protocol, ...others };
    }),
  );
}

/** `zc connections`: the connections that a ztunnel holds open, by the workload of its node that they are of. */
import type { Table } from '../../render/table';
import type { ZtunnelConnection, ZtunnelService, ZtunnelWorkload, WorkloadState } from '../../ztunnel/resources';
import { byBytes, firstOf } from '../order';
import { addressPart, listOrNull, othersOf, textsOf, withoutEmpty } from './text';

export interface ConnectionFilter {
  /** Exact, capital letters included: unlike the other filters of istioctl. */
  readonly namespace?: string | undefined;
  readonly pod?: { readonly name: string; readonly namespace: string } | undefined;
}

export function hasWantedConnections({ info }: WorkloadState, { namespace = '', pod }: ConnectionFilter): boolean {
  if (pod !== undefined) return info?.name === pod.name && info.namespace === pod.namespace;
  return namespace === '' || info?.namespace === namespace;
}

/** Names for addresses: of a service by its first VIP, else of a workload by its first address. */
export class AddressNames {
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

export type ConnectionDirection = 'Inbound' | 'Outbound';

interface Row {
  readonly workload: string;
  readonly direction: ConnectionDirection;
  readonly local: string;
  readonly remote: string;
  readonly target: string;
  readonly protocol: string;
}

/** By the workload's namespace and name. */
export function stateOrder(a: WorkloadState, b: WorkloadState): number {
  return firstOf(
    byBytes(a.info?.namespace ?? '', b.info?.namespace ?? ''),
    byBytes(a.info?.name ?? '', b.info?.name ?? ''),
  );
}

/** @param direction only `inbound` and `outbound`, so written, hide the other one. @param names null for addresses as they are */
export function connectionTable(
  states: readonly WorkloadState[],
  direction: string,
  names: AddressNames | null,
): Table {
  const named = (text: string): string => (names === null ? text : names.named(text));
  const rows = states.flatMap((state) => [
    ...(direction === 'outbound' ? [] : inboundRows(state, named)),
    ...(direction === 'inbound' ? [] : outboundRows(state, named)),
  ]);
  return {
    header: ['WORKLOAD', 'DIRECTION', 'LOCAL', 'REMOTE', 'REMOTE TARGET', 'PROTOCOL'],
    rows: rows.map((row) => [row.workload, row.direction, row.local, row.remote, row.target, row.protocol]),
    padding: 1,
  };
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
export function stateJson(state: WorkloadState): object {
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

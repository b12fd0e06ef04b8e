/**
 * The views of a ztunnel's dump, each gathered while the dump streams by: of what passes only what is shown is kept. A
 * table keeps its rows, everything else the entries.
 */
import type { DumpOutline, Takers } from '../../ztunnel/read-dump';
import type {
  CertificateChain,
  ZtunnelPolicy,
  ZtunnelService,
  ZtunnelWorkload,
  WorkloadState,
} from '../../ztunnel/resources';
import { emptyNotes, type FilterReport } from '../notes';
import type { ViewResult } from '../view';
import { certificateJson, certificateNotes, certificateTable, wideCertificateTable } from './certificates';
import {
  AddressNames,
  type ConnectionFilter,
  connectionTable,
  hasWantedConnections,
  stateJson,
  stateOrder,
} from './connections';
import { policyJson, policyOrder, policyTable, widePolicyTable } from './policies';
import {
  HealthByUid,
  serviceJson,
  serviceOrder,
  type ServiceRow,
  serviceRow,
  serviceTable,
  wideServiceTable,
} from './services';
import { sameText, textsOf } from './text';
import { WaypointNames } from './waypoint-names';
import {
  isWanted,
  type WorkloadFilter,
  workloadJson,
  sortedWorkloads,
  type WorkloadRow,
  workloadRow,
  workloadTable,
  wideWorkloadTable,
} from './workloads';

/** A view whose JSON may be null, as istioctl's of certificates is. */
export type ZtunnelViewResult = Omit<ViewResult, 'json'> & { readonly json: () => object | null };

export interface GatheredView {
  readonly view: ZtunnelViewResult;
  /** Remarks for standard error. */
  readonly notes: readonly string[];
}

/** A view in the making: what it takes of a dump, and the view when all of the dump has passed. */
export interface Gathering {
  readonly takers: Takers;
  made(outline: DumpOutline): GatheredView;
}

/** Whether the rows of the short table are all that is shown, or whole entries are needed. */
export type Detail = 'rows' | 'entries';

export function gatherWorkloads(filter: WorkloadFilter, detail: Detail): Gathering {
  const waypoints = new WaypointNames();
  const rows: WorkloadRow[] = [];
  const entries: (ZtunnelWorkload | null)[] = [];
  const policies: ZtunnelPolicy[] = [];
  const namespaces = new Distinct();
  const nodes = new Distinct();
  let total = 0;
  return {
    takers: {
      services: (service) => {
        if (service !== null) waypoints.add(service);
      },
      policies: (policy) => {
        if (policy !== null && detail === 'entries') policies.push(policy);
      },
      workloads: (workload) => {
        total++;
        namespaces.add(workload?.namespace);
        nodes.add(workload?.node);
        if (!isWanted(workload ?? {}, filter)) return;
        if (detail === 'entries') entries.push(workload);
        else if (workload !== null) rows.push(workloadRow(workload));
      },
    },
    made: () => {
      const whole = entries.flatMap((entry) => entry ?? []);
      const sorted = sortedWorkloads(detail === 'rows' ? rows : whole.map(workloadRow), (row) => row);
      return {
        view: {
          table: workloadTable(sorted, waypoints),
          wide: () => wideWorkloadTable(whole, waypoints, policies),
          json: () => entries.map(workloadJson),
          names: () => sorted.map(({ name, namespace }) => `workload/${name}.${namespace}`),
          count: Math.max(sorted.length, entries.length),
        },
        notes: emptiness(sorted.length, 'workloads', total, [
          { flag: 'workload-namespace', given: filter.namespace ?? '', values: namespaces.values },
          { flag: 'workload-node', given: filter.node ?? '', values: nodes.values },
          { flag: 'address', given: filter.address ?? '', values: [] },
        ]),
      };
    },
  };
}

export function gatherServices(namespace: string, detail: Detail): Gathering {
  const waypoints = new WaypointNames();
  const health = new HealthByUid();
  const rows: ServiceRow[] = [];
  const entries: { readonly row: ServiceRow; readonly service: ZtunnelService }[] = [];
  let nulls = 0;
  const namespaces = new Distinct();
  let total = 0;
  return {
    takers: {
      workloads: (workload) => {
        if (workload !== null) health.add(workload);
      },
      services: (service) => {
        if (service === null) nulls += namespace === '' ? 1 : 0;
        if (service === null) return;
        total++;
        waypoints.add(service);
        namespaces.add(service.namespace);
        if (namespace !== '' && !sameText(service.namespace, namespace)) return;
        if (detail === 'rows') rows.push(serviceRow(service));
        else entries.push({ row: serviceRow(service), service });
      },
    },
    made: () => {
      const sortedEntries = entries.sort((a, b) => serviceOrder(a.row, b.row));
      const sorted = detail === 'rows' ? rows.sort(serviceOrder) : sortedEntries.map(({ row }) => row);
      const services = sortedEntries.map(({ service }) => service);
      return {
        view: {
          table: serviceTable(sorted, waypoints, health),
          wide: () => wideServiceTable(services, waypoints, health),
          json: () => [...nullsOf(nulls), ...services.map(serviceJson)],
          names: () => sorted.map((row) => `service/${row.name}.${row.namespace}`),
          count: sorted.length,
        },
        notes: emptiness(sorted.length, 'services', total, [
          { flag: 'service-namespace', given: namespace, values: namespaces.values },
        ]),
      };
    },
  };
}

export function gatherPolicies(namespace: string): Gathering {
  const policies: ZtunnelPolicy[] = [];
  const listing = new Map<string, number>();
  let nulls = 0;
  const namespaces = new Distinct();
  let total = 0;
  return {
    takers: {
      workloads: (workload) => {
        for (const key of textsOf(workload?.authorizationPolicies)) listing.set(key, (listing.get(key) ?? 0) + 1);
      },
      policies: (policy) => {
        if (policy === null) nulls += namespace === '' ? 1 : 0;
        if (policy === null) return;
        total++;
        namespaces.add(policy.namespace);
        if (namespace === '' || sameText(policy.namespace, namespace)) policies.push(policy);
      },
    },
    made: () => {
      policies.sort(policyOrder);
      return {
        view: {
          table: policyTable(policies),
          wide: () => widePolicyTable(policies, listing),
          json: () => [...nullsOf(nulls), ...policies.map(policyJson)],
          names: () => policies.map((policy) => `policy/${policy.name ?? ''}.${policy.namespace ?? ''}`),
          count: policies.length,
        },
        notes: emptiness(policies.length, 'policies', total, [
          { flag: 'policy-namespace', given: namespace, values: namespaces.values },
        ]),
      };
    },
  };
}

/** @param now the clock that validity is judged by */
export function gatherCertificates(now: Date): Gathering {
  const chains: (CertificateChain | null)[] = [];
  return {
    takers: {
      certificates: (chain) => {
        chains.push(chain);
      },
    },
    made: ({ forms }) => {
      const known = chains.flatMap((chain) => chain ?? []);
      return {
        view: {
          table: certificateTable(known, now),
          wide: () => wideCertificateTable(known, now),
          // As istioctl has it: null where the dump has no such section.
          json: () => (forms.certificates === 'absent' ? null : chains.map((one) => one && certificateJson(one))),
          names: () => known.map(({ identity = '' }) => `certificate/${identity}`),
          count: known.length,
        },
        notes: [...emptiness(known.length, 'certificates', 0, []), ...certificateNotes(known, now)],
      };
    },
  };
}

/** What `zc connections` shows of the connections that are wanted. */
export interface ConnectionsShown {
  readonly direction: string;
  /** Addresses as they are. */
  readonly raw: boolean;
}

export function gatherConnections(filter: ConnectionFilter, { direction, raw }: ConnectionsShown): Gathering {
  const names = new AddressNames();
  const states: WorkloadState[] = [];
  const namespaces = new Distinct();
  let total = 0;
  return {
    takers: {
      services: (service) => {
        if (service !== null) names.addService(service);
      },
      workloads: (workload) => {
        if (workload !== null) names.addWorkload(workload);
      },
      workloadState: (state) => {
        total++;
        namespaces.add(state?.info?.namespace);
        if (hasWantedConnections(state ?? {}, filter)) states.push(state ?? {});
      },
    },
    made: () => {
      states.sort(stateOrder);
      const table = connectionTable(states, direction, raw ? null : names);
      return {
        view: {
          table,
          wide: () => connectionTable(states, direction, null),
          json: () => states.map(stateJson),
          names: () => states.map(({ info }) => `connections/${info?.name ?? ''}.${info?.namespace ?? ''}`),
          count: table.rows.length,
        },
        notes: emptiness(states.length, 'workloads with a state', total, [
          { flag: 'workload-namespace', given: filter.namespace ?? '', values: namespaces.values },
        ]),
      };
    },
  };
}

/** Entries that are null, which JSON shows. */
function nullsOf(count: number): readonly null[] {
  return new Array<null>(count).fill(null);
}

function emptiness(count: number, kind: string, total: number, filters: readonly FilterReport[]): readonly string[] {
  return count > 0 ? [] : emptyNotes(kind, total, filters);
}

/** Values that there are, for remarks: no more than can be shown. */
class Distinct {
  readonly #values = new Set<string>();

  add(value: string | undefined): void {
    if (value !== undefined && this.#values.size < MOST) this.#values.add(value);
  }

  get values(): readonly string[] {
    return [...this.#values];
  }
}

const MOST = 1_000;

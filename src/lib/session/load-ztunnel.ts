/** Reads a ztunnel's dump into what a trace asks. */
import { bounded } from '../limits';
import type { ZtunnelDump } from '../mesh/ztunnel-index';
import type { Body, ZtunnelSource } from '../source/source';
import { readZtunnelDump } from '../ztunnel/read-dump';
import type { Policy, Service, Workload, WorkloadState } from '../ztunnel/resources';

/** Reads everything that a trace can need. Throws InputError where it is no dump of a ztunnel. */
export async function loadZtunnel(ztunnel: ZtunnelSource): Promise<ZtunnelDump> {
  const body: Body = await ztunnel.configDump();
  const workloads: Workload[] = [];
  const services: Service[] = [];
  const policies: Policy[] = [];
  const states: [string, WorkloadState][] = [];
  const keep =
    <T>(list: T[]) =>
    (entry: T | null): void => {
      if (entry !== null) list.push(entry);
    };
  const { settings } = await readZtunnelDump(body.label, body.open?.() ?? bounded(body.label, body.chunks()), {
    workloads: keep(workloads),
    services: keep(services),
    policies: keep(policies),
    workloadState: (state, key) => {
      if (state !== null) states.push([String(key), state]);
    },
  });
  return { id: ztunnel.id, workloads, services, policies, states, settings };
}

/** Reads of a dump only which pods the ztunnel serves. */
export async function loadZtunnelStates(ztunnel: ZtunnelSource): Promise<ZtunnelDump> {
  const body = await ztunnel.configDump();
  const states: [string, WorkloadState][] = [];
  const { settings } = await readZtunnelDump(body.label, body.open?.() ?? bounded(body.label, body.chunks()), {
    workloadState: (state, key) => {
      if (state !== null) states.push([String(key), state]);
    },
  });
  return { id: ztunnel.id, workloads: [], services: [], policies: [], states, settings };
}

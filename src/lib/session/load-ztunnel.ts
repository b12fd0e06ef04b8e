/** Reads a ztunnel's dump into what a trace asks. */
import { bounded } from '../limits';
import type { ZtunnelDump } from '../mesh/ztunnel-index';
import { tokenOf } from '../scan/json-pointer';
import type { Body, ZtunnelSource } from '../source/source';
import { readZtunnelDump } from '../ztunnel/read-dump';
import type { ZtunnelPolicy, ZtunnelService, ZtunnelWorkload, WorkloadState } from '../ztunnel/resources';

/** Reads everything that a trace can need. Throws InputError where it is no dump of a ztunnel. */
export async function loadZtunnel(ztunnel: ZtunnelSource): Promise<ZtunnelDump> {
  const body: Body = await ztunnel.configDump();
  const workloads: ZtunnelWorkload[] = [];
  const services: ZtunnelService[] = [];
  const policies: ZtunnelPolicy[] = [];
  const states: [string, WorkloadState][] = [];
  const pointers = new Map<object, string>();
  const keep =
    <T extends object>(section: string, list: T[]) =>
    (entry: T | null, token: number | string): void => {
      if (entry === null) return;
      list.push(entry);
      pointers.set(entry, `/${section}/${tokenOf(String(token))}`);
    };
  const { settings } = await readZtunnelDump(body.label, body.open?.() ?? bounded(body.label, body.chunks()), {
    workloads: keep('workloads', workloads),
    services: keep('services', services),
    policies: keep('policies', policies),
    workloadState: (state, key) => {
      if (state !== null) states.push([String(key), state]);
    },
  });
  return { id: ztunnel.id, workloads, services, policies, states, settings, pointers };
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

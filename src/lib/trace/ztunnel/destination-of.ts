/** What a waypoint's or gateway's destination is: `network/IP`, or `namespace/hostname`. https://github.com/istio/ztunnel (src/state.rs) */
import { parseIp } from '../../match/cidr';
import { networkAddress, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { serviceAt } from './service-at';

/** A service, or a workload. */
export type WhoIsThere =
  | { readonly kind: 'service'; readonly service: ZtunnelService }
  | { readonly kind: 'workload'; readonly workload: ZtunnelWorkload };

/**
 * Who has an address or a host name in ztunnel's own eyes, whatever a client may see: of an address a workload before a
 * service, of a host name a service before a workload. Null where nobody has it.
 */
export function whoIsAt(index: ZtunnelIndex, destination: string): WhoIsThere | null {
  const { network: place, ip: name } = networkAddress(destination);
  const isAddress = parseIp(name) !== null;
  const workload = isAddress ? index.workloadAt(place, name) : null;
  if (workload !== null) return { kind: 'workload', workload };
  const service = (isAddress ? serviceAt(index, place, name, null) : index.serviceNamed(place, name))?.service ?? null;
  if (service !== null) return { kind: 'service', service };
  const named = isAddress ? null : index.workloadByHostname(place, name);
  return named === null ? null : { kind: 'workload', workload: named };
}

/** Workloads behind a service that ztunnel knows. */
export function workloadsBehind(index: ZtunnelIndex, { endpoints }: ZtunnelService): readonly ZtunnelWorkload[] {
  return Object.values(endpoints ?? {}).flatMap((one) => index.workloadByUid(one?.workloadUid ?? '') ?? []);
}

/** What a waypoint's or gateway's destination is: `network/IP`, or `namespace/hostname`. https://github.com/istio/ztunnel (src/state.rs) */
import { parseIp } from '../../match/cidr';
import { networkAddress, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { chosenWorkload } from './chosen-service';
import { serviceAt } from './service-at';
import type { ZtunnelWalk } from './walk';

/** A service, or a workload. */
export type WhoIsThere =
  | { readonly kind: 'service'; readonly service: ZtunnelService }
  | { readonly kind: 'workload'; readonly workload: ZtunnelWorkload };

/**
 * Who has an address or a host name in ztunnel's own eyes, whatever a client may see: of an address a workload before a
 * service, of a host name a service before a workload. Null where nobody has it.
 */
export function whoIsAt(walk: Pick<ZtunnelWalk, 'index' | 'decisions'>, destination: string): WhoIsThere | null {
  const { index } = walk;
  const { network: place, ip: name } = networkAddress(destination);
  const isAddress = parseIp(name) !== null;
  const workload = isAddress ? chosenWorkload(walk, place, name) : null;
  if (workload !== null) return { kind: 'workload', workload };
  const service = isAddress
    ? serviceWithAddress(index, place, name)
    : (index.serviceNamed(place, name)?.service ?? null);
  if (service !== null) return { kind: 'service', service };
  const named = isAddress ? null : index.workloadByHostname(place, name);
  return named === null ? null : { kind: 'workload', workload: named };
}

/** One that is found by a range has no endpoints: ztunnel then has the service as it was before they came. */
function serviceWithAddress(index: ZtunnelIndex, network: string, ip: string): ZtunnelService | null {
  const found = serviceAt(index, network, ip, null);
  if (found === null) return null;
  return found.byRange ? { ...found.service, endpoints: {} } : found.service;
}

/** Workloads behind a service that ztunnel knows. */
export function workloadsBehind(index: ZtunnelIndex, { endpoints }: ZtunnelService): readonly ZtunnelWorkload[] {
  return Object.values(endpoints ?? {}).flatMap((one) => index.workloadByUid(one?.workloadUid ?? '') ?? []);
}

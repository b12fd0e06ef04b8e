/** Whether the caller is the waypoint itself, which must not call itself. https://github.com/istio/ztunnel (src/proxy/outbound.rs) */
import { identityOf, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import { parseIp } from '../../match/cidr';
import type { ZtunnelService, ZtunnelWorkload } from '../../ztunnel/resources';
import { serviceAt } from './service-at';

/** Whether a caller is one of the workloads behind a waypoint's address. */
export function isBehind(index: ZtunnelIndex, source: ZtunnelWorkload, destination: string): boolean {
  const slash = destination.indexOf('/');
  const [place, name] = [destination.slice(0, Math.max(0, slash)), destination.slice(slash + 1)];
  const isSelf = (one: ZtunnelWorkload | null): boolean =>
    one !== null &&
    identityOf(one) === identityOf(source) &&
    (one.workloadIps ?? []).some((ip) => (source.workloadIps ?? []).includes(ip));
  if (parseIp(name) !== null) {
    const service = serviceAt(index, place, name, source.namespace ?? '')?.service ?? null;
    return service === null ? isSelf(index.workloadAt(place, name)) : hasEndpoint(index, service, isSelf);
  }
  const service = index.serviceNamed(place, name)?.service ?? null;
  return service === null ? isSelf(index.workloadByHostname(place, name)) : hasEndpoint(index, service, isSelf);
}

function hasEndpoint(
  index: ZtunnelIndex,
  service: ZtunnelService,
  isOne: (workload: ZtunnelWorkload | null) => boolean,
): boolean {
  return Object.values(service.endpoints ?? {}).some((one) => isOne(index.workloadByUid(one?.workloadUid ?? '')));
}

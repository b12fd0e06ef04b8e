/** Whether the caller is the waypoint itself, which must not call itself. https://github.com/istio/ztunnel (src/proxy.rs) */
import { identityOf, type ZtunnelIndex } from '../../mesh/ztunnel-index';
import type { ZtunnelWorkload } from '../../ztunnel/resources';
import { whoIsAt, workloadsBehind } from './destination-of';

/** Whether a caller is one of the workloads behind a waypoint's address: by its identity and by its address. */
export function isBehind(index: ZtunnelIndex, source: ZtunnelWorkload, destination: string): boolean {
  const who = whoIsAt(index, destination);
  if (who === null) return false;
  const workloads = who.kind === 'workload' ? [who.workload] : workloadsBehind(index, who.service);
  return workloads.some(
    (one) =>
      identityOf(one) === identityOf(source) &&
      (one.workloadIps ?? []).some((ip) => (source.workloadIps ?? []).includes(ip)),
  );
}

/** Whether the caller is the waypoint itself, which must not call itself. https://github.com/istio/ztunnel (src/proxy.rs) */
import { identityOf } from '../../mesh/ztunnel-index';
import type { ZtunnelWorkload } from '../../ztunnel/resources';
import type { ZtunnelWalk } from './walk';
import { whoIsAt, workloadsBehind } from './destination-of';

/** Whether a caller is one of the workloads behind a waypoint's address: by its identity and by its address. */
export function isBehind(walk: ZtunnelWalk, source: ZtunnelWorkload, destination: string): boolean {
  const who = whoIsAt(walk, destination);
  if (who === null) return false;
  const workloads = who.kind === 'workload' ? [who.workload] : workloadsBehind(walk.index, who.service);
  return workloads.some(
    (one) =>
      identityOf(one) === identityOf(source) &&
      (one.workloadIps ?? []).some((ip) => (source.workloadIps ?? []).includes(ip)),
  );
}

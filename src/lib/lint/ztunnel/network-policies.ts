/**
 * NetworkPolicies that let nobody in on the port of HBONE, by which the traffic of ambient mode comes whatever port it carries.
 * https://istio.io/latest/docs/ambient/usage/networkpolicy/
 */
import { objectOrigin } from '../../envoy/istio-config';
import type { Pod } from '../../mesh/kubernetes';
import { closing, type NetworkPolicy } from '../../mesh/network-policy';
import { isPod, workloadName } from '../../mesh/ztunnel-index';
import { proxyName } from '../../proxy-id';
import { HBONE_PORT } from '../../trace/ztunnel/walk';
import type { Finding } from '../finding';
import { type LintedZtunnel, pointerOf } from './linted-ztunnel';

/** What a snapshot says of pods and of NetworkPolicies. */
export interface PodsAndPolicies {
  readonly pods: readonly Pod[];
  readonly networkPolicies: readonly NetworkPolicy[];
}

/** Pods whose labels are not known are passed over, and so are policies that let some callers in and others not. */
export function closedTunnels(linted: LintedZtunnel, { pods, networkPolicies }: PodsAndPolicies): readonly Finding[] {
  if (networkPolicies.length === 0) return [];
  const byName = new Map(pods.map((pod) => [proxyName(pod.id), pod]));
  return linted.index.workloads.flatMap((workload) => {
    const pod = byName.get(`${workload.name ?? ''}.${workload.namespace ?? ''}`);
    if (!isPod(workload) || workload.protocol !== 'HBONE' || pod === undefined) return [];
    const by = closing(networkPolicies, { ip: pod.ips[0] ?? null, id: pod.id, pod }, HBONE_PORT);
    const [first] = by;
    if (first === undefined) return [];
    const names = by.map(proxyName).join(', ');
    return [
      {
        rule: 'tunnel-port-closed',
        severity: 'warning',
        resource: `workload ${workloadName(workload)}`,
        message: `it takes HBONE on port ${HBONE_PORT}, and its NetworkPolicies (${names}) let nobody in on that port: where they are enforced, what the mesh sends it is dropped, whatever port is meant`,
        owner: objectOrigin('NetworkPolicy', 'networkpolicy', first.name, first.namespace),
        config: pointerOf(linted, workload),
      } satisfies Finding,
    ];
  });
}

/** Why a request finds no cluster under a name: nobody has it, or it does not serve yet. */
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { ClusterCause, ClusterChoice } from '../facts/upstream';

type MissingCluster = Extract<ClusterCause, { kind: 'no-such-cluster' }>;

/**
 * The surprise: Envoy answers for a cluster that is warming as for one that it has never heard of (503, NC).
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/cluster_manager#cluster-warming
 */
export function missingCluster(config: ProxyConfig, name: string, choice: ClusterChoice): MissingCluster {
  const isWarming = config.resources.clusters.get(name).some(({ state }) => state === 'warming');
  return { kind: 'no-such-cluster', name, choice, isWarming };
}

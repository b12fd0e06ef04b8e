/** The hosts of a cluster that a request may go to, and how its policy treats them. */
import type { Cluster } from '../../envoy/cluster';
import type { Runtime } from '../../match/runtime';
import { balancerSettings, subsetsOf } from './balancer-settings';
import type { HostSet } from './host';
import type { BalancerSettings } from './load-balance';
import { type Criteria, selectSubset, type Subset } from './subset';

export interface Selected {
  readonly subset: Subset;
  readonly settings: BalancerSettings;
}

/** Within a subset, localities have weights only where the subset says so. */
export function selected(cluster: Cluster, set: HostSet, criteria: Criteria, runtime: Runtime): Selected {
  const subsets = subsetsOf(cluster);
  const subset = selectSubset(subsets, set.hosts, criteria);
  const settings = balancerSettings(cluster, runtime);
  const keepsWeights = subset.note === null || subsets?.locality_weight_aware === true;
  return { subset, settings: { ...settings, localityWeighted: settings.localityWeighted && keepsWeights } };
}

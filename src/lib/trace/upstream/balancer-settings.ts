/** What a cluster says of its load balancing, under its old fields or as a policy extension. */
import { messageOf, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type { Runtime } from '../../match/runtime';
import { isUnknown } from '../../match/ternary';
import type { BalancerSettings } from './load-balance';

type LocalityConfig = NonNullable<Cluster['common_lb_config']>;

interface PolicyConfig {
  /** RingHash and Maglev have it here. */
  readonly locality_weighted_lb_config?: LocalityConfig['locality_weighted_lb_config'];
  readonly locality_lb_config?: Pick<LocalityConfig, 'zone_aware_lb_config' | 'locality_weighted_lb_config'>;
  readonly subset_lb_policy?: Cluster['load_balancing_policy'];
  readonly endpoint_picking_policy?: Cluster['load_balancing_policy'];
}

export interface LbPolicy {
  /** `ROUND_ROBIN`, or the extension's name. */
  readonly name: string;
  readonly config: PolicyConfig;
  /** A locality policy that holds the one which picks endpoints. */
  readonly weighsLocalities: boolean;
  /** Endpoints count by the load that they report, and alike until they do, whatever weights they are given. */
  readonly goesByReports: boolean;
}

/** Policies that hold others, outermost first, are looked through. */
const DEEPEST = 4;

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto (lb_policy, load_balancing_policy) */
export function lbPolicy(cluster: Cluster): LbPolicy {
  const layers = layersOf(cluster);
  const picks = layers.at(-1);
  if (picks === undefined) {
    const name = cluster.lb_policy ?? 'ROUND_ROBIN';
    return { name, config: {}, weighsLocalities: false, goesByReports: false };
  }
  const weighsLocalities = layers.some(({ type }) => type.endsWith('.WrrLocality'));
  const goesByReports = picks.type.endsWith('.ClientSideWeightedRoundRobin');
  return { name: policyName(picks), config: picks.config, weighsLocalities, goesByReports };
}

/**
 * The subsets of a cluster's hosts: its own field, or the Subset policy's where load_balancing_policy is set, which makes Envoy
 * pass over the field. https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/load_balancing_policies/subset/v3/subset.proto
 */
export function subsetsOf(cluster: Cluster): Cluster['lb_subset_config'] {
  if (cluster.load_balancing_policy === undefined) return cluster.lb_subset_config;
  const subset = layersOf(cluster).find(({ type }) => type.endsWith('.Subset'));
  return subset && messageOf<NonNullable<Cluster['lb_subset_config']>>(subset.chosen.typed_config);
}

/** A policy extension, and its message. */
interface Layer {
  readonly chosen: TypedExtension;
  readonly type: string;
  readonly config: PolicyConfig;
}

/** The policy extension of a cluster, and those that it holds, one in the other; none where it has the old fields alone. */
function layersOf({ load_balancing_policy: outermost }: Cluster): readonly Layer[] {
  const layers: Layer[] = [];
  let chosen = outermost?.policies?.[0]?.typed_extension_config;
  while (chosen !== undefined && layers.length <= DEEPEST) {
    const config = messageOf<PolicyConfig>(chosen.typed_config);
    layers.push({ chosen, type: messageTypeOf(chosen.typed_config), config });
    const inner = config.subset_lb_policy ?? config.endpoint_picking_policy;
    chosen = inner?.policies?.[0]?.typed_extension_config;
  }
  return layers;
}

const BY_TYPE: Readonly<Record<string, string>> = {
  RoundRobin: 'ROUND_ROBIN',
  LeastRequest: 'LEAST_REQUEST',
  Random: 'RANDOM',
  RingHash: 'RING_HASH',
  Maglev: 'MAGLEV',
  ClusterProvided: 'CLUSTER_PROVIDED',
};

function policyName({ chosen, type }: Layer): string {
  return BY_TYPE[type.slice(type.lastIndexOf('.') + 1)] ?? chosen.name ?? type;
}

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/load_balancers (ring hash, Maglev) */
export function picksByHash(cluster: Cluster): boolean {
  return ['RING_HASH', 'MAGLEV'].includes(lbPolicy(cluster).name);
}

/** The default panic threshold, in percent. */
const PANIC = 50;

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto#config-cluster-v3-cluster-commonlbconfig */
export function balancerSettings(cluster: Cluster, runtime: Runtime): BalancerSettings {
  const policy = lbPolicy(cluster);
  const common = cluster.common_lb_config ?? {};
  const locality = policy.config.locality_lb_config ?? {};
  const zoneAware = locality.zone_aware_lb_config ?? common.zone_aware_lb_config;
  const threshold = common.healthy_panic_threshold;
  return {
    panicThreshold: panicThreshold(threshold === undefined ? PANIC : Math.min(100, threshold.value ?? 0), runtime),
    failTrafficOnPanic: zoneAware?.['fail_traffic_on_panic'] === true,
    localityWeighted:
      policy.weighsLocalities ||
      (policy.config.locality_weighted_lb_config ??
        locality.locality_weighted_lb_config ??
        common.locality_weighted_lb_config) !== undefined,
    weighsHosts: policy.name !== 'RANDOM' && !policy.goesByReports,
    goesByReports: policy.goesByReports,
  };
}

/** A layer that the dump does not hold is taken to leave the threshold alone. */
function panicThreshold(own: number, runtime: Runtime): number {
  const inForce = runtime.number('upstream.healthy_panic_threshold', own);
  return isUnknown(inForce) ? own : Math.min(100, inForce);
}

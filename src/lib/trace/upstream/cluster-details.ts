/** A cluster's settings that act on a request. */
import { isUnknown } from '../../match/ternary';
import type { Cluster } from '../../envoy/cluster';
import { describeName } from '../certificate-names';
import type { TlsClient } from '../connection';
import type { ClusterSetting, TlsSetting } from '../facts/upstream';
import { lbPolicy } from './balancer-settings';
import { aggregateMembers, discoveryType } from './upstream';

/** What a cluster sets that acts on requests. */
export function clusterSettings(cluster: Cluster): readonly ClusterSetting[] {
  const members = aggregateMembers(cluster);
  const { name: policy } = lbPolicy(cluster);
  const { connect_timeout: duration, health_checks: checks = [] } = cluster;
  return [
    { kind: 'discovery-type', type: discoveryType(cluster) },
    ...(members === null ? [] : [{ kind: 'aggregated-clusters' as const, names: members }]),
    { kind: 'balancer', policy, isUsual: USUAL_BALANCERS.has(policy) },
    ...(duration === undefined ? [] : [{ kind: 'connect-timeout' as const, duration }]),
    ...breakers(cluster),
    ...outliers(cluster),
    ...(checks.length === 0 ? [] : [{ kind: 'active-health-checks' as const, count: checks.length }]),
  ];
}

/** What clusters have unless a DestinationRule says otherwise. */
const USUAL_BALANCERS: ReadonlySet<string> = new Set(['LEAST_REQUEST', 'ROUND_ROBIN', 'CLUSTER_PROVIDED']);

/** What Istio writes for "no limit". */
const NO_LIMIT = '4294967295';

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking */
function breakers(cluster: Cluster): readonly ClusterSetting[] {
  const limits = (cluster.circuit_breakers?.thresholds ?? []).map((threshold) =>
    plainSettings(threshold).filter(([key, value]) => key.startsWith('max_') && value !== NO_LIMIT),
  );
  return limits.flatMap((own) => (own.length === 0 ? [] : [{ kind: 'circuit-breaker', limits: own }]));
}

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier */
function outliers({ outlier_detection: outlier }: Cluster): readonly ClusterSetting[] {
  if (outlier === undefined) return [];
  const parts = plainSettings(outlier);
  return parts.length === 0 ? [] : [{ kind: 'outlier-detection', settings: parts }];
}

/** Settings that are a number or a text; what has another type says nothing that could be told. */
function plainSettings(
  settings: Readonly<Record<string, unknown>>,
): readonly (readonly [name: string, value: string])[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    typeof value === 'number' || typeof value === 'string' ? [[name, String(value)] as const] : [],
  );
}

/** What a TLS client sends and expects. */
export function tlsSettings({ sni, alpn, certificate, expectedSans = [] }: TlsClient): readonly TlsSetting[] {
  const names = certificate === null || isUnknown(certificate.uriSans) ? null : certificate.uriSans;
  const expected = expectedSans.map((name) => describeName(name));
  return [
    ...(sni === null ? [] : [{ kind: 'sni', name: sni } as const]),
    ...(alpn.length === 0 ? [] : [{ kind: 'alpn', protocols: alpn } as const]),
    ...(names === null ? [] : [{ kind: 'identity', names } as const]),
    ...(expected.length === 0 ? [] : [{ kind: 'expected-names', names: expected } as const]),
  ];
}

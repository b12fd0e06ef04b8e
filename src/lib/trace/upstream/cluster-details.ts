/** A cluster's settings that act on a request, as label and text. */
import { isUnknown } from '../../match/ternary';
import type { Cluster } from '../../envoy/cluster';
import { describeStringMatcher } from '../../match/string-matcher';
import type { TlsClient } from '../connection';
import { lbPolicy } from './balancer-settings';
import { aggregateMembers, discoveryType } from './upstream';

type Detail = readonly [label: string, text: string];

export function clusterDetails(cluster: Cluster): readonly Detail[] {
  const members = aggregateMembers(cluster);
  return [
    ['type', discoveryType(cluster)],
    ...(members === null ? [] : ([['clusters', members.join(', ')]] as const)),
    ['load balancing', lbPolicy(cluster).name],
    ...(cluster.connect_timeout === undefined ? [] : ([['connect timeout', cluster.connect_timeout]] as const)),
    ...breakers(cluster),
    ...outliers(cluster),
    ...((cluster.health_checks ?? []).length === 0
      ? []
      : ([['active health checks', String((cluster.health_checks ?? []).length)]] as const)),
  ];
}

/** What Istio writes for "no limit". */
const NO_LIMIT = 4294967295;

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking */
function breakers(cluster: Cluster): readonly Detail[] {
  const limits = (cluster.circuit_breakers?.thresholds ?? []).map((threshold) =>
    Object.entries(threshold)
      .filter(([key, value]) => key.startsWith('max_') && value !== NO_LIMIT)
      .map(([key, value]) => `${key} ${String(value)}`),
  );
  return limits.filter((parts) => parts.length > 0).map((parts) => ['circuit breaker', parts.join(', ')]);
}

/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier */
function outliers({ outlier_detection: outlier }: Cluster): readonly Detail[] {
  if (outlier === undefined) return [];
  const parts = Object.entries(outlier)
    .filter(([, value]) => typeof value === 'number' || typeof value === 'string')
    .map(([key, value]) => `${key} ${String(value)}`);
  return parts.length === 0 ? [] : [['outlier detection', parts.join(', ')]];
}

/** What a TLS client sends and expects, as label and text. */
export function tlsDetails({ sni, alpn, certificate, expectedSans = [] }: TlsClient): readonly Detail[] {
  return [
    ...(sni === null ? [] : [['SNI', sni] as const]),
    ...(alpn.length === 0 ? [] : [['ALPN', alpn.join(', ')] as const]),
    ...(certificate === null || isUnknown(certificate.uriSans)
      ? []
      : [['as', certificate.uriSans.join(', ')] as const]),
    ...(expectedSans.length === 0
      ? []
      : [['expects', expectedSans.map((san) => describeStringMatcher(san)).join(' or ')] as const]),
  ];
}

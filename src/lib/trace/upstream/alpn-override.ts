/**
 * Istio's filter that puts application protocols of its own in place of a cluster's: `istio-http/1.1` and the like tell
 * the other sidecar that a sidecar calls.
 */
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type { HttpConnectionManager } from '../../envoy/listener';
import type { CallFacts } from './transport';

const TYPE = 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig';

interface AlpnConfig {
  readonly alpn_override?: readonly {
    readonly upstream_protocol?: 'HTTP10' | 'HTTP11' | 'HTTP2';
    readonly alpn_override?: readonly string[];
  }[];
}

/** What the manager's filter overrides for a cluster, by the HTTP version that goes upstream. */
export function alpnOverride(manager: HttpConnectionManager, cluster: Cluster): CallFacts['alpnOverride'] {
  const filter = (manager.http_filters ?? []).find((one) => messageTypeOf(one.typed_config) === TYPE);
  const isOff = cluster.metadata?.filter_metadata?.['istio']?.['alpn_override'] === 'false';
  if (filter === undefined || isOff) return () => null;
  const { alpn_override: overrides = [] } = messageOf<AlpnConfig>(filter.typed_config);
  return (protocol) => overrides.find((one) => (one.upstream_protocol ?? 'HTTP10') === protocol)?.alpn_override ?? null;
}

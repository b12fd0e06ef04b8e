/** `istio.alpn`: the application protocols that Istio's sidecar offers to an upstream in place of the cluster's own. */
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type { HttpFilterInput } from './input';
import { perRoute, type RouteLevels } from './per-route';

const TYPES: ReadonlySet<string> = new Set([
  'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig',
  'istio.envoy.config.filter.http.alpn.v2.FilterConfig',
]);

type Protocol = 'HTTP10' | 'HTTP11' | 'HTTP2';

interface AlpnFilter {
  readonly alpn_override?: readonly {
    readonly upstream_protocol?: Protocol;
    readonly alpn_override?: readonly string[];
  }[];
}

/**
 * What is offered to the upstream in its TLS handshake; null where no filter overrides the cluster's own list. A cluster
 * whose metadata says `istio: {alpn_override: "false"}` keeps its own.
 * @param protocol the HTTP version that the upstream is spoken to with
 */
export function alpnOverride(
  input: RouteLevels & Pick<HttpFilterInput, 'manager'>,
  cluster: Cluster,
  protocol: Protocol,
): readonly string[] | null {
  if (cluster.metadata?.filter_metadata?.['istio']?.['alpn_override'] === 'false') return null;
  for (const filter of input.manager.http_filters ?? []) {
    if (!TYPES.has(messageTypeOf(filter.typed_config))) continue;
    if (perRoute(input, filter.name ?? '').disabled ?? filter.disabled === true) continue;
    const overrides = messageOf<AlpnFilter>(filter.typed_config).alpn_override ?? [];
    const own = overrides.find((one) => (one.upstream_protocol ?? 'HTTP10') === protocol)?.alpn_override;
    if (own !== undefined && own.length > 0) return own;
  }
  return null;
}

/**
 * What stands between a cluster and its hosts and is of a kind that nobody here knows: it may refuse the request, change it, or speak
 * otherwise than the cluster seems to. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto
 */
import { type Any, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type { HttpFilter } from '../../envoy/listener';

const KNOWN_SOCKETS =
  /^$|(?:^|\.)(?:UpstreamTlsContext|RawBuffer|InternalUpstreamTransport|ProxyProtocolUpstreamTransport|Tap|Config|QuicUpstreamTransport|Http11ProxyUpstreamTransport|UpstreamStartTlsConfig|Alts)$/;
const KNOWN_NETWORK_FILTERS = /^$|^envoy\.(?:extensions\.filters\.network|tcp)\.|^io\.istio\.|^istio\./;
const KNOWN_HTTP_FILTERS = /^$|^envoy\.extensions\.filters\.http\.|^io\.istio\.|^istio\.|^stats\./;
const KNOWN_POOLS = /^$|^envoy\.extensions\.upstreams\./;

/** Names the first extension that is not known, as an input of the outcome; null where all are. */
export function opaqueUpstream(
  { filters = [], upstream_config: pool }: Cluster,
  socket: TypedExtension | null,
  httpFilters: readonly HttpFilter[],
): string | null {
  const parts: readonly (readonly [what: string, known: RegExp, extension: Named | null | undefined])[] = [
    ['the transport socket', KNOWN_SOCKETS, socket],
    ['the connection pool', KNOWN_POOLS, pool],
    ...filters.map((one) => ['the upstream network filter', KNOWN_NETWORK_FILTERS, one] as const),
    ...httpFilters.map((one) => ['the upstream HTTP filter', KNOWN_HTTP_FILTERS, one] as const),
  ];
  for (const [what, known, extension] of parts) {
    const type = messageTypeOf(extension?.typed_config);
    if (!known.test(type)) return `what ${what} ${type} does with the request, which is not evaluated`;
  }
  return null;
}

interface Named {
  readonly typed_config?: Any;
}

/** What requests of a virtual host are counted together under. */
import type { VirtualHost } from '../../envoy/route';
import { type HeaderView, matchHeader } from '../../match/header-matcher';
import { every, isUnknown, type Unknown } from '../../match/ternary';

/**
 * The first virtual cluster whose headers all match, as the request is before it is rewritten; null where none is.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-virtualcluster
 */
export function virtualClusterOf(virtualHost: VirtualHost | null, view: HeaderView): string | Unknown | null {
  for (const { name = '', headers = [] } of virtualHost?.virtual_clusters ?? []) {
    const holds = every(headers, (one) => matchHeader(one, view));
    if (isUnknown(holds)) return holds;
    if (holds) return name;
  }
  return null;
}

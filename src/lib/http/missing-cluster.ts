/** What a request gets whose route leads to a cluster that the proxy does not have. */
import type { RouteAction } from '../envoy/route';

const STATUSES = { SERVICE_UNAVAILABLE: 503, NOT_FOUND: 404, INTERNAL_SERVER_ERROR: 500 } as const;

/**
 * The status: 503 unless the route says otherwise.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (cluster_not_found_response_code)
 */
export function missingClusterStatus({ cluster_not_found_response_code: code }: RouteAction): number {
  return STATUSES[code ?? 'SERVICE_UNAVAILABLE'];
}

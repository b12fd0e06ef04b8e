/** The router of a connection manager's chain. https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter */
import { messageOf, messageTypeOf } from '../../envoy/any';
import type { HttpConnectionManager, HttpFilter } from '../../envoy/listener';

/** `envoy.extensions.filters.http.router.v3.Router`: the fields that mctl reads. */
export interface Router {
  readonly respect_expected_rq_timeout?: boolean;
  readonly suppress_envoy_headers?: boolean;
  readonly strict_check_headers?: readonly string[];
  readonly upstream_http_filters?: readonly HttpFilter[];
}

/** Whether a filter of a connection manager's chain is its router. */
export function isRouter({ typed_config: config }: HttpFilter): boolean {
  return messageTypeOf(config).endsWith('.router.v3.Router');
}

/** Its configuration; empty where the chain has none. */
export function routerOf({ http_filters: filters = [] }: HttpConnectionManager): Router {
  return messageOf<Router>(filters.find(isRouter)?.typed_config);
}

/** Whether the router says nothing of itself in headers (`suppress_envoy_headers`). */
export function isSilent(manager: HttpConnectionManager): boolean {
  return routerOf(manager).suppress_envoy_headers === true;
}

/** A view as a check asks for it: the JSON that `pc listener|route|cluster|endpoint -o json` prints. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { clusterView, selectClusters } from '../view/cluster-view';
import { edsView } from '../view/eds-view';
import { type EndpointFilters, endpointView } from '../view/endpoint-view';
import { listenerView, selectListeners } from '../view/listener-view';
import { routeView, selectRoutes } from '../view/route-view';
import type { ViewFilter, ViewKind } from './check-file';

/** The view's JSON. Throws InputError where the dump lacks the section that it shows. */
export function viewJson(config: ProxyConfig, view: ViewKind, filter: ViewFilter): object {
  const { dump } = config;
  switch (view) {
    case 'listener':
      config.dump.need('Listeners');
      return listenerView(selectListeners(dump.listeners, filter), true).json();
    case 'route':
      config.dump.need('Routes');
      return routeView(selectRoutes(dump.routes, filter), true).json();
    case 'cluster':
      config.dump.need('Clusters');
      return clusterView(selectClusters(dump.clusters, filter)).json();
    case 'endpoint':
      return endpoints(config, filter);
  }
}

/** The hosts that Envoy reports, or where only a config_dump is at hand, those that EDS delivered. */
function endpoints(config: ProxyConfig, filters: EndpointFilters): object {
  const podOf = (): null => null;
  if (config.statuses !== null) return endpointView(config.statuses, filters, podOf).json();
  config.dump.need('Endpoints');
  return edsView(config.dump.endpoints, filters, 'without-port', podOf).json();
}

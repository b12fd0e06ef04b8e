/** A view as a check asks for it: the JSON that `pc listener|route|cluster|endpoint -o json` prints. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { InputError } from '../errors';
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
      requireSection(config, 'Listeners');
      return listenerView(selectListeners(dump.listeners, filter), true).json();
    case 'route':
      requireSection(config, 'Routes');
      return routeView(selectRoutes(dump.routes, filter), true).json();
    case 'cluster':
      requireSection(config, 'Clusters');
      return clusterView(selectClusters(dump.clusters, filter)).json();
    case 'endpoint':
      return endpoints(config, filter);
  }
}

/** The hosts that Envoy reports, or where only a config_dump is at hand, those that EDS delivered. */
function endpoints(config: ProxyConfig, filters: EndpointFilters): object {
  const podOf = (): null => null;
  if (config.statuses !== null) return endpointView(config.statuses, filters, podOf).json();
  requireSection(config, 'Endpoints');
  return edsView(config.dump.endpoints, filters, 'without-port', podOf).json();
}

function requireSection({ dump }: ProxyConfig, section: string): void {
  if (dump.section(section) !== null) return;
  throw new InputError(`${dump.label} has no ${section}ConfigDump`, {
    hint: 'Save the whole of /config_dump?include_eds.',
  });
}

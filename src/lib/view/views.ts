/** Every view of one proxy by its name. A view is added here, and gets a command of its own. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { clusterView } from './cluster-view';
import { ecdsView } from './ecds-view';
import { NO_CONTEXT } from './define-view';
import { deliveredView, edsView } from './endpoint/eds-view';
import { endpointView } from './endpoint/endpoint-view';
import type { FilterValues } from './filter';
import { listenerView } from './listener-view';
import type { DumpView } from './resource-view';
import { routeView } from './route-view';
import { secretView } from './secret-view';
import type { AppliedView } from './view';

/** `listener`, `route`, … */
export type ViewName = 'listener' | 'route' | 'cluster' | 'endpoint' | 'eds' | 'secret' | 'ecds';

const VIEWS = {
  listener: () => listenerView,
  route: () => routeView,
  cluster: () => clusterView,
  endpoint: () => deliveredView,
  eds: () => edsView,
  secret: secretView,
  ecds: () => ecdsView,
} satisfies Record<ViewName, (now: Date) => DumpView>;

/**
 * A view of a proxy whose configuration is read. Endpoints are the hosts that Envoy reports, or where only a config_dump is at
 * hand, those that EDS delivered. Throws InputError where the dump lacks the section that it shows.
 * @param now the clock that certificates are judged by
 */
export function viewOf({ dump, statuses }: ProxyConfig, name: ViewName, values: FilterValues, now: Date): AppliedView {
  const asked = { values };
  if (name === 'endpoint' && statuses !== null) return endpointView.apply(statuses, asked);
  const view = VIEWS[name](now);
  if (view.isSectionNeeded) dump.need(view.section);
  return view.apply(dump, asked, { ...NO_CONTEXT, now });
}

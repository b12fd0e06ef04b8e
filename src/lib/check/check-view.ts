/** A view as a check asks for it: the JSON that `pc listener|route|cluster|endpoint -o json` prints. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { clusterView } from '../view/cluster-view';
import { deliveredView } from '../view/endpoint/eds-view';
import { endpointView } from '../view/endpoint/endpoint-view';
import { listenerView } from '../view/listener-view';
import type { DumpView } from '../view/resource-view';
import { routeView } from '../view/route-view';
import type { ViewFilter, ViewKind } from './check-file';

const VIEWS: Readonly<Record<ViewKind, DumpView>> = {
  listener: listenerView,
  route: routeView,
  cluster: clusterView,
  endpoint: deliveredView,
};

/** The view's JSON. Throws InputError where the dump lacks the section that it shows. */
export function viewJson({ dump, statuses }: ProxyConfig, kind: ViewKind, values: ViewFilter): object {
  // The hosts that Envoy reports; where only a config_dump is at hand, those that EDS delivered.
  if (kind === 'endpoint' && statuses !== null) return endpointView.apply(statuses, { values }).result.json();
  const view = VIEWS[kind];
  dump.need(view.section);
  return view.apply(dump, { values }).result.json();
}

/** A view as a check asks for it: the JSON that `pc listener|route|cluster|endpoint -o json` prints. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { viewOf } from '../view/views';
import type { ViewFilter, ViewKind } from './check-file';

/** The view's JSON. Throws InputError where the dump lacks the section that it shows. */
export function viewJson(config: ProxyConfig, view: ViewKind, values: ViewFilter): object {
  // No view that a check can ask for judges certificates.
  return viewOf(config, view, values, new Date(0)).result.json();
}

/**
 * Network filters other than the TCP proxy and the HTTP connection manager.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/network_filters
 */
import { messageTypeOf } from '../../envoy/any';
import type { Dead } from '../dead';
import { type HopRecord, step } from '../hop-record';
import { setFilterState } from './filter-state';
import type { NetworkFilterInput } from './input';
import { NETWORK_FILTERS } from './network/catalogue';
import { runNetworkRbac } from './network/rbac';

/** Null where the connection goes on; the end where the filter closes it. Adds the filter's step to the record. */
export function runNetworkFilter(input: NetworkFilterInput, record: HopRecord): Dead | null {
  const { filter, pointer } = input;
  const type = messageTypeOf(filter.typed_config);
  if (type === 'envoy.extensions.filters.network.rbac.v3.RBAC') return runNetworkRbac(input, record);
  if (type === 'envoy.extensions.filters.network.set_filter_state.v3.Config') {
    setFilterState(filter.typed_config, input.state, input.connection, null);
  }
  const known = Object.hasOwn(NETWORK_FILTERS, type) ? NETWORK_FILTERS[type] : undefined;
  const name = filter.name ?? type;
  const [outcome, because] = known ?? ['noted' as const, `not evaluated: mctl does not know the filter ${type}`];
  record.add(step('network-filter', outcome, name, because, { config: pointer }));
  return null;
}

/** What shadow rules leave behind for later filters, external authorization among them. */
import type { RbacFilter } from '../../../envoy/rbac';
import type { StreamState } from '../../../http/stream-state';
import type { RbacDecision } from './engine';

/** Writes the result as dynamic metadata, under keys that begin with the filter's `shadow_rules_stat_prefix`. */
export function rememberShadow(
  state: StreamState,
  namespace: string,
  filter: RbacFilter,
  { allowed, policy }: RbacDecision,
): void {
  const prefix = filter.shadow_rules_stat_prefix ?? '';
  if (typeof allowed !== 'boolean') {
    state.setUnknownMetadata(namespace, allowed.unknown);
    return;
  }
  state.setMetadata(namespace, {
    [`${prefix}shadow_engine_result`]: allowed ? 'allowed' : 'denied',
    ...(policy === null ? {} : { [`${prefix}shadow_effective_policy_id`]: policy }),
  });
}

/** What shadow rules leave behind for later filters, external authorization among them. */
import type { RbacFilter } from '../../../envoy/rbac';
import type { StreamState } from '../../../http/stream-state';
import type { RbacDecision } from './engine';

/** Writes the result as dynamic metadata, under keys that begin with the filter's `shadow_rules_stat_prefix`. */
export function rememberShadow(
  state: StreamState,
  namespace: string,
  filter: RbacFilter,
  { allowed, policy, openBefore }: RbacDecision,
): void {
  const prefix = filter.shadow_rules_stat_prefix ?? '';
  if (typeof allowed !== 'boolean') {
    state.setUnknownMetadata(namespace, allowed.unknown);
    return;
  }
  // Which policy matches first is not known where an earlier one may.
  if (openBefore !== null) state.setUnknownMetadata(namespace, openBefore);
  state.setMetadata(namespace, {
    [`${prefix}shadow_engine_result`]: allowed ? 'allowed' : 'denied',
    ...(policy === null || openBefore !== null ? {} : { [`${prefix}shadow_effective_policy_id`]: policy }),
  });
}

/**
 * `envoy.extensions.filters.network.rbac.v3.RBAC`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/rbac_filter
 */
import { messageOf } from '../../../envoy/any';
import type { RbacFilter } from '../../../envoy/rbac';
import { type Ending, ending } from '../../hop/ending';
import { type HopRecord, step } from '../../hop/record';
import { connectionStream } from '../../../http/stream-facts';
import type { NetworkFilterInput } from '../shared/input';
import type { RbacInput } from '../rbac/condition';
import { decide } from '../rbac/engine';
import { decisionFacts, shadowFacts } from '../rbac/decision-facts';
import { rememberShadow } from '../rbac/shadow';

const NAMESPACE = 'envoy.filters.network.rbac';

/** Asked at the connection's first byte; where it denies, the connection is closed and no response flag is logged. */
export function runNetworkRbac(input: NetworkFilterInput, record: HopRecord): Ending | null {
  const filter = messageOf<RbacFilter>(input.filter.typed_config);
  const rbac = rbacInput(input);
  const { limit } = input.context.explain;
  const name = input.filter.name ?? NAMESPACE;
  const shadow = decide(filter, 'shadow', rbac, limit);
  if (shadow !== null) {
    const { cause, ...more } = shadowFacts(shadow, filter.shadow_rules_stat_prefix ?? '');
    record.add(step('network-filter', 'noted', name, cause, { config: input.pointer, ...more }));
    rememberShadow(input.state, NAMESPACE, filter, shadow);
  }
  const decision = decide(filter, 'enforced', rbac, limit);
  if (decision === null) {
    const none = { kind: 'no-policies', of: 'connection' } as const;
    if (shadow === null) record.add(step('network-filter', 'passed', name, none, { config: input.pointer }));
    return null;
  }
  const { cause, ...more } = decisionFacts(decision);
  const { allowed, policy } = decision;
  const outcome = typeof allowed !== 'boolean' ? 'unknown' : allowed ? 'passed' : 'ended';
  record.add(step('network-filter', outcome, name, cause, { config: input.pointer, ...more }));
  if (typeof allowed !== 'boolean') return ending('unknown', 'unknown-input', cause);
  return allowed ? null : ending('denied', 'rbac-denied', cause, { policy });
}

function rbacInput({ connection, state }: NetworkFilterInput): RbacInput {
  return { ...connectionStream(connection, state), routeMetadata: null };
}

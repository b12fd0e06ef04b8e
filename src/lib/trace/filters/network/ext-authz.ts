/**
 * `envoy.extensions.filters.network.ext_authz.v3.ExtAuthz`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/ext_authz_filter
 */
import { messageOf } from '../../../envoy/any';
import { isUnknown } from '../../../match/ternary';
import { type Ending, ending } from '../../hop/ending';
import { type HopRecord, step } from '../../hop/record';
import { authorizerOf, type ExtAuthz, isAsked } from '../shared/authorizer';
import type { NetworkFilterInput } from '../shared/input';

/** Where the authorizer is asked, its answer decides, and configuration does not hold it. */
export function runNetworkExtAuthz(
  { context, filter, pointer, state }: NetworkFilterInput,
  record: HopRecord,
): Ending | null {
  const config = messageOf<ExtAuthz>(filter.typed_config);
  const asked = isAsked(config, { context, state });
  const name = filter.name ?? 'ext_authz';
  if (asked === false) {
    record.add(step('network-filter', 'passed', name, { kind: 'authorizer-not-asked' }, { config: pointer }));
    return null;
  }
  const answer = `the answer of the external authorizer ${authorizerOf(config)}`;
  const input = `${isUnknown(asked) ? `${asked.unknown}, then ` : ''}${answer}`;
  const cause = { kind: 'connection-open', input } as const;
  record.add(step('network-filter', 'unknown', name, cause, { config: pointer }));
  return ending('unknown', 'unknown-input', cause);
}

/**
 * `envoy.extensions.filters.http.ext_authz.v3.ExtAuthz`: another service decides, but only where the filter is enabled.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/ext_authz_filter
 */
import { messageOf } from '../../../envoy/any';
import { isUnknown } from '../../../match/ternary';
import type { Worded } from '../../facts/worded';
import type { EndingBy } from '../../hop/ending';
import { localReply } from '../../hop/local-reply';
import { authorizerOf, type ExtAuthz, isAsked } from '../shared/authorizer';
import { ends, type FilterResult, type FilterRun, goesOn, open } from './handler';

/** Istio's CUSTOM policies enable it by what the RBAC filter in front of it wrote of its shadow rules. */
export function runExtAuthz(run: FilterRun): FilterResult {
  const config = messageOf<ExtAuthz>(run.config);
  const [own] = run.perRoute.configs;
  if (own !== undefined && messageOf<{ disabled?: boolean }>(own.config).disabled === true) {
    return goesOn(run, 'switched off for this route');
  }
  const enabled = isAsked(config, run.input.state);
  const denied = (because: Worded, flags: string | null): EndingBy<Worded> =>
    localReply(run.message, ['denied', 'local-reply'], 403, because, { responseFlags: flags });
  if (enabled === false) {
    if (config.deny_at_disable?.default_value === true) {
      return ends(run, denied('the filter is not enabled, and then everything is denied (deny_at_disable)', null));
    }
    return goesOn(run, 'the external authorizer is not asked: no CUSTOM policy or other condition enables it');
  }
  const service = `the answer of the external authorizer ${authorizerOf(config)}`;
  const input = isUnknown(enabled) ? `${enabled.unknown}, then ${service}` : service;
  return open(run, input, denied(input, 'UAEX').outcome);
}

/**
 * `envoy.extensions.filters.http.ext_authz.v3.ExtAuthz`: another service decides, but only where the filter is enabled.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/ext_authz_filter
 */
import { messageOf } from '../../../envoy/any';
import { isUnknown } from '../../../match/ternary';
import type { HttpFilterCause } from '../../facts/filters';
import type { EndingBy } from '../../hop/ending';
import { localReply } from '../../hop/local-reply';
import { authorizerOf, type ExtAuthz, isAsked } from '../shared/authorizer';
import { ends, type FilterResult, type FilterRun, goesOn, open } from './handler';

/** Istio's CUSTOM policies enable it by what the RBAC filter in front of it wrote of its shadow rules. */
export function runExtAuthz(run: FilterRun): FilterResult {
  const config = messageOf<ExtAuthz>(run.config);
  const [own] = run.perRoute.configs;
  if (own !== undefined && messageOf<{ disabled?: boolean }>(own.config).disabled === true) {
    return goesOn(run, { kind: 'off-for-route' });
  }
  const enabled = isAsked(config, run.input.state);
  const denied = (cause: HttpFilterCause, flags: string): EndingBy<HttpFilterCause> =>
    localReply(run.message, ['denied', 'local-reply'], 403, cause, { responseFlags: flags });
  if (enabled === false) {
    if (config.deny_at_disable?.default_value === true) {
      return ends(run, denied({ kind: 'denied-where-not-asked' }, 'UAEX'));
    }
    return goesOn(run, { kind: 'authorizer-not-asked' });
  }
  const service = `the answer of the external authorizer ${authorizerOf(config)}`;
  const input = isUnknown(enabled) ? `${enabled.unknown}, then ${service}` : service;
  return open(run, input, denied({ kind: 'filter-open', input }, 'UAEX').outcome);
}

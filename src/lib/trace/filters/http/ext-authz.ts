/**
 * `envoy.extensions.filters.http.ext_authz.v3.ExtAuthz`: another service decides, but only where the filter is enabled.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/ext_authz_filter
 */
import { messageOf } from '../../../envoy/any';
import { type HttpStatus, statusOf } from '../../../envoy/status-code';
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
  const enabled = isAsked(config, run.input);
  const denied = (cause: HttpFilterCause, flags: string, status = 403): EndingBy<HttpFilterCause> =>
    localReply(run.message, ['denied', 'local-reply'], status, cause, { responseFlags: flags });
  if (enabled === false) {
    if (config.deny_at_disable?.default_value === true) {
      return ends(run, denied({ kind: 'denied-where-not-asked' }, 'UAEX', statusOnError(config)));
    }
    return goesOn(run, { kind: 'authorizer-not-asked' });
  }
  const service = `the answer of the external authorizer ${authorizerOf(config)}`;
  const input = isUnknown(enabled) ? `${enabled.unknown}, then ${service}` : service;
  return open(run, input, denied({ kind: 'filter-open', input }, 'UAEX').outcome);
}

/** What is refused because nobody is asked has the status of an error; 403 where none is set. */
function statusOnError({ status_on_error: told }: ExtAuthz & { readonly status_on_error?: HttpStatus }): number {
  return told === undefined ? 403 : statusOf(told);
}

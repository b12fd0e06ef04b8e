/**
 * `envoy.extensions.filters.http.ext_authz.v3.ExtAuthz`: another service decides, but only where the filter is enabled.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/ext_authz_filter
 */
import { messageOf } from '../../../envoy/any';
import type { MetadataMatcher } from '../../../envoy/rbac';
import type { FractionalPercent } from '../../../envoy/route';
import { matchMetadata } from '../../../match/metadata-matcher';
import { isUnknown, type Ternary } from '../../../match/ternary';
import { localReply } from '../../http/reply';
import { fractionOf } from '../../http/route-match';
import { ends, type FilterResult, type FilterRun, goesOn, open } from './handler';

interface ExtAuthz {
  readonly grpc_service?: {
    readonly envoy_grpc?: { readonly cluster_name?: string };
    readonly google_grpc?: { readonly target_uri?: string };
  };
  readonly http_service?: { readonly server_uri?: { readonly uri?: string; readonly cluster?: string } };
  readonly filter_enabled?: { readonly default_value?: FractionalPercent };
  readonly filter_enabled_metadata?: MetadataMatcher;
  readonly deny_at_disable?: { readonly default_value?: boolean };
  readonly failure_mode_allow?: boolean;
}

/** Istio's CUSTOM policies enable it by what the RBAC filter in front of it wrote of its shadow rules. */
export function runExtAuthz(run: FilterRun): FilterResult {
  const config = messageOf<ExtAuthz>(run.config);
  const [own] = run.perRoute.configs;
  if (own !== undefined && messageOf<{ disabled?: boolean }>(own.config).disabled === true) {
    return goesOn(run, 'switched off for this route');
  }
  const enabled = isEnabled(run, config);
  const denied = (because: string, flags: string | null): ReturnType<typeof localReply> =>
    localReply(run.message, ['denied', 'local-reply'], 403, because, { responseFlags: flags });
  if (enabled === false) {
    if (config.deny_at_disable?.default_value === true) {
      return ends(run, denied('the filter is not enabled, and then everything is denied (deny_at_disable)', null));
    }
    return goesOn(run, 'the external authorizer is not asked: no CUSTOM policy or other condition enables it');
  }
  const service = `the answer of the external authorizer ${serviceOf(config)}`;
  const input = isUnknown(enabled) ? `${enabled.unknown}, then ${service}` : service;
  return open(run, input, denied(input, 'UAEX').outcome);
}

function isEnabled({ input }: FilterRun, config: ExtAuthz): Ternary {
  if (config.filter_enabled !== undefined && fractionOf(config.filter_enabled.default_value) <= 0) return false;
  const matcher = config.filter_enabled_metadata;
  if (matcher === undefined) return true;
  const namespace = matcher.filter ?? '';
  return matchMetadata(matcher, {
    fields: input.state.metadata(namespace),
    unknown: input.state.unknownMetadata(namespace),
  });
}

function serviceOf({ grpc_service: grpc, http_service: http }: ExtAuthz): string {
  const name = grpc?.envoy_grpc?.cluster_name ?? grpc?.google_grpc?.target_uri;
  return name ?? http?.server_uri?.cluster ?? http?.server_uri?.uri ?? '';
}

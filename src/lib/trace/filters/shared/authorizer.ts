/** External authorization, as a network filter and as an HTTP filter: who is asked, and whether at all. */
import type { MetadataMatcher } from '../../../envoy/rbac';
import type { RuntimeFraction } from '../../../match/runtime';
import { matchMetadata } from '../../../match/metadata-matcher';
import type { Ternary } from '../../../match/ternary';
import type { HopContext } from '../../hop/context';
import { enabledShare } from './enabled-share';
import type { StreamState } from '../../../http/stream-state';

/** What `envoy.extensions.filters.http.ext_authz.v3.ExtAuthz` and the network filter of the same name have in common. */
export interface ExtAuthz {
  readonly grpc_service?: {
    readonly envoy_grpc?: { readonly cluster_name?: string };
    readonly google_grpc?: { readonly target_uri?: string };
  };
  readonly http_service?: { readonly server_uri?: { readonly uri?: string; readonly cluster?: string } };
  readonly filter_enabled?: RuntimeFraction;
  readonly filter_enabled_metadata?: MetadataMatcher;
  readonly deny_at_disable?: { readonly default_value?: boolean };
}

interface Asked {
  readonly context: Pick<HopContext, 'config'>;
  readonly state: StreamState;
}

/** Istio's CUSTOM policies enable it by what the RBAC filter in front of it wrote of its shadow rules. */
export function isAsked(config: ExtAuthz, { context, state }: Asked): Ternary {
  if (config.filter_enabled !== undefined && enabledShare(context, config.filter_enabled) <= 0) return false;
  const matcher = config.filter_enabled_metadata;
  if (matcher === undefined) return true;
  const namespace = matcher.filter ?? '';
  return matchMetadata(matcher, state.facts().metadata(namespace));
}

/** The authorizer's cluster or address. */
export function authorizerOf({ grpc_service: grpc, http_service: http }: ExtAuthz): string {
  const name = grpc?.envoy_grpc?.cluster_name ?? grpc?.google_grpc?.target_uri;
  return name ?? http?.server_uri?.cluster ?? http?.server_uri?.uri ?? '';
}

/**
 * Dynamic metadata as routes see it. A route is found before the filters run; those that write what routes look at, such
 * as the check of a token, have it found again. https://istio.io/latest/docs/tasks/security/authentication/jwt-route/
 */
import type { MetadataFields } from '../../match/metadata-matcher';
import { Decisions } from '../decisions';
import { runHttpFilters } from '../filters/http-filters';
import { areAllOf } from '../filters/shared/state-writers';
import { StreamState } from '../../http/stream-state';
import { HopRecord } from '../hop/record';
import type { HttpContext } from './http-context';
import type { HttpMessage } from '../../http/message';

/** Filters of which it is known what they write. */
const EVALUATED = new Set(['envoy.filters.http.jwt_authn', 'istio_authn', 'envoy.filters.http.rbac']);

/**
 * Filters that write no metadata but, of some of these, under their own name or what they are seen to write: where a chain has no
 * other, what a route asks of another namespace is not there. https://www.envoyproxy.io/docs/envoy/latest/configuration/advanced/well_known_dynamic_metadata
 */
const SETS_NONE =
  /^envoy\.extensions\.filters\.http\.(?:router|cors|csrf|fault|buffer|rbac|jwt_authn|grpc_stats|grpc_web|compressor|decompressor|health_check|header_mutation|on_demand|dynamic_forward_proxy|original_src|stateful_session|ip_tagging|set_metadata)\.v3\.|^stats\.PluginConfig$|^io\.istio\.http\.peer_metadata\.Config$|^istio\.envoy\.config\.filter\.http\.alpn\./;

/**
 * Filters behind which no route is found again: of what they and others write no route knows anything, unless another filter of
 * the chain has it found again, as the check of a token may.
 */
const KEEPS_ROUTE =
  /^envoy\.extensions\.filters\.http\.(?:router|set_metadata|header_to_metadata|set_filter_state|cors|csrf|fault|buffer|rbac|api_key_auth|basic_auth|local_ratelimit|grpc_stats|grpc_web|compressor|decompressor|health_check|header_mutation|original_src|stateful_session)\.v3\.|^stats\.PluginConfig$|^io\.istio\.http\.peer_metadata\.Config$|^istio\.envoy\.config\.filter\.http\.alpn\./;

/** What a route knows of a namespace: what the filters write where one of them may have the route found again. */
export function filterMetadata(walk: HttpContext, message: HttpMessage): (namespace: string) => MetadataFields {
  if (!areAllOf(KEEPS_ROUTE, walk.manager.http_filters ?? [])) return metadataBehindFilters(walk, message);
  return (namespace) => ({
    fields: walk.state.metadata(namespace),
    unknown: walk.state.unknownMetadata(namespace),
  });
}

/**
 * What is known of a namespace once the filters have run, as the router asks for it when it picks a host; they run for it when it is
 * first asked for.
 */
export function metadataBehindFilters(walk: HttpContext, message: HttpMessage): (namespace: string) => MetadataFields {
  let state: StreamState | null = null;
  return (namespace) => {
    state ??= stateBehindFilters(walk, message);
    const fields = state.metadata(namespace);
    const filters = walk.manager.http_filters ?? [];
    const isOpen = fields === null && !EVALUATED.has(namespace) && !areAllOf(SETS_NONE, filters);
    return {
      fields,
      unknown: state.unknownMetadata(namespace) ?? (isOpen ? `dynamic metadata of ${namespace}` : null),
    };
  };
}

/** Runs the HTTP filters once, without a route: their steps are dropped, and only the metadata that they write is used. */
function stateBehindFilters(walk: HttpContext, message: HttpMessage): StreamState {
  const state = new StreamState(walk.state);
  const { context, manager, pointer, connection } = walk;
  runHttpFilters(
    {
      context: { ...context, decisions: new Decisions() },
      manager,
      pointer,
      message,
      connection,
      state,
      routeConfiguration: null,
      virtualHost: null,
      route: null,
      weighted: null,
      cluster: null,
    },
    new HopRecord(context.proxy, context.direction),
  );
  return state;
}

/**
 * Dynamic metadata as routes see it. A route is found before the filters run; those that write what routes look at, such
 * as the check of a token, have it found again. https://istio.io/latest/docs/tasks/security/authentication/jwt-route/
 */
import { isDeepStrictEqual } from 'node:util';
import type { MetadataFields } from '../../match/metadata-matcher';
import { Decisions } from '../decisions';
import { runHttpFilters } from '../filters/http-filters';
import { areAllOf } from '../filters/shared/state-writers';
import type { HttpFilterInput } from '../filters/shared/input';
import { RouteSight, type Seen } from '../filters/shared/route-sight';
import { StreamState } from '../../http/stream-state';
import { isEnding } from '../hop/ending';
import { HopRecord } from '../hop/record';
import type { HttpContext } from './http-context';
import type { HttpMessage } from '../../http/message';

/** What filters are told of the route. */
export type FilterRoute = Pick<
  HttpFilterInput,
  'routeConfiguration' | 'virtualHost' | 'route' | 'weighted' | 'cluster'
>;

const NO_ROUTE: FilterRoute = {
  routeConfiguration: null,
  virtualHost: null,
  route: null,
  weighted: null,
  cluster: null,
};

/** Filters of which it is known what they write. */
const EVALUATED = new Set(['envoy.filters.http.jwt_authn', 'istio_authn', 'envoy.filters.http.rbac']);

/**
 * Filters that write no metadata but, of some of these, under their own name or what they are seen to write: where a chain has no
 * other, what a route asks of another namespace is not there. https://www.envoyproxy.io/docs/envoy/latest/configuration/advanced/well_known_dynamic_metadata
 */
const SETS_NONE =
  /^envoy\.extensions\.filters\.http\.(?:router|api_key_auth|basic_auth|cdn_loop|header_to_metadata|set_filter_state|cors|csrf|fault|buffer|rbac|jwt_authn|local_ratelimit|grpc_stats|grpc_web|compressor|decompressor|health_check|header_mutation|on_demand|dynamic_forward_proxy|original_src|stateful_session|ip_tagging|custom_response|oauth2|set_metadata)\.v3\.|^stats\.PluginConfig$|^io\.istio\.http\.peer_metadata\.Config$|^istio\.envoy\.config\.filter\.http\.alpn\./;

/** What a route is chosen by: the request and what filters have written, as they are when Envoy finds it last. */
export interface RouteFacts extends Seen {
  readonly metadata: (namespace: string) => MetadataFields;
}

/**
 * Filters that never have the route found again: where a chain has no others, a route knows nothing of what its filters write, and none
 * of them has to run for it.
 */
const KEEPS_ROUTE =
  /^envoy\.extensions\.filters\.http\.(?:router|set_metadata|header_to_metadata|set_filter_state|cors|csrf|fault|buffer|rbac|api_key_auth|basic_auth|local_ratelimit|grpc_stats|grpc_web|compressor|decompressor|health_check|header_mutation|original_src|stateful_session|custom_response)\.v3\.|^stats\.PluginConfig$|^io\.istio\.http\.peer_metadata\.Config$|^istio\.envoy\.config\.filter\.http\.alpn\./;

/**
 * The filters run once for it, with the route that is found at first; their steps are dropped.
 *
 * @param routed how a route is found by such facts, for the filters that it configures
 */
export function routeFacts(
  walk: HttpContext,
  message: HttpMessage,
  routed: (facts: RouteFacts) => FilterRoute,
): RouteFacts {
  const first = { message, state: walk.state, metadata: metadataOf(walk.state) };
  if (areAllOf(KEEPS_ROUTE, walk.manager.http_filters ?? [])) return first;
  const sight = new RouteSight();
  const behind = stateBehindFilters(walk, message, { ...routed(first), sight });
  const seen = sight.found ?? first;
  const { open } = sight;
  return { ...seen, metadata: open === null ? metadataOf(seen.state) : metadataOfEither(walk, sight, behind, open) };
}

function metadataOf(state: StreamState): RouteFacts['metadata'] {
  return (namespace) => ({ fields: state.metadata(namespace), unknown: state.unknownMetadata(namespace) });
}

/** Where it is not known whether the route is found once more, what was written since the last time is not known to count. */
function metadataOfEither(
  walk: HttpContext,
  { sure }: RouteSight,
  behind: StreamState,
  filter: string,
): RouteFacts['metadata'] {
  const before = metadataOf(sure?.state ?? walk.state);
  const isOpen = !areAllOf(SETS_NONE, walk.manager.http_filters ?? []);
  return (namespace) => {
    const known = before(namespace);
    const fields = behind.metadata(namespace);
    const unknown = known.unknown ?? behind.unknownMetadata(namespace);
    if (unknown !== null) return { fields: known.fields, unknown };
    if (fields === null && isOpen && !EVALUATED.has(namespace))
      return { fields, unknown: `dynamic metadata of ${namespace}` };
    return isDeepStrictEqual(known.fields, fields)
      ? known
      : { fields: known.fields, unknown: `whether the filter ${filter} has the route found again` };
  };
}

/**
 * What is known of a namespace once the filters have run, as the router asks for it when it picks a host; they run for it when it is
 * first asked for.
 */
export function metadataBehindFilters(walk: HttpContext, message: HttpMessage): (namespace: string) => MetadataFields {
  let state: StreamState | null = null;
  return (namespace) => {
    state ??= stateBehindFilters(walk, message, NO_ROUTE);
    return knownMetadata(walk, state)(namespace);
  };
}

/** What is known of a namespace by what filters were seen to write; another filter of the chain may have written more. */
export function knownMetadata({ manager }: HttpContext, state: StreamState): RouteFacts['metadata'] {
  return (namespace) => {
    const fields = state.metadata(namespace);
    const isOpen = fields === null && !EVALUATED.has(namespace) && !areAllOf(SETS_NONE, manager.http_filters ?? []);
    return {
      fields,
      unknown: state.unknownMetadata(namespace) ?? (isOpen ? `dynamic metadata of ${namespace}` : null),
    };
  };
}

/** Runs the HTTP filters once: their steps are dropped, and only the metadata that they write is used. */
function stateBehindFilters(
  walk: HttpContext,
  message: HttpMessage,
  route: FilterRoute & Pick<HttpFilterInput, 'sight'>,
): StreamState {
  const state = new StreamState(walk.state);
  const { context, manager, pointer, connection } = walk;
  const left = runHttpFilters(
    { context: { ...context, decisions: new Decisions() }, manager, pointer, message, connection, state, ...route },
    new HopRecord(context.proxy, context.direction),
  );
  if (!isEnding(left)) route.sight?.asks({ message: left, state });
  return state;
}

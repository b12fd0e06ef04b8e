/**
 * What Envoy sees when it finds a route again. Some filters make what was found no longer count; the route is found again when it is
 * asked for next, with headers, metadata and filter state as they are then. Most filters ask for it before they act, since routes
 * may configure them otherwise; those that never do, and the one that asks last, are listed here, each seen with a real Envoy 1.37.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_filters#route-mutation
 */
import { bodySize } from '../../../http/body';
import type { HttpMessage } from '../../../http/message';
import { StreamState } from '../../../http/stream-state';
import { isUnknown, type Ternary } from '../../../match/ternary';
import type { StepOutcome } from '../../terms';

/** A request at one moment. */
export interface Seen {
  readonly message: HttpMessage;
  readonly state: StreamState;
}

/** What is looked at of a filter that acts. */
interface Acting {
  readonly name: string;
  /** As it comes to the filter. */
  readonly message: HttpMessage;
  readonly input: { readonly state: StreamState };
}

/** And of what it did. */
interface Acted {
  readonly kind: 'goes-on' | 'ends' | 'open';
  readonly steps: readonly { readonly outcome: StepOutcome }[];
  readonly message?: HttpMessage;
  readonly findsRouteAgain?: Ternary;
}

/** Filters that ask for no route before they act. */
const NEVER_ASKS =
  /^envoy\.extensions\.filters\.http\.(?:ip_tagging|set_metadata|health_check|grpc_stats|grpc_web|cdn_loop|custom_response|grpc_http1_bridge|connect_grpc_bridge)\.v3\./;
const MUTATES_FIRST = 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation';
const ASKS_WITH_BODY = 'envoy.extensions.filters.http.buffer.v3.Buffer';

/** Filters of which nothing is evaluated that could have the route found again, and that keep it. */
const KEEPS_ROUTE =
  /^envoy\.extensions\.filters\.http\.(?:router|set_metadata|header_to_metadata|set_filter_state|cors|csrf|fault|buffer|rbac|api_key_auth|basic_auth|jwt_authn|local_ratelimit|ratelimit|bandwidth_limit|cdn_loop|grpc_stats|grpc_web|compressor|decompressor|health_check|header_mutation|original_src|stateful_session)\.v3\.|^stats\.PluginConfig$|^io\.istio\.http\.peer_metadata\.Config$|^istio\.envoy\.config\.filter\.http\.alpn\./;

/** Follows a chain of filters. */
export class RouteSight {
  #isOld = false;
  #found: Seen | null = null;
  #sure: Seen | null = null;
  #open: string | null = null;

  /** As the route was found last, or may have been; null where what was found at first still counts. */
  get found(): Seen | null {
    return this.#found;
  }

  /** As it was found last of all times of which that is known. */
  get sure(): Seen | null {
    return this.#sure;
  }

  /** The filter that may have had the route found once more, of which it is not known; null where there is none. */
  get open(): string | null {
    return this.#open;
  }

  before(type: string, { message, input }: Acting): void {
    const asks = !NEVER_ASKS.test(type) && type !== MUTATES_FIRST && (type !== ASKS_WITH_BODY || hasBody(message));
    if (asks) this.asks({ message, state: input.state });
  }

  after(type: string, { name, message: before, input }: Acting, acted: Acted): void {
    const { message = before, findsRouteAgain: again } = acted;
    if (type === MUTATES_FIRST) this.asks({ message, state: input.state });
    if (again === true) this.#open = null;
    else if (isUnknown(again) || (again === undefined && isOpen(type, acted))) this.#open = name;
    this.#isOld ||= again === true || isUnknown(again);
  }

  /** The route is asked for, as the router does last. */
  asks({ message, state }: Seen): void {
    if (!this.#isOld) return;
    this.#isOld = false;
    this.#found = { message, state: new StreamState(state) };
    if (this.#open === null) this.#sure = this.#found;
  }
}

function hasBody(message: HttpMessage): boolean {
  return bodySize(message) !== 0n;
}

/** Whether it is not worked out what the filter does. */
function isOpen(type: string, { kind, steps }: Acted): boolean {
  if (KEEPS_ROUTE.test(type)) return false;
  return kind === 'open' || steps.some(({ outcome }) => outcome === 'not-evaluated' || outcome === 'unknown');
}

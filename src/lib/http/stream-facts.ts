/** Everything that Envoy's matchers and format strings may look at, whoever asks: a listener, a filter, a route. */
import type { Metadata } from '../envoy/any';
import type { HeaderView } from '../match/header-matcher';
import type { MetadataFields } from '../match/metadata-matcher';
import { type Unknown, unknown } from '../match/ternary';
import type { ConnectionFacts } from './connection-facts';
import { type HttpMessage, NO_HEADERS } from './message';
import type { StreamState } from './stream-state';

export interface StreamFacts {
  readonly connection: ConnectionFacts;
  /** Null where there is no request: in a listener and in network filters. */
  readonly message: HttpMessage | null;
  /** The request's headers for matchers; none where there is no request. */
  readonly headers: HeaderView;
  /** The client's address: the peer's, or what X-Forwarded-For says of a request where that is trusted. */
  readonly remote: string | Unknown;
  /** A filter state object as text; null where it is known that none was set, undefined where nothing is known of it. */
  readonly filterState: (key: string) => string | Unknown | null | undefined;
  /** What is known of a namespace of dynamic metadata. */
  readonly metadata: (namespace: string) => MetadataFields;
  /** What was found for a request that is about to be sent on, before a host is chosen; absent at other times. */
  readonly found?: FoundFacts;
  /** The status that the request is answered with; absent before it is. */
  readonly status?: number;
}

/** The route and the cluster of a request. */
export interface FoundFacts {
  /** Empty where the route has no name. */
  readonly route: string;
  readonly cluster: string;
  /** What statistics and logs call the cluster. */
  readonly shownCluster: string;
  /** The virtual cluster of the virtual host that takes the request; null where none does. */
  readonly virtualCluster: string | Unknown | null;
  readonly metadata: Readonly<Record<'ROUTE' | 'VIRTUAL_HOST' | 'CLUSTER', Metadata | undefined>>;
}

/** A filter state object as text; null where none was set, unknown where nothing is known of it. */
export function filterStateOf(facts: StreamFacts, key: string): string | Unknown | null {
  const value = facts.filterState(key);
  return value === undefined ? unknown(`the filter state ${key}`) : value;
}

/** Of a connection, before there is a request in it. */
export function connectionStream(connection: ConnectionFacts, state: StreamState): StreamFacts {
  return { connection, message: null, headers: NO_HEADERS, remote: connection.source.ip, ...state.facts() };
}

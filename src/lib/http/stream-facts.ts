/** Everything that Envoy's matchers and format strings may look at, whoever asks: a listener, a filter, a route. */
import type { HeaderView } from '../match/header-matcher';
import type { MetadataFields } from '../match/metadata-matcher';
import type { Unknown } from '../match/ternary';
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
  /** A filter state object as text; null where no filter that is evaluated set one. */
  readonly filterState: (key: string) => string | Unknown | null;
  /** What is known of a namespace of dynamic metadata. */
  readonly metadata: (namespace: string) => MetadataFields;
}

/** Of a connection, before there is a request in it. */
export function connectionStream(connection: ConnectionFacts, state: StreamState): StreamFacts {
  return { connection, message: null, headers: NO_HEADERS, remote: connection.source.ip, ...state.facts() };
}

/** A connection on its way through a chain's network filters. */
import type { Payload, TlsClient } from '../connection';
import type { ConnectionFacts } from '../../http/connection-facts';
import type { StreamState } from '../../http/stream-state';
import type { HopContext } from '../hop/context';
import type { HttpMessage } from '../../http/message';

export interface Stream {
  readonly context: HopContext;
  readonly connection: ConnectionFacts;
  /** Whether the original destination was restored. */
  readonly restored: boolean;
  /** What is inside, after TLS was terminated. */
  readonly payload: Payload;
  /** The request among the bytes; null where there is none. */
  readonly message: HttpMessage | null;
  /** TLS that nobody terminates. */
  readonly opaque: TlsClient | null;
  /** The cluster that a filter chose; null where none did. */
  readonly cluster: string | null;
  /** Whether the proxy sends the request again by itself. */
  readonly isAgain: boolean;
  /** What filters of a listener before this one set; null where there was none. */
  readonly state: StreamState | null;
  /** The host that a dynamic forward proxy goes to by server name; null where there is none. */
  readonly forward: { readonly host: string; readonly port: number } | null;
}

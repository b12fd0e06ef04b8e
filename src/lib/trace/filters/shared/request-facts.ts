/** A request as matchers and format strings see it inside a connection manager. */
import type { HttpConnectionManager } from '../../../envoy/listener';
import type { ConnectionFacts } from '../../../http/connection-facts';
import { headerView, type HttpMessage } from '../../../http/message';
import type { StreamFacts } from '../../../http/stream-facts';
import type { StreamState } from '../../../http/stream-state';
import { remoteAddress } from './remote-address';

/** What is asked of a request: it and the connection that it came by. */
export interface AskedRequest {
  readonly manager: HttpConnectionManager;
  /** As the connection manager admitted it, or as the filters left it. */
  readonly message: HttpMessage;
  readonly connection: ConnectionFacts;
  readonly state: StreamState;
}

/** @param joinRepeated whether the values of a repeated header are joined before they are matched */
export function requestFacts(
  { manager, message, connection, state }: AskedRequest,
  joinRepeated: boolean,
): StreamFacts & { readonly message: HttpMessage } {
  return {
    connection,
    message,
    headers: headerView(message, joinRepeated),
    remote: remoteAddress(manager, message, connection.source.ip),
    ...state.facts(),
  };
}

/** What a walk through an HTTP connection manager is given. */
import type { HttpConnectionManager } from '../../envoy/listener';
import type { ConnectionFacts } from '../../http/connection-facts';
import type { StreamState } from '../../http/stream-state';
import type { HopContext } from '../hop/context';
import type { Downstream } from './downstream';

export interface HttpContext {
  readonly context: HopContext;
  readonly manager: HttpConnectionManager;
  /** JSON pointer of the manager's configuration in the dump. */
  readonly pointer: string;
  /** Where in it the filters stand that the request goes through; `http_filters` where it is left out. */
  readonly filterList?: string;
  readonly arrival: Downstream;
  readonly connection: ConnectionFacts;
  /** Whether the original destination was restored. */
  readonly restored: boolean;
  /** Whether the client's certificate was verified. */
  readonly validated: boolean;
  /** The connection's state, as its network filters left it. */
  readonly state: StreamState;
}

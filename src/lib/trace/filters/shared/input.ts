/** What filters are given: by the walk of a hop, once the chain and the route are known. */
import type { TypedExtension } from '../../../envoy/any';
import type { HttpConnectionManager } from '../../../envoy/listener';
import type { Route, RouteConfiguration, VirtualHost, WeightedClusterEntry } from '../../../envoy/route';
import type { ConnectionFacts } from '../../../http/connection-facts';
import type { HopContext } from '../../hop/context';
import type { HttpMessage } from '../../../http/message';
import type { RouteSight } from './route-sight';
import type { StreamState } from '../../../http/stream-state';

export interface NetworkFilterInput {
  readonly context: HopContext;
  readonly filter: TypedExtension;
  /** JSON pointer of the filter in the dump. */
  readonly pointer: string;
  readonly connection: ConnectionFacts;
  /** The connection's own; filters write to it. */
  readonly state: StreamState;
}

export interface HttpFilterInput {
  readonly context: HopContext;
  readonly manager: HttpConnectionManager;
  /** JSON pointer of the manager's configuration in the dump. */
  readonly pointer: string;
  /** Where in it the filters stand that the request goes through; `http_filters` where it is left out. */
  readonly filterList?: string;
  /** As the connection manager admitted it. */
  readonly message: HttpMessage;
  readonly connection: ConnectionFacts;
  /** The request's own, made from the connection's; filters write to it. */
  readonly state: StreamState;
  /** Null where the request found none: the filters run all the same. */
  readonly routeConfiguration: RouteConfiguration | null;
  readonly virtualHost: VirtualHost | null;
  readonly route: Route | null;
  /** Set where it is to be known what Envoy sees when it finds the route again. */
  readonly sight?: RouteSight;
  /** Set where the route is not known: whether one may say something of the filter of this name. */
  readonly mayOverride?: (name: string) => boolean;
  /** The entry that was drawn of a route with weighted clusters. */
  readonly weighted: WeightedClusterEntry | null;
  /** The cluster that the route leads to. */
  readonly cluster: string | null;
}

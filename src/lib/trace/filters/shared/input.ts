/** What filters are given: by the walk of a hop, once the chain and the route are known. */
import type { TypedExtension } from '../../../envoy/any';
import type { HttpConnectionManager } from '../../../envoy/listener';
import type { Route, RouteConfiguration, VirtualHost, WeightedClusterEntry } from '../../../envoy/route';
import type { ClientCertificate } from '../../connection';
import type { HopContext } from '../../hop/context';
import type { HttpMessage } from '../../../http/message';
import type { IpPort } from '../../model';
import type { StreamState } from '../../stream-state';

/** A connection as filters see it, after listener filters and the transport socket. */
export interface ConnectionFacts {
  /** The local address: the original destination where it was restored. */
  readonly local: IpPort;
  /** The peer at the other end of the socket. */
  readonly directSource: { readonly ip: string; readonly port: number | null };
  /** The peer as a PROXY protocol header names it; where there is none the same as `directSource`. */
  readonly source: { readonly ip: string; readonly port: number | null };
  /** What listener filters took for the server name; empty where there is none. */
  readonly serverName: string;
  /** Null where no TLS was terminated in front of the filters. */
  readonly tls: { readonly certificate: ClientCertificate | null } | null;
}

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
  /** As the connection manager admitted it. */
  readonly message: HttpMessage;
  readonly connection: ConnectionFacts;
  /** The request's own, made from the connection's; filters write to it. */
  readonly state: StreamState;
  /** Null where the request found none: the filters run all the same. */
  readonly routeConfiguration: RouteConfiguration | null;
  readonly virtualHost: VirtualHost | null;
  readonly route: Route | null;
  /** The entry that was drawn of a route with weighted clusters. */
  readonly weighted: WeightedClusterEntry | null;
  /** The cluster that the route leads to. */
  readonly cluster: string | null;
}

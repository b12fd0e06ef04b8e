/** Where a request can go once its clusters are known: fills in the hop's clusters, draws one and an endpoint of it. */
import { proxyName } from '../proxy-id';
import type { Metadata } from '../envoy/any';
import type { RetryPolicy } from '../envoy/route';
import type { Payload, TlsClient } from './connection';
import type { HopContext, HopEnd } from './hop-context';
import type { HopRecord } from './hop-record';
import type { HttpMessage } from './http/message';
import type { ClusterChance, IpPort } from './model';
import { outcome } from './outcome';
import { endpointsOf, type UpstreamChoice, type UpstreamEndpoint } from './upstream/endpoints';
import { clientTlsOf, upstreamPayload } from './upstream/client-tls';

/** A cluster that a route or TCP proxy names, with its chance. */
export interface ClusterShare {
  readonly name: string;
  readonly share: number;
  readonly metadataMatch: Metadata | null;
}

/** What goes to the cluster. */
export interface Outgoing {
  readonly originalDestination: IpPort;
  /** Null for TCP. */
  readonly message: HttpMessage | null;
  readonly payload: Payload;
  /** The downstream connection's TLS where it was terminated here or passes through untouched (TCP). */
  readonly throughTls: TlsClient | null;
  /** The `istio.alpn` filter's override by upstream protocol; null where there is no such filter. */
  readonly alpnOverride: ((payload: Payload) => readonly string[] | null) | null;
  readonly retry: RetryPolicy | null;
  readonly isGrpc: boolean;
  /** What an unknown cluster is answered with; 503 unless the route says otherwise. */
  readonly clusterNotFoundStatus: number;
}

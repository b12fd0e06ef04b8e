/** The places that a connection can come to, and what comes there. */
import type { ProxyConfig } from '../../envoy/proxy-config';
import { type Peer, UNKNOWN_SOURCE_PORT, unknownSource } from '../../http/connection-facts';
import type { HttpMessage } from '../../http/message';
import type { PodEntry } from '../../mesh/address-book';
import type { ProxyId } from '../../proxy-id';
import type { Connection, NamedPeer, ProxyHeader } from '../connection';
import type { EntryPoint, SentAgain } from '../hop/context';
import type { ReachedPlace } from '../facts/upstream';
import type { Ending } from '../hop/ending';
import type { StepFacts } from '../facts/step';
import type { Direction, HopFacts, IpPort } from '../model';
import type { StreamState } from '../../http/stream-state';

/** What is inside a connection: TLS, and a request or bytes in it. */
export interface ConnectionContent {
  readonly tls: Connection['tls'];
  readonly payload: Connection['payload'];
  /** Whether the HTTP version stays even where ALPN agrees on HTTP/2. */
  readonly payloadFixed: boolean;
  readonly message: HttpMessage | null;
  /** The PROXY protocol header in front of it; absent or null where there is none. */
  readonly proxyHeader?: ProxyHeader | null;
}

/** What a CONNECT tunnel carries, and where that is addressed. */
export interface Tunnelled extends ConnectionContent {
  readonly destination: IpPort;
}

/** What comes to a proxy. */
export interface Arrival extends ConnectionContent {
  readonly connection: Connection;
  readonly entry: EntryPoint;
  /** What a CONNECT tunnel carries; null where what comes is no tunnel. */
  readonly inner: Tunnelled | null;
  /** What filters of a listener before this one set. */
  readonly state?: StreamState;
  /** Set where the proxy sends the request again, since it follows a redirect. */
  readonly again?: SentAgain;
}

/** A proxy, and what comes to it. */
export interface Stop {
  readonly config: ProxyConfig;
  readonly id: ProxyId | null;
  readonly direction: Direction;
  readonly arrival: Arrival;
}

/**
 * Where a connection comes to, and how: `left` on the sender's side, `hops` of ztunnels on the way, `steps` on the side of the
 * place.
 */
export type Place = {
  readonly left?: readonly StepFacts[];
  readonly hops?: readonly HopFacts[];
  readonly steps: readonly StepFacts[];
} & (
  | { readonly kind: 'proxy'; readonly stop: Stop }
  /** No proxy stands in the way: an application, a host outside, a proxy that is not known. */
  | { readonly kind: 'reached'; readonly what: ReachedPlace }
  | { readonly kind: 'ended'; readonly ending: Ending }
);

/** The place with steps on the sender's side before it. */
export function leftBy(steps: readonly StepFacts[], place: Place): Place {
  return { ...place, left: [...steps, ...(place.left ?? [])] };
}

/** Who sends a connection on its way. */
export interface Sender {
  readonly config: ProxyConfig | null;
  readonly entry: PodEntry | null;
  readonly ip: string | null;
}

/** A connection on its way. */
export interface Parcel extends ConnectionContent {
  readonly to: IpPort;
  readonly from: Sender;
  /** What it carries if it is a CONNECT tunnel. */
  readonly inner: Tunnelled | null;
}

/** What of something bigger is inside a connection. */
export function contentOf({
  tls,
  payload,
  payloadFixed,
  message,
  proxyHeader = null,
}: ConnectionContent): ConnectionContent {
  return { tls, payload, payloadFixed, message, proxyHeader };
}

/** Whom the header names: a port goes with the address, so that of another's is not known. */
function named({ ip, port, destination, version }: ProxyHeader, sender: Peer): NamedPeer {
  return { ip: ip ?? sender.ip, port: port ?? UNKNOWN_SOURCE_PORT, destination, version };
}

/**
 * A connection with this inside it.
 * @param sourceIp null where nobody says who sends it
 */
export function connectionOf(destination: IpPort, sourceIp: string | null, content: ConnectionContent): Connection {
  const { tls, payload, payloadFixed, proxyHeader = null } = content;
  const source = { ip: sourceIp ?? unknownSource(destination.ip), port: UNKNOWN_SOURCE_PORT };
  return { destination, source, tls, payload, payloadFixed, proxyHeader: proxyHeader && named(proxyHeader, source) };
}

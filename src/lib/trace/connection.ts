/** A connection as it reaches an Envoy: what the kernel knows of it and what its first bytes will say. */
import type { Certificate } from '../envoy/certificate';
import type { WantedName } from '../envoy/tls-context';
import type { ClientCertificate, Peer } from '../http/connection-facts';
import type { Unknown } from '../match/ternary';
import type { IpPort } from './model';

/** The client's side of a TLS handshake. */
export interface TlsClient {
  /** Server name as sent; null where the ClientHello has none. */
  readonly sni: string | null;
  /** Application protocols as offered, in the client's order. */
  readonly alpn: readonly string[];
  /** The client's certificate; null where it has none to present. */
  readonly certificate: ClientCertificate | null;
  /** What the client wants of a name in the server's certificate: one of these; absent or empty where any will do. */
  readonly expectedSans?: readonly WantedName[];
  /** The roots that the client verifies the server's certificate by; absent or empty where they are not known. */
  readonly roots?: readonly Certificate[];
}

/** What the client sends first, inside TLS if there is TLS. */
export type Payload = 'http/1.0' | 'http/1.1' | 'http/2' | 'tcp' | 'server-first';

/** A PROXY protocol header as its sender makes it: whom it names as the source, null for the sender itself. */
export interface ProxyHeader {
  readonly ip: string | Unknown | null;
  readonly port: number | Unknown | null;
  /** Whom it names as the destination; left out where that is the address that is connected to. */
  readonly destination?: IpPort | undefined;
  /** Of the protocol; 1 where it is left out. */
  readonly version?: ProxyVersion | undefined;
}

export type ProxyVersion = 1 | 2;

/** Whom a PROXY protocol header names, as it comes. */
export interface NamedPeer extends Peer {
  readonly destination?: IpPort | undefined;
  readonly version?: ProxyVersion | undefined;
}

export interface Connection {
  /** Where the packet is addressed, before any redirect. */
  readonly destination: IpPort;
  readonly source: Peer;
  /** Null for plain text. */
  readonly tls: TlsClient | null;
  readonly payload: Payload;
  /** Whether the HTTP version stays even where ALPN agrees on HTTP/2. */
  readonly payloadFixed?: boolean;
  /**
   * The sender that a PROXY protocol header in front of everything else names; absent or null where no header comes.
   * https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt
   */
  readonly proxyHeader?: NamedPeer | null;
  /** Whether an HTTP inspector takes the request for no HTTP, though a connection manager would read it. */
  readonly overlooked?: boolean;
}

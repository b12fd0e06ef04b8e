/** A connection as it reaches an Envoy: what the kernel knows of it and what its first bytes will say. */
import type { Certificate } from '../envoy/certificate';
import type { StringMatcher } from '../envoy/route';
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
  readonly expectedSans?: readonly StringMatcher[];
  /** The roots that the client verifies the server's certificate by; absent or empty where they are not known. */
  readonly roots?: readonly Certificate[];
}

/** What a peer's certificate says of it, as RBAC and route matchers read it. */
export interface ClientCertificate {
  /** Null where the certificate is presented but what it says is not known. */
  readonly uriSans: readonly string[] | null;
  readonly dnsSans: readonly string[];
  readonly subject: string;
  /** The certificate and what comes with it; absent where it is not known. */
  readonly chain?: readonly Certificate[];
}

/** What the client sends first, inside TLS if there is TLS. */
export type Payload = 'http/1.0' | 'http/1.1' | 'http/2' | 'tcp' | 'server-first';

export interface Connection {
  /** Where the packet is addressed, before any redirect. */
  readonly destination: IpPort;
  /** The peer; its port is null where it is ephemeral and unknown. */
  readonly source: { readonly ip: string; readonly port: number | null };
  /** Null for plain text. */
  readonly tls: TlsClient | null;
  readonly payload: Payload;
  /** Whether the HTTP version stays even where ALPN agrees on HTTP/2. */
  readonly payloadFixed?: boolean;
  /** Whether an HTTP inspector takes the request for no HTTP, though a connection manager would read it. */
  readonly overlooked?: boolean;
}

/** What listener filters found out, as filter-chain match reads it. */
export interface Detected {
  /** `tls`, `raw_buffer`, or empty where no filter set one. */
  readonly transportProtocol: string;
  /** Lower case; empty where there is none. */
  readonly serverName: string;
  readonly applicationProtocols: readonly string[];
}

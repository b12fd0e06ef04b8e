/** A request that is sent for real, and what came back. */

export interface Call {
  readonly mode: 'outbound' | 'inbound' | 'gateway' | 'waypoint';
  readonly address: string;
  readonly port: number;
  readonly sourceIp: string;
  /** What is said inside the connection; the HTTP version of a TLS connection follows from its ALPN. */
  readonly payload: 'http/1.0' | 'http/1.1' | 'http/2' | 'tcp' | 'server-first';
  readonly tls: TlsOffer | null;
  /** The address of the client that a PROXY protocol header names, which is sent first. */
  readonly proxyProtocol?: string;
  /** Null for `tcp` and `server-first`. */
  readonly http: HttpCall | null;
  /** The authority of an HBONE tunnel, in which it goes; absent where it goes in none. */
  readonly tunnel?: string;
}

export interface TlsOffer {
  /** Empty: none is sent. */
  readonly sni: string;
  readonly alpn: readonly string[];
  /** Files of a certificate to present; null where there is none. */
  readonly certificate: { readonly chain: string; readonly key: string; readonly uri: string } | null;
}

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Bytes of a body that goes in one chunk, with `Transfer-Encoding` among the headers; absent: as Content-Length says. */
  readonly chunk?: number;
}

/** A call with the source port by which Envoy's logs are told apart. */
export type NumberedCall = Call & { readonly sourcePort: number };

export interface Answer {
  readonly sourcePort: number;
  readonly status: number | null;
  readonly location: string | null;
  readonly body: string;
  readonly error: string | null;
}

/** What the upstream saw of an HTTP request; it answers with this as JSON. */
export interface Echo {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly host: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The connection below a request, as filters and matchers see it: after listener filters and the transport socket. */
import type { Certificate } from '../envoy/certificate';
import type { IpPort } from '../match/ip-port';
import { familyOf, UnknownIp } from '../match/cidr';
import { type Unknown, unknown } from '../match/ternary';

/** Somebody at the other end of a connection. */
export interface Peer {
  readonly ip: string | Unknown;
  readonly port: number | Unknown;
}

/** The caller of an address where nobody says who that is; all that is known is the family, which is that of the address. */
export function unknownSource(destination: string): UnknownIp {
  return new UnknownIp("the source's address (--source-ip)", familyOf(destination));
}

/** A client's port is chosen by its kernel. */
export const UNKNOWN_SOURCE_PORT = unknown('the port that the source connects from');
/** What is lacking where a certificate is presented of which nothing is known. */
export const UNKNOWN_CERTIFICATE = unknown("what the source's certificate says (--source-principal)");

/** What a peer's certificate says of it, as RBAC and route matchers read it. */
export interface ClientCertificate {
  /** Unknown where the certificate is presented but what it says is not known. */
  readonly uriSans: readonly string[] | Unknown;
  readonly dnsSans: readonly string[];
  readonly subject: string;
  /** The certificate and what comes with it; absent where it is not known. */
  readonly chain?: readonly Certificate[];
}

/** What listener filters found out, as filter-chain match reads it. */
export interface Detected {
  /** `tls`, `raw_buffer`, or empty where no filter set one. */
  readonly transportProtocol: string;
  /** Lower case; empty where there is none. */
  readonly serverName: string;
  readonly applicationProtocols: readonly string[];
}

export interface ConnectionFacts {
  /** The local address: the original destination where it was restored. */
  readonly local: IpPort;
  /** The peer at the other end of the socket. */
  readonly directSource: Peer;
  /** The peer as a PROXY protocol header names it; where there is none the same as `directSource`. */
  readonly source: Peer;
  readonly detected: Detected;
  /** Null where no TLS was terminated in front of the filters. */
  readonly tls: { readonly certificate: ClientCertificate | null } | null;
  /** The name of the filter chain that takes the connection, empty where it has none; absent before one is chosen. */
  readonly filterChain?: string;
}

/** Envoy's transport protocol is raw_buffer if no listener filter set one. */
export function transportOf({ transportProtocol }: Detected): string {
  return transportProtocol === '' ? 'raw_buffer' : transportProtocol;
}

/** The certificate of somebody who is known by one URI SAN; undefined where not even that is known. */
export function certificateOf(principal: string | undefined): ClientCertificate {
  return { uriSans: principal === undefined ? UNKNOWN_CERTIFICATE : [principal], dnsSans: [], subject: '' };
}

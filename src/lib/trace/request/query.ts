/** A question to trace: one request as a user gives it, by flags or in a check file. */
import type { Direction, IpPort } from '../model';
import type { GivenProxyHeader } from './address-text';

export type TlsMode = 'plaintext' | 'tls' | 'mtls';

export interface HostPort {
  readonly host: string | null;
  readonly port: number | null;
}

export interface TraceQuery {
  readonly url: string;
  /** curl's --request-target: what the request line names in place of the URL's path and query. */
  readonly requestTarget?: string | undefined;
  readonly method?: string | undefined;
  /** In order, repeated names kept; `Host` sets the authority, an empty one included. */
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly httpVersion?: '1.0' | '1.1' | '2' | undefined;
  /** The protocol of a stream that is opened by extended CONNECT over HTTP/2: `websocket`. */
  readonly connectProtocol?: string | undefined;
  /** Where the packet is addressed; otherwise the URL's host is looked up. */
  readonly originalDst?: IpPort | undefined;
  /** curl's --resolve: addresses for a host and port; `*` stands for every host. */
  readonly resolve?: readonly { readonly host: string; readonly port: number; readonly ip: string }[] | undefined;
  /** curl's --connect-to: a host and port to connect to in place of the URL's; null stands for any, or for the URL's own. */
  readonly connectTo?: readonly { readonly from: HostPort; readonly to: HostPort }[] | undefined;
  /** The client sends a PROXY protocol header first: the source address in it, null where it is the client's own. */
  readonly proxyProtocol?: GivenProxyHeader | undefined;
  /** Server name of the ClientHello; empty for none. */
  readonly sni?: string | undefined;
  /** Application protocols of the ClientHello; empty for none. */
  readonly alpn?: readonly string[] | undefined;
  readonly tls?: TlsMode | undefined;
  readonly sourceIp?: string | undefined;
  /** The client certificate's URI SAN, e.g. `spiffe://cluster.local/ns/NS/sa/SA`. */
  readonly sourcePrincipal?: string | undefined;
  /** Who calls, for iptables' owner match; by default neither is Envoy's. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly mode?: Direction | undefined;
  /** JWT claims of the request, by name; none at all says that it carries no token. */
  readonly claims?: Readonly<Record<string, string>> | undefined;
  /** The credentials that a filter asks for are right, whatever stands in the headers: of a request of which no more is known. */
  readonly rightCredentials?: boolean | undefined;
  /** The client waits for the server to speak first. */
  readonly serverFirst?: boolean | undefined;
  /** Stop at the first proxy's endpoint. */
  readonly oneHop?: boolean | undefined;
}

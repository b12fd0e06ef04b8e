/** What a walk of one hop is given, and what it gives back. */
import type { TypedExtension } from '../../envoy/any';
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { RetryPolicy } from '../../envoy/route';
import type { AddressBook } from '../../mesh/address-book';
import type { ExplainOptions } from '../explain-options';
import type { Connection, Payload, ProxyHeader, TlsClient } from '../connection';
import type { Decisions } from '../decisions';
import type { Ternary } from '../../match/ternary';
import type { Fields, StreamState } from '../../http/stream-state';
import type { HttpMessage } from '../../http/message';
import type { Cause } from '../facts/step';
import type { Direction, HopFacts, IpPort, Outcome } from '../model';

export interface HopContext {
  readonly config: ProxyConfig;
  /** `pod.namespace`; null where the dump does not say. */
  readonly proxy: string | null;
  readonly direction: Direction;
  readonly book: AddressBook;
  readonly decisions: Decisions;
  readonly explain: ExplainOptions;
  /** JWT claims of the request; null where none were given. */
  readonly claims: Readonly<Record<string, string>> | null;
  /** Whether user and password, or an API key, are taken for right. */
  readonly rightCredentials?: boolean;
  /** The clock of running proxies; null where they were saved. */
  readonly now: Date | null;
  /** When saved proxies were captured; null or absent where that is not known. */
  readonly capturedAt?: Date | null;
}

/** How a connection comes to an Envoy. */
export type EntryPoint =
  /** Redirected by iptables to a port of Envoy's, 15001 or 15006; TPROXY leaves the address as it is. */
  | {
      readonly kind: 'redirected';
      readonly port: number;
      readonly transparent: boolean;
      /** Whether it was sent in this very pod: REDIRECT in OUTPUT sends such a connection to the loopback address. */
      readonly fromHere?: boolean;
    }
  /** To a port that Envoy listens on. */
  | { readonly kind: 'bound' }
  /** To an internal listener of the same Envoy. */
  | { readonly kind: 'internal'; readonly listener: string };

/** What comes to a proxy. */
export interface HopArrival {
  readonly connection: Connection;
  readonly entry: EntryPoint;
  /** The request in the connection; null where its bytes are no HTTP. */
  readonly message: HttpMessage | null;
  /** Filter state that comes along from a listener of the same Envoy. */
  readonly state?: StreamState;
  /** Set where the proxy follows a redirect: the message is then as its first walk left it. */
  readonly again?: SentAgain;
}

/** An internal listener of the same Envoy, and what the connection to it brings along. */
export interface ToInternal {
  readonly internal: string;
  readonly destination: IpPort | null;
  /** Dynamic metadata of the connection by namespace. */
  readonly metadata: readonly (readonly [namespace: string, fields: Fields])[];
}

/** What a proxy makes of the answers that it gives or passes on to its caller. */
export interface Answers {
  /** Of one that it makes itself. */
  readonly local: (end: Outcome) => Outcome;
  /** Of one that its upstream gave. */
  readonly passed: (end: Outcome) => Outcome;
}

/** Which redirects of its upstream a proxy follows itself. */
export interface InternalRedirect {
  readonly codes: readonly number[];
  /** How many for one request. */
  readonly most: number;
  readonly crossesScheme: boolean;
  /** Extensions that have a say. */
  readonly predicates: readonly TypedExtension[];
  /** Headers that the request takes over from the redirect, in lower case. */
  readonly copied: readonly string[];
}

/** A request that a proxy sends again by itself: how many redirects it has followed, and from which route to which. */
export interface SentAgain {
  readonly followed: number;
  readonly targets: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What a proxy sends on. */
export interface Forward {
  readonly cluster: string;
  /** An address to connect to, or an internal listener of the same Envoy. */
  readonly to: IpPort | ToInternal;
  readonly tls: TlsClient | null;
  readonly payload: Payload;
  /** Whether the HTTP version stays even where ALPN agrees on HTTP/2. */
  readonly payloadFixed: boolean;
  /** Whether the proxy makes a request of its own of it (HTTP), and answers its caller where that fails. */
  readonly isHttp: boolean;
  /** Whether a TCP proxy opens a CONNECT tunnel for it (tunneling_config). */
  readonly isTunnel?: boolean;
  /** The request as it goes on, also one inside bytes that are passed on as they came; null where there is none. */
  readonly message: HttpMessage | null;
  /** The same before a connection is there, which the name of a host may still change; absent where it makes no request of its own. */
  readonly connecting?: () => HttpMessage | null;
  readonly retry: RetryPolicy | null;
  readonly isGrpc: Ternary;
  readonly answers?: Answers;
  readonly internalRedirect?: InternalRedirect | null;
  /** Whom a PROXY protocol header in front of it names; absent or null where the cluster sends none. */
  readonly proxyHeader?: ProxyHeader | null;
  /** What filters set, for an internal listener of the same Envoy. */
  readonly state?: StreamState;
}

export type HopEnd =
  | {
      readonly kind: 'end';
      readonly outcome: Outcome;
      readonly cause: Cause;
      /** The request as it had become by then; absent where it is as it was admitted, or there is none. */
      readonly request?: () => HttpMessage | null;
    }
  | { readonly kind: 'forward'; readonly forward: Forward };

export interface HopWalk {
  readonly hop: HopFacts;
  readonly end: HopEnd;
}

/** What the steps know that send a request on: cluster, endpoint, TLS. */
import type { IpPort } from '../../match/ip-port';
import type { HeaderSetting, HostRewriteSetting } from './routing';

/** How a cluster came to be chosen. */
export type ClusterChoice =
  | { readonly kind: 'named-by'; readonly by: 'route' | 'tcp-proxy' | 'server-name' }
  | { readonly kind: 'by-weight'; readonly weights: readonly number[] }
  | { readonly kind: 'by-header'; readonly header: string; readonly isThere: boolean }
  | { readonly kind: 'header-draws'; readonly header: string; readonly number: string }
  | { readonly kind: 'cluster-specifier'; readonly name: string; readonly path: readonly string[] | null };

/** The share of the requests to a cluster, 0 to 1, that the router answers 503 in place of sending them on. */
export interface RefusedShare {
  readonly kind: 'maintenance-mode' | 'drops-overload';
  readonly share: number;
}

export type ClusterCause =
  | ClusterChoice
  | {
      readonly kind: 'no-such-cluster';
      readonly name: string;
      readonly choice: ClusterChoice;
      /** Whether the dump has it among those that are warming. */
      readonly isWarming: boolean;
    }
  | { readonly kind: 'cluster-open'; readonly choice: ClusterChoice; readonly input: string }
  | { readonly kind: 'which-cluster-open'; readonly input: string }
  | { readonly kind: 'leads-to-no-cluster' }
  | { readonly kind: 'tcp-proxy-names-none' }
  | { readonly kind: 'cluster-not-in-dump'; readonly name: string }
  /** The router's own answers: to a header that it checks, or for a share of the requests, 0 to 1. */
  | { readonly kind: 'strict-header'; readonly header: string }
  | { readonly kind: 'strict-header-open'; readonly header: string; readonly input: string }
  | RefusedShare
  /** A field of the cluster's circuit breakers. */
  | { readonly kind: 'limit-is-zero'; readonly limit: string }
  /** A filter took away what every request must have. */
  | { readonly kind: 'lacks-header'; readonly header: string }
  /** The mesh lets traffic to hosts that it does not know out. */
  | { readonly kind: 'passed-through' };

/** Settings of a cluster that act on the request. */
export type ClusterSetting =
  | { readonly kind: 'discovery-type'; readonly type: string }
  | { readonly kind: 'aggregated-clusters'; readonly names: readonly string[] }
  | { readonly kind: 'balancer'; readonly policy: string; readonly isUsual: boolean }
  | { readonly kind: 'connect-timeout'; readonly duration: string }
  | { readonly kind: 'circuit-breaker'; readonly limits: readonly (readonly [name: string, limit: string])[] }
  | { readonly kind: 'outlier-detection'; readonly settings: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'active-health-checks'; readonly count: number }
  | RefusedShare
  | HostRewriteSetting
  | HeaderSetting;

/** Why a pod's own Envoy has no part in what comes to it. */
export type PastSidecar = 'not-captured' | 'no-sidecar';

/** Where a request ends up outside of every proxy. */
export type ReachedPlace =
  /** Null for the pod itself, where its name is not known. */
  | {
      readonly kind: 'application';
      readonly port: number;
      readonly pod: string | null;
      readonly why: PastSidecar | null;
    }
  | { readonly kind: 'application-at'; readonly address: IpPort; readonly pod: string | null }
  | { readonly kind: 'application-past-policies'; readonly port: number; readonly pod: string }
  | { readonly kind: 'pod'; readonly pod: string; readonly byZtunnel: boolean }
  | { readonly kind: 'outside'; readonly address: IpPort; readonly as: 'gateway' | 'no-pod' | 'workload' }
  | { readonly kind: 'own-port'; readonly port: number };

export type EndpointCause =
  | { readonly kind: 'only-endpoint'; readonly isOnlyUsable: boolean }
  /** The chance of this one, 0 to 1; where the request has a hash, which always picks the same one, the part of all hashes. */
  | { readonly kind: 'one-of'; readonly count: number; readonly share: number; readonly isByHash: boolean }
  | { readonly kind: 'reaches'; readonly place: ReachedPlace }
  | { readonly kind: 'endpoints-open'; readonly input: string }
  | {
      readonly kind: 'no-endpoints';
      readonly cluster: string;
      readonly count: number;
      /** Of the cluster's load, the part that reaches no endpoint: 1 where none can be used. */
      readonly lost: number;
      readonly notes: readonly BalancingNote[];
    };

/** How the hosts came to be those that are chosen among, or what shaped their shares. */
export type BalancingNote =
  | { readonly kind: 'no-original-destination' }
  | { readonly kind: 'original-destination' }
  /** The key and its path. */
  | { readonly kind: 'address-in-metadata'; readonly key: readonly string[] }
  | { readonly kind: 'address-in-header'; readonly header: string }
  | { readonly kind: 'forwards-by-server-name' }
  | { readonly kind: 'forwards-by-authority' }
  | { readonly kind: 'no-host-named' }
  /** Hosts count by the load that they report: alike, as long as they report none. */
  | { readonly kind: 'by-reports' }
  | { readonly kind: 'subset'; readonly found: SubsetFacts; readonly panicsToAny: boolean }
  | ({ readonly kind: 'panic'; readonly available: number; readonly hosts: number; readonly threshold: number } & {
      readonly fails: boolean;
    } & OfPriority)
  | ({ readonly kind: 'load'; readonly percent: number } & OfPriority)
  | ({ readonly kind: 'degraded-left-out' } & OfPriority)
  | ({ readonly kind: 'degraded-share'; readonly percent: number } & OfPriority);

/** The priority that a note is about; null where there is one alone. */
export interface OfPriority {
  readonly priority: number | null;
}

/** Which hosts a subset selector leaves; `criteria` and `standard` as they are configured. */
export type SubsetFacts =
  | { readonly kind: 'chosen'; readonly criteria: string }
  | { readonly kind: 'any-host'; readonly criteria: string }
  | { readonly kind: 'default-subset'; readonly criteria: string; readonly standard: string }
  | { readonly kind: 'no-fallback'; readonly criteria: string }
  | { readonly kind: 'no-hosts-in-any' };

/** Why a host is not healthy, where health checks or outlier detection say so. */
export type HealthFault = 'health-check-timed-out' | 'health-check-failed' | 'ejected' | 'health-check-degraded';

/** What shaped the choice of an endpoint. */
export type EndpointSetting =
  | { readonly kind: 'balancing-note'; readonly note: BalancingNote }
  | { readonly kind: 'endpoint-health'; readonly faults: readonly HealthFault[] }
  /** `auto_host_rewrite`: the authority that is sent; where the endpoint has no host name it is the one that came. */
  | { readonly kind: 'host-by-endpoint'; readonly authority: string; readonly isNamed: boolean };

/** What a proxy sends to an endpoint. */
export interface SendsFacts {
  /** Its own TLS, in the words of a DestinationRule. */
  readonly tls: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';
  /** Whether the caller's own TLS is inside. */
  readonly callersTls: boolean;
  readonly payload: string;
  readonly isGrpc: boolean;
  /** Localities of the cluster's endpoints by priority, where there are several of either. */
  readonly localities: readonly string[];
}

/** What a client says in TLS. */
export interface Offer {
  readonly sni: string | null;
  readonly alpn: readonly string[];
}

export type TlsCause =
  | {
      readonly kind: 'speaks-to';
      readonly what: 'plain-text' | 'callers-tls' | 'tls' | 'mutual-tls';
      readonly endpoint: string;
      /** Where the transport socket comes from: a match by its name, the cluster, or nowhere. */
      readonly socket: { readonly match: string | null; readonly isThere: boolean };
    }
  | {
      readonly kind: 'terminates';
      /** Null where both agreed on none. */
      readonly alpn: string | null;
      /** Null where no client certificate came; empty where it says nothing that is known. */
      readonly client: readonly string[] | null;
    }
  | { readonly kind: 'plain-text-to-tls' }
  | { readonly kind: 'client-certificate-missing' }
  | { readonly kind: 'foreign-authority'; readonly authority: string }
  | { readonly kind: 'client-certificate-name'; readonly names: readonly string[]; readonly wanted: readonly string[] }
  | { readonly kind: 'distrust'; readonly who: 'client' | 'server'; readonly why: string }
  | { readonly kind: 'server-certificate-name'; readonly names: readonly string[]; readonly wanted: readonly string[] }
  | { readonly kind: 'socket-not-evaluated'; readonly socket: string }
  | { readonly kind: 'certificate-hash' }
  | { readonly kind: 'depends-on-certificate'; readonly input: string }
  | { readonly kind: 'taken-in-plain-text'; readonly who: string }
  | ({ readonly kind: 'goes-through-unopened'; readonly who: string } & Offer)
  | { readonly kind: 'agreed'; readonly who: string; readonly isMutual: boolean }
  /** The application itself gets mutual TLS. */
  | { readonly kind: 'no-sidecar'; readonly pod: string; readonly why: PastSidecar };

/** What a TLS client sends and expects. */
export type TlsSetting =
  | { readonly kind: 'sni'; readonly name: string }
  | { readonly kind: 'alpn'; readonly protocols: readonly string[] }
  | { readonly kind: 'identity'; readonly names: readonly string[] }
  | { readonly kind: 'expected-names'; readonly names: readonly string[] };

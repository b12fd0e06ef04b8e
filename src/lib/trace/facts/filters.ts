/** What the steps of filters know, of HTTP filters and of network filters. */
import type { KnownHttpFilter, KnownNetworkFilter } from './known-filters';
import type { PolicyCause, PolicySetting } from './policy';

/** What both kinds of filters say. */
export type AnyFilterCause =
  | PolicyCause
  | { readonly kind: 'filter-open'; readonly input: string }
  | { readonly kind: 'authorizer-not-asked' }
  | { readonly kind: 'sets-filter-state'; readonly keys: readonly string[] };

/** A place where an API key may stand. */
export interface KeyPlace {
  readonly kind: 'header' | 'query parameter' | 'cookie';
  readonly name: string;
}

/** What the fault filter aborts with. */
export interface AbortFacts {
  readonly of: 'HTTP' | 'gRPC';
  readonly status: number;
}

export interface DelayFacts {
  readonly ms: number;
  /** 0 to 1. */
  readonly share: number;
}

/** Why a token is not accepted. */
export type TokenRefusal =
  | { readonly kind: 'of-no-provider' }
  | { readonly kind: 'no-token'; readonly provider: string }
  | { readonly kind: 'other-issuer'; readonly provider: string; readonly issuer: string }
  | { readonly kind: 'other-subject'; readonly provider: string }
  | { readonly kind: 'other-audience'; readonly provider: string }
  /** A time that is no whole number. */
  | { readonly kind: 'odd-time'; readonly claim: 'exp' | 'nbf' }
  /** Times in seconds of the clock, with the time of the capture (RFC 3339) where that stands in for it. */
  | ({ readonly kind: 'expired'; readonly exp: number } & SeenAt)
  | ({ readonly kind: 'not-yet-valid'; readonly nbf: number } & SeenAt)
  | { readonly kind: 'no-end'; readonly provider: string }
  | ({ readonly kind: 'lives-too-long'; readonly provider: string; readonly most: string } & SeenAt)
  | { readonly kind: 'no-such-requirement'; readonly name: string };

/** By what a time is judged: the time of the capture (RFC 3339); absent where it is the clock. */
export interface SeenAt {
  readonly capturedAt?: string;
}

/** Why a JWT is not asked for. */
export type TokenSpared = 'preflight' | 'no-rule' | 'rule-requires-nothing';

export type HttpFilterCause =
  | AnyFilterCause
  | { readonly kind: 'goes-on-open'; readonly input: string }
  | { readonly kind: 'filter-disabled'; readonly where: 'chain' | 'route' }
  | { readonly kind: 'off-for-route' }
  | { readonly kind: 'not-enabled' }
  | { readonly kind: 'http-filter-acts'; readonly filter: KnownHttpFilter }
  | { readonly kind: 'made-grpc' }
  | { readonly kind: 'empty-host' }
  | { readonly kind: 'names-cdn'; readonly cdn: string }
  | { readonly kind: 'loops'; readonly cdn: string; readonly count: number }
  /** The request is none of those, in words, that the filter works on. */
  | { readonly kind: 'works-on-others'; readonly works: string }
  /** What the header holds then: null where it is not there, or hangs on `input`. */
  | {
      readonly kind: 'tags-address';
      readonly header: string;
      readonly value: string | null;
      readonly input: string | null;
    }
  | { readonly kind: 'router'; readonly hasCluster: boolean }
  | { readonly kind: 'offers-mesh-protocols' }
  | { readonly kind: 'key-missing'; readonly places: readonly KeyPlace[] }
  | { readonly kind: 'key-of-nobody' }
  | { readonly kind: 'key-not-for-route'; readonly client: string }
  | { readonly kind: 'key-of-client'; readonly client: string }
  | { readonly kind: 'credentials-missing'; readonly header: string }
  | { readonly kind: 'credentials-unreadable'; readonly header: string }
  | { readonly kind: 'credentials-wrong' }
  | { readonly kind: 'credentials-right' }
  | { readonly kind: 'buffers-body'; readonly most: number }
  | { readonly kind: 'body-too-long'; readonly length: number; readonly most: number }
  | { readonly kind: 'no-cors-policy' }
  | { readonly kind: 'cors-not-enabled' }
  | { readonly kind: 'no-origin' }
  | { readonly kind: 'cors-headers-open'; readonly input: string }
  | { readonly kind: 'cors-headers'; readonly origin: string; readonly isAllowed: boolean }
  | { readonly kind: 'preflight-goes-on'; readonly origin: string }
  | { readonly kind: 'preflight-answered'; readonly origin: string; readonly isAllowed: boolean }
  | { readonly kind: 'changes-nothing'; readonly method: string }
  | { readonly kind: 'own-origin'; readonly origin: string }
  | { readonly kind: 'allowed-origin'; readonly origin: string }
  /** Empty where the request says of no origin. */
  | { readonly kind: 'foreign-origin'; readonly origin: string; readonly target: string }
  | { readonly kind: 'spared-by-share'; readonly share: number }
  | { readonly kind: 'denied-where-not-asked' }
  | { readonly kind: 'no-fault' }
  | { readonly kind: 'no-active-faults' }
  | { readonly kind: 'faults-for-cluster'; readonly cluster: string }
  | { readonly kind: 'faults-for-other-nodes' }
  | { readonly kind: 'faults-for-other-headers' }
  | { readonly kind: 'injects-nothing' }
  | ({ readonly kind: 'delays' } & DelayFacts)
  | { readonly kind: 'abort-spares'; readonly abort: AbortFacts; readonly share: number }
  | { readonly kind: 'aborts'; readonly abort: AbortFacts; readonly share: number }
  | { readonly kind: 'changes-headers'; readonly count: number }
  | { readonly kind: 'no-health-check' }
  | { readonly kind: 'health-check-goes-on' }
  | { readonly kind: 'health-check-answered' }
  | { readonly kind: 'identity-from-token'; readonly isGiven: boolean }
  | { readonly kind: 'login-not-required' }
  /** Of oauth2, where no cookie comes: refused, or sent to the login. */
  | { readonly kind: 'login-required'; readonly denies: boolean }
  | { readonly kind: 'token-not-required'; readonly why: TokenSpared | null }
  | { readonly kind: 'token-accepted'; readonly provider: string }
  | { readonly kind: 'token-required'; readonly refusal: TokenRefusal }
  | { readonly kind: 'counts-alone' }
  | { readonly kind: 'no-token-bucket' }
  | { readonly kind: 'token-bucket-empty' }
  | { readonly kind: 'rate-not-known'; readonly status: number }
  | { readonly kind: 'sets-metadata'; readonly names: readonly string[] }
  | { readonly kind: 'writes-metadata' }
  | { readonly kind: 'matcher-skips'; readonly path: readonly string[] }
  | { readonly kind: 'matcher-names-no-filter' };

export type HttpFilterSetting =
  | PolicySetting
  | ({ readonly kind: 'delay' } & DelayFacts)
  | { readonly kind: 'rate-limit' }
  | { readonly kind: 'header-change'; readonly change: string };

export type NetworkFilterCause =
  | AnyFilterCause
  | { readonly kind: 'connection-open'; readonly input: string }
  | { readonly kind: 'network-filter-acts'; readonly filter: KnownNetworkFilter }
  | { readonly kind: 'sends-own-text' }
  | { readonly kind: 'sends-back' }
  | { readonly kind: 'tcp-proxy' }
  | { readonly kind: 'not-asked-before-first-byte' }
  | { readonly kind: 'no-network-filters' }
  | { readonly kind: 'last-filter-not-known'; readonly name: string };

export type NetworkFilterSetting =
  | PolicySetting
  /** The host of CONNECT; empty where none is configured. */
  | { readonly kind: 'tunnel'; readonly host: string };

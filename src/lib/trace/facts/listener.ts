/** What the steps of a listener, of its listener filters and of its filter chains know. */
import type { Detected } from '../../http/connection-facts';
import type { IpPort } from '../../match/ip-port';

/** Why this listener takes the connection, or why none does. */
export type ListenerCause =
  | { readonly kind: 'listens-on'; readonly address: IpPort }
  | { readonly kind: 'wildcard-address'; readonly port: number }
  | { readonly kind: 'internal-listener' }
  /** It hands the connection to the listener of the original destination. */
  | { readonly kind: 'hands-over'; readonly address: IpPort; readonly destination: IpPort }
  | { readonly kind: 'destination-not-restored' }
  | { readonly kind: 'no-listener-of-its-own'; readonly destination: IpPort }
  | { readonly kind: 'no-internal-listener'; readonly name: string }
  /** Cilium: what its programs in the kernel redirect to which listener, no dump tells. */
  | { readonly kind: 'listener-open'; readonly address: IpPort }
  | { readonly kind: 'no-listener'; readonly address: IpPort; readonly absent: AbsentListener | null };

/** The listener of that address that does not serve. */
export interface AbsentListener {
  readonly name: string;
  readonly state: 'refused' | 'warming';
  /** Envoy's own words of what it refused; null where it says none. */
  readonly details: string | null;
}

export type ListenerMiss =
  /** On the same port; less specific than the one that was chosen where `wanted` is null. */
  | { readonly kind: 'other-address'; readonly address: IpPort; readonly wanted: IpPort | null }
  | { readonly kind: 'other-port'; readonly port: number; readonly wanted: number };

/** What the listener filters found, or why the connection ends there. */
export type ListenerFiltersCause =
  | { readonly kind: 'detected'; readonly detected: Detected }
  /** Milliseconds until Envoy closes the connection; null for never. */
  | { readonly kind: 'waits-for-client'; readonly timeoutMs: number | null }
  | { readonly kind: 'proxy-header-not-allowed' }
  | { readonly kind: 'proxy-header-missing' }
  | { readonly kind: 'proxy-header-left' }
  | { readonly kind: 'listener-filter-open'; readonly input: string };

/** What one listener filter does. */
export type ListenerFilterEffect =
  | { readonly kind: 'disabled-for-port'; readonly port: number }
  | { readonly kind: 'filter-not-evaluated' }
  | { readonly kind: 'restores-destination' }
  | { readonly kind: 'keeps-client-address' }
  | { readonly kind: 'waits-for-first-byte' }
  | { readonly kind: 'no-client-hello'; readonly headerFirst: boolean }
  | { readonly kind: 'client-hello'; readonly sni: string | null; readonly alpn: readonly string[] }
  | { readonly kind: 'transport-is-known'; readonly transport: string }
  | { readonly kind: 'no-http'; readonly why: 'header-first' | 'unknown-method' | null }
  | { readonly kind: 'http-detected'; readonly protocol: string }
  /** Null where the caller's own address is named, and that is not known. */
  | { readonly kind: 'proxy-header-names'; readonly source: string | null }
  | { readonly kind: 'no-proxy-header'; readonly allowed: boolean }
  | { readonly kind: 'proxy-header-not-allowed' };

/** A condition of a filter chain, and what it wants in words of the configuration. */
export interface CriterionFacts {
  readonly name: string;
  readonly wanted: string;
}

/** Why this filter chain serves, or why none does. */
export type FilterChainCause =
  | { readonly kind: 'only-chain' }
  | { readonly kind: 'most-general-chain' }
  | { readonly kind: 'chain-criteria'; readonly criteria: readonly CriterionFacts[] }
  | { readonly kind: 'default-chain' }
  | { readonly kind: 'no-chain'; readonly listener: string; readonly local: IpPort; readonly detected: Detected }
  | { readonly kind: 'chains-left'; readonly count: number; readonly input: string }
  | { readonly kind: 'chain-matcher-open'; readonly input: string }
  | { readonly kind: 'chain-matcher'; readonly path: readonly string[] }
  | { readonly kind: 'chain-matcher-names-none'; readonly name: string };

export type FilterChainMiss =
  | {
      readonly kind: 'chain-criterion';
      readonly criterion: string;
      /** Null where the chain takes any. */
      readonly wanted: string | null;
      readonly came: string;
      /** Whether it would have taken the connection, had there been nothing more specific. */
      readonly lessSpecific: boolean;
    }
  | { readonly kind: 'matcher-names-another' };

/** How many chains a criterion left. */
export interface CriterionCount {
  readonly kind: 'chains-kept';
  readonly criterion: string;
  readonly came: string;
  readonly before: number;
  readonly after: number;
}

/** What the choice of a filter chain knows beside its cause. */
export interface FilterChainFacts {
  /** The criterion that dropped the last chains, and what they asked for. */
  readonly criterion?: { readonly name: string; readonly wanted: readonly string[] };
  readonly detected?: { readonly transport: string; readonly serverName: string; readonly alpn: readonly string[] };
  /** Server names that the filter chains of the listener ask for. */
  readonly serverNames?: readonly string[];
  /** Ports that filter chains of an inbound listener ask for. */
  readonly targets?: readonly number[];
}

/** How the address was found that the caller's packet goes to. */
import type { IpPort } from '../../match/ip-port';

/** What a host name is looked up as. */
export type LookedUp =
  /** As ztunnel answers DNS. */
  | { readonly kind: 'service-of-ztunnel'; readonly host: string }
  | { readonly kind: 'pod' }
  /** `NAME.NAMESPACE`. */
  | { readonly kind: 'service'; readonly name: string }
  /** Addresses in the proxy's own configuration. */
  | { readonly kind: 'virtual-host'; readonly host: string }
  | { readonly kind: 'listener'; readonly host: string }
  | { readonly kind: 'endpoint'; readonly host: string }
  | { readonly kind: 'host-without-address'; readonly host: string };

export type DestinationSource =
  | { readonly kind: 'told'; readonly flag: '--original-dst' | '--resolve' }
  | { readonly kind: 'in-url' }
  /** `localhost` and what is below it. */
  | { readonly kind: 'pod-itself'; readonly host: string }
  /** `count`: how many addresses there are, of which the first was taken. */
  | { readonly kind: 'looked-up'; readonly as: LookedUp; readonly count: number }
  /** An address stands for the one that DNS gives. */
  | { readonly kind: 'by-dns'; readonly as: LookedUp; readonly standsIn: string }
  | { readonly kind: 'own-address'; readonly of: 'gateway' | 'pod' }
  | { readonly kind: 'port-of-service'; readonly port: number; readonly service: string; readonly target: number }
  | { readonly kind: 'usual-port'; readonly port: number; readonly usual: number };

/** How the destination's address was found, in the first step of a walk. */
export interface DestinationFacts {
  readonly found: DestinationSource;
  /** `NAME.NAMESPACE` of the Kubernetes Service that it was looked up from; null for another. */
  readonly service: string | null;
  readonly address: IpPort;
  /** Virtual addresses of the same host that were not taken. */
  readonly otherVips: readonly string[];
}

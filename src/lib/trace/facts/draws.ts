/** What comes of a lot that Envoy or a ztunnel draws. */
import type { Lot } from '../../http/route-input';
import type { AbortFacts } from './filters';
import type { RefusedShare } from './upstream';

/** One of the things that may come of it. */
export type Drawn =
  | Lot
  | { readonly kind: 'cluster'; readonly name: string }
  /** `more`: how many others that are configured alike stand for it; `cluster` is null behind kube-proxy. */
  | { readonly kind: 'endpoint'; readonly address: string; readonly more: number; readonly cluster: string | null }
  /** A priority of the cluster of which no host can be picked. */
  | { readonly kind: 'no-endpoint'; readonly cluster: string }
  | { readonly kind: 'workload'; readonly name: string; readonly port: number }
  | { readonly kind: 'service'; readonly hostname: string }
  /** One of several workloads that have an address. */
  | { readonly kind: 'owner-of-address'; readonly name: string; readonly ip: string }
  | { readonly kind: 'waypoint'; readonly name: string }
  | { readonly kind: 'policy'; readonly name: string }
  | { readonly kind: 'source-address-open' }
  | { readonly kind: 'router-answer'; readonly answers: boolean; readonly why: RefusedShare['kind'] }
  | { readonly kind: 'csrf'; readonly isEnabled: boolean }
  | { readonly kind: 'composite'; readonly isEnabled: boolean }
  /** What the fault filter aborts with; null where it lets the request through. */
  | { readonly kind: 'fault'; readonly abort: AbortFacts | null };

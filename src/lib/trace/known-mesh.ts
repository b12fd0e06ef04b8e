/** Everything a trace may look at: the proxies' configurations, the pods and services, the capture rules. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { AddressBook } from '../mesh/address-book';
import type { PoliciesRead } from '../mesh/network-policy';
import type { ZtunnelIndex } from '../mesh/ztunnel-index';
import { type ProxyId, proxyName } from '../proxy-id';

export interface KnownMesh {
  /** The proxy at which the walk begins. */
  readonly source: ProxyConfig;
  /** Set where the caller's pod has no Envoy, and `source` says who it is and nothing else. */
  readonly callerHasNoEnvoy?: true;
  readonly book: AddressBook;
  /** What the ztunnels of ambient mode know; null where there are none, or they cannot be had. */
  readonly ztunnel?: ZtunnelIndex | null;
  /** NetworkPolicies of namespaces, which are told where they would stop a tunnel; absent where none can be known. */
  networkPoliciesIn?(namespaces: readonly string[]): PoliciesRead;
  /** Another proxy's configuration: null where it cannot be had, undefined where nobody has fetched it yet. */
  configOf(id: ProxyId): ProxyConfig | null | undefined;
  /** A pod's nat rules as text: null where there are none to be had, undefined where not fetched yet. */
  iptablesOf(id: ProxyId): string | null | undefined;
  /** Why a configuration cannot be had, in words; null where it can. */
  missing(id: ProxyId): string | null;
  /** The clock that certificates are judged by; null where it is not to be judged. */
  readonly now: Date | null;
  /** When it was captured, by which the times of tokens are checked; null or absent where that is not known. */
  readonly capturedAt?: Date | null;
}

/** A walk that stopped because proxies' configurations or rules are still to be fetched. */
export class NeedsProxy extends Error {
  readonly ids: readonly ProxyId[];

  constructor(ids: readonly ProxyId[]) {
    super(`configuration is needed of ${ids.map(proxyName).join(', ')}`);
    this.ids = ids;
  }
}

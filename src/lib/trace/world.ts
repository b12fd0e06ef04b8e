/** Everything a trace may look at: the proxies' configurations, the pods and services, the capture rules. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { AddressBook } from '../mesh/address-book';
import type { ProxyId } from '../proxy-id';

export interface World {
  /** The proxy at which the walk begins. */
  readonly source: ProxyConfig;
  readonly book: AddressBook;
  /** Another proxy's configuration: null where it cannot be had, undefined where nobody has fetched it yet. */
  configOf(id: ProxyId): ProxyConfig | null | undefined;
  /** A pod's nat rules as text: null where there are none to be had, undefined where not fetched yet. */
  iptablesOf(id: ProxyId): string | null | undefined;
  /** The clock that certificates are judged by; null where it is not to be judged. */
  readonly now: Date | null;
}

/** A walk that stopped because a proxy's configuration or rules are still to be fetched. */
export class NeedsProxy extends Error {
  readonly id: ProxyId;

  constructor(id: ProxyId) {
    super(`the configuration of ${id.name}.${id.namespace} is needed`);
    this.id = id;
  }
}

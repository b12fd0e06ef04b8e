/** What the steps of a pod's netfilter rules know. */
import type { Hook } from '../../iptables/model';
import type { Fate } from '../../iptables/walk';
import type { IpPort } from '../../match/ip-port';

/** Envoy's own connection on its way out. */
export interface OwnConnection {
  /** Whether it stays in the pod. */
  readonly home: boolean;
  /** The address that it is made from, where that is another than the destination. */
  readonly from: string | null;
  /** Whether it comes back to Envoy and goes round: surely, or if the rules that are worked out are the pod's. */
  readonly goesRound: 'surely' | 'if-derived' | null;
}

/** What the rules do with a packet. */
export type IptablesCause =
  | {
      readonly kind: 'packet';
      readonly fate: Fate;
      readonly hook: Hook;
      readonly destination: IpPort;
      readonly own: OwnConnection | null;
    }
  | { readonly kind: 'family-not-known'; readonly family: 4 | 6; readonly own: OwnConnection | null };

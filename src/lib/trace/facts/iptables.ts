/** What the steps of a pod's netfilter rules know. */
import type { RedirectingMesh } from '../../iptables/mesh-rules';
import type { Hook } from '../../iptables/model';
import type { Fate, RulePlace } from '../../iptables/walk';
import type { DestinationSource } from './destination';
import type { IpPort } from '../../match/ip-port';

/** Envoy's own connection on its way out. */
export interface OwnConnection {
  /** The user that Envoy runs as. */
  readonly user: number;
  /** Whether it stays in the pod. */
  readonly home: boolean;
  /** The address that it is made from, where that is another than the destination. */
  readonly from: string | null;
  /** Whether it comes back to Envoy and goes round: surely, or if the rules that are worked out are the pod's. */
  readonly goesRound: 'surely' | 'if-derived' | null;
}

/** What the rules do with a packet. */
export type PacketCause =
  | {
      readonly kind: 'packet';
      readonly fate: Fate;
      readonly hook: Hook;
      readonly destination: IpPort;
      readonly own: OwnConnection | null;
    }
  | { readonly kind: 'family-not-known'; readonly family: 4 | 6; readonly own: OwnConnection | null };

/** What becomes of a connection on the way to or from a pod, by its rules or past them. */
export type IptablesCause =
  | PacketCause
  | { readonly kind: 'addressed-to'; readonly to: IpPort; readonly found: DestinationSource }
  | { readonly kind: 'taken-as-captured'; readonly to: IpPort }
  | { readonly kind: 'captured-by-ztunnel'; readonly pod: string }
  | { readonly kind: 'own-address-over-lo'; readonly to: IpPort }
  | { readonly kind: 'not-in-ambient'; readonly pod: string }
  | { readonly kind: 'service-lacks-port'; readonly service: string; readonly port: number }
  | { readonly kind: 'no-ready-endpoint'; readonly service: string; readonly port: number }
  /** By kube-proxy, to one of `count` endpoints. */
  | {
      readonly kind: 'endpoint-of-service';
      readonly from: IpPort;
      readonly service: string;
      readonly to: IpPort;
      readonly count: number;
    }
  /** By kube-proxy, of a service that ztunnels alone tell of. */
  | { readonly kind: 'sent-by-kube-proxy'; readonly to: IpPort };

/** What a pod's rules were worked out from. */
export type RulesSource =
  | { readonly kind: 'container'; readonly name: string }
  | { readonly kind: 'annotations' }
  | { readonly kind: 'defaults' }
  /** Of a mesh other than Istio: what it writes by default. */
  | { readonly kind: 'mesh'; readonly mesh: RedirectingMesh };

export type IptablesSetting =
  | { readonly kind: 'rule'; readonly place: RulePlace }
  /** The chains that the packet went through. */
  | { readonly kind: 'way'; readonly chains: readonly string[] }
  | { readonly kind: 'derived-rules'; readonly from: RulesSource };

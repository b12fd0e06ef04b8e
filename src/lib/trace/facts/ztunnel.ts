/** What the steps of a ztunnel know: what is addressed, which waypoint and endpoint it goes to, the tunnel, and L4 policies. */
import type { IpPort } from '../../match/ip-port';

/** Host and port, as a tunnel's authority has them. */
export interface TunnelAddress {
  readonly host: string;
  readonly port: number;
}

/** What has an address or a waypoint. */
export type Addressed =
  { readonly kind: 'service'; readonly name: string } | { readonly kind: 'workload'; readonly name: string };

/** Why there is no endpoint to send to. */
export type NoUpstream =
  | { readonly kind: 'address-not-known' }
  | { readonly kind: 'mode-is-passthrough' }
  | { readonly kind: 'vip-is-a-range' }
  | { readonly kind: 'no-such-port'; readonly port: number; readonly ports: readonly string[] }
  | { readonly kind: 'nothing-behind' }
  | { readonly kind: 'none-in-reach'; readonly count: number }
  | { readonly kind: 'none-can-be-used'; readonly count: number }
  | WorkloadLacksField;

/** A field that ztunnel writes of every pod, and that would decide. */
export interface WorkloadLacksField {
  readonly kind: 'workload-lacks-field';
  readonly workload: string;
  readonly field: 'protocol' | 'node';
}

/** Why a workload is not sent to. */
export type WorkloadMiss =
  | { readonly kind: 'workload-not-known' }
  | { readonly kind: 'workload-has-no-address' }
  | { readonly kind: 'pod-lacks-named-port'; readonly port: number }
  | { readonly kind: 'no-port-anywhere'; readonly port: number }
  | { readonly kind: 'no-capacity' }
  | { readonly kind: 'fewer-preferences-hold' }
  /** Empty where it is not set. */
  | {
      readonly kind: 'preference-fails';
      readonly preference: string;
      readonly workloads: string;
      readonly clients: string;
    };

/** Why no pod is found behind the address of a waypoint, or of another network's gateway. */
export type NoGateway =
  | { readonly kind: 'nobody-has-address'; readonly destination: string }
  | { readonly kind: 'no-such-host'; readonly host: string; readonly namespace: string }
  | { readonly kind: 'no-endpoint'; readonly destination: string; readonly why: NoUpstream };

/** The share of a waypoint that was drawn among several. */
export interface WaypointWeight {
  readonly weight: number;
  readonly total: number;
}

export type ZtunnelDestinationCause =
  | {
      readonly kind: 'address-of-workload';
      readonly ip: string;
      readonly workload: string;
      /** Others that have the address and rank alike. */
      readonly others: readonly string[];
    }
  | { readonly kind: 'nobody-at-address'; readonly ip: string }
  /** Several services of one namespace have the address, of which ztunnel keeps one: `taken` here. */
  | {
      readonly kind: 'vip-of-several';
      readonly ip: string;
      readonly services: readonly string[];
      readonly taken: string;
    }
  | { readonly kind: 'vip-of-service'; readonly ip: string; readonly service: string; readonly byRange: boolean }
  | { readonly kind: 'own-workload-not-known'; readonly pod: string }
  | SectionNotAtHand;

/** The dump of the ztunnel that decides lacks a section. */
export interface SectionNotAtHand {
  readonly kind: 'section-not-at-hand';
  readonly section: string;
}

/** Why a service that has the address is not the one. */
export type ServiceMiss =
  | { readonly kind: 'seen-in-own-namespace'; readonly namespace: string }
  | { readonly kind: 'clients-namespace-first'; readonly namespace: string }
  | { readonly kind: 'canonical-first' }
  | { readonly kind: 'first-of-equals' };

export type ZtunnelWaypointCause =
  | {
      readonly kind: 'waypoint-chosen';
      readonly of: Addressed;
      readonly waypoint: string;
      readonly weight: WaypointWeight | null;
      readonly pod: string;
    }
  | {
      readonly kind: 'waypoint-not-found';
      /** Null in how the walk ends, which names no owner. */
      readonly of: Addressed | null;
      readonly waypoint: string;
      readonly why: NoGateway;
    }
  | { readonly kind: 'waypoint-without-address'; readonly pod: string }
  | { readonly kind: 'caller-is-waypoint' }
  | {
      readonly kind: 'waypoint-skipped';
      readonly service: string;
      readonly waypoint: string;
      /** The kind of proxy that calls, as Istio names it; null for a caller outside of the mesh. */
      readonly by: string | null;
    };

/** Of an endpoint that a ztunnel chooses. */
export type ZtunnelEndpointCause =
  | { readonly kind: 'workload-itself'; readonly workload: string }
  /** `share`: 0 to 1. */
  | {
      readonly kind: 'workload-of-service';
      readonly workload: string;
      readonly service: string;
      readonly share: number;
    }
  | { readonly kind: 'no-healthy-upstream'; readonly to: IpPort; readonly why: NoUpstream };

export type TunnelCause =
  | { readonly kind: 'sent-as-addressed'; readonly to: IpPort; readonly why: NoUpstream }
  | { readonly kind: 'no-service-for-address'; readonly to: IpPort }
  | { readonly kind: 'no-allowed-address'; readonly workload: string }
  | {
      readonly kind: 'speaks-hbone';
      readonly workload: string;
      readonly tunnel: TunnelAddress;
      readonly authority: TunnelAddress;
    }
  | { readonly kind: 'speaks-plain-text'; readonly workload: string; readonly to: TunnelAddress }
  | { readonly kind: 'tunnel-to-waypoint'; readonly tunnel: TunnelAddress; readonly authority: TunnelAddress }
  | { readonly kind: 'no-network-gateway'; readonly workload: string; readonly network: string }
  | { readonly kind: 'network-gateway-not-found'; readonly why: NoGateway }
  | { readonly kind: 'network-gateway-without-address'; readonly destination: string }
  | { readonly kind: 'no-subject-names'; readonly service: string }
  | {
      readonly kind: 'tunnel-in-tunnel';
      readonly workload: string;
      readonly network: string;
      readonly gateway: TunnelAddress;
      readonly service: TunnelAddress;
    }
  | { readonly kind: 'tunnel-for-another'; readonly own: string; readonly asked: string }
  | { readonly kind: 'host-not-known'; readonly host: string }
  /** An application tunnel is told an address, and a service that was asked for by its name has none. */
  | { readonly kind: 'service-without-vip'; readonly host: string }
  | { readonly kind: 'port-not-resolved'; readonly host: string; readonly port: number }
  | { readonly kind: 'own-port-of-ztunnel'; readonly port: number }
  /** `tunnelPort`: of the application's own tunnel; null where it has none. */
  | {
      readonly kind: 'connect-for';
      readonly authority: string;
      readonly workload: string;
      readonly tunnelPort: number | null;
    }
  | { readonly kind: 'plain-text-comes'; readonly port: number }
  | { readonly kind: 'name-never-resolves'; readonly workload: string; readonly hostname: string }
  | { readonly kind: 'name-by-dns'; readonly hostname: string }
  /** `state`: as ztunnel's dump has it. */
  | { readonly kind: 'no-certificate'; readonly workload: string; readonly state: string }
  | { readonly kind: 'nobody-takes-hbone'; readonly workload: string }
  | SectionNotAtHand
  | WorkloadLacksField
  | { readonly kind: 'other-network-not-known' }
  | { readonly kind: 'network-policies-unread'; readonly namespace: string; readonly port: number }
  /** `unless`: what is not known, by which it may be let through; null where nothing is open. */
  | {
      readonly kind: 'network-policy-stops';
      readonly policies: readonly string[];
      readonly direction: 'ingress' | 'egress';
      readonly port: number;
      readonly unless: string | null;
    };

export type ZtunnelPolicyCause =
  | { readonly kind: 'denied-by'; readonly policies: readonly string[] }
  | { readonly kind: 'denied-if-source'; readonly policy: string }
  | { readonly kind: 'source-decides'; readonly policies: readonly string[] }
  | { readonly kind: 'no-policy-applies' }
  | { readonly kind: 'none-denies' }
  | { readonly kind: 'allowed-by'; readonly policies: readonly string[] }
  | { readonly kind: 'none-allows'; readonly policies: readonly string[] }
  | { readonly kind: 'ztunnel-not-known'; readonly pod: string }
  /** Neither a pod of that address nor a ztunnel is known: who takes the tunnel nobody says. */
  | { readonly kind: 'tunnel-end-not-known'; readonly to: IpPort }
  | SectionNotAtHand;

/** Why a policy of a ztunnel does not decide. */
export type ZtunnelPolicyMiss =
  | { readonly kind: 'only-a-dry-run' }
  | { readonly kind: 'policy-without-rules'; readonly denies: boolean }
  | { readonly kind: 'conditions-are-on-http' }
  | { readonly kind: 'field-not-known'; readonly field: string }
  | { readonly kind: 'field-fails'; readonly field: string; readonly came: PolicyInputFacts };

/** What came for a field of a policy. */
export type PolicyInputFacts =
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'destination'; readonly ip: string }
  /** Null where it is not known. */
  | { readonly kind: 'source'; readonly ip: string | null }
  | { readonly kind: 'identity-not-known' }
  | { readonly kind: 'no-identity' }
  | { readonly kind: 'caller'; readonly identity: string };

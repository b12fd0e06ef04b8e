/**
 * A step as the evaluation knows it: a union by stage, with typed facts. `explain/telling` makes the sentences, labels and texts of
 * the published trace of it; nothing else reads or writes any.
 */
import type { Origin } from '../../envoy/istio-config';
import type { IpPort } from '../../match/ip-port';
import type { Stage, StepOutcome } from '../terms';
import type { IptablesCause } from './iptables';
import type {
  CriterionCount,
  FilterChainCause,
  FilterChainFacts,
  FilterChainMiss,
  ListenerCause,
  ListenerFilterEffect,
  ListenerFiltersCause,
  ListenerMiss,
} from './listener';
import type {
  RouteCause,
  RouteConfigurationCause,
  RouteMiss,
  RouteSetting,
  ScopeMiss,
  VirtualHostCause,
  VirtualHostMiss,
} from './routing';
import type {
  ClusterCause,
  ClusterSetting,
  EndpointCause,
  EndpointSetting,
  SendsFacts,
  TlsCause,
  TlsSetting,
} from './upstream';
import type { Worded, WordedDetail } from './worded';

export interface Facts<Cause, Miss, Detail, More = object> {
  readonly cause: Cause;
  readonly miss: Miss;
  readonly detail: Detail;
  readonly more: More;
}

/** What the steps of each stage know. */
export interface ByStage {
  readonly iptables: Facts<IptablesCause | Worded, Worded, WordedDetail>;
  readonly listener: Facts<ListenerCause | Worded, ListenerMiss, never>;
  readonly 'listener-filters': Facts<
    ListenerFiltersCause,
    never,
    { readonly filter: string; readonly effect: ListenerFilterEffect }
  >;
  readonly 'filter-chain': Facts<
    FilterChainCause,
    FilterChainMiss,
    CriterionCount | { readonly kind: 'chain-matcher-step'; readonly path: string },
    FilterChainFacts
  >;
  readonly 'network-filter': Facts<Worded, Worded, WordedDetail, PolicyFacts>;
  readonly 'http-connection-manager': Facts<Worded, Worded, WordedDetail | TracedShare, RefusalFacts>;
  readonly 'http-filter': Facts<Worded, Worded, WordedDetail, PolicyFacts>;
  readonly 'route-configuration': Facts<RouteConfigurationCause, ScopeMiss, never>;
  readonly 'virtual-host': Facts<VirtualHostCause, VirtualHostMiss, never>;
  readonly route: Facts<RouteCause, RouteMiss, RouteSetting>;
  readonly cluster: Facts<ClusterCause, never, ClusterSetting>;
  readonly endpoint: Facts<EndpointCause | Worded, Worded, EndpointSetting | WordedDetail>;
  readonly tls: Facts<TlsCause | TlsRefusal | Worded, never, TlsSetting, { readonly sends?: SendsFacts }>;
  readonly 'ztunnel-destination': Facts<Worded, Worded, WordedDetail>;
  readonly 'ztunnel-waypoint': Facts<Worded, Worded, WordedDetail>;
  readonly 'ztunnel-policy': Facts<Worded, Worded, WordedDetail>;
  readonly hbone: Facts<Worded, Worded, WordedDetail, TunnelFacts>;
}

/** How the client's hop says that the server's side refused, and why that did. */
export interface TlsRefusal {
  readonly kind: 'refused-by';
  readonly who: string;
  /** Whether TLS came. */
  readonly isTls: boolean;
  readonly why: Cause;
}

/** What the step of a policy knows. */
export interface PolicyFacts {
  /** The name of the policy that matched, as Envoy's configuration has it. */
  readonly policy?: string;
  /** The condition of a policy that was met. */
  readonly met?: string;
}

/** What the step of a refusal by the HTTP connection manager knows. */
export interface RefusalFacts {
  readonly refusal?: 'escape-path' | 'upgrade' | 'http-1.0';
}

/** The share of requests that are traced. */
export interface TracedShare {
  readonly kind: 'traced-requests';
  readonly percent: number;
  /** Whether it is what istiod writes, or Envoy's own, where nothing is set. */
  readonly isDefault: boolean;
}

/** What the step of a tunnel knows. */
export interface TunnelFacts {
  /** True for a NetworkPolicy that is sure to stop the tunnel, where the network plugin enforces it. */
  readonly stopsTunnel?: true;
}

/** How the destination's address was found, in the first step of a walk. */
export interface DestinationFacts {
  readonly text: Worded;
  /** `NAME.NAMESPACE` of the Kubernetes Service that it was looked up from; null for another. */
  readonly service: string | null;
  readonly address: IpPort;
  /** Virtual addresses of the same host that were not taken. */
  readonly otherVips: readonly string[];
}

export type CauseOf<S extends Stage> = ByStage[S]['cause'];
export type DetailOf<S extends Stage> = ByStage[S]['detail'];

/** A candidate that was not taken, and the first condition of it that failed. */
export interface MissOf<S extends Stage> {
  readonly name: string;
  readonly cause: ByStage[S]['miss'];
}

/** One decision of Envoy, a ztunnel or the kernel. */
export type StepOf<S extends Stage> = {
  readonly stage: S;
  readonly outcome: StepOutcome;
  readonly name: string | null;
  readonly cause: CauseOf<S>;
  /** The nearest candidates not taken, nearest first; bounded. */
  readonly rejected: readonly MissOf<S>[];
  /** How many were not taken in all. */
  readonly rejectedCount: number;
  /** JSON pointer into this hop's dump; null where the step has none (iptables). */
  readonly config: string | null;
  /** Settings that act here. */
  readonly details: readonly DetailOf<S>[];
  /** The Istio or Gateway API object that this came from; null where none is known. */
  readonly origin: Origin | null;
  readonly destination?: DestinationFacts;
} & ByStage[S]['more'];

export type StepFacts = { readonly [S in Stage]: StepOf<S> }[Stage];

/** Why a step came out as it did, or a walk ended. */
export type Cause = { readonly [S in Stage]: CauseOf<S> }[Stage];

/** Why a candidate was not taken. */
export type Miss = { readonly [S in Stage]: ByStage[S]['miss'] }[Stage];

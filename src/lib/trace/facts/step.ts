/**
 * A step as the evaluation knows it: a union by stage, with typed facts. `explain/telling` makes the sentences, labels and texts of
 * the published trace of it; nothing else reads or writes any.
 */
import type { Origin } from '../../envoy/istio-config';
import type { Stage, StepOutcome } from '../terms';
import type { HttpFilterCause, HttpFilterSetting, NetworkFilterCause, NetworkFilterSetting } from './filters';
import type { DestinationFacts } from './destination';
import type { IptablesCause, IptablesSetting } from './iptables';
import type { JourneyCause, UnknownProxyCause } from './journey';
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
import type { ManagerCause, ManagerSetting, RefusalFacts } from './manager';
import type { PolicyFacts, PolicyMiss } from './policy';
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
import type {
  ServiceMiss,
  TunnelCause,
  WorkloadMiss,
  ZtunnelDestinationCause,
  ZtunnelEndpointCause,
  ZtunnelPolicyCause,
  ZtunnelPolicyMiss,
  ZtunnelWaypointCause,
} from './ztunnel';

export interface Facts<Cause, Miss, Detail, More = object> {
  readonly cause: Cause;
  readonly miss: Miss;
  readonly detail: Detail;
  readonly more: More;
}

/** What the steps of each stage know. */
export interface ByStage {
  readonly iptables: Facts<IptablesCause, never, IptablesSetting>;
  readonly listener: Facts<ListenerCause | UnknownProxyCause, ListenerMiss, never>;
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
  readonly 'network-filter': Facts<NetworkFilterCause, PolicyMiss, NetworkFilterSetting, PolicyFacts>;
  readonly 'http-connection-manager': Facts<ManagerCause, never, ManagerSetting, RefusalFacts>;
  readonly 'http-filter': Facts<HttpFilterCause, PolicyMiss, HttpFilterSetting, PolicyFacts>;
  readonly 'route-configuration': Facts<RouteConfigurationCause, ScopeMiss, never>;
  readonly 'virtual-host': Facts<VirtualHostCause, VirtualHostMiss, never>;
  readonly route: Facts<RouteCause, RouteMiss, RouteSetting>;
  readonly cluster: Facts<ClusterCause, never, ClusterSetting>;
  readonly endpoint: Facts<EndpointCause | ZtunnelEndpointCause, WorkloadMiss, EndpointSetting>;
  readonly tls: Facts<TlsCause | TlsRefusal, never, TlsSetting, { readonly sends?: SendsFacts }>;
  readonly 'ztunnel-destination': Facts<ZtunnelDestinationCause, ServiceMiss, never>;
  readonly 'ztunnel-waypoint': Facts<ZtunnelWaypointCause, WorkloadMiss, never>;
  readonly 'ztunnel-policy': Facts<ZtunnelPolicyCause, ZtunnelPolicyMiss, never>;
  readonly hbone: Facts<TunnelCause, never, never, TunnelFacts>;
}

/** How the client's hop says that the server's side refused, and why that did. */
export interface TlsRefusal {
  readonly kind: 'refused-by';
  readonly who: string;
  /** Whether TLS came. */
  readonly isTls: boolean;
  readonly why: Cause;
}

/** What the step of a tunnel knows. */
export interface TunnelFacts {
  /** True for a NetworkPolicy that is sure to stop the tunnel, where the network plugin enforces it. */
  readonly stopsTunnel?: true;
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
  /** The object of Kubernetes, Istio, the Gateway API or Kuma that this came from; null where none is known. */
  readonly origin: Origin | null;
  readonly destination?: DestinationFacts;
  /** Paths of fields that are set, may act on the request, and are not evaluated; left out where there are none. */
  readonly notEvaluated?: readonly string[];
} & ByStage[S]['more'];

export type StepFacts = { readonly [S in Stage]: StepOf<S> }[Stage];

/** Why a step came out as it did, or a walk ended. */
export type Cause = { readonly [S in Stage]: CauseOf<S> }[Stage] | JourneyCause;

/** Why a candidate was not taken. */
export type Miss = { readonly [S in Stage]: ByStage[S]['miss'] }[Stage];

/**
 * A trace: what mctl says of one request. This is the JSON of `mctl pc trace -o json`, published as a JSON Schema in
 * `schemas/trace.schema.json`; fields hold null where they do not apply.
 */
import type { Origin } from '../envoy/istio-config';
import type { ControlPlane } from '../envoy/product';
import type { IpPort } from '../match/ip-port';
import type { StepFacts } from './facts/step';
import type { Drawn } from './facts/draws';
import type { Direction, Reason, Stage, StepOutcome, Verdict } from './terms';

export type { Origin } from '../envoy/istio-config';
export type { IpPort } from '../match/ip-port';

export type { Direction, Reason, Stage, Verdict } from './terms';

/** A candidate that was not taken, and the first condition of it that failed. */
export interface Rejection {
  readonly name: string;
  readonly because: string;
}

/** Where a told step keeps what it was told from. */
export const FACTS: unique symbol = Symbol('facts');

/** Where a hop keeps which control plane wrote its proxy's configuration. */
export const PRODUCT: unique symbol = Symbol('product');

/** Where a manifest says what a step does. */
export interface ManifestPlace {
  /** Null where no file, or more than one, has the object. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number | null;
  /** The field that the step came from: `spec.http[1].match[0]`; null for the whole object. */
  readonly rule: string | null;
  /** Why it is not told more closely; null where it is. */
  readonly note: string | null;
}

/** One decision of Envoy or the kernel. */
export interface Step {
  readonly stage: Stage;
  readonly outcome: StepOutcome;
  readonly name: string | null;
  readonly because: string;
  /** The nearest candidates not taken, nearest first; bounded. */
  readonly rejected: readonly Rejection[];
  /** How many were not taken in all. */
  readonly rejectedCount: number;
  /** JSON pointer into this hop's dump; null where the step has none (iptables). */
  readonly config: string | null;
  /** Settings that act here, as label and text: timeout, retries, rewrites, policies. */
  readonly details: readonly (readonly [label: string, text: string])[];
  /** The object of Kubernetes, Istio, the Gateway API or Kuma that this came from; null where none is known. */
  readonly origin: Origin | null;
  /** Where its manifest says so, where manifests are at hand (`--manifests`). */
  readonly manifest?: ManifestPlace;
  /** What it was told from. Under a symbol, it is copied with the step and is no part of any JSON. */
  readonly [FACTS]?: StepFacts;
}

export interface EndpointChance {
  readonly address: string;
  readonly port: number;
  readonly health: string;
  /** This endpoint's chance within its cluster, 0 to 1. */
  readonly share: number;
  /** `pod.namespace`; null where the address is no known pod's. */
  readonly pod: string | null;
}

export interface ClusterChance {
  readonly name: string;
  /** This cluster's chance within the route, 0 to 1; shares of a hop's clusters sum to 1. */
  readonly share: number;
  /** The discovery type (`EDS`, `STATIC`, …); null where the dump has no such cluster. */
  readonly type: string | null;
  readonly endpoints: readonly EndpointChance[];
}

/** What a ztunnel's hop has in place of what an Envoy's has. */
export interface ZtunnelFacts {
  /** `pod.namespace` that ztunnel serves here. */
  readonly workload: string | null;
  /** Host name of the service that is addressed; null where none is. */
  readonly service: string | null;
  /** The waypoint that it goes to: `pod.namespace`, or its host name where no pod was found. */
  readonly waypoint: string | null;
  readonly protocol: 'HBONE' | 'DOUBLEHBONE' | 'TCP';
  /** Of the CONNECT; null for plain text. */
  readonly authority: string | null;
  /** What ztunnel connects to: a tunnel's port, or the application. */
  readonly next: { readonly address: string; readonly port: number; readonly workload: string | null } | null;
  /** `namespace/name` of the policy that denied it; null where none allowed, or it was not denied. */
  readonly policy: string | null;
}

export interface Hop extends Partial<ZtunnelFacts> {
  readonly proxy: string | null;
  readonly direction: Direction;
  readonly listener: { readonly name: string; readonly address: string } | null;
  readonly filterChain: {
    readonly name: string | null;
    readonly index: number | null;
    readonly default: boolean;
  } | null;
  readonly routeConfiguration: { readonly name: string } | null;
  readonly virtualHost: { readonly name: string; readonly domain: string } | null;
  readonly route: { readonly name: string | null; readonly index: number } | null;
  readonly clusters: readonly ClusterChance[];
  readonly steps: readonly Step[];
  /** Whose objects advice speaks of; absent of Istio's proxies. Under a symbol, it is no part of any JSON. */
  readonly [PRODUCT]?: ControlPlane;
}

/** A hop that nobody has put into words yet. */
export type HopFacts = Omit<Hop, 'steps'> & { readonly steps: readonly StepFacts[] };

/** How the request ends for its caller. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  /** HTTP status that the caller gets where configuration decides it. */
  readonly status: number | null;
  /** The input that decides the status, where there is an answer and its status is not known; absent otherwise. */
  readonly statusDependsOn?: string;
  /** Envoy's response flags, comma separated as Envoy logs them. */
  readonly responseFlags: string | null;
  readonly location: string | null;
  /** Of a denial: the policy that matched; null where no ALLOW policy matched. */
  readonly policy: string | null;
}

export interface Branch extends Outcome {
  /** The chance of this branch, 0 to 1. */
  readonly share: number;
  /** What was decided otherwise than on the main walk. */
  readonly because: string;
  readonly hops: readonly Hop[];
}

/** A branch that nobody has put into words yet. */
export type BranchFacts = Omit<Branch, 'because' | 'hops'> & {
  /** What was drawn on the way. */
  readonly drawn: readonly Drawn[];
  readonly hops: readonly HopFacts[];
};

/** A trace that nobody has put into words yet. */
export type TraceFacts = Omit<Trace, 'summary' | 'hops' | 'branches'> & {
  readonly hops: readonly HopFacts[];
  readonly branches: readonly BranchFacts[];
};

export interface Trace extends Outcome {
  readonly request: TracedRequest;
  /** One sentence for people: what happens, and at a dead end what to do next. */
  readonly summary: string;
  readonly hops: readonly Hop[];
  /** The other ways, where they were walked. */
  readonly branches: readonly Branch[];
  /** The chance of the main way, 0 to 1: with those of the branches it sums to 1 but for `unwalked`. */
  readonly share?: number;
  /** The chance of ways that were not walked since there are too many; absent where all were. */
  readonly unwalked?: number;
  /** What sending it for real showed; absent where it was not sent. */
  readonly proof?: Proof;
}

/** One predicted decision, and whether it was seen. */
export interface ProofStep {
  /** The hop's number in `hops`, from 0; null for what its caller got. */
  readonly hop: number | null;
  readonly stage: Stage | 'response';
  /** The step's name in the trace; null where it has none. */
  readonly name: string | null;
  /** Null: nothing tells. */
  readonly seen: boolean | null;
  readonly evidence: string;
  /** The details of Envoy's own answer, where one came in place of the application's. */
  readonly [FACTS]?: { readonly replyDetails: string };
}

/** A way that the trace says chance can take, and how often it was seen. */
export interface ProofWay {
  /** What was decided otherwise than on the main way; null for that. */
  readonly because: string | null;
  /** 0 to 1. */
  readonly share: number;
  readonly seen: number;
}

export interface Proof {
  /** How many requests were sent. */
  readonly sent: number;
  /** What sent them: `curl in container app of productpage-v1-….bookinfo`, `mctl`. */
  readonly by: string;
  /** The status that came back, of the last that was sent; null where none did. */
  readonly status: number | null;
  /** Of the way that was taken; where a prediction was wrong, of the request that showed it. */
  readonly steps: readonly ProofStep[];
  /** The ways that were seen, where several requests were sent or chance decides. */
  readonly ways: readonly ProofWay[];
  /** False where something was seen otherwise than predicted; null where nothing could be seen. */
  readonly agrees: boolean | null;
}

export interface TracedRequest {
  readonly method: string | null;
  readonly url: string;
  readonly authority: string | null;
  readonly path: string | null;
  readonly protocol: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly destination: IpPort | null;
  readonly source: { readonly proxy: string | null; readonly ip: string | null };
}

/** The trace without what its steps were told from, where it is kept for long and nobody tells more of it. */
export function withoutFacts(trace: Trace): Trace {
  const bare = (hop: Hop): Hop => ({ ...hop, steps: hop.steps.map(bareStep) });
  const branches = trace.branches.map((branch) => ({ ...branch, hops: branch.hops.map(bare) }));
  return { ...trace, hops: trace.hops.map(bare), branches };
}

function bareStep(step: Step): Step {
  const { [FACTS]: facts, ...bare } = step;
  return facts === undefined ? step : bare;
}

/**
 * Where configuration comes from. A source hands over bytes and knows nothing of Envoy's messages; a file, a snapshot,
 * an admin address and a cluster differ only behind these interfaces.
 */
import type { Duplex } from 'node:stream';
import type { ProxyId } from '../proxy-id';
import type { SeekableFile } from '../seekable-file';

/** A body of bytes in chunks, already decompressed; it can be read once where it does not say `again`. */
export interface Body {
  /** What it is, for messages: a file's path, a URL. */
  readonly label: string;
  chunks(): AsyncIterable<Uint8Array>;
  /** Opens it to be read at any place, again and again; null where it cannot be. */
  readonly open?: () => SeekableFile | null;
  /** Whether it can be read again, at no more cost than the first time. */
  readonly again?: boolean;
  /** Whether it can be read once only, and never asked for again: a stream. */
  readonly once?: boolean;
}

/** Sections of Envoy's /config_dump, by the name of their message without `ConfigDump`. */
export type SectionName = (typeof SECTIONS)[number];

/** Every section that mctl reads. */
export const SECTIONS = [
  'Bootstrap',
  'Clusters',
  'Listeners',
  'Routes',
  'ScopedRoutes',
  'Secrets',
  'Endpoints',
  'Ecds',
] as const;

/** What of a dump is wanted, so that a source that can ask for less does. */
export interface DumpRequest {
  readonly sections: readonly SectionName[];
  /** Only resources in whose name this text stands are needed (a hint: more may come). */
  readonly nameText?: string;
}

/** What came of a command in a container. */
export interface Ran {
  readonly output: string;
  /** What it wrote to standard error, and the runtime's own words. */
  readonly said: string;
  /** What it ended with; null where it could not be run. */
  readonly status: number | null;
}

/** A command in a container: words, and what is written to its standard input. */
export interface CommandToRun {
  readonly words: readonly string[];
  readonly input: string | null;
  /** Whether it reads its standard input to the end. */
  readonly readsToEnd: boolean;
}

/** A pod that runs, beyond its Envoy's admin interface. */
export interface LivePod {
  /** Its containers but the proxy's, the one first that kubectl takes. */
  readonly containers: readonly string[];
  /** Runs a command to its end. Throws UnavailableError where the pod cannot be reached. */
  run(command: CommandToRun, container: string): Promise<Ran>;
  /** What the proxy's container logged in the last seconds. */
  proxyLog(seconds: number): Promise<string>;
  /** A connection to one of its ports, from inside the pod (127.0.0.1). Throws UnavailableError where there is none. */
  dial(port: number): Promise<Duplex>;
}

/** One Envoy's admin interface, wherever its answers come from. `null` where the source does not have an answer. */
export interface ProxySource {
  /** For messages: a file's path, `pod productpage-v1.bookinfo`. */
  readonly label: string;
  /** Known for pods and snapshots; null for a file, whose node id tells. */
  readonly id: ProxyId | null;
  /** Envoy's `/config_dump` (with include_eds where endpoints are asked for). */
  configDump(request: DumpRequest): Promise<Body | null>;
  /** Envoy's `/clusters?format=json`. */
  clusters(): Promise<Body | null>;
  /** Envoy's `/server_info`. */
  serverInfo(): Promise<Body | null>;
  /** The pod's nat rules as iptables-save prints them. */
  iptables(): Promise<string | null>;
  /** Any other admin path, for what only a live Envoy can answer (logging, stats); absent where there is none. */
  admin?(method: 'GET' | 'POST', path: string): Promise<Body>;
  /** The pod around it; absent where that is not at hand. */
  readonly pod?: LivePod;
  /** False where there is no Envoy in the pod, as far as is known. */
  readonly hasProxy?: boolean;
  /** Lets go of the connection to it, where it has one of its own; the mesh's close does so for all. */
  close?(): Promise<void>;
}

/** One ztunnel's admin interface, wherever its answers come from. */
export interface ZtunnelSource {
  /** For messages: a file's path, `pod ztunnel-x2k4p.istio-system`. */
  readonly label: string;
  /** Null for a file. */
  readonly id: ProxyId | null;
  /** ztunnel's `/config_dump`. */
  configDump(): Promise<Body>;
  /** Any other admin path; absent where it does not run. */
  admin?(method: 'GET' | 'POST', path: string): Promise<Body>;
  /** Lets go of the connection to it. */
  close?(): Promise<void>;
}

/** Which ztunnel is meant, as the command line says it. */
export interface ZtunnelRequest {
  /** A ztunnel's pod, or a pod that it serves; undefined where none is named. */
  readonly target: string | undefined;
  /** The node whose ztunnel it is; undefined where none is named. */
  readonly node: string | undefined;
  /** Whether any will do where none is named: all of them know the same workloads, services and policies. */
  readonly any: boolean;
}

export interface OpenedZtunnel {
  readonly ztunnel: ZtunnelSource;
  /** The pod that was named and is no ztunnel; null otherwise. */
  readonly workload: ProxyId | null;
}

/** The ztunnels of a source. */
export interface Ztunnels {
  /** Whether there are any. */
  known(): Promise<boolean>;
  /** Every one that can be opened; empty where only its dump names it. */
  list(): Promise<readonly ProxyId[]>;
  /** Throws UsageError where one must be named, UnavailableError where there is none such. */
  open(request: ZtunnelRequest): Promise<OpenedZtunnel>;
  openAll(): Promise<readonly ZtunnelSource[]>;
  /**
   * The one of a caller's node, or any other, which knows as much of the mesh; null where there is none, or where nobody may say.
   * For a running cluster, which is asked for no more than that; absent elsewhere.
   */
  near?(caller: ProxyId | null): Promise<ZtunnelSource | null>;
}

/** Lists as `kubectl get … -A -o json` prints them; null where the source does not have the list. */
export interface KubernetesLists {
  readonly pods: readonly unknown[] | null;
  readonly services: readonly unknown[] | null;
  readonly endpointSlices: readonly unknown[] | null;
  readonly nodes: readonly unknown[] | null;
  /** NetworkPolicies, which stop traffic before any proxy sees it. */
  readonly networkPolicies: readonly unknown[] | null;
}

/** Of a source that has none. */
export const NO_LISTS: KubernetesLists = {
  pods: null,
  services: null,
  endpointSlices: null,
  nodes: null,
  networkPolicies: null,
};

/** Single objects of a running cluster; what does not exist, or may not be read, is null or not in the list. */
export interface KubernetesObjects {
  pod(id: ProxyId): Promise<unknown>;
  /** The pods with this address, and none besides where the API server can tell. */
  podsAt(ip: string): Promise<readonly unknown[]>;
  /** The pods of a namespace that have these labels. */
  podsWith(namespace: string, labels: Readonly<Record<string, string>>): Promise<readonly unknown[]>;
  service(id: ProxyId): Promise<unknown>;
  /** The Services with this address, their own or an external one. */
  servicesAt(ip: string): Promise<readonly unknown[]>;
  servicesIn(namespace: string): Promise<readonly unknown[]>;
  /** The EndpointSlices of a Service. */
  endpointSlicesOf(service: ProxyId): Promise<readonly unknown[]>;
  /** The NetworkPolicies of a namespace; null where they may not be read. */
  networkPoliciesIn(namespace: string): Promise<readonly unknown[] | null>;
}

/** A set of proxies: one file, a snapshot, a cluster. */
export interface MeshSource {
  readonly label: string;
  /** When it was saved, as it says of itself (RFC 3339); null where it does not say. Absent where it cannot say. */
  capturedAt?(): Promise<string | null>;
  /** Set where the proxies are running now, and not as they once were saved. */
  readonly live?: true;
  /** The address by which it is known again in a later run; absent where it does not run. */
  readonly identity?: string;
  /** Every proxy that can be opened; for a cluster, of the namespace asked for. */
  proxies(): Promise<readonly ProxyId[]>;
  /**
   * Opens the proxy that a target names (`pod.ns`, `ns/pod`, `deploy/x.ns`, …), or the only one where target is undefined.
   * Throws UsageError where it must be named, UnavailableError where there is none such.
   */
  open(target: string | undefined): Promise<ProxySource>;
  /** As open, for who needs the proxy's configuration and nothing of its pod; absent where that is no quicker. */
  openConfiguration?(target: string | undefined): Promise<ProxySource>;
  /** Opens every proxy that a target or selector stands for. */
  openAll(target: string | undefined): Promise<readonly ProxySource[]>;
  /** Opens a proxy by its exact name; null where the source has none such (a pod without a sidecar, not captured). */
  openProxy(id: ProxyId): Promise<ProxySource | null>;
  /** The lists, or where some are named, at least these; a source that must fetch a list leaves out the others. */
  kubernetes(wanted?: readonly (keyof KubernetesLists)[]): Promise<KubernetesLists>;
  /** For who needs a few objects and not the lists; absent where the lists cost nothing. */
  readonly objects?: KubernetesObjects;
  /** The ztunnels of ambient mode; absent where the source knows nothing of them. */
  readonly ztunnels?: Ztunnels;
  close(): Promise<void>;
}

/** One Envoy's configuration as an index for many questions: each map is built once, on first use. */
import type { ProxyId } from '../proxy-id';
import type { TypedExtension } from './any';
import type { Bootstrap, ConfigDump, Node, ResourceEntry, RuntimeLayer } from './config-dump';
import type { Cluster } from './cluster';
import { EntryIndex } from './entry-index';
import { byPort, domainsOf, hostsOfCluster, inlineDomains, nameOf } from './entry-keys';
import type { ClusterLoadAssignment, ClusterStatus } from './endpoint';
import type { Listener } from './listener';
import type { RouteConfiguration } from './route';
import { isServing } from './serving';

/** What istiod calls the proxy's type: the first piece of its node id. */
export type ProxyType = 'sidecar' | 'router' | 'waypoint';

/** Envoy's version as its bootstrap states it. */
export interface EnvoyVersion {
  readonly major: number;
  readonly minor: number;
}

export class ProxyConfig {
  readonly dump: ConfigDump;
  readonly #statuses: readonly ClusterStatus[] | null;
  readonly #id: ProxyId | null;
  #bootstrap: Bootstrap | null | undefined;
  #byPort: ReadonlyMap<number, readonly ResourceEntry<Listener>[]> | undefined;
  #listeners: readonly ResourceEntry<Listener>[] | undefined;
  #unnamed: readonly ResourceEntry<ClusterLoadAssignment>[] | undefined;
  #extensions: EntryIndex<TypedExtension> | undefined;
  readonly #clusters: EntryIndex<Cluster>;
  readonly #clustersByHost: EntryIndex<Cluster>;
  readonly #routes: EntryIndex<RouteConfiguration>;
  readonly #routesByDomain: EntryIndex<RouteConfiguration>;
  readonly #listenersByDomain: EntryIndex<Listener>;
  readonly #assignments: EntryIndex<ClusterLoadAssignment>;
  #statusByName: ReadonlyMap<string, ClusterStatus> | undefined;

  /**
   * @param dump the proxy's /config_dump
   * @param statuses `cluster_statuses` of /clusters?format=json; null where they were not given
   * @param id the proxy's name where the source knows it; otherwise its node id tells
   */
  constructor(dump: ConfigDump, statuses: readonly ClusterStatus[] | null, id: ProxyId | null) {
    this.dump = dump;
    this.#statuses = statuses;
    this.#id = id;
    this.#clusters = new EntryIndex((text) => dump.eachCluster(text), nameOf);
    this.#clustersByHost = new EntryIndex((text) => dump.eachCluster(text), hostsOfCluster);
    this.#routes = new EntryIndex((text) => dump.eachRoute(text), nameOf);
    this.#routesByDomain = new EntryIndex(
      (text) => dump.eachRoute(text),
      ({ brief }) => domainsOf(brief),
    );
    this.#listenersByDomain = new EntryIndex((text) => dump.eachListener(text), inlineDomains);
    this.#assignments = new EntryIndex((text) => dump.eachEndpoint(text), nameOf);
  }

  /** `cluster_statuses` of /clusters; null where they were not given. */
  get statuses(): readonly ClusterStatus[] | null {
    return this.#statuses;
  }

  get node(): Node {
    if (this.#bootstrap === undefined) this.#bootstrap = this.dump.bootstrap;
    return this.#bootstrap?.node ?? {};
  }

  /** The proxy's name: as the source knows it, or from its node id (`type~ip~pod.namespace~domain`). */
  get id(): ProxyId | null {
    if (this.#id !== null) return this.#id;
    const name = this.node.id?.split('~')[2] ?? '';
    const dot = name.lastIndexOf('.');
    return dot > 0 ? { name: name.slice(0, dot), namespace: name.slice(dot + 1) } : null;
  }

  /** The pod's own address, from the node id; null where it has none. */
  get ip(): string | null {
    const ip = this.node.id?.split('~')[1] ?? '';
    return ip === '' ? null : ip;
  }

  get proxyType(): ProxyType | null {
    const type = this.node.id?.split('~')[0];
    return type === 'sidecar' || type === 'router' || type === 'waypoint' ? type : null;
  }

  /** The layers of the bootstrap's runtime, in its order. */
  get runtimeLayers(): readonly RuntimeLayer[] {
    if (this.#bootstrap === undefined) this.#bootstrap = this.dump.bootstrap;
    return this.#bootstrap?.layered_runtime?.layers ?? [];
  }

  /** Null where the dump's bootstrap does not say. */
  get envoyVersion(): EnvoyVersion | null {
    const version = this.node.user_agent_build_version?.version;
    return version === undefined ? null : { major: version.major_number ?? 0, minor: version.minor_number ?? 0 };
  }

  /** Listeners that serve: active and static ones. */
  get servingListeners(): readonly ResourceEntry<Listener>[] {
    this.#listeners ??= this.dump.listeners.filter(isServing);
    return this.#listeners;
  }

  cluster(name: string): ResourceEntry<Cluster> | null {
    return firstServing(this.#clusters.get(name));
  }

  /** Clusters that istiod made for a host, in each of their states and directions, of every port and subset. */
  clustersOfHost(fqdn: string): readonly ResourceEntry<Cluster>[] {
    return this.#clustersByHost.get(fqdn);
  }

  routeConfiguration(name: string): ResourceEntry<RouteConfiguration> | null {
    return firstServing(this.#routes.get(name));
  }

  /** Route configurations of a name, in each of their states. */
  routesNamed(name: string): readonly ResourceEntry<RouteConfiguration>[] {
    return this.#routes.get(name);
  }

  /** Route configurations, whatever their state, with a virtual host that has this very domain, in small letters. */
  routesWithDomain(domain: string): readonly ResourceEntry<RouteConfiguration>[] {
    return this.#routesByDomain.get(domain);
  }

  /** As routesWithDomain, serving listeners of which one route configuration in a chain has the domain. */
  listenersWithDomain(domain: string): readonly ResourceEntry<Listener>[] {
    return this.#listenersByDomain.get(domain).filter(isServing);
  }

  /** Serving listeners whose own address has this port. */
  listenersOnPort(port: number): readonly ResourceEntry<Listener>[] {
    this.#byPort ??= byPort(this.dump.eachListener());
    return this.#byPort.get(port) ?? [];
  }

  /** A cluster's endpoints as EDS delivered them; null where the dump has none (not EDS, or taken without include_eds). */
  assignment(clusterName: string): ResourceEntry<ClusterLoadAssignment> | null {
    const service = this.cluster(clusterName)?.resource?.eds_cluster_config?.service_name ?? '';
    return (
      this.#assignmentNamed(service === '' ? clusterName : service) ??
      this.#assignmentNamed(clusterName) ??
      this.#unnamedAssignment(clusterName)
    );
  }

  #assignmentNamed(name: string): ResourceEntry<ClusterLoadAssignment> | null {
    return firstServing(this.#assignments.get(name));
  }

  /**
   * Endpoints that the dump holds under no name: Envoy 1.18 to 1.22 leaves the name out where the cluster has no service_name.
   * https://github.com/envoyproxy/envoy/issues/17489
   */
  get unnamedAssignments(): readonly ResourceEntry<ClusterLoadAssignment>[] {
    this.#unnamed ??= this.#assignments.get('').filter(({ isPresent }) => isPresent);
    return this.#unnamed;
  }

  /** One entry without a name and one cluster left without endpoints belong together. */
  #unnamedAssignment(clusterName: string): ResourceEntry<ClusterLoadAssignment> | null {
    if (!this.#clusters.get(clusterName).some((entry) => this.#isLeft(entry))) return null;
    const [only, ...more] = this.unnamedAssignments;
    if (only === undefined || more.length > 0) return null;
    const left = this.dump.clusters.filter((entry) => this.#isLeft(entry));
    return left.length === 1 && left[0]?.name === clusterName ? only : null;
  }

  /** Whether a cluster's endpoints come under its own name, and none stand there. */
  #isLeft({ name, resource }: ResourceEntry<Cluster>): boolean {
    if (resource?.type !== 'EDS' || (resource.eds_cluster_config?.service_name ?? '') !== '') return false;
    return this.#assignmentNamed(name) === null;
  }

  /** What ECDS delivered for an extension; null where the dump has none of that name. */
  extensionConfig(name: string): ResourceEntry<TypedExtension> | null {
    this.#extensions ??= new EntryIndex(() => this.dump.extensionConfigs, nameOf);
    return firstServing(this.#extensions.get(name));
  }

  /** A cluster's hosts as /clusters reports them; null where that was not given or lacks the cluster. */
  status(clusterName: string): ClusterStatus | null {
    this.#statusByName ??= new Map((this.#statuses ?? []).map((status) => [status.name ?? '', status]));
    return this.#statusByName.get(clusterName) ?? null;
  }
}

/** The first entry of a name that serves: Envoy has one resource a name, so a second one is a dump's oddity. */
function firstServing<T>(entries: readonly ResourceEntry<T>[]): ResourceEntry<T> | null {
  return entries.find(isServing) ?? null;
}

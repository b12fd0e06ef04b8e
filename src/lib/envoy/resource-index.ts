/** The resources of one configuration by what questions ask for: each map is built once, on first use. */
import type { TypedExtension } from './any';
import type { Cluster } from './cluster';
import type { ConfigDump, ResourceEntry } from './config-dump';
import type { ClusterLoadAssignment } from './endpoint';
import { EntryIndex } from './entry-index';
import { byPort, domainsOf, hostsOfCluster, inlineDomains, nameOf } from './entry-keys';
import type { Listener } from './listener';
import type { RouteConfiguration } from './route';
import { isServing } from './serving';

/** What replicas of a workload share: nothing in it is a pod's own. */
export class ResourceIndex {
  readonly #dump: ConfigDump;
  readonly clusters: EntryIndex<Cluster>;
  readonly clustersByHost: EntryIndex<Cluster>;
  readonly routes: EntryIndex<RouteConfiguration>;
  readonly routesByDomain: EntryIndex<RouteConfiguration>;
  readonly listenersByDomain: EntryIndex<Listener>;
  readonly assignments: EntryIndex<ClusterLoadAssignment>;
  #byPort: ReadonlyMap<number, readonly ResourceEntry<Listener>[]> | undefined;
  #listeners: readonly ResourceEntry<Listener>[] | undefined;
  #unnamed: readonly ResourceEntry<ClusterLoadAssignment>[] | undefined;
  #extensions: EntryIndex<TypedExtension> | undefined;

  constructor(dump: ConfigDump) {
    this.#dump = dump;
    this.clusters = new EntryIndex((text) => dump.eachCluster(text), nameOf);
    this.clustersByHost = new EntryIndex((text) => dump.eachCluster(text), hostsOfCluster);
    this.routes = new EntryIndex((text) => dump.eachRoute(text), nameOf);
    this.routesByDomain = new EntryIndex(
      (text) => dump.eachRoute(text),
      ({ brief }) => domainsOf(brief),
    );
    this.listenersByDomain = new EntryIndex((text) => dump.eachListener(text), inlineDomains);
    this.assignments = new EntryIndex((text) => dump.eachEndpoint(text), nameOf);
  }

  /** Listeners that serve: active and static ones. */
  get servingListeners(): readonly ResourceEntry<Listener>[] {
    this.#listeners ??= this.#dump.listeners.filter(isServing);
    return this.#listeners;
  }

  /** Serving listeners whose own address has this port. */
  listenersOnPort(port: number): readonly ResourceEntry<Listener>[] {
    this.#byPort ??= byPort(this.#dump.eachListener());
    return this.#byPort.get(port) ?? [];
  }

  /** Listeners in each of their states. */
  eachListener(): Iterable<ResourceEntry<Listener>> {
    return this.#dump.eachListener();
  }

  /** Clusters in each of their states. */
  get allClusters(): readonly ResourceEntry<Cluster>[] {
    return this.#dump.clusters;
  }

  /** Endpoints that the dump holds under no name. */
  get unnamedAssignments(): readonly ResourceEntry<ClusterLoadAssignment>[] {
    this.#unnamed ??= this.assignments.get('').filter(({ isPresent }) => isPresent);
    return this.#unnamed;
  }

  /** What ECDS delivered, by the extension's name. */
  get extensions(): EntryIndex<TypedExtension> {
    this.#extensions ??= new EntryIndex(() => this.#dump.extensionConfigs, nameOf);
    return this.#extensions;
  }
}

/** One Envoy's configuration as an index for many questions: each map is built once, on first use. */
import type { ProxyId } from '../proxy-id';
import type { TypedExtension } from './any';
import type { Bootstrap, ConfigDump, Node, ResourceEntry, RuntimeLayer } from './config-dump';
import type { Cluster } from './cluster';
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
  #listeners: readonly ResourceEntry<Listener>[] | undefined;
  #clusters: ByName<Cluster> | undefined;
  #routes: ByName<RouteConfiguration> | undefined;
  #assignments: ByName<ClusterLoadAssignment> | undefined;
  #unnamed: readonly ResourceEntry<ClusterLoadAssignment>[] | undefined;
  #extensions: ByName<TypedExtension> | undefined;
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
    this.#clusters ??= new ByName(this.dump.clusters);
    return this.#clusters.get(name);
  }

  routeConfiguration(name: string): ResourceEntry<RouteConfiguration> | null {
    this.#routes ??= new ByName(this.dump.routes);
    return this.#routes.get(name);
  }

  /** A cluster's endpoints as EDS delivered them; null where the dump has none (not EDS, or taken without include_eds). */
  assignment(clusterName: string): ResourceEntry<ClusterLoadAssignment> | null {
    this.#assignments ??= new ByName(this.dump.endpoints);
    const service = this.cluster(clusterName)?.resource?.eds_cluster_config?.service_name ?? '';
    return (
      this.#assignments.get(service === '' ? clusterName : service) ??
      this.#assignments.get(clusterName) ??
      this.#unnamedAssignment(clusterName)
    );
  }

  /**
   * Endpoints that the dump holds under no name: Envoy 1.18 to 1.22 leaves the name out where the cluster has no service_name.
   * https://github.com/envoyproxy/envoy/issues/17489
   */
  get unnamedAssignments(): readonly ResourceEntry<ClusterLoadAssignment>[] {
    this.#unnamed ??= this.dump.endpoints.filter(({ name, resource }) => name === '' && resource !== null);
    return this.#unnamed;
  }

  /** One entry without a name and one cluster left without endpoints belong together. */
  #unnamedAssignment(clusterName: string): ResourceEntry<ClusterLoadAssignment> | null {
    const [only, ...more] = this.unnamedAssignments;
    if (only === undefined || more.length > 0) return null;
    const left = this.dump.clusters.filter(
      ({ name, resource }) =>
        resource?.type === 'EDS' &&
        (resource.eds_cluster_config?.service_name ?? '') === '' &&
        this.#assignments?.get(name) === null,
    );
    return left.length === 1 && left[0]?.name === clusterName ? only : null;
  }

  /** What ECDS delivered for an extension; null where the dump has none of that name. */
  extensionConfig(name: string): ResourceEntry<TypedExtension> | null {
    this.#extensions ??= new ByName(this.dump.extensionConfigs);
    return this.#extensions.get(name);
  }

  /** A cluster's hosts as /clusters reports them; null where that was not given or lacks the cluster. */
  status(clusterName: string): ClusterStatus | null {
    this.#statusByName ??= new Map((this.#statuses ?? []).map((status) => [status.name ?? '', status]));
    return this.#statusByName.get(clusterName) ?? null;
  }
}

/** Entries that serve by their names, none of which is looked into before it is asked for. */
class ByName<T> {
  readonly #entries = new Map<string, ResourceEntry<T>[]>();

  constructor(entries: readonly ResourceEntry<T>[]) {
    for (const entry of entries) {
      const known = this.#entries.get(entry.name);
      if (known === undefined) this.#entries.set(entry.name, [entry]);
      else known.push(entry);
    }
  }

  /** The first entry of a name: Envoy has one resource a name, so a second one is a dump's oddity. */
  get(name: string): ResourceEntry<T> | null {
    return this.#entries.get(name)?.find(isServing) ?? null;
  }
}

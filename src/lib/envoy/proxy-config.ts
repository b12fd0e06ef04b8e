/** One Envoy's configuration as an index for many questions. */
import { type ProxyId, proxyNamed } from '../proxy-id';
import type { TypedExtension } from './any';
import type { Bootstrap, ConfigDump, Node, ResourceEntry, RuntimeLayer } from './config-dump';
import type { Cluster } from './cluster';
import type { ClusterLoadAssignment, ClusterStatus } from './endpoint';
import type { Listener } from './listener';
import { ResourceIndex } from './resource-index';
import type { RouteConfiguration } from './route';
import { isServing } from './serving';

/** What istiod calls the proxy's type: the first piece of its node id. */
export type ProxyType = 'sidecar' | 'router' | 'waypoint';

/** Envoy's version as its bootstrap states it. */
export interface EnvoyVersion {
  readonly major: number;
  readonly minor: number;
}

/** What a node id tells. */
interface NodeFacts {
  readonly id: ProxyId | null;
  readonly ip: string | null;
  readonly type: ProxyType | null;
}

export class ProxyConfig {
  readonly dump: ConfigDump;
  readonly #statuses: readonly ClusterStatus[] | null;
  readonly #id: ProxyId | null;
  #bootstrap: Bootstrap | null | undefined;
  #nodeFacts: NodeFacts | undefined;
  /** Where its resources are looked up: one for all replicas that were read together. */
  readonly resources: ResourceIndex;
  #statusByName: ReadonlyMap<string, ClusterStatus> | undefined;

  /**
   * @param dump the proxy's /config_dump
   * @param statuses `cluster_statuses` of /clusters?format=json; null where they were not given
   * @param id the proxy's name where the source knows it; otherwise its node id tells
   * @param resources where its resources are looked up
   */
  constructor(
    dump: ConfigDump,
    statuses: readonly ClusterStatus[] | null,
    id: ProxyId | null,
    resources = new ResourceIndex(dump),
  ) {
    this.dump = dump;
    this.#statuses = statuses;
    this.#id = id;
    this.resources = resources;
  }

  /**
   * The same proxy, whose resources are looked up and parsed where those of a replica are, so that this is done once. Resources
   * then have the version and the time of the replica's.
   * @param replica one with the same fingerprint (fingerprintOf): the same resources at the same places of its dump
   */
  asReplicaOf(replica: ProxyConfig): ProxyConfig {
    return new ProxyConfig(this.dump, this.#statuses, this.#id, replica.resources);
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
    return this.#id ?? this.#told.id;
  }

  /** The pod's own address, from the node id; null where it has none. */
  get ip(): string | null {
    return this.#told.ip;
  }

  get proxyType(): ProxyType | null {
    return this.#told.type;
  }

  /** A walk asks for these at every turn. */
  get #told(): NodeFacts {
    this.#nodeFacts ??= nodeFactsOf(this.node.id ?? '');
    return this.#nodeFacts;
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
    return this.resources.servingListeners;
  }

  cluster(name: string): ResourceEntry<Cluster> | null {
    return firstServing(this.resources.clusters.get(name));
  }

  /** Clusters that istiod made for a host, in each of their states and directions, of every port and subset. */
  clustersOfHost(fqdn: string): readonly ResourceEntry<Cluster>[] {
    return this.resources.clustersByHost.get(fqdn);
  }

  routeConfiguration(name: string): ResourceEntry<RouteConfiguration> | null {
    return firstServing(this.resources.routes.get(name));
  }

  /** Route configurations of a name, in each of their states. */
  routesNamed(name: string): readonly ResourceEntry<RouteConfiguration>[] {
    return this.resources.routes.get(name);
  }

  /** Route configurations, whatever their state, with a virtual host that has this very domain, in small letters. */
  routesWithDomain(domain: string): readonly ResourceEntry<RouteConfiguration>[] {
    return this.resources.routesByDomain.get(domain);
  }

  /** As routesWithDomain, serving listeners of which one route configuration in a chain has the domain. */
  listenersWithDomain(domain: string): readonly ResourceEntry<Listener>[] {
    return this.resources.listenersByDomain.get(domain).filter(isServing);
  }

  /** Serving listeners whose own address has this port. */
  listenersOnPort(port: number): readonly ResourceEntry<Listener>[] {
    return this.resources.listenersOnPort(port);
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
    return firstServing(this.resources.assignments.get(name));
  }

  /**
   * Endpoints that the dump holds under no name: Envoy 1.18 to 1.22 leaves the name out where the cluster has no service_name.
   * https://github.com/envoyproxy/envoy/issues/17489
   */
  get unnamedAssignments(): readonly ResourceEntry<ClusterLoadAssignment>[] {
    return this.resources.unnamedAssignments;
  }

  /** One entry without a name and one cluster left without endpoints belong together. */
  #unnamedAssignment(clusterName: string): ResourceEntry<ClusterLoadAssignment> | null {
    if (!this.resources.clusters.get(clusterName).some((entry) => this.#isLeft(entry))) return null;
    const [only, ...more] = this.unnamedAssignments;
    if (only === undefined || more.length > 0) return null;
    const left = this.resources.allClusters.filter((entry) => this.#isLeft(entry));
    return left.length === 1 && left[0]?.name === clusterName ? only : null;
  }

  /** Whether a cluster's endpoints come under its own name, and none stand there. */
  #isLeft({ name, resource }: ResourceEntry<Cluster>): boolean {
    if (resource?.type !== 'EDS' || (resource.eds_cluster_config?.service_name ?? '') !== '') return false;
    return this.#assignmentNamed(name) === null;
  }

  /** What ECDS delivered for an extension; null where the dump has none of that name. */
  extensionConfig(name: string): ResourceEntry<TypedExtension> | null {
    return firstServing(this.resources.extensions.get(name));
  }

  /** A cluster's hosts as /clusters reports them; null where that was not given or lacks the cluster. */
  status(clusterName: string): ClusterStatus | null {
    this.#statusByName ??= new Map((this.#statuses ?? []).map((status) => [status.name ?? '', status]));
    return this.#statusByName.get(clusterName) ?? null;
  }
}

/** @param nodeId `type~ip~pod.namespace~domain`, or nothing */
function nodeFactsOf(nodeId: string): NodeFacts {
  const [type = '', ip = '', name = ''] = nodeId.split('~');
  return {
    id: proxyNamed(name),
    ip: ip === '' ? null : ip,
    type: type === 'sidecar' || type === 'router' || type === 'waypoint' ? type : null,
  };
}

/** The first entry of a name that serves: Envoy has one resource a name, so a second one is a dump's oddity. */
function firstServing<T>(entries: readonly ResourceEntry<T>[]): ResourceEntry<T> | null {
  return entries.find(isServing) ?? null;
}

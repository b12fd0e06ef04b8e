/** Which routes, virtual hosts and clusters of the proxies that checks ask are met by none of them. */
import { httpManagers } from '../envoy/http-managers';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { RouteConfiguration, VirtualHost } from '../envoy/route';
import type { Hop, Trace } from '../trace/model';

/** How many there are of a kind, and which of them no check met. */
export interface Covered {
  readonly total: number;
  readonly missed: readonly string[];
}

export interface Coverage {
  readonly proxy: string;
  readonly virtualHosts: Covered;
  readonly routes: Covered;
  readonly clusters: Covered;
}

interface Met {
  readonly virtualHosts: Set<string>;
  readonly routes: Set<string>;
  readonly clusters: Set<string>;
}

/** Collects what traces meet, proxy by proxy. */
export class CoverageCollector {
  readonly #met = new Map<string, Met>();

  /** Notes every hop of a trace and of its branches. */
  add(trace: Trace): void {
    for (const hop of [...trace.hops, ...trace.branches.flatMap((branch) => branch.hops)]) this.#addHop(hop);
  }

  /** What the checks met and missed of each proxy that was asked, by its name. */
  of(proxies: ReadonlyMap<string, ProxyConfig>): readonly Coverage[] {
    return [...proxies].map(([proxy, config]) => coverageOf(proxy, config, this.#met.get(proxy) ?? emptyMet()));
  }

  #addHop({ proxy, routeConfiguration, virtualHost, route, clusters }: Hop): void {
    if (proxy === null) return;
    const met = this.#met.get(proxy) ?? emptyMet();
    this.#met.set(proxy, met);
    for (const cluster of clusters) met.clusters.add(cluster.name);
    if (routeConfiguration === null || virtualHost === null) return;
    const host = hostKey(routeConfiguration.name, virtualHost.name);
    met.virtualHosts.add(host);
    if (route !== null) met.routes.add(routeKey(host, route.index));
  }
}

function emptyMet(): Met {
  return { virtualHosts: new Set(), routes: new Set(), clusters: new Set() };
}

function hostKey(configuration: string, host: string): string {
  return `${configuration} ${host}`;
}

function routeKey(host: string, index: number): string {
  return `${host} #${index}`;
}

function coverageOf(proxy: string, config: ProxyConfig, met: Met): Coverage {
  const hosts = new Map<string, VirtualHost>();
  for (const configuration of routeConfigurations(config)) {
    for (const host of configuration.virtual_hosts ?? []) {
      const key = hostKey(configuration.name ?? '', host.name ?? '');
      if (!hosts.has(key)) hosts.set(key, host);
    }
  }
  const routes = [...hosts].flatMap(([key, host]) => (host.routes ?? []).map((_route, index) => routeKey(key, index)));
  return {
    proxy,
    virtualHosts: covered([...hosts.keys()], met.virtualHosts),
    routes: covered(routes, met.routes),
    clusters: covered(clusterNames(config), met.clusters),
  };
}

function covered(all: readonly string[], met: ReadonlySet<string>): Covered {
  return { total: all.length, missed: all.filter((name) => !met.has(name)) };
}

/** Clusters that the control plane sent; those of the bootstrap carry no traffic of the mesh. */
function clusterNames(config: ProxyConfig): readonly string[] {
  return config.dump.clusters.filter((entry) => entry.state === 'active').map((entry) => entry.name);
}

/** Route configurations that listeners of the mesh use, by RDS or inline. */
function routeConfigurations(config: ProxyConfig): readonly RouteConfiguration[] {
  const used = httpManagers(config).filter((at) => at.isDynamic);
  return [...new Set(used.flatMap(({ routes }) => routes ?? []))];
}

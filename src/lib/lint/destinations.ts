/** Every cluster that a route, a mirror or a TCP proxy names. */
import { messageOf, messageTypeOf } from '../envoy/any';
import { chainsOf } from '../envoy/http-managers';
import type { Origin } from '../envoy/istio-config';
import type { Listener, TcpProxy } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Route } from '../envoy/route';
import { missingClusterStatus } from '../http/missing-cluster';
import { ownerOf, routeLabel, routesOf, routeTables } from './route-tables';

/** A place that sends traffic to a cluster. */
export interface ClusterReference {
  readonly cluster: string;
  /** What names it: `route 9080 reviews:9080 #1`, `listener 0.0.0.0_3306 chain 0`. */
  readonly from: string;
  /** A mirror's copy: the request itself goes elsewhere. */
  readonly isMirror: boolean;
  /** The listener whose TCP proxy it is; null of a route. */
  readonly listener: Listener | null;
  /** What the caller gets where there is no such cluster: a status, or null where the connection is closed. */
  readonly missingStatus: number | null;
  readonly owner: Origin | null;
  readonly pointer: string;
}

/** Every place, those of routes first: one at a time, for a proxy may have 100,000 routes. */
export function* destinations(config: ProxyConfig): Iterable<ClusterReference> {
  yield* routeDestinations(config);
  yield* tcpDestinations(config);
}

function* routeDestinations(config: ProxyConfig): Iterable<ClusterReference> {
  for (const table of routeTables(config)) {
    for (const at of routesOf(table)) {
      const common = {
        from: routeLabel(at),
        listener: null,
        owner: ownerOf(at.route.metadata, at.host.metadata),
        pointer: at.pointer,
        missingStatus: missingClusterStatus(at.route.route ?? {}),
      };
      for (const cluster of clustersOf(at.route)) yield { ...common, cluster, isMirror: false };
      for (const cluster of mirrorsOf(at.route)) yield { ...common, cluster, isMirror: true };
    }
  }
}

function clustersOf({ route }: Route): readonly string[] {
  if (route?.cluster !== undefined) return [route.cluster];
  return (route?.weighted_clusters?.clusters ?? []).flatMap(({ name = '', weight = 0 }) =>
    name !== '' && weight > 0 ? [name] : [],
  );
}

function mirrorsOf({ route }: Route): readonly string[] {
  return (route?.request_mirror_policies ?? []).flatMap(({ cluster = '' }) => (cluster === '' ? [] : [cluster]));
}

function tcpDestinations(config: ProxyConfig): readonly ClusterReference[] {
  return config.servingListeners.flatMap(({ resource, pointer, name }) =>
    resource === null
      ? []
      : chainsOf(resource).flatMap(({ chain, path }) =>
          (chain.filters ?? []).flatMap((filter) => {
            if (!messageTypeOf(filter.typed_config).endsWith('.TcpProxy')) return [];
            const owner = ownerOf(chain.metadata, resource.metadata);
            const from = `listener ${name} ${(chain.name ?? '') === '' ? path : `chain ${chain.name ?? ''}`}`;
            const proxy = messageOf<TcpProxy>(filter.typed_config);
            return tcpClusters(proxy).map((cluster) => ({
              cluster,
              from,
              isMirror: false,
              listener: resource,
              missingStatus: null,
              owner,
              pointer: `${pointer}/${path}`,
            }));
          }),
        ),
  );
}

/** One without a name takes that which a filter before it chooses, as the server name does (sni_cluster). */
function tcpClusters(proxy: TcpProxy): readonly string[] {
  if (proxy.cluster !== undefined) return proxy.cluster === '' ? [] : [proxy.cluster];
  return (proxy.weighted_clusters?.clusters ?? []).flatMap(({ name = '', weight = 0 }) =>
    name !== '' && weight > 0 ? [name] : [],
  );
}

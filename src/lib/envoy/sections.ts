/** The sections of a dump that hold resources of one kind: what each is called, its entries, and where a resource stands. */
import type { FieldMask } from '../scan/field-mask';
import type { Cluster } from './cluster';
import type { ConfigDump, ResourceEntry } from './config-dump';
import type { ClusterLoadAssignment } from './endpoint';
import type { Listener } from './listener';
import type { RouteConfiguration } from './route';

/** A section by the name of its message without `ConfigDump`. */
export interface DumpSection<Resource> {
  readonly name: 'Listeners' | 'Routes' | 'Clusters' | 'Endpoints';
  /** Its entries in each of their states, one at a time: a single pass need not keep them. */
  readonly each: (dump: ConfigDump) => Iterable<ResourceEntry<Resource>>;
  /** The fields of an entry that are read where of its resource, beside the name, these are. */
  readonly entryFields: (resource: FieldMask) => FieldMask;
}

/** What says how an entry stands. */
const STATE: FieldMask = { name: true, error_state: true };

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump_shared.proto#admin-v3-listenersconfigdump */
export const LISTENERS: DumpSection<Listener> = {
  name: 'Listeners',
  each: (dump) => dump.eachListener(),
  entryFields: (resource) => {
    const listener = { name: true, ...resource } as const;
    const version = { listener };
    return { ...STATE, active_state: version, warming_state: version, draining_state: version, listener };
  },
};

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump_shared.proto#admin-v3-routesconfigdump */
export const ROUTES: DumpSection<RouteConfiguration> = {
  name: 'Routes',
  each: (dump) => dump.eachRoute(),
  entryFields: (resource) => ({ ...STATE, route_config: { name: true, ...resource } }),
};

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump_shared.proto#admin-v3-clustersconfigdump */
export const CLUSTERS: DumpSection<Cluster> = {
  name: 'Clusters',
  each: (dump) => dump.eachCluster(),
  entryFields: (resource) => ({ ...STATE, cluster: { name: true, ...resource } }),
};

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump_shared.proto#admin-v3-endpointsconfigdump */
export const ENDPOINTS: DumpSection<ClusterLoadAssignment> = {
  name: 'Endpoints',
  each: (dump) => dump.eachEndpoint(),
  entryFields: (resource) => ({ ...STATE, endpoint_config: { cluster_name: true, ...resource } }),
};

/** Configurations that the generators of the differential tests draw, as meshes of one proxy that no file or address is behind. */
import { addressBook } from '../../src/lib/mesh/address-book';
import type { ProxyConfig } from '../../src/lib/envoy/proxy-config';
import type { KnownMesh } from '../../src/lib/trace/known-mesh';
import { type Generated, makeConfiguration } from '../differential/generate/configuration';
import { proxyOf, type Resources } from './hop';

const FILE = '/dev/null';

/** The certificate of those who call. */
export const CLIENT = { chain: FILE, key: FILE, uri: 'spiffe://cluster.local/ns/bookinfo/sa/client' };

const SETTING = {
  directory: '/dev',
  accessLog: FILE,
  certificates: { root: FILE, server: CLIENT, client: CLIENT, directory: '/dev' },
};

/** What the generators draw for a seed. */
export function generated(seed: number): Generated {
  return makeConfiguration(seed, SETTING);
}

/** The proxy that has generated resources. */
export function proxyOfGenerated({ resources }: Generated, more: Partial<Resources> = {}): ProxyConfig {
  return proxyOf({
    listeners: resources.listeners,
    clusters: resources.clusters,
    routes: resources.routeConfigurations,
    endpoints: resources.loadAssignments,
    ...more,
  });
}

/** A mesh in which nobody knows anything but this proxy. */
export function lonelyMesh(source: ProxyConfig): KnownMesh {
  return {
    source,
    book: addressBook({ pods: null, services: null, endpointSlices: null }),
    configOf: () => null,
    iptablesOf: () => null,
    missing: () => 'nobody has it',
    now: null,
  };
}

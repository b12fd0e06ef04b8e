/** Configurations of the differential tests, and the ways on which requests come to them. */
import type { ProxyConfig } from '../../src/lib/envoy/proxy-config';
import { gatewayDestinations, sidecarDestinations } from '../../src/lib/reach/destinations';
import type { ReachWay } from '../../src/lib/reach/query';
import { makeConfiguration } from '../differential/generate/configuration';
import { proxyOf } from './hop';
import { temporaryDirectory } from './temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});
const file = directory.write('nothing.pem', '');
const certificate = { chain: file, key: file, uri: 'spiffe://cluster.local/ns/bookinfo/sa/client' };
const certificates = { root: file, server: certificate, client: certificate, directory: directory.path };

export interface GeneratedProxy {
  readonly source: ProxyConfig;
  readonly ways: readonly ReachWay[];
  readonly clusters: readonly string[];
}

export function generatedProxy(seed: number): GeneratedProxy {
  const { resources } = makeConfiguration(seed, { directory: directory.path, accessLog: file, certificates });
  const source = proxyOf({
    listeners: resources.listeners,
    clusters: resources.clusters,
    routes: resources.routeConfigurations,
    endpoints: resources.loadAssignments,
  });
  const ways = [
    ...gatewayDestinations([source]).map((destination) => ({ destination, mode: 'gateway' as const })),
    ...sidecarDestinations([source]).map((destination) => ({ destination, mode: 'outbound' as const })),
  ].map((way) => ({ ...way, oneHop: true, fixed: {} }));
  return { source, ways, clusters: resources.clusters.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])) };
}

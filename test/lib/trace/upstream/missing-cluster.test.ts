/** A route or a TCP proxy that leads to a cluster which is warming. */
import { ConfigDump } from '../../../../src/lib/envoy/config-dump';
import { ProxyConfig } from '../../../../src/lib/envoy/proxy-config';
import { sectionOf } from '../../../helpers/filters';
import { clusterOf, listenerOf, routing, tcpProxy, walkOf } from '../../../helpers/hop';

function proxy(filter: object, list: string): ProxyConfig {
  const sections = [
    sectionOf('ListenersConfigDump', 'static_listeners', [{ listener: listenerOf([filter]) }]),
    sectionOf('ClustersConfigDump', list, [{ cluster: clusterOf('c', [{ port: 1 }]) }]),
    sectionOf('RoutesConfigDump', 'dynamic_route_configs', []),
  ];
  return new ProxyConfig(new ConfigDump({ kind: 'config_dump', label: 'test', sections }), null, null);
}

describe.each([
  ['a route', routing([{ match: { prefix: '/' }, route: { cluster: 'c' } }]), 'http://h/', 503],
  ['a TCP proxy', tcpProxy({ cluster: 'c' }), 'tcp://h:8080', null],
] as const)('%s that leads to a cluster', (_name, filter, url, status) => {
  it('which is warming says so', () => {
    const walked = walkOf(proxy(filter, 'dynamic_warming_clusters'), url);
    expect(walked).toMatchObject({ verdict: 'failed', reason: 'cluster-not-found', status, responseFlags: 'NC' });
    expect(walked.because).toContain('the cluster c is warming and does not serve yet');
  });

  it('which serves, or which is nowhere, does not', () => {
    expect(walkOf(proxy(filter, 'dynamic_active_clusters'), url).verdict).toBe('delivered');
    expect(walkOf(proxy(filter, 'nowhere'), url).because).toContain('the cluster c is not in the dump');
  });
});

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/tcp_proxy_filter */
import {
  clusterOf,
  listenerOf,
  proxyOf,
  tcpProxy,
  typed,
  walkOf,
  type Walked,
  type WalkOptions,
} from '../../../helpers/hop';

const INSPECTOR = typed('tls', 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector');

function through(filters: readonly object[], url = 'tls://name.test', options: WalkOptions = {}): Walked {
  const listeners = [listenerOf(filters, { listener_filters: [INSPECTOR] })];
  const clusters = [
    clusterOf('c', [{ port: 1 }]),
    clusterOf('d', [{ port: 2 }]),
    clusterOf('e', []),
    clusterOf('name.test', [{ port: 3 }]),
    {
      name: 'dfp',
      cluster_type: typed('dfp', 'envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig'),
    },
  ];
  return walkOf(proxyOf({ listeners, clusters }), url, options);
}

const SNI_CLUSTER = typed('sni', 'envoy.extensions.filters.network.sni_cluster.v3.SniCluster');
const PAIR = {
  clusters: [
    { name: 'c', weight: 1 },
    { name: 'd', weight: 3 },
  ],
};

describe('the TCP proxy', () => {
  it('goes to its cluster', () => {
    const walked = through([tcpProxy({ cluster: 'c' })]);
    expect(walked).toMatchObject({ verdict: 'delivered', status: null });
    expect(walked.forward).toMatchObject({ cluster: 'c', to: { ip: '10.0.1.1', port: 1 }, isHttp: false });
  });

  it('draws among weighted clusters', () => {
    const walked = through([tcpProxy({ weighted_clusters: PAIR })]);
    expect(walked.hop.clusters.map(({ name, share }) => [name, share])).toEqual([
      ['c', 0.25],
      ['d', 0.75],
    ]);
    expect(walked.forward?.cluster).toBe('d');
  });

  it('closes with NC where the cluster is unknown, with UH where it has no host', () => {
    const gone = through([tcpProxy({ cluster: 'gone' })]);
    expect(gone).toMatchObject({ reason: 'cluster-not-found', status: null, responseFlags: 'NC' });
    expect(gone.hop.clusters).toEqual([{ name: 'gone', share: 1, type: null, endpoints: [] }]);
    const empty = through([tcpProxy({ cluster: 'e' })]);
    expect(empty).toMatchObject({ reason: 'no-healthy-endpoint', status: null, responseFlags: 'UH' });
  });

  it('goes to the cluster that sni_cluster names, but not past its own weighted ones', () => {
    expect(through([SNI_CLUSTER, tcpProxy({ cluster: 'c' })]).forward?.cluster).toBe('name.test');
    expect(through([SNI_CLUSTER, tcpProxy({ cluster: 'c' })], 'tcp://h:1').forward?.cluster).toBe('c');
    expect(through([SNI_CLUSTER, tcpProxy({ weighted_clusters: PAIR })]).forward?.cluster).toBe('d');
  });

  it('goes to the server name’s host behind sni_dynamic_forward_proxy', () => {
    const type = 'envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig';
    const walked = through([typed('f', type, { port_value: 8443 }), tcpProxy({ cluster: 'dfp' })]);
    expect(walked.hop.clusters[0]?.endpoints).toMatchObject([{ address: 'name.test', port: 8443, share: 1 }]);
  });
});

describe('a chain of network filters', () => {
  it('that has none closes the connection', () => {
    expect(through([])).toMatchObject({ verdict: 'failed', reason: 'connection-closed', status: null });
  });

  it('that ends in an unknown one is unknown', () => {
    const walked = through([typed('odd', 'example.Odd')]);
    expect(walked).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(walked.because).toContain('example.Odd');
  });

  it('keeps the TCP proxy’s cluster where a filter before it denies', () => {
    const policies = { p: { permissions: [{ any: true }], principals: [{ any: true }] } };
    const deny = typed('rbac', 'envoy.extensions.filters.network.rbac.v3.RBAC', {
      rules: { action: 'DENY', policies },
    });
    const walked = through([deny, tcpProxy({ cluster: 'c' })]);
    expect(walked).toMatchObject({ verdict: 'denied', policy: 'p' });
    expect(walked.hop.clusters.map(({ name }) => name)).toEqual(['c']);
  });
});

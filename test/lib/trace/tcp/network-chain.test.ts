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

/** Each row is the flag that Envoy 1.37.0 logged. */
describe('a TCP proxy behind TLS', () => {
  const context = {
    common_tls_context: { validation_context: { trusted_ca: { inline_string: 'ca' } } },
    require_client_certificate: true,
  };
  const type = 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
  const DENY = typed('rbac', 'envoy.extensions.filters.network.rbac.v3.RBAC', { rules: {} });
  const choosing = (list: string, cluster: string): object =>
    typed('s', 'envoy.extensions.filters.network.set_filter_state.v3.Config', {
      [list]: [
        {
          object_key: 'envoy.tcp_proxy.cluster',
          format_string: { text_format_source: { inline_string: cluster } },
        },
      ],
    });
  const early = { max_early_data_bytes: 100 };
  const behindTls = (filters: readonly object[], isAsking: boolean, url: string): Walked => {
    const own = isAsking ? context : {};
    const listeners = [listenerOf(filters, {}, { transport_socket: typed('tls', type, own) })];
    return walkOf(proxyOf({ listeners, clusters: [clusterOf('c', [{ port: 1 }]), clusterOf('e', [])] }), url);
  };

  it.each<
    [
      what: string,
      filters: readonly object[],
      isAsking: boolean,
      url: string,
      reason: string | null,
      flag: string | null,
    ]
  >([
    ['bytes and no host', [tcpProxy({ cluster: 'e' })], false, 'tcp://h:1', 'no-healthy-endpoint', 'UH'],
    ['no certificate and no host', [tcpProxy({ cluster: 'e' })], true, 'tls://h', 'no-healthy-endpoint', 'UH'],
    ['bytes and no cluster', [tcpProxy({ cluster: 'none' })], false, 'tcp://h:1', 'cluster-not-found', 'NC'],
    ['bytes and a host', [tcpProxy({ cluster: 'c' })], false, 'tcp://h:1', 'tls-error', null],
    ['bytes, RBAC that denies and a host', [DENY, tcpProxy({ cluster: 'c' })], false, 'tcp://h:1', 'tls-error', null],
    [
      'bytes, RBAC that denies and no host',
      [DENY, tcpProxy({ cluster: 'e' })],
      false,
      'tcp://h:1',
      'no-healthy-endpoint',
      'UH',
    ],
    [
      'bytes and a filter that chooses nothing',
      [choosing('on_new_connection', 'e'), tcpProxy({ cluster: 'c' })],
      false,
      'tcp://h:1',
      'no-healthy-endpoint',
      'UH',
    ],
    [
      'a choice that comes too late',
      [choosing('on_downstream_tls_handshake', 'e'), tcpProxy({ cluster: 'c' })],
      false,
      'tls://h',
      null,
      null,
    ],
    [
      'a late choice, bytes',
      [choosing('on_downstream_tls_handshake', 'e'), tcpProxy({ cluster: 'c' })],
      false,
      'tcp://h:1',
      'tls-error',
      null,
    ],
    [
      'a call at the handshake that fails',
      [tcpProxy({ cluster: 'e', upstream_connect_mode: 'ON_DOWNSTREAM_TLS_HANDSHAKE', ...early })],
      true,
      'tls://h',
      'tls-error',
      null,
    ],
    [
      'a call at the handshake',
      [tcpProxy({ cluster: 'e', upstream_connect_mode: 'ON_DOWNSTREAM_TLS_HANDSHAKE', ...early })],
      false,
      'tls://h',
      'no-healthy-endpoint',
      'UH',
    ],
    [
      'a call at the handshake to a host',
      [tcpProxy({ cluster: 'c', upstream_connect_mode: 'ON_DOWNSTREAM_TLS_HANDSHAKE', ...early })],
      false,
      'tls://h',
      null,
      null,
    ],
    [
      'a late choice for a call at the handshake',
      [
        choosing('on_downstream_tls_handshake', 'c'),
        tcpProxy({ cluster: 'e', upstream_connect_mode: 'ON_DOWNSTREAM_TLS_HANDSHAKE', ...early }),
      ],
      false,
      'tls://h',
      'no-healthy-endpoint',
      'UH',
    ],
    [
      'a call at the first byte, and bytes',
      [tcpProxy({ cluster: 'e', upstream_connect_mode: 'ON_DOWNSTREAM_DATA', ...early })],
      false,
      'tcp://h:1',
      'tls-error',
      null,
    ],
    [
      'a call at the first byte',
      [tcpProxy({ cluster: 'c', upstream_connect_mode: 'ON_DOWNSTREAM_DATA', ...early })],
      false,
      'tls://h',
      null,
      null,
    ],
    [
      'a handshake that nobody reads',
      [tcpProxy({ cluster: 'c', upstream_connect_mode: 'ON_DOWNSTREAM_TLS_HANDSHAKE' })],
      false,
      'tls://h',
      'unknown-input',
      null,
    ],
  ])('%s', (...[, filters, isAsking, url, reason, responseFlags]) => {
    expect(behindTls(filters, isAsking, url)).toMatchObject({ reason, responseFlags });
  });

  it('that calls its cluster at the first byte sees no byte behind RBAC that denies', () => {
    const late = { cluster: 'e', upstream_connect_mode: 'ON_DOWNSTREAM_DATA', ...early };
    expect(through([DENY, tcpProxy(late)], 'tcp://h:1')).toMatchObject({ verdict: 'denied', responseFlags: null });
    expect(through([DENY, tcpProxy({ cluster: 'e' })], 'tcp://h:1')).toMatchObject({ responseFlags: 'UH' });
  });
});

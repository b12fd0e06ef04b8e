/**
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto (transport_socket_matches)
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/upstreams/http/v3/http_protocol_options.proto
 */
import type { Forward } from '../../../../src/lib/trace/hop/context';
import {
  clusterOf,
  listenerOf,
  manager,
  proxyOf,
  tcpProxy,
  typed,
  walkOf,
  type WalkOptions,
} from '../../../helpers/hop';

const tls = (context: object): object =>
  typed('envoy.transport_sockets.tls', 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', context);
const PLAIN = typed('raw', 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer');
const ISTIO = tls({
  sni: 'Outbound_.80_._.s',
  common_tls_context: {
    alpn_protocols: ['istio-peer-exchange', 'istio'],
    tls_certificate_sds_secret_configs: [{ name: 'default' }],
    combined_validation_context: {
      default_validation_context: { match_subject_alt_names: [{ exact: 'spiffe://t/ns/n/sa/s' }] },
    },
  },
});
const MATCHES = {
  transport_socket_matches: [
    { name: 'tlsMode-istio', match: { tlsMode: 'istio' }, transport_socket: ISTIO },
    { name: 'tlsMode-disabled', match: {}, transport_socket: PLAIN },
  ],
};
const ALPN_FILTER = typed('istio.alpn', 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig', {
  alpn_override: [
    { alpn_override: ['istio-http/1.0', 'istio', 'http/1.0'] },
    { upstream_protocol: 'HTTP11', alpn_override: ['istio-http/1.1', 'istio', 'http/1.1'] },
    { upstream_protocol: 'HTTP2', alpn_override: ['istio-h2', 'istio', 'h2'] },
  ],
});
const ROUTER = typed('router', 'envoy.extensions.filters.http.router.v3.Router');
const HTTP = manager({
  http_filters: [ALPN_FILTER, ROUTER],
  route_config: {
    virtual_hosts: [{ name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'c' } }] }],
  },
});
const options = (config: object): object => ({
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      ...config,
    },
  },
});

function sent(cluster: object, filter: object = HTTP, url = 'http://h/', more: WalkOptions = {}): Forward {
  const { forward } = walkOf(proxyOf({ listeners: [listenerOf([filter])], clusters: [cluster] }), url, more);
  if (forward === null) throw new Error('not forwarded');
  return forward;
}

describe('the transport socket', () => {
  it('is the first whose match the endpoint’s metadata has', () => {
    const istio = sent(clusterOf('c', [{ port: 1, tlsMode: 'istio' }], MATCHES));
    expect(istio.tls).toMatchObject({
      sni: 'outbound_.80_._.s',
      certificate: { uriSans: { unknown: expect.stringContaining('certificate') as unknown } },
      expectedSans: [{ matcher: { exact: 'spiffe://t/ns/n/sa/s' } }],
    });
    expect(sent(clusterOf('c', [{ port: 1, tlsMode: 'other' }], MATCHES)).tls).toBeNull();
    expect(sent(clusterOf('c', [{ port: 1 }], MATCHES)).tls).toBeNull();
  });

  it('is the cluster’s own where none matches', () => {
    const none = {
      transport_socket_matches: [MATCHES.transport_socket_matches[0]],
      transport_socket: tls({ sni: 'own' }),
    };
    expect(sent(clusterOf('c', [{ port: 1 }], none)).tls).toMatchObject({ sni: 'own', certificate: null });
  });

  it('offers what Istio’s filter puts in place of the cluster’s protocols', () => {
    const cluster = (more: object): object => clusterOf('c', [{ port: 1, tlsMode: 'istio' }], { ...MATCHES, ...more });
    expect(sent(cluster({})).tls?.alpn).toEqual(['istio-http/1.1', 'istio', 'http/1.1']);
    const two = options({ explicit_http_config: { http2_protocol_options: {} } });
    expect(sent(cluster(two)).tls?.alpn).toEqual(['istio-h2', 'istio', 'h2']);
    const off = { metadata: { filter_metadata: { istio: { alpn_override: 'false' } } } };
    expect(sent(cluster(off)).tls?.alpn).toEqual(['istio-peer-exchange', 'istio']);
    expect(sent(cluster({}), tcpProxy({ cluster: 'c' }), 'tcp://h:1').tls?.alpn).toEqual([
      'istio-peer-exchange',
      'istio',
    ]);
  });

  it('takes its server name from the request with auto_sni', () => {
    const automatic = {
      transport_socket: tls({ sni: 'own' }),
      ...options({ upstream_http_protocol_options: { auto_sni: true } }),
    };
    expect(sent(clusterOf('c', [{ port: 1 }], automatic), HTTP, 'http://A.test:99/').tls?.sni).toBe('a.test');
  });

  it('looks through a wrapper', () => {
    const wrapped = typed('w', 'envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport', {
      transport_socket: tls({ sni: 'inner' }),
    });
    expect(sent(clusterOf('c', [{ port: 1 }], { transport_socket: wrapped })).tls?.sni).toBe('inner');
  });
});

describe('the HTTP version upstream', () => {
  it.each([
    ['http/1.1', true, {}, '1.1'],
    ['http/1.1', true, {}, '2'],
    ['http/2', true, { explicit_http_config: { http2_protocol_options: {} } }, '1.1'],
    ['http/2', true, { use_downstream_protocol_config: { http2_protocol_options: {} } }, '2'],
    ['http/1.1', true, { use_downstream_protocol_config: { http2_protocol_options: {} } }, '1.1'],
    ['http/1.1', true, { use_downstream_protocol_config: {} }, '2'],
    ['http/1.1', false, { auto_config: {} }, '2'],
  ] as const)('is %s (fixed: %s) with %j for HTTP/%s', (payload, fixed, config, httpVersion) => {
    const cluster = clusterOf('c', [{ port: 1 }], Object.keys(config).length === 0 ? {} : options(config));
    expect(sent(cluster, HTTP, 'http://h/', { httpVersion })).toMatchObject({
      payload,
      payloadFixed: fixed,
      isHttp: true,
    });
  });

  it('is what came where a TCP proxy passes it on, with the request', () => {
    const forward = sent(clusterOf('c', [{ port: 1 }]), tcpProxy({ cluster: 'c' }), 'http://h/x');
    expect(forward).toMatchObject({ payload: 'http/1.1', isHttp: false, message: { path: '/x', authority: 'h' } });
  });

  it('is hidden where TLS is put around TLS', () => {
    const cluster = clusterOf('c', [{ port: 1 }], { transport_socket: tls({ sni: 'outer' }) });
    const hidden = sent(cluster, tcpProxy({ cluster: 'c' }), 'https://h/x');
    expect(hidden).toMatchObject({ payload: 'tcp', message: null, tls: { sni: 'outer' } });
    const passed = sent(clusterOf('c', [{ port: 1 }]), tcpProxy({ cluster: 'c' }), 'https://h/x');
    expect(passed).toMatchObject({ payload: 'http/1.1', tls: { sni: 'h' }, message: { path: '/x' } });
  });
});

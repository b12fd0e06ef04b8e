/**
 * A cluster that sends PROXY protocol headers: the next proxy takes the one they name for the caller.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/proxy_protocol/v3/upstream_proxy_protocol.proto
 */
import { addressBook } from '../../../../src/lib/mesh/address-book';
import type { TraceFacts } from '../../../../src/lib/trace/model';
import { trace } from '../../../../src/lib/trace/trace';
import { listenerOf, manager, proxyOf, typed } from '../../../helpers/hop';

const CALLER = '203.0.113.9';
const HEADER = typed(
  'envoy.transport_sockets.upstream_proxy_protocol',
  'envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport',
  {
    config: { version: 'V1' },
    transport_socket: typed('raw', 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'),
  },
);
const TAKES = typed(
  'envoy.filters.listener.proxy_protocol',
  'envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol',
);
const ONLY_CALLER = typed('rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', {
  rules: {
    policies: {
      named: {
        permissions: [{ any: true }],
        principals: [{ source_ip: { address_prefix: CALLER, prefix_len: 32 } }],
      },
    },
  },
});
const ROUTER = typed('router', 'envoy.extensions.filters.http.router.v3.Router');

/** One Envoy that calls itself. */
function traced(socket: object | undefined, filters: readonly object[], sourceIp?: string): TraceFacts {
  const address = (port_value: number): object => ({ socket_address: { address: '127.0.0.1', port_value } });
  const routed = (action: object, http: readonly object[]): object =>
    manager({
      http_filters: [...http, ROUTER],
      route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, ...action }] }] },
    });
  const source = proxyOf({
    listeners: [
      listenerOf([routed({ route: { cluster: 'next' } }, [])], { name: 'first', address: address(8080) }),
      listenerOf([routed({ direct_response: { status: 200 } }, [ONLY_CALLER])], {
        name: 'second',
        address: address(8081),
        listener_filters: filters,
      }),
    ],
    clusters: [
      {
        name: 'next',
        type: 'STATIC',
        load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint: { address: address(8081) } }] }] },
        ...(socket === undefined ? {} : { transport_socket: socket }),
      },
    ],
  });
  const book = addressBook({ pods: null, services: null, endpointSlices: null });
  const mesh = { source, book, configOf: () => null, iptablesOf: () => null, missing: () => null, now: null };
  const query = {
    url: 'http://127.0.0.1:8080/',
    mode: 'gateway',
    originalDst: { ip: '127.0.0.1', port: 8080 },
    ...(sourceIp === undefined ? {} : { sourceIp }),
  } as const;
  return trace(mesh, query, { explain: { limit: 5 }, allBranches: false }).trace;
}

it.each<[string, object | undefined, readonly object[], string | undefined, string]>([
  ['names the caller, and the next proxy reads it', HEADER, [TAKES], CALLER, 'direct-response'],
  ['names another caller', HEADER, [TAKES], '198.51.100.1', 'denied'],
  ['names a caller that is not known', HEADER, [TAKES], undefined, 'unknown'],
  ['is not read by the next proxy, for which it is no HTTP', HEADER, [], CALLER, 'failed'],
  ['is not sent, and waited for', undefined, [TAKES], CALLER, 'failed'],
])('a header %s', (_what, socket, filters, caller, verdict) => {
  expect(traced(socket, filters, caller).verdict).toBe(verdict);
});

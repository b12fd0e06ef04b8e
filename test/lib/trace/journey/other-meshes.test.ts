/** Sidecars of Consul and Open Service Mesh, and Cilium's Envoy: how connections come to them, and what is said of them. */
import { namedClusterOrigin } from '../../../../src/lib/envoy/product-origin';
import { toldTrace } from '../../../../src/lib/explain/telling/tell-trace';
import { missingClusters } from '../../../../src/lib/lint/clusters';
import { trace } from '../../../../src/lib/trace/trace';
import type { TraceQuery } from '../../../../src/lib/trace/request/query';
import { clusterOf, manager, proxyOf, type Resources, tcpProxy, typed } from '../../../helpers/hop';
import { lonelyMesh } from '../../../helpers/generated-mesh';

const DOMAIN = '11111111-2222-3333-4444-555555555555.consul';
const API = `api.default.dc1.internal.${DOMAIN}`;
const ORIGINAL_DST = typed('dst', 'envoy.extensions.filters.listener.original_dst.v3.OriginalDst');
const TLS_INSPECTOR = typed('tls', 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector');

function on(name: string, address: string, port: number, more: object): object {
  return { name, address: { socket_address: { address, port_value: port } }, ...more };
}

function chain(filters: readonly object[], match: object = {}): object {
  return { filter_chain_match: match, filters };
}

function toAll(cluster: string): object {
  const virtualHost = { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster } }] };
  return manager({ route_config: { name: 'rc', virtual_hosts: [virtualHost] } });
}

const allowing = (principal: string): object =>
  typed('rbac', 'envoy.extensions.filters.network.rbac.v3.RBAC', {
    stat_prefix: 'connect_authz',
    rules: {
      action: 'ALLOW',
      policies: {
        'consul-intentions-layer4': {
          permissions: [{ any: true }],
          principals: [{ authenticated: { principal_name: { exact: principal } } }],
        },
      },
    },
  });

const MUTUAL = {
  ...typed('tls', 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
    require_client_certificate: true,
    common_tls_context: { tls_certificates: [{}], validation_context: { trusted_ca: { inline_string: 'x' } } },
  }),
};

const CONSUL: Resources = {
  bootstrap: { node: { id: 'web-sidecar-proxy', cluster: 'web' } },
  listeners: [
    on('public_listener:10.244.1.7:20000', '10.244.1.7', 20000, {
      filter_chains: [{ ...chain([allowing('spiffe://td/frontend'), toAll('local_app')]), transport_socket: MUTUAL }],
      traffic_direction: 'INBOUND',
    }),
    on('outbound_listener:127.0.0.1:15001', '127.0.0.1', 15001, {
      filter_chains: [chain([toAll(API)], { prefix_ranges: [{ address_prefix: '240.0.0.1', prefix_len: 32 }] })],
      listener_filters: [ORIGINAL_DST],
      traffic_direction: 'OUTBOUND',
    }),
  ],
  clusters: [clusterOf(API, [{ port: 20000 }]), clusterOf('local_app', [{ port: 8080 }])],
};

const OSM: Resources = {
  bootstrap: { node: { id: '2b1f9b2e-0f2d-4a5c-9d0e-1234567890ab.sidecar.bookbuyer.bookbuyer.cluster.local' } },
  listeners: [
    on('outbound-listener', '0.0.0.0', 15001, {
      filter_chains: [chain([toAll('bookstore/bookstore|14001')])],
      listener_filters: [ORIGINAL_DST],
    }),
    on('inbound-listener', '0.0.0.0', 15003, {
      filter_chains: [chain([toAll('bookbuyer/bookbuyer|14001|local')], { destination_port: 14001 })],
      listener_filters: [TLS_INSPECTOR, ORIGINAL_DST],
    }),
  ],
  clusters: [
    clusterOf('bookstore/bookstore|14001', [{ port: 14001 }]),
    clusterOf('bookbuyer/bookbuyer|14001|local', [{ port: 14001 }]),
  ],
};

const CILIUM_GATEWAY = 'default/cilium-gateway-shop';
const CILIUM: Resources = {
  bootstrap: { node: { id: 'host~127.0.0.1~no-id~localdomain', cluster: 'ingress-cluster' } },
  listeners: [
    on(`${CILIUM_GATEWAY}/listener`, '127.0.0.1', 10511, {
      filter_chains: [chain([typed('cilium.network', 'cilium.NetworkFilter'), toAll('shop')])],
    }),
  ],
  clusters: [clusterOf('shop', [{ port: 80 }])],
};

function traced(resources: Resources, query: TraceQuery): ReturnType<typeof toldTrace> {
  return toldTrace(trace(lonelyMesh(proxyOf(resources)), query, { explain: { limit: 3 }, allBranches: false }).trace);
}

/** What the steps of the pod's rules say. */
function rulesOf({ hops }: ReturnType<typeof toldTrace>): readonly (string | null)[] {
  return hops.flatMap(({ steps }) => steps.filter(({ stage }) => stage === 'iptables').map(({ name }) => name));
}

describe('a sidecar of Consul', () => {
  const inbound = { mode: 'inbound', tls: 'mtls' } as const;

  it.each([20000, 8080])(
    'takes calls of other pods to port %d on its public listener, whose intentions decide',
    (port) => {
      const url = `http://web:${port}/`;
      const allowed = traced(CONSUL, { url, ...inbound, sourcePrincipal: 'spiffe://td/frontend' });
      expect([allowed.verdict, allowed.hops[0]?.listener?.name]).toEqual([
        'delivered',
        'public_listener:10.244.1.7:20000',
      ]);
      const denied = traced(CONSUL, { url, ...inbound, sourcePrincipal: 'spiffe://td/other' });
      expect([denied.verdict, denied.reason]).toEqual(['denied', 'rbac-denied']);
    },
  );

  it("names Consul's rules for what leaves the pod, and its service", () => {
    const walk = traced(CONSUL, { url: 'http://api.virtual.consul/', originalDst: { ip: '240.0.0.1', port: 80 } });
    expect([walk.verdict, rulesOf(walk)]).toEqual([
      'delivered',
      ['CONSUL_PROXY_REDIRECT rule 1', 'CONSUL_PROXY_OUTPUT rule 1'],
    ]);
    const origins = walk.hops.flatMap(({ steps }) => steps.flatMap(({ origin }) => origin?.command ?? []));
    expect(origins).toContain('consul catalog nodes -service api');
  });

  it('listens on the loopback address for what its application sends to one service', () => {
    const upstream = on('db:127.0.0.1:9191', '127.0.0.1', 9191, {
      filter_chains: [chain([tcpProxy({ cluster: API })])],
      traffic_direction: 'OUTBOUND',
    });
    const walk = traced(
      { ...CONSUL, listeners: [...(CONSUL.listeners ?? []), upstream] },
      { url: 'http://127.0.0.1:9191/' },
    );
    expect(walk.hops.map(({ direction }) => direction)).toEqual(['outbound', 'outbound']);
    expect(walk.hops[1]?.listener?.name).toBe('db:127.0.0.1:9191');
  });

  it.each([
    [API, 'api', 'default'],
    [`v2.${API}`, 'api', 'default'],
    [`0123abcd~api.shop.dc1.internal.${DOMAIN}`, 'api', 'shop'],
    [`api.default.part.dc1.internal-v1.${DOMAIN}`, 'api', 'default'],
    [`v2.api.default.part.dc1.internal-v1.${DOMAIN}`, 'api', 'default'],
    [`api.default.peer-a.external.${DOMAIN}`, 'api', 'default'],
    [`dc2.internal.${DOMAIN}`, null, null],
  ])('%s stands for the service %s in %s', (cluster, name, namespace) => {
    const origin = namedClusterOrigin(cluster);
    expect([origin?.name ?? null, origin?.namespace ?? null]).toEqual([name, namespace]);
  });

  it('has gateways that listen on the address of their pod alone', () => {
    const resources = {
      bootstrap: { node: { id: 'api-gateway' } },
      listeners: [on('http:10.244.1.9:8080', '10.244.1.9', 8080, { filter_chains: [chain([toAll(API)])] })],
      clusters: [clusterOf(API, [{ port: 20000 }])],
    };
    expect(traced(resources, { url: 'http://shop.example.com:8080/' }).verdict).toBe('delivered');
  });

  it('has gateways whose TCP proxy leaves the cluster to the server name: lint finds nothing missing', () => {
    const filters = [
      typed('sni', 'envoy.extensions.filters.network.sni_cluster.v3.SniCluster'),
      tcpProxy({ cluster: '' }),
    ];
    const resources = {
      bootstrap: { node: { id: 'mesh-gateway' } },
      listeners: [on('default:10.244.1.20:8443', '10.244.1.20', 8443, { filter_chains: [chain(filters)] })],
    };
    expect(missingClusters(proxyOf(resources))).toEqual([]);
  });
});

describe('a sidecar of Open Service Mesh', () => {
  it('takes calls of other pods on port 15003', () => {
    const walk = traced(OSM, { url: 'http://bookbuyer:14001/', mode: 'inbound' });
    expect([walk.verdict, walk.hops[0]?.listener?.name]).toEqual(['delivered', 'inbound-listener']);
    expect(rulesOf(walk)[0]).toBe('OSM_PROXY_IN_REDIRECT rule 1');
  });

  it('leaves its metrics port alone', () => {
    expect(rulesOf(traced(OSM, { url: 'http://bookbuyer:15010/', mode: 'inbound' }))[0]).toBe(
      'OSM_PROXY_INBOUND rule 1',
    );
  });

  it("knows Envoy's own connections by OSM's user", () => {
    const walk = traced(OSM, { url: 'http://x/', originalDst: { ip: '10.96.0.1', port: 14001 } });
    expect(rulesOf(walk)).toEqual(['OSM_PROXY_OUT_REDIRECT rule 1', 'OSM_PROXY_OUTBOUND rule 3']);
  });
});

describe("Cilium's Envoy", () => {
  it('says of a port that nothing listens on that Cilium redirects in the kernel, and does not call it closed', () => {
    for (const mode of ['gateway', 'inbound'] as const) {
      const walk = traced(CILIUM, { url: 'http://shop.example.com/', mode });
      expect([walk.verdict, walk.reason]).toEqual(['unknown', 'unknown-input']);
    }
  });

  it('is unknown where its own filters decide, with the route and the cluster that come behind them', () => {
    const walk = traced(CILIUM, { url: 'http://shop.example.com:10511/' });
    expect(walk.verdict).toBe('unknown');
    expect(walk.hops[0]).toMatchObject({ route: { index: 0 }, clusters: [{ name: 'shop', share: 1 }] });
  });
});

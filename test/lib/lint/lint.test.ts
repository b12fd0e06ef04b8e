import type { ProxyConfig } from '../../../src/lib/envoy/proxy-config';
import { lint } from '../../../src/lib/lint/lint';
import { linted } from '../../../src/lib/lint/linted';
import { configFromText, corpusConfig } from '../../helpers/proxy-config';

const admin = 'type.googleapis.com/envoy.admin.v3';
const owner = {
  filter_metadata: { istio: { config: '/apis/networking.istio.io/v1/namespaces/shop/virtual-service/web' } },
};
const hcm = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

async function config(parts: {
  listeners?: object[];
  clusters?: object[];
  routes?: object[];
  endpoints?: object[];
}): Promise<ProxyConfig> {
  const { listeners = [], clusters = [], routes = [], endpoints = [] } = parts;
  return await configFromText(
    JSON.stringify({
      configs: [
        {
          '@type': `${admin}.ListenersConfigDump`,
          dynamic_listeners: listeners.map((listener) => ({ active_state: { listener } })),
        },
        { '@type': `${admin}.ClustersConfigDump`, dynamic_active_clusters: clusters.map((cluster) => ({ cluster })) },
        {
          '@type': `${admin}.RoutesConfigDump`,
          dynamic_route_configs: routes.map((route_config) => ({ route_config })),
        },
        {
          '@type': `${admin}.EndpointsConfigDump`,
          dynamic_endpoint_configs: endpoints.map((endpoint_config) => ({ endpoint_config })),
        },
      ],
    }),
  );
}

const found = async (parts: Parameters<typeof config>[0]) =>
  lint(await config(parts)).map(({ rule, severity, resource, config: pointer }) => [rule, severity, resource, pointer]);

const table = (...routes: object[]) => ({ name: '80', virtual_hosts: [{ name: 'web', domains: ['*'], routes }] });

const tcp = (clusters: object) => ({
  filters: [
    {
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
        ...clusters,
      },
    },
  ],
});

describe('lint', () => {
  it('finds shadowed routes, with what shadows them and whose they are', async () => {
    const [finding, ...more] = lint(
      await config({
        clusters: [{ name: 'c', type: 'ORIGINAL_DST' }],
        routes: [
          table(
            { name: 'all', match: { prefix: '/a' }, route: { cluster: 'c' } },
            { match: { path: '/a/b' }, route: { cluster: 'c' }, metadata: owner },
            { match: { prefix: '/' }, route: { cluster: 'c' } },
          ),
        ],
      }),
    );
    expect(more).toEqual([]);
    expect(finding).toEqual({
      rule: 'shadowed-route',
      severity: 'warning',
      resource: 'route 80 web #1',
      message: 'no request reaches it: route #0 (all) of the same virtual host takes all that it would',
      owner: {
        kind: 'VirtualService',
        name: 'web',
        namespace: 'shop',
        command: 'kubectl get virtualservice web -n shop -o yaml',
      },
      config: '/configs/2/dynamic_route_configs/0/route_config/virtual_hosts/0/routes/1',
    });
  });

  it('finds missing clusters of routes, weights, mirrors and TCP proxies', async () => {
    expect(
      await found({
        clusters: [{ name: 'there', type: 'ORIGINAL_DST' }],
        routes: [
          table(
            { match: { path: '/1' }, route: { cluster: 'gone' } },
            {
              match: { path: '/2' },
              route: {
                weighted_clusters: {
                  clusters: [
                    { name: 'there', weight: 9 },
                    { name: 'gone', weight: 1 },
                    { name: 'off', weight: 0 },
                  ],
                },
              },
            },
            { match: { path: '/3' }, route: { cluster: 'there', request_mirror_policies: [{ cluster: 'gone' }] } },
            { match: { path: '/4' }, route: { cluster_header: 'x' } },
          ),
        ],
        listeners: [
          {
            name: 'tcp',
            filter_chains: [
              tcp({ cluster: 'gone' }),
              {
                name: 'second',
                filter_chain_match: { destination_port: 1 },
                ...tcp({ weighted_clusters: { clusters: [{ name: 'gone', weight: 1 }] } }),
              },
            ],
          },
        ],
      }),
    ).toEqual([
      [
        'missing-cluster',
        'error',
        'route 80 web #0',
        '/configs/2/dynamic_route_configs/0/route_config/virtual_hosts/0/routes/0',
      ],
      [
        'missing-cluster',
        'error',
        'route 80 web #1',
        '/configs/2/dynamic_route_configs/0/route_config/virtual_hosts/0/routes/1',
      ],
      [
        'missing-cluster',
        'error',
        'listener tcp filter_chains/0',
        '/configs/0/dynamic_listeners/0/active_state/listener/filter_chains/0',
      ],
      [
        'missing-cluster',
        'error',
        'listener tcp chain second',
        '/configs/0/dynamic_listeners/0/active_state/listener/filter_chains/1',
      ],
      [
        'missing-cluster',
        'warning',
        'route 80 web #2',
        '/configs/2/dynamic_route_configs/0/route_config/virtual_hosts/0/routes/2',
      ],
    ]);
  });

  it('says what the caller gets where a cluster is missing', async () => {
    const to = (more: object) => ({ match: { path: `/${JSON.stringify(more)}` }, route: { cluster: 'gone', ...more } });
    const codes = ['NOT_FOUND', 'INTERNAL_SERVER_ERROR'].map((code) => to({ cluster_not_found_response_code: code }));
    const listeners = [{ name: 'tcp', filter_chains: [tcp({ cluster: 'gone' })] }];
    const findings = lint(await config({ routes: [table(to({}), ...codes)], listeners }));
    expect(findings.map(({ message }) => message.split(': ')[1])).toEqual([
      'requests get 503',
      'requests get 404',
      'requests get 500',
      'connections are closed',
    ]);
  });

  it('judges a proxy that speaks TCP alone, whose dump has no routes', async () => {
    const dump = (...chains: object[]) => [
      {
        '@type': `${admin}.ListenersConfigDump`,
        dynamic_listeners: [{ active_state: { listener: { name: 'l', filter_chains: chains } } }],
      },
      { '@type': `${admin}.ClustersConfigDump` },
    ];
    const of = async (...chains: object[]) => lint(await configFromText(JSON.stringify({ configs: dump(...chains) })));
    expect(await of(tcp({ cluster: 'gone' }))).toMatchObject([{ rule: 'missing-cluster' }]);
    await expect(
      of({ filters: [{ typed_config: { '@type': hcm, rds: { route_config_name: 'r' } } }] }),
    ).rejects.toThrow('RoutesConfigDump');
  });

  it('finds clusters and subsets without endpoints, and without healthy ones', async () => {
    const eds = (name: string) => ({ name, type: 'EDS' });
    const one = (health_status?: string) => [{ lb_endpoints: [{ endpoint: {}, health_status }] }];
    const clusters = [
      'outbound|80||a',
      'outbound|80|v9|a',
      'outbound|80|v8|a',
      'outbound|80|v1|a',
      'outbound|80||sick',
      'outbound|80||untold',
    ];
    expect(
      await found({
        clusters: [
          ...clusters.map(eds),
          { name: 'BlackHoleCluster', type: 'STATIC' },
          { name: 'dns', type: 'STRICT_DNS', load_assignment: { endpoints: [] } },
        ],
        endpoints: [
          { cluster_name: 'outbound|80||a' },
          { cluster_name: 'outbound|80|v9|a' },
          { cluster_name: 'outbound|80|v8|a' },
          { cluster_name: 'outbound|80|v1|a', endpoints: one() },
          { cluster_name: 'outbound|80||sick', endpoints: one('UNHEALTHY') },
        ],
        routes: [table({ match: { prefix: '/' }, route: { cluster: 'outbound|80|v9|a' } })],
      }),
    ).toEqual([
      ['subset-without-endpoints', 'error', 'cluster outbound|80|v9|a', '/configs/1/dynamic_active_clusters/1/cluster'],
      [
        'cluster-without-endpoints',
        'warning',
        'cluster outbound|80||a',
        '/configs/1/dynamic_active_clusters/0/cluster',
      ],
      [
        'subset-without-endpoints',
        'warning',
        'cluster outbound|80|v8|a',
        '/configs/1/dynamic_active_clusters/2/cluster',
      ],
      ['no-healthy-endpoint', 'warning', 'cluster outbound|80||sick', '/configs/1/dynamic_active_clusters/4/cluster'],
      ['cluster-without-endpoints', 'warning', 'cluster dns', '/configs/1/dynamic_active_clusters/7/cluster'],
    ]);
  });

  it('finds chains with identical matches, overlaps of lists included', async () => {
    const chains = [
      { name: 'a', filter_chain_match: { server_names: ['x.com', 'y.com'], transport_protocol: 'tls' } },
      { name: 'b', filter_chain_match: { server_names: ['Y.com', 'z.com'], transport_protocol: 'tls' } },
      { name: 'c', filter_chain_match: { server_names: ['y.com'] } },
      { name: 'd' },
      { name: 'e', filter_chain_match: { source_type: 'ANY' } },
    ];
    const listeners = [
      { name: 'l', filter_chains: chains, default_filter_chain: { name: 'f' } },
      { name: 'tree', filter_chain_matcher: {}, filter_chains: [{ name: 'a' }, { name: 'b' }] },
    ];
    const findings = lint(await config({ listeners })).filter(({ rule }) => rule === 'identical-filter-chains');
    expect(findings.map(({ resource, message }) => [resource, message])).toEqual([
      [
        'listener l chain b',
        'it matches the same connections as chain a (server name y.com, transport tls): Envoy refuses the listener',
      ],
      [
        'listener l chain e',
        'it matches the same connections as chain d (every connection): Envoy refuses the listener',
      ],
    ]);
  });

  it('does not compare chains whose conditions combine in thousands of ways, and says so', async () => {
    const names = (start: string) => Array.from({ length: 5001 }, (_unused, index) => `${start}${index}.test`);
    const chains = [
      { name: 'a', filter_chain_match: { server_names: names('a') } },
      { name: 'b', filter_chain_match: { server_names: names('b') } },
    ];
    const { findings, notExamined } = linted(await config({ listeners: [{ name: 'l', filter_chains: chains }] }));
    expect(findings.filter(({ rule }) => rule === 'identical-filter-chains')).toEqual([]);
    expect(notExamined).toEqual([
      'listener l: the conditions of 2 filter chains combine in too many ways: it is not looked for chains that match the same connections as they do',
    ]);
  });

  it('finds duplicate domains, those of inline route configurations included', async () => {
    const route_config = {
      name: 'inline',
      virtual_hosts: [
        { name: 'one', domains: ['a.com', '*'] },
        { name: 'two', domains: ['A.com', 'b.com'] },
      ],
    };
    const listeners = [
      { name: 'l', filter_chains: [{ filters: [{ name: 'h', typed_config: { '@type': hcm, route_config } }] }] },
    ];
    expect(await found({ listeners })).toEqual([
      [
        'duplicate-domain',
        'error',
        'route inline two',
        '/configs/0/dynamic_listeners/0/active_state/listener/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/1',
      ],
    ]);
  });

  it('says of the sample that two subsets have no pods, and nothing else', async () => {
    const findings = lint(await corpusConfig('bookinfo', 'productpage-v1-6b746f74dc-9stvs'));
    expect(findings.map(({ resource, owner: own }) => [resource, own?.kind, own?.name])).toEqual([
      ['cluster outbound|9080|v2-mysql|ratings.bookinfo.svc.cluster.local', 'DestinationRule', 'ratings'],
      ['cluster outbound|9080|v9|reviews.bookinfo.svc.cluster.local', 'DestinationRule', 'reviews'],
    ]);
  });

  it('refuses a dump without clusters: each would be missing', async () => {
    const bare = await configFromText(JSON.stringify({ configs: [{ '@type': `${admin}.ListenersConfigDump` }] }));
    expect(() => lint(bare)).toThrow('ClustersConfigDump');
  });
});

it('resources that Envoy rejected, and listeners that wait', async () => {
  const failure = { details: 'boom', last_update_attempt: '2026-01-01T00:00:00Z' };
  const text = JSON.stringify({
    configs: [
      {
        '@type': `${admin}.ListenersConfigDump`,
        dynamic_listeners: [
          { name: 'new', error_state: failure },
          { name: 'old', active_state: { listener: { name: 'old' } }, error_state: failure },
          { name: 'slow', warming_state: { listener: { name: 'slow' } } },
          {
            name: 'both',
            active_state: { listener: { name: 'both' } },
            warming_state: { listener: { name: 'both' } },
          },
        ],
      },
      { '@type': `${admin}.ClustersConfigDump`, dynamic_warming_clusters: [{ error_state: failure }] },
    ],
  });
  const findings = lint(await configFromText(text)).filter(({ rule }) => /^(?:rejected|warming)/.test(rule));
  expect(findings.map(({ rule, resource, message }) => [rule, resource, message])).toEqual([
    ['rejected-resource', 'listener new', 'Envoy rejected what was pushed: boom; there is no version that serves'],
    ['rejected-resource', 'listener old', 'Envoy rejected what was pushed: boom; the version before it serves on'],
    ['rejected-resource', 'cluster ', 'Envoy rejected what was pushed: boom; there is no version that serves'],
    [
      'warming-listener',
      'listener slow',
      'it is warming and takes no connection yet: it waits for its routes, secrets or clusters',
    ],
  ]);
});

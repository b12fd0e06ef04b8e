import { lint } from '../../../src/lib/lint/lint';
import { configFromText } from '../../helpers/proxy-config';

const admin = 'type.googleapis.com/envoy.admin.v3';
const listener = (name: string, address: string, port: number, cluster: string) => ({
  name,
  address: { socket_address: { address, port_value: port } },
  filter_chains: [
    {
      filters: [
        {
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
            cluster,
          },
        },
      ],
    },
  ],
});
const cluster = (name: string, type = 'STRICT_DNS') => ({ name, type });

async function taken(listeners: object[], clusters: object[]): Promise<readonly string[]> {
  const config = await configFromText(
    JSON.stringify({
      configs: [
        {
          '@type': `${admin}.ListenersConfigDump`,
          dynamic_listeners: listeners.map((one) => ({ active_state: { listener: one } })),
        },
        { '@type': `${admin}.ClustersConfigDump`, dynamic_active_clusters: clusters.map((one) => ({ cluster: one })) },
      ],
    }),
  );
  return lint(config)
    .filter(({ rule }) => rule === 'tcp-port-of-another-host')
    .map(({ resource, message }) => `${resource}: ${message}`);
}

const [A, B] = ['outbound|3306||a.example.com', 'outbound|3306||b.example.com'];

test('a TCP host whose port another host has for all addresses is told', async () => {
  expect(await taken([listener('0.0.0.0_3306', '0.0.0.0', 3306, A)], [cluster(A), cluster(B)])).toEqual([
    `cluster ${B}: nothing leads to it: TCP connections to b.example.com:3306 go to ${A}, since listener 0.0.0.0_3306 filter_chains/0 has the port for all addresses. Give each host addresses of its own, or another port`,
  ]);
});

test.each([
  [
    'a host that a listener of its own address leads to',
    [listener('10.0.0.1_3306', '10.0.0.1', 3306, B)],
    [cluster(B)],
  ],
  [
    'a host that is reached by a subset',
    [listener('10.0.0.1_3306', '10.0.0.1', 3306, B.replace('||', '|v1|'))],
    [cluster(B)],
  ],
  ['a headless service', [], [cluster(B, 'ORIGINAL_DST')]],
  ['a subset', [], [cluster(B.replace('||', '|v1|'))]],
  ['another port', [], [cluster('outbound|3307||b.example.com')]],
  ['a cluster that is not one of Istio', [], [cluster('b.example.com')]],
  ['an inbound cluster', [], [cluster('inbound|3306||')]],
])('not so %s', async (_what, listeners, clusters) => {
  const shared = listener('0.0.0.0_3306', '0.0.0.0', 3306, A);
  expect(await taken([shared, ...listeners], [cluster(A), ...clusters])).toEqual([]);
});

test('a listener that passes everything through takes no port', async () => {
  const passthrough = listener('virtualOutbound', '0.0.0.0', 15001, 'PassthroughCluster');
  expect(await taken([passthrough], [cluster('PassthroughCluster', 'ORIGINAL_DST'), cluster(B)])).toEqual([]);
});

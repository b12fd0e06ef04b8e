/**
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/service_discovery
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/aggregate_cluster
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_proxy
 */
import { addressBook } from '../../../../src/lib/mesh/address-book';
import { ConfigDump } from '../../../../src/lib/envoy/config-dump';
import type { ClusterStatus } from '../../../../src/lib/envoy/endpoint';
import { ProxyConfig } from '../../../../src/lib/envoy/proxy-config';
import {
  clusterOf,
  listenerOf,
  proxyOf,
  type Resources,
  routing,
  tcpProxy,
  typed,
  walkOf,
  type Walked,
  type WalkOptions,
} from '../../../helpers/hop';

const ROUTE = { match: { prefix: '/' }, route: { cluster: 'c' } };
const ORIGINAL_DST = typed(
  'envoy.filters.listener.original_dst',
  'envoy.extensions.filters.listener.original_dst.v3.OriginalDst',
);
const CAPTURE = {
  name: 'virtualInbound',
  address: { socket_address: { address: '0.0.0.0', port_value: 15006 } },
  listener_filters: [ORIGINAL_DST],
};

function to(cluster: object, options: WalkOptions = {}, more: Resources = {}): Walked {
  const { clusters = [], ...rest } = more;
  const resources = { listeners: [listenerOf([routing([ROUTE])])], clusters: [cluster, ...clusters], ...rest };
  return walkOf(proxyOf(resources), 'http://h.test:99/', options);
}

const endpoints = ({ hop }: Walked): readonly string[] =>
  (hop.clusters[0]?.endpoints ?? []).map(({ address, port, share }) => `${address}:${port} ${share}`);

describe('a cluster', () => {
  it('that is not there is listed with type null and no endpoints', () => {
    const walked = to(clusterOf('other', []));
    expect(walked).toMatchObject({ reason: 'cluster-not-found', status: 503, responseFlags: 'NC' });
    expect(walked.hop.clusters).toEqual([{ name: 'c', share: 1, type: null, endpoints: [] }]);
  });

  it('named BlackHoleCluster is a black hole, for HTTP and TCP', () => {
    const clusters = [{ name: 'BlackHoleCluster', type: 'STATIC' }];
    const http = routing([{ match: { prefix: '/' }, route: { cluster: 'BlackHoleCluster' } }]);
    const overHttp = walkOf(proxyOf({ listeners: [listenerOf([http])], clusters }), 'http://h/');
    expect(overHttp).toMatchObject({ verdict: 'failed', reason: 'black-hole', status: 503, responseFlags: 'UH' });
    const tcp = listenerOf([tcpProxy({ cluster: 'BlackHoleCluster' })]);
    expect(walkOf(proxyOf({ listeners: [tcp], clusters }), 'tcp://h:1')).toMatchObject({
      verdict: 'failed',
      reason: 'black-hole',
      status: null,
      responseFlags: 'UH',
    });
  });

  it('of EDS has the endpoints of its service', () => {
    const eds = { name: 'c', type: 'EDS', eds_cluster_config: { service_name: 's' } };
    const { load_assignment: assignment } = clusterOf('s', [{ port: 7 }]) as { load_assignment: object };
    expect(endpoints(to(eds, {}, { endpoints: [assignment] }))).toEqual(['10.0.1.1:7 1']);
  });

  it('has its pods named by the book that is asked, whatever an earlier one said', () => {
    const config = proxyOf({
      listeners: [listenerOf([routing([ROUTE])])],
      clusters: [clusterOf('c', [{ port: 1 }])],
    });
    const pod = { metadata: { name: 'web', namespace: 'shop' }, status: { podIP: '10.0.1.1', phase: 'Running' } };
    const books = [null, [pod], null].map((pods) => addressBook({ pods, services: null, endpointSlices: null }));
    const pods = books.map(
      (book) => walkOf(config, 'http://h/', { context: { book } }).hop.clusters[0]?.endpoints[0]?.pod,
    );
    expect(pods).toEqual([null, 'web.shop', null]);
  });

  it('of EDS in a dump without endpoints is known, its endpoints are not', () => {
    const eds = { name: 'c', type: 'EDS' };
    const bare = proxyOf({ listeners: [listenerOf([routing([ROUTE])])], clusters: [eds] });
    const sections = ['ListenersConfigDump', 'ClustersConfigDump'];
    const raw = {
      kind: 'config_dump',
      label: 'test',
      sections: sections.flatMap((name) => bare.dump.section(name.replace('ConfigDump', '')) ?? []),
    } as const;
    const walked = walkOf(new ProxyConfig(new ConfigDump(raw), null, null), 'http://h/');
    expect(walked).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(walked.because).toContain('include_eds');
    expect(walked.hop.clusters).toEqual([{ name: 'c', share: 1, type: 'EDS', endpoints: [] }]);
    expect(walkOf(bare, 'http://h/').reason).toBe('no-healthy-endpoint');
  });

  it('of DNS has the addresses that /clusters knows', () => {
    const statuses = [
      {
        name: 'c',
        host_statuses: [{ address: { socket_address: { address: '10.9.9.9', port_value: 80 } }, hostname: 'd.test' }],
      },
    ] as ClusterStatus[];
    const address = { socket_address: { address: 'd.test', port_value: 80 } };
    const dns = {
      name: 'c',
      type: 'STRICT_DNS',
      load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    };
    const resources = { listeners: [listenerOf([routing([ROUTE])])], clusters: [dns] };
    expect(endpoints(walkOf(proxyOf(resources, statuses), 'http://h/'))).toEqual(['10.9.9.9:80 1']);
    const book = {
      ...addressBook({ pods: null, services: null, endpointSlices: null }),
      podNamesAt: (ips: readonly string[]) => ips.map(() => null),
      resolve: (host: string) => (host === 'd.test' ? ['10.8.8.8'] : []),
    };
    const guessed = walkOf(proxyOf(resources), 'http://h/', { context: { book } });
    expect(endpoints(guessed)).toEqual(['d.test:80 1']);
    expect(guessed.forward?.to).toEqual({ ip: '10.8.8.8', port: 80 });
  });

  describe('of ORIGINAL_DST', () => {
    const cluster = { name: 'c', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' };
    const captured: WalkOptions = {
      to: { ip: '10.5.5.5', port: 99 },
      entry: { kind: 'redirected', port: 15006, transparent: false },
    };
    const listeners = [listenerOf([routing([ROUTE])], CAPTURE)];

    it('has one endpoint, the original destination', () => {
      expect(endpoints(to(cluster, captured, { listeners }))).toEqual(['10.5.5.5:99 1']);
    });

    it('keeps the address with a port of its own', () => {
      const changed = { ...cluster, original_dst_lb_config: { upstream_port_override: 15008 } };
      expect(endpoints(to(changed, captured, { listeners }))).toEqual(['10.5.5.5:15008 1']);
    });

    it('goes by a header where it is told to', () => {
      const changed = { ...cluster, original_dst_lb_config: { use_http_header: true } };
      const headers = [['x-envoy-original-dst-host', '10.6.6.6:66']] as const;
      expect(endpoints(to(changed, { ...captured, headers }, { listeners }))).toEqual(['10.6.6.6:66 1']);
    });

    it('has none where nothing restored it', () => {
      expect(to(cluster)).toMatchObject({ reason: 'no-healthy-endpoint', responseFlags: 'UH' });
    });
  });

  it('that is an aggregate has the priorities of its clusters one after another', () => {
    const type = 'envoy.extensions.clusters.aggregate.v3.ClusterConfig';
    const aggregate = {
      name: 'c',
      cluster_type: typed('envoy.clusters.aggregate', type, { clusters: ['x', 'y', 'gone'] }),
    };
    const clusters = [clusterOf('x', [{ port: 1, health: 'UNHEALTHY' }]), clusterOf('y', [{ port: 2 }])];
    const walked = to(aggregate, {}, { clusters });
    expect(endpoints(walked)).toEqual(['10.0.1.1:1 0', '10.0.1.1:2 1']);
    expect(walked.hop.clusters[0]?.type).toBe('envoy.clusters.aggregate');
  });

  it('that is a dynamic forward proxy has a host only where a filter or a request before had it resolved', () => {
    const type = 'envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig';
    const dynamic = { name: 'c', cluster_type: typed('envoy.clusters.dynamic_forward_proxy', type) };
    expect(to(dynamic)).toMatchObject({
      verdict: 'unknown',
      because: expect.stringContaining('whether h.test:99 was resolved before') as string,
    });
  });

  it('may be an internal listener, with the destination in its metadata', () => {
    const endpoint = {
      endpoint: { address: { envoy_internal_address: { server_listener_name: 'inner', endpoint_id: '10.1.1.1:80' } } },
      metadata: { filter_metadata: { 'envoy.filters.listener.original_dst': { local: '10.2.2.2:80' } } },
    };
    const inner = { name: 'c', load_assignment: { endpoints: [{ lb_endpoints: [endpoint] }] } };
    const walked = to(inner);
    expect(endpoints(walked)).toEqual(['envoy://inner/10.1.1.1:80:0 1']);
    expect(walked.forward?.to).toEqual({ internal: 'inner', destination: { ip: '10.2.2.2', port: 80 }, metadata: [] });
  });
});

describe('weighted clusters (WeightedCluster)', () => {
  const weighted = (clusters: readonly object[], more: object = {}, options: WalkOptions = {}): Walked => {
    const route = { match: { prefix: '/' }, route: { weighted_clusters: { clusters, ...more } } };
    const known = [clusterOf('x', [{ port: 1 }]), clusterOf('y', [{ port: 2 }])];
    return walkOf(proxyOf({ listeners: [listenerOf([routing([route])])], clusters: known }), 'http://h/', options);
  };
  const shares = ({ hop }: Walked): Readonly<Record<string, number>> =>
    Object.fromEntries(hop.clusters.map(({ name, share }) => [name, share]));

  const PAIR = [
    { name: 'x', weight: 90 },
    { name: 'y', weight: 10 },
  ];

  it('are all listed; the likeliest is walked, and every other can be', () => {
    expect(shares(weighted(PAIR))).toEqual({ x: 0.9, y: 0.1 });
    expect(weighted(PAIR).forward?.cluster).toBe('x');
    expect(weighted(PAIR, {}, { forced: [1] }).forward?.cluster).toBe('y');
  });

  it('of weight 0 are not listed', () => {
    expect(shares(weighted([...PAIR, { name: 'z', weight: 0 }, { name: 'q' }]))).toEqual({ x: 0.9, y: 0.1 });
  });

  it('of one name are listed once', () => {
    expect(shares(weighted([...PAIR, { name: 'x', weight: 100 }]))).toEqual({ x: 0.95, y: 0.05 });
  });

  it('are listed where they are missing', () => {
    const walked = weighted([
      { name: 'x', weight: 1 },
      { name: 'gone', weight: 3 },
    ]);
    expect(walked.hop.clusters.map(({ name, type }) => [name, type])).toEqual([
      ['x', 'STATIC'],
      ['gone', null],
    ]);
    expect(walked).toMatchObject({ reason: 'cluster-not-found', responseFlags: 'NC' });
  });

  it.each([
    ['0', 'x'],
    ['89', 'x'],
    ['90', 'y'],
    ['099', 'y'],
    ['100', 'x'],
  ])('are drawn by the header %s: %s', (value, name) => {
    const walked = weighted(PAIR, { header_name: 'X-W' }, { headers: [['x-w', value]] });
    expect(shares(walked)).toEqual({ [name]: 1 });
  });

  it.each([[[]], [['-1']], [['abc']], [['18446744073709551616']], [['1', '1']]])(
    'are drawn by chance where the header is %j',
    (values) => {
      const headers = values.map((value) => ['x-w', value] as const);
      expect(shares(weighted(PAIR, { header_name: 'x-w' }, { headers }))).toEqual({ x: 0.9, y: 0.1 });
    },
  );

  it('may be named by a header each', () => {
    const entries = [{ cluster_header: 'X-C', weight: 1 }];
    expect(shares(weighted(entries, {}, { headers: [['x-c', 'y']] }))).toEqual({ y: 1 });
    expect(weighted(entries)).toMatchObject({ reason: 'cluster-not-found', status: 503, responseFlags: 'NC' });
    expect(weighted(entries).hop.clusters).toEqual([]);
  });
});

describe('hosts as ways to go', () => {
  it('are as many as there are, up to a bound; pods of a workload count as one beyond it', () => {
    const many = Array.from({ length: 60 }, (_unused, index) => ({ port: index + 1 }));
    const drawn = (count: number): number => {
      let options = 0;
      const decisions = { draw: (list: readonly unknown[]) => ((options = list.length), 0), draws: [], share: 1 };
      to(clusterOf('c', many.slice(0, count)), { context: { decisions } as never });
      return options;
    };
    expect(drawn(8)).toBe(8);
    expect(drawn(60)).toBe(16);
  });
});

describe('endpoints without a name, as Envoy 1.18 to 1.22 writes them', () => {
  const eds = (name: string, more: object = {}): object => ({ name, type: 'EDS', eds_cluster_config: more });
  const host = { endpoint: { address: { socket_address: { address: '10.9.9.9', port_value: 1 } } } };
  const unnamed = { endpoints: [{ lb_endpoints: [host] }] };
  const to = (clusters: readonly object[], endpoints: readonly object[]): Walked =>
    walkOf(proxyOf({ listeners: [listenerOf([tcpProxy({ cluster: 'a' })])], clusters, endpoints }), 'tcp://h:8080');

  it('are those of the only cluster that is left without', () => {
    const named = { cluster_name: 'b', ...unnamed };
    expect(to([eds('a'), eds('b')], [unnamed, named]).forward?.to).toEqual({ ip: '10.9.9.9', port: 1 });
  });

  it('are not known where there are several', () => {
    expect(to([eds('a'), eds('b')], [unnamed, unnamed])).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(to([eds('a'), eds('b')], [unnamed])).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(to([eds('a', { service_name: 's' })], [unnamed]).reason).toBe('no-healthy-endpoint');
  });
});

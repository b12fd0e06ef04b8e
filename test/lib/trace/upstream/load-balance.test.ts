/** Shares of hosts as a real Envoy 1.37 gave them over repeated requests. */
import type { Cluster } from '../../../../src/lib/envoy/cluster';
import { ConfigDump } from '../../../../src/lib/envoy/config-dump';
import type { ClusterStatus, HealthStatus } from '../../../../src/lib/envoy/endpoint';
import { ProxyConfig } from '../../../../src/lib/envoy/proxy-config';
import { scanDump } from '../../../../src/lib/scan/scan';
import { NO_CRITERIA } from '../../../../src/lib/trace/upstream/subset';
import { type Upstream, upstream } from '../../../../src/lib/trace/upstream/upstream';
import { chunksOf } from '../../../helpers/pieces';

type HostText = readonly [port: number, health: HealthStatus, priority?: number];

interface Given {
  readonly cluster: Cluster;
  readonly hosts: readonly HostText[];
  /** What the endpoints say of balancing. */
  readonly policy?: object;
  readonly weights?: readonly number[];
}

/** A configuration of static clusters, with the health that /clusters reports. */
async function configOf(given: readonly Given[]): Promise<ProxyConfig> {
  const clusters = given.map(({ cluster, hosts, policy }) => ({
    cluster: { ...cluster, load_assignment: { cluster_name: cluster.name, endpoints: hosts.map(groupOf), policy } },
  }));
  const section = {
    '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
    dynamic_active_clusters: clusters,
  };
  const text = JSON.stringify({ configs: [section] });
  const raw = await scanDump('dump', chunksOf(Buffer.from(text), 1 << 20), { sections: ['ClustersConfigDump'] });
  if (raw.kind !== 'config_dump') throw new Error('no dump');
  return new ProxyConfig(new ConfigDump(raw), given.map(statusOf), null);
}

function groupOf([port, , priority = 0]: HostText): object {
  const endpoint = { endpoint: { address: { socket_address: { address: '10.0.0.1', port_value: port } } } };
  return { priority, lb_endpoints: [endpoint] };
}

function statusOf({ cluster, hosts, weights }: Given): ClusterStatus {
  return {
    name: cluster.name ?? '',
    host_statuses: hosts.map(([port, health, priority], index) => ({
      weight: weights?.[index] ?? 1,
      address: { socket_address: { address: '10.0.0.1', port_value: port } },
      health_status: { eds_health_status: health },
      ...(priority === undefined ? {} : { priority }),
    })),
  };
}

async function chancesOf(given: readonly Given[], name: string): Promise<Upstream['chances']> {
  const to = { local: { ip: '10.0.0.9', port: 80 }, restored: true, message: null, forward: null };
  return upstream(await configOf(given), name, NO_CRITERIA, to).chances;
}

async function sharesOf(given: readonly Given[], name: string): Promise<Readonly<Record<number, number>>> {
  const chances = await chancesOf(given, name);
  return Object.fromEntries(chances.map(({ host, share }) => [host.port, Math.round(share * 100) / 100]));
}

describe('https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing', () => {
  it('leaves a draining host out when it counts how many are available', async () => {
    const hosts: HostText[] = [
      [1, 'HEALTHY'],
      [2, 'DEGRADED'],
      [3, 'DRAINING'],
      [4, 'HEALTHY'],
    ];
    const cluster = { name: 'a', type: 'STATIC' } as const;
    expect(await sharesOf([{ cluster, hosts }], 'a')).toEqual({ 1: 0.47, 2: 0.07, 3: 0, 4: 0.47 });
  });

  it.each(['RING_HASH', 'MAGLEV'])('%s never picks a degraded host, and so none where all are', async (lb_policy) => {
    const cluster = { name: 'a', type: 'STATIC', lb_policy } as const;
    const mixed: HostText[] = [
      [1, 'HEALTHY'],
      [2, 'DEGRADED'],
    ];
    expect(await sharesOf([{ cluster, hosts: mixed }], 'a')).toEqual({ 1: 1, 2: 0 });
    expect(await sharesOf([{ cluster, hosts: [[2, 'DEGRADED']] }], 'a')).toEqual({ 2: 0 });
  });

  describe('load of a priority of which no host can be picked reaches none', () => {
    const DEGRADED_BEHIND: readonly HostText[] = [
      [1, 'HEALTHY'],
      [2, 'UNHEALTHY'],
      [3, 'DEGRADED', 1],
    ];
    const panicking = (): readonly HostText[] => [
      ...Array.from({ length: 10 }, (_unused, index): HostText => [1 + index, index < 6 ? 'HEALTHY' : 'UNHEALTHY']),
      ...Array.from({ length: 10 }, (_unused, index): HostText => [21 + index, index < 1 ? 'HEALTHY' : 'UNHEALTHY', 1]),
    ];
    const FAILS = { common_lb_config: { zone_aware_lb_config: { fail_traffic_on_panic: true } } };

    // Of 600 requests each a real Envoy 1.37 sent 439, 407, 600, 522 and 600 to a host.
    it.each<[string, object, readonly HostText[], number]>([
      ['RING_HASH', {}, DEGRADED_BEHIND, 0.7],
      ['MAGLEV', {}, DEGRADED_BEHIND, 0.7],
      ['ROUND_ROBIN', {}, DEGRADED_BEHIND, 1],
      ['ROUND_ROBIN', FAILS, panicking(), 0.86],
      ['RING_HASH', FAILS, panicking(), 1],
    ])('%s with %j', async (lb_policy, more, hosts, expected) => {
      const cluster = { name: 'a', type: 'STATIC', lb_policy, ...more } as Cluster;
      const chances = await chancesOf([{ cluster, hosts }], 'a');
      expect(chances.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(expected, 6);
    });
  });

  it('RING_HASH with locality weights leaves out localities without a weight', async () => {
    const common_lb_config = { locality_weighted_lb_config: {} };
    const cluster = { name: 'a', type: 'STATIC', common_lb_config } as const;
    const hosts: HostText[] = [[1, 'HEALTHY']];
    expect(await sharesOf([{ cluster: { ...cluster, lb_policy: 'RING_HASH' }, hosts }], 'a')).toEqual({ 1: 0 });
    expect(await sharesOf([{ cluster, hosts }], 'a')).toEqual({ 1: 1 });
  });

  it.each(['ring_hash.v3.RingHash', 'maglev.v3.Maglev'])('%s has locality weights of its own', async (type) => {
    const typed_config = {
      '@type': `type.googleapis.com/envoy.extensions.load_balancing_policies.${type}`,
      locality_weighted_lb_config: {},
    };
    const load_balancing_policy = { policies: [{ typed_extension_config: { name: 'p', typed_config } }] };
    const cluster = { name: 'a', type: 'STATIC', load_balancing_policy } as Cluster;
    expect(await sharesOf([{ cluster, hosts: [[1, 'HEALTHY']] }], 'a')).toEqual({ 1: 0 });
  });

  const typed_config = {
    '@type': 'type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig',
    clusters: ['a', 'b'],
  };
  const aggregate = { name: 'all', cluster_type: { name: 'envoy.clusters.aggregate', typed_config } };

  it.each<[string, object | undefined, Readonly<Record<number, number>>]>([
    ['140 %, where it says nothing', undefined, { 1: 0.7, 2: 0, 3: 0.3 }],
    ['200 %', { overprovisioning_factor: 200 }, { 1: 1, 2: 0, 3: 0 }],
    ['100 %', { overprovisioning_factor: 100 }, { 1: 0.5, 2: 0, 3: 0.5 }],
  ])('an aggregate overprovisions each of its clusters as that one says: %s', async (_what, policy, shares) => {
    const given: readonly Given[] = [
      {
        cluster: { name: 'a', type: 'STATIC' },
        hosts: [
          [1, 'HEALTHY'],
          [2, 'UNHEALTHY'],
        ],
        ...(policy === undefined ? {} : { policy }),
      },
      // The second cluster's own factor says nothing of the first one's hosts.
      { cluster: { name: 'b', type: 'STATIC' }, hosts: [[3, 'HEALTHY']], policy: { overprovisioning_factor: 150 } },
      { cluster: aggregate, hosts: [] },
    ];
    expect(await sharesOf(given, 'all')).toEqual(shares);
  });

  it('an aggregate counts weights for health in the cluster that says so', async () => {
    const hosts: HostText[] = [
      [1, 'HEALTHY'],
      [2, 'UNHEALTHY'],
    ];
    const given: readonly Given[] = [
      { cluster: { name: 'a', type: 'STATIC' }, hosts, weights: [1, 3], policy: { weighted_priority_health: true } },
      { cluster: { name: 'b', type: 'STATIC' }, hosts: [[3, 'HEALTHY']] },
      { cluster: aggregate, hosts: [] },
    ];
    expect(await sharesOf(given, 'all')).toEqual({ 1: 0.35, 2: 0, 3: 0.65 });
  });

  it('an aggregate asks the cluster of the chosen priority, whose own subsets may hold no host', async () => {
    const subsets = { fallback_policy: 'NO_FALLBACK', subset_selectors: [{ keys: ['version'] }] } as const;
    const first: Given = { cluster: { name: 'a', type: 'STATIC' }, hosts: [[1, 'HEALTHY']] };
    const second: Given = { cluster: { name: 'b', type: 'STATIC' }, hosts: [[2, 'HEALTHY']] };
    const whole: Given = { cluster: aggregate, hosts: [] };
    expect(await sharesOf([first, second, whole], 'all')).toEqual({ 1: 1, 2: 0 });
    const narrow = { ...first, cluster: { ...first.cluster, lb_subset_config: subsets } };
    expect(await sharesOf([narrow, second, whole], 'all')).toEqual({ 1: 0, 2: 0 });
  });
});

/**
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/locality_weight
 * The shares were held against a real Envoy 1.37.
 */
import * as fc from 'fast-check';
import type { ClusterStatus } from '../../../../src/lib/envoy/endpoint';
import {
  clusterOf,
  type HostSpec,
  listenerOf,
  proxyOf,
  routing,
  sharesByPort,
  walkOf,
  type Walked,
} from '../../../helpers/hop';

const LISTENER = listenerOf([routing([{ match: { prefix: '/' }, route: { cluster: 'c' } }])]);

function balanced(
  hosts: readonly HostSpec[],
  more: object = {},
  statuses: readonly ClusterStatus[] | null = null,
): Walked {
  return walkOf(proxyOf({ listeners: [LISTENER], clusters: [clusterOf('c', hosts, more)] }, statuses), 'http://h/');
}

const H = 'HEALTHY';
const U = 'UNHEALTHY';
const D = 'DEGRADED';

/** Hosts on ports from 1 on. */
function hosts(...rows: readonly Omit<HostSpec, 'port'>[]): readonly HostSpec[] {
  return rows.map((row, index) => ({ port: index + 1, ...row }));
}

const LOCALITY = { common_lb_config: { locality_weighted_lb_config: {} } };
const threshold = (value: number): object => ({ common_lb_config: { healthy_panic_threshold: { value } } });

describe('shares of hosts', () => {
  it.each<[string, readonly HostSpec[], object, Readonly<Record<number, number>>]>([
    ['half healthy is 70 %, taken as all', hosts({ health: H }, { health: U }), {}, { 1: 1 }],
    [
      '70 % and the rest spills over',
      hosts({ health: H }, { health: U }, { health: H, priority: 1 }),
      {},
      { 1: 0.7, 3: 0.3 },
    ],
    ['one of three is panic', hosts({ health: H }, { health: U }, { health: U }), {}, { 1: 0.333, 2: 0.333, 3: 0.333 }],
    ['draining counts as unhealthy', hosts({ health: 'DRAINING' }), {}, { 1: 1 }],
    [
      'no panic where the next priority makes up for it',
      hosts({ health: H }, { health: U }, { health: U }, { health: H, priority: 1 }),
      {},
      { 1: 0.46, 4: 0.54 },
    ],
    [
      'panic in each priority by the number of hosts',
      hosts({ health: U }, { health: U, priority: 1 }, { health: U, priority: 1 }),
      {},
      { 1: 0.34, 2: 0.33, 3: 0.33 },
    ],
    ['degraded hosts take what is missing', hosts({ health: H }, { health: D }), {}, { 1: 0.7, 2: 0.3 }],
    ['degraded alone', hosts({ health: D }, { health: U }), {}, { 1: 1 }],
    ['weights of hosts', hosts({ weight: 1 }, { weight: 3 }, { weight: 6 }), {}, { 1: 0.1, 2: 0.3, 3: 0.6 }],
    ['RANDOM looks at no weights', hosts({ weight: 1 }, { weight: 9 }), { lb_policy: 'RANDOM' }, { 1: 0.5, 2: 0.5 }],
    [
      'weights of localities',
      hosts({ zone: 'a', zoneWeight: 1 }, { zone: 'b', zoneWeight: 3 }, { zone: 'b', zoneWeight: 3 }),
      LOCALITY,
      { 1: 0.25, 2: 0.375, 3: 0.375 },
    ],
    [
      'localities without a weight count for nothing',
      hosts({ zone: 'a', zoneWeight: 2 }, { zone: 'b' }),
      LOCALITY,
      { 1: 1 },
    ],
    ['no weights at all are no weighting', hosts({ zone: 'a' }, { zone: 'b' }), LOCALITY, { 1: 0.5, 2: 0.5 }],
    ['a threshold of 0 never panics', hosts({ health: U }, { health: H, priority: 1 }), threshold(0), { 2: 1 }],
    [
      'a threshold of 80',
      hosts({ health: H }, { health: H }, { health: U }),
      threshold(80),
      { 1: 0.333, 2: 0.333, 3: 0.333 },
    ],
  ])('%s', (_name, list, more, shares) => {
    expect(sharesByPort(balanced(list, more))).toEqual(shares);
  });

  it('are alike where endpoints count by the load that they report, whatever their weights are', () => {
    const type = 'envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3';
    const typed_config = { '@type': `type.googleapis.com/${type}.ClientSideWeightedRoundRobin` };
    const load_balancing_policy = { policies: [{ typed_extension_config: { name: 'reports', typed_config } }] };
    const walked = balanced(hosts({ weight: 2 }, { weight: 5 }), { load_balancing_policy });
    expect(sharesByPort(walked)).toEqual({ 1: 0.5, 2: 0.5 });
    const details = walked.hop.steps.flatMap((step) => step.details.map(([, text]) => text));
    expect(details.join()).toContain('by the load that endpoints report');
  });

  it('go by overprovisioning_factor', () => {
    const list = hosts({ health: H }, { health: U }, { health: H, priority: 1 });
    const cluster = clusterOf('c', list) as { load_assignment: object };
    const policy = { overprovisioning_factor: 100 };
    const changed = { ...cluster, load_assignment: { ...cluster.load_assignment, policy } };
    const walked = walkOf(proxyOf({ listeners: [LISTENER], clusters: [changed] }), 'http://h/');
    expect(sharesByPort(walked)).toEqual({ 1: 0.5, 3: 0.5 });
  });

  it.each<[string, readonly HostSpec[], object]>([
    ['there is no host', [], {}],
    ['none is healthy and there is no panic', hosts({ health: U }, { health: U }), threshold(0)],
    [
      'traffic fails on panic',
      hosts({ health: H }, { health: U }, { health: U }),
      { common_lb_config: { zone_aware_lb_config: { fail_traffic_on_panic: true } } },
    ],
  ])('are none where %s: UH', (_name, list, more) => {
    const walked = balanced(list, more);
    expect(walked).toMatchObject({ reason: 'no-healthy-endpoint', status: 503, responseFlags: 'UH' });
    expect(sharesByPort(walked)).toEqual({});
    expect(walked.hop.clusters).toMatchObject([{ name: 'c', share: 1, type: 'STATIC' }]);
  });

  it('go by what /clusters says of health', () => {
    const status = (port: number, health: object): object => ({
      address: { socket_address: { address: '10.0.1.1', port_value: port } },
      health_status: { eds_health_status: 'HEALTHY', ...health },
    });
    const statuses = [
      {
        name: 'c',
        host_statuses: [
          status(1, { failed_outlier_check: true }),
          status(2, {}),
          status(3, { eds_health_status: 'DRAINING' }),
        ],
      },
    ] as ClusterStatus[];
    const walked = balanced(hosts({}, {}, {}), threshold(30), statuses);
    expect(walked.hop.clusters[0]?.endpoints.map(({ port, health }) => [port, health])).toEqual([
      [1, 'UNHEALTHY'],
      [2, 'HEALTHY'],
      [3, 'DRAINING'],
    ]);
    expect(sharesByPort(walked)).toEqual({ 2: 1 });
  });

  it('sum to 1 or are all 0, whatever the hosts are', () => {
    const host = fc.record({
      health: fc.constantFrom(H, U, D, 'DRAINING', 'TIMEOUT'),
      priority: fc.nat({ max: 3 }),
      weight: fc.integer({ min: 1, max: 9 }),
      zone: fc.constantFrom('a', 'b'),
    });
    const config = fc.constantFrom({}, LOCALITY, threshold(0), threshold(100), { lb_policy: 'RANDOM' });
    fc.assert(
      fc.property(fc.array(host, { maxLength: 8 }), config, (rows, more) => {
        const walked = balanced(hosts(...rows), more);
        const shares = (walked.hop.clusters[0]?.endpoints ?? []).map(({ share }) => share);
        const sum = shares.reduce((total, share) => total + share, 0);
        expect(shares).toHaveLength(rows.length);
        expect(shares.every((share) => share >= 0)).toBe(true);
        expect(walked.forward === null ? sum : Math.abs(sum - 1) < 1e-9 ? 1 : sum).toBe(
          walked.forward === null ? 0 : 1,
        );
      }),
    );
  });
});

/** Random clusters with their endpoints: priorities, localities, health, subsets. */
import { fileName, fromFile } from '../rig/envoy';
import type { Random } from '../rig/random';
import { extension, type Message, typed } from './message';
import { UPSTREAM_PORTS } from './vocabulary';

export interface Clusters {
  readonly clusters: readonly Message[];
  readonly loadAssignments: readonly Message[];
}

const HEALTH = ['HEALTHY', 'HEALTHY', 'HEALTHY', 'UNKNOWN', 'UNHEALTHY', 'DRAINING', 'DEGRADED'];

/** Clusters of the given names, and those that every configuration has. */
export function makeClusters(random: Random, directory: string, names: readonly string[]): Clusters {
  const made: Made[] = [];
  for (const name of names) {
    const simple = made.flatMap(({ cluster }) => (isSimple(cluster) ? [String(cluster['name'])] : []));
    made.push(makeCluster(random, directory, name, simple));
  }
  const own = [
    { name: 'PassthroughCluster', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', connect_timeout: '2s' },
    { name: 'InboundPassthroughCluster', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', connect_timeout: '2s' },
    { name: 'BlackHoleCluster', type: 'STATIC', connect_timeout: '2s' },
  ];
  return {
    clusters: [...made.map(({ cluster }) => cluster), ...own],
    loadAssignments: made.flatMap(({ loadAssignment }) => (loadAssignment === null ? [] : [loadAssignment])),
  };
}

/** A cluster that always finds a host where it has one: an aggregate of others fails for a part of its requests. */
function isSimple({ type, lb_policy: policy, lb_subset_config: subsets, cluster_type: extension }: Message): boolean {
  return (
    type !== 'ORIGINAL_DST' &&
    subsets === undefined &&
    extension === undefined &&
    policy !== 'RING_HASH' &&
    policy !== 'MAGLEV'
  );
}

interface Made {
  readonly cluster: Message;
  readonly loadAssignment: Message | null;
}

function makeCluster(random: Random, directory: string, name: string, simple: readonly string[]): Made {
  const made = madeCluster(random, directory, name, simple);
  if (random.aside('named hosts').chance(0.04)) return { cluster: byHeader(name), loadAssignment: null };
  const filters = random.aside('upstream filters');
  if ('cluster_type' in made.cluster || !filters.chance(0.08)) return made;
  return { ...made, cluster: { ...made.cluster, ...upstreamFilters(filters) } };
}

/** Filters behind the choice of a host. */
function upstreamFilters(random: Random): Message {
  const http = 'envoy.extensions.filters.http';
  const type = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const header = { key: 'x-upstream', value: random.pick(['fixed', '%REQ(x-env)%', '%REQ(:PATH)%']) };
  const change = extension('upstream_change', `${http}.header_mutation.v3.HeaderMutation`, {
    mutations: { request_mutations: [{ append: { header } }, { remove: random.pick(['end-user', 'x-tenant']) }] },
  });
  const limit = extension('upstream_limit', `${http}.buffer.v3.Buffer`, { max_request_bytes: 4 });
  const options = typed(type, {
    explicit_http_config: { http_protocol_options: {} },
    http_filters: [
      ...random.sample([change, change, limit], 1),
      extension('upstream_codec', `${http}.upstream_codec.v3.UpstreamCodec`),
    ],
  });
  return { typed_extension_protocol_options: { [type]: options } };
}

/** A cluster whose host a header names, as filters and routes leave it. */
function byHeader(name: string): Message {
  const lookup = { original_dst_lb_config: { use_http_header: true } };
  return { name, connect_timeout: '2s', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', ...lookup };
}

function madeCluster(random: Random, directory: string, name: string, simple: readonly string[]): Made {
  const common = { name, connect_timeout: '2s' };
  const endpoints = (): Message => ({ cluster_name: name, ...assignment(random) });
  return random.weighted<Made>([
    [
      14,
      () => {
        const eds = { service_name: name, eds_config: fromFile(`${directory}/eds-${fileName(name)}.json`) };
        const cluster = { ...common, type: 'EDS', eds_cluster_config: eds, ...balancing(random) };
        return { cluster, loadAssignment: endpoints() };
      },
    ],
    [
      1,
      () => ({
        cluster: { ...common, type: 'STATIC', load_assignment: endpoints(), ...balancing(random) },
        loadAssignment: null,
      }),
    ],
    [
      1,
      () => ({
        cluster: {
          ...common,
          type: 'STRICT_DNS',
          load_assignment: endpoints(),
          ...random.maybe(0.5, 'lb_policy', () => 'RANDOM'),
        },
        loadAssignment: null,
      }),
    ],
    [
      simple.length > 1 ? 1 : 0,
      () => ({ cluster: { ...common, ...aggregate(random.sample(simple, 2)) }, loadAssignment: null }),
    ],
  ]);
}

function aggregate(clusters: readonly string[]): Message {
  const type = 'envoy.extensions.clusters.aggregate.v3.ClusterConfig';
  return { cluster_type: extension('envoy.clusters.aggregate', type, { clusters }), lb_policy: 'CLUSTER_PROVIDED' };
}

function balancing(random: Random): Message {
  const common = {
    ...random.maybe(0.15, 'healthy_panic_threshold', () => ({ value: random.pick([0, 20, 50, 100]) })),
    ...random.maybe(0.2, 'locality_weighted_lb_config', () => ({})),
  };
  return {
    ...random.maybe(0.5, 'lb_policy', () =>
      random.pick(['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'RING_HASH', 'MAGLEV']),
    ),
    ...(Object.keys(common).length === 0 ? {} : { common_lb_config: common }),
    ...random.maybe(0.15, 'lb_subset_config', () => subsets(random)),
    ...random.maybe(0.2, 'outlier_detection', () => ({ consecutive_5xx: 1000 })),
  };
}

function subsets(random: Random): Message {
  return {
    fallback_policy: random.pick(['NO_FALLBACK', 'ANY_ENDPOINT', 'DEFAULT_SUBSET']),
    default_subset: { version: random.pick(['v1', 'v9']) },
    ...random.aside('panic').maybe(0.3, 'panic_mode_any', () => true),
    subset_selectors: random.sample(
      [{ keys: ['version'] }, { keys: ['version', 'stage'] }, { keys: ['stage'], fallback_policy: 'ANY_ENDPOINT' }],
      random.int(1, 3),
    ),
  };
}

function assignment(random: Random): Message {
  const ports = random.sample(UPSTREAM_PORTS, random.pick([0, 1, 1, 1, 2, 2, 3, 4]));
  const priorities = random.chance(0.8) ? 1 : random.int(2, 3);
  const zones = random.chance(0.75) ? 1 : 2;
  const groups = new Map<string, number[]>();
  for (const port of ports) {
    const group = `${random.int(0, priorities - 1)}/${random.int(0, zones - 1)}`;
    groups.set(group, [...(groups.get(group) ?? []), port]);
  }
  const weighted = random.chance(0.25);
  const weighsLocalities = random.chance(0.7);
  const endpoints = [...groups].map(([group, members]) => {
    const [priority = '0', zone = '0'] = group.split('/');
    return {
      locality: { region: 'region-1', zone: `zone-${zone}` },
      priority: Number(priority),
      lb_endpoints: members.map((port) => endpoint(random, port, weighted)),
      ...(weighsLocalities ? { load_balancing_weight: random.pick([1, 2, 5]) } : {}),
    };
  });
  const drops = drop(random.aside('drops'));
  const own = random.maybe(0.15, 'policy', () => policy(random)).policy;
  const all = { ...own, ...drops };
  return { endpoints: closedUp(endpoints), ...(Object.keys(all).length === 0 ? {} : { policy: all }) };
}

/** Requests that are refused before an endpoint is chosen. */
function drop(random: Random): Message {
  return random.maybe(0.06, 'drop_overloads', () => [
    {
      category: 'throttle',
      drop_percentage: random.pick<Message>([
        { numerator: 100 },
        { numerator: 30 },
        { numerator: 600_000, denominator: 'MILLION' },
        {},
      ]),
    },
  ]);
}

function policy(random: Random): Message {
  return random.chance(0.7)
    ? { overprovisioning_factor: random.pick([100, 140, 200]) }
    : { weighted_priority_health: true };
}

/** Envoy refuses priorities with gaps between them. */
function closedUp(endpoints: readonly (Message & { readonly priority: number })[]): readonly Message[] {
  const used = [...new Set(endpoints.map(({ priority }) => priority))].sort();
  return endpoints.map((group) => ({ ...group, priority: used.indexOf(group.priority) }));
}

function endpoint(random: Random, port: number, weighted: boolean): Message {
  return {
    endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } },
    health_status: random.pick(HEALTH),
    ...(weighted ? { load_balancing_weight: random.pick([1, 2, 4]) } : {}),
    metadata: {
      filter_metadata: { 'envoy.lb': { version: random.pick(['v1', 'v2']), stage: random.pick(['prod', 'dev']) } },
    },
  };
}

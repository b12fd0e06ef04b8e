/** Random network filters: HTTP connection managers and TCP proxies, with network RBAC before them. */
import { accessLog } from '../rig/access-log';
import { fileName, fromFile } from '../rig/envoy';
import type { Random } from '../rig/random';
import { httpFilters } from './http-filters';
import { headerMatcher } from './matchers';
import { extension, type Message } from './message';
import { networkRbac } from './rbac';
import { subset } from './route';
import type { Setting } from './setting';

const NETWORK = 'envoy.extensions.filters.network';

/** Where a connection manager's routes come from. */
export type Routes =
  | { readonly kind: 'rds'; readonly name: string }
  | { readonly kind: 'inline'; readonly config: Message }
  | { readonly kind: 'scoped'; readonly configs: readonly Message[] };

export function httpChain(setting: Setting, listener: string, routes: Routes): readonly Message[] {
  const { random } = setting;
  const manager = connectionManager(setting, listener, routes);
  const state = random.aside('network state');
  return [...before(random), ...(state.chance(0.12) ? [connectionState(state)] : []), manager];
}

/** What a route, an RBAC filter or a matcher may ask of the connection. */
function connectionState(random: Random): Message {
  return extension('set_filter_state', `${NETWORK}.set_filter_state.v3.Config`, {
    on_new_connection: [
      {
        object_key: 'state.net',
        factory_key: 'envoy.string',
        format_string: { text_format_source: { inline_string: random.pick(['fixed', 'luffy', '%PROTOCOL%']) } },
        shared_with_upstream: 'ONCE',
      },
    ],
  });
}

export function tcpChain(setting: Setting, listener: string, cluster: string | null): readonly Message[] {
  const { random } = setting;
  const target = cluster === null ? tcpTarget(setting) : { cluster };
  const log = { access_log: accessLog(setting.accessLog, 'tcp', listener) };
  const proxy = { stat_prefix: cluster ?? 'tcp', ...target, ...log };
  return [...before(random), extension('envoy.filters.network.tcp_proxy', `${NETWORK}.tcp_proxy.v3.TcpProxy`, proxy)];
}

function before(random: Random): readonly Message[] {
  return random.chance(0.08) ? [networkRbac(random)] : [];
}

function tcpTarget({ random, clusters }: Setting): Message {
  return random.weighted<Message>([
    [8, () => ({ cluster: random.pick(clusters), ...random.maybe(0.1, 'metadata_match', () => subset(random)) })],
    [1, () => ({ cluster: 'missing' })],
    [
      2,
      () => {
        const [first, second] = random.sample(clusters, 2);
        return {
          weighted_clusters: {
            clusters: [
              { name: first, weight: 75 },
              { name: second, weight: 25 },
            ],
          },
        };
      },
    ],
  ]);
}

function connectionManager(setting: Setting, listener: string, routes: Routes): Message {
  const { random } = setting;
  const name = routes.kind === 'rds' ? routes.name : routes.kind === 'scoped' ? null : String(routes.config['name']);
  const fields = {
    stat_prefix: 'http',
    ...routeSource(setting, routes),
    access_log: accessLog(setting.accessLog, 'http', listener, name),
    http_filters: httpFilters(random, setting.directory),
    ...normalisation(random),
    ...random.weighted<Message>([
      [8, () => ({})],
      [1, () => ({ strip_any_host_port: true })],
      [1, () => ({ strip_matching_host_port: true })],
    ]),
    ...random.maybe(0.1, 'strip_trailing_host_dot', () => true),
    ...(random.chance(0.15) ? { use_remote_address: true } : addressDetection(random)),
    ...random.maybe(0.1, 'append_x_forwarded_port', () => true),
    ...random.maybe(0.1, 'early_header_mutation_extensions', () => earlyHeaders(random)),
    ...random.maybe(0.15, 'internal_address_config', () =>
      random.aside('private').chance(0.3) ? {} : { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
    ),
    ...random.maybe(0.15, 'http_protocol_options', () => ({
      accept_http_10: true,
      ...random.maybe(0.5, 'default_host_for_http_10', () => 'reviews:9080'),
    })),
    ...random.maybe(0.05, 'scheme_header_transformation', () => ({
      scheme_to_overwrite: random.pick(['http', 'https']),
    })),
    ...random.maybe(0.15, 'common_http_protocol_options', () => headLimits(random)),
    ...random.maybe(0.08, 'max_request_headers_kb', () => 1),
    ...random.maybe(0.08, 'upgrade_configs', () => [{ upgrade_type: 'websocket' }]),
    ...random.maybe(0.06, 'codec_type', () => random.pick(['HTTP1', 'HTTP2'])),
  };
  const more = wider(random.aside('manager'));
  // Envoy refuses both together.
  if ('original_ip_detection_extensions' in fields) delete more['xff_num_trusted_hops'];
  return extension(
    'envoy.filters.network.http_connection_manager',
    `${NETWORK}.http_connection_manager.v3.HttpConnectionManager`,
    { ...fields, ...more },
  );
}

function wider(random: Random): Record<string, unknown> {
  return {
    ...random.maybe(0.12, 'local_reply_config', () => ({ mappers: random.list(1, 2, () => replyMapper(random)) })),
    ...random.maybe(0.1, 'xff_num_trusted_hops', () => random.int(1, 2)),
    ...random.maybe(0.1, 'skip_xff_append', () => true),
    ...ownNames(random.aside('own names')),
    ...random.maybe(0.08, 'upgrade_configs', () => [{ upgrade_type: 'CONNECT' }, { upgrade_type: 'websocket' }]),
  };
}

/** What a proxy writes of itself into requests, for which routes may ask. */
function ownNames(random: Random): Message {
  return {
    ...random.maybe(0.08, 'add_user_agent', () => true),
    ...random.maybe(0.06, 'via', () => 'own-proxy'),
  };
}

/** Statuses that answers of Envoy's own are given in place of theirs: none of those that rate limits are given. */
export const MAPPED_STATUSES: readonly number[] = [418, 404, 200, 500];

/** Answers that Envoy makes itself, with another status. */
function replyMapper(random: Random): Message {
  const status = (): Message => ({
    status_code_filter: {
      comparison: {
        op: random.pick(['EQ', 'GE', 'LE', 'NE']),
        value: { default_value: random.pick([403, 404, 500, 503]), runtime_key: 'reply.status' },
      },
    },
  });
  const seldom = random.aside('seldom asked');
  const leaf = (): Message => {
    const usual = usualLeaf();
    return seldom.chance(0.25) ? seldomAsked(seldom) : usual;
  };
  const usualLeaf = (): Message =>
    random.weighted<Message>([
      [4, status],
      [2, () => ({ response_flag_filter: { flags: random.sample(['NR', 'UH', 'NC', 'FI', 'UF', 'UAEX'], 2) } })],
      [2, () => ({ header_filter: { header: headerMatcher(random) } })],
      [0.5, () => ({ not_health_check_filter: {} })],
      [
        0.7,
        () => ({
          runtime_filter: {
            runtime_key: 'reply.share',
            percent_sampled: { numerator: random.pick([0, 100]), denominator: 'HUNDRED' },
          },
        }),
      ],
      [
        0.5,
        () => ({
          grpc_status_filter: {
            statuses: random.sample(['UNAUTHENTICATED', 'UNAVAILABLE', 'UNIMPLEMENTED'], 2),
            ...random.maybe(0.3, 'exclude', () => true),
          },
        }),
      ],
    ]);
  const filter = random.weighted<Message>([
    [3, leaf],
    [1, () => ({ and_filter: { filters: [leaf(), leaf()] } })],
    [1, () => ({ or_filter: { filters: [leaf(), leaf()] } })],
  ]);
  return { filter, ...random.maybe(0.8, 'status_code', () => random.pick(MAPPED_STATUSES)) };
}

/** Filters that look at what filters wrote, at health checks, tracing and time, and at what kind of entry a log would get. */
function seldomAsked(random: Random): Message {
  const path = [{ key: random.pick(['from', 'static']) }];
  const value = { string_match: { exact: random.pick(['luffy', 'yes', 'fixed']) } };
  return random.weighted<Message>([
    [
      3,
      () => ({
        metadata_filter: {
          matcher: { filter: 'own', path, value, ...random.maybe(0.2, 'invert', () => true) },
          ...random.maybe(0.6, 'match_if_key_not_found', () => random.chance(0.3)),
        },
      }),
    ],
    [2, () => ({ not_health_check_filter: {} })],
    [1, () => ({ traceable_filter: {} })],
    [
      1,
      () => ({
        log_type_filter: {
          types: random.sample(['NotSet', 'DownstreamEnd', 'DownstreamStart'], 1),
          ...random.maybe(0.3, 'exclude', () => true),
        },
      }),
    ],
    [
      1,
      () => ({
        duration_filter: { comparison: { op: 'GE', value: { default_value: 0, runtime_key: 'reply.duration' } } },
      }),
    ],
  ]);
}

const HTTP = 'envoy.extensions.http';

function addressDetection(random: Random): Message {
  return random.maybe(0.1, 'original_ip_detection_extensions', () => [
    random.weighted<Message>([
      [
        2,
        () =>
          extension('custom', `${HTTP}.original_ip_detection.custom_header.v3.CustomHeaderConfig`, {
            header_name: 'x-forwarded-for',
            allow_extension_to_set_address_as_trusted: random.chance(0.5),
            ...random.maybe(0.6, 'reject_with_status', () => ({ code: random.pick(['Forbidden', 'Conflict', 'OK']) })),
          }),
      ],
      [
        1,
        () =>
          extension('xff', `${HTTP}.original_ip_detection.xff.v3.XffConfig`, {
            xff_trusted_cidrs: { cidrs: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
            ...random.aside('appending').maybe(0.3, 'skip_xff_append', () => false),
          }),
      ],
      [
        1,
        () =>
          extension('xff', `${HTTP}.original_ip_detection.xff.v3.XffConfig`, {
            xff_num_trusted_hops: random.int(0, 1),
            ...random.aside('appending').maybe(0.4, 'skip_xff_append', () => false),
          }),
      ],
    ]),
  ]);
}

function earlyHeaders(random: Random): readonly Message[] {
  const type = `${HTTP}.early_header_mutation.header_mutation.v3.HeaderMutation`;
  const mutations = [
    ...typeOfBody(random.aside('early content type')),
    random.weighted<Message>([
      [1, () => ({ remove: random.pick(['end-user', 'x-env', 'x-forwarded-for']) })],
      [
        2,
        () => ({
          append: {
            header: {
              key: random.pick(['end-user', 'x-env', 'x-forwarded-for']),
              value: random.pick(['luffy', 'prod', '10.0.0.1']),
            },
            append_action: random.pick(['OVERWRITE_IF_EXISTS_OR_ADD', 'ADD_IF_ABSENT', 'APPEND_IF_EXISTS_OR_ADD']),
          },
        }),
      ],
    ]),
  ];
  return [extension('early', type, { mutations })];
}

/** What came decides whether a request is gRPC, where Envoy answers itself. */
function typeOfBody(random: Random): readonly Message[] {
  const header = { key: 'content-type', value: 'application/grpc' };
  return random.chance(0.2) ? [{ append: { header, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' } }] : [];
}

function headLimits(random: Random): Message {
  return {
    ...random.maybe(0.7, 'headers_with_underscores_action', () => random.pick(['DROP_HEADER', 'REJECT_REQUEST'])),
    ...random.maybe(0.4, 'max_headers_count', () => random.int(2, 6)),
  };
}

function normalisation(random: Random): Message {
  return {
    ...random.maybe(0.75, 'normalize_path', () => true),
    ...random.maybe(0.3, 'merge_slashes', () => true),
    ...random.maybe(0.3, 'path_with_escaped_slashes_action', () =>
      random.pick([
        'KEEP_UNCHANGED',
        'REJECT_REQUEST',
        'UNESCAPE_AND_REDIRECT',
        'UNESCAPE_AND_FORWARD',
        'UNESCAPE_AND_FORWARD',
      ]),
    ),
  };
}

function routeSource({ random, directory }: Setting, routes: Routes): Message {
  const rds = (name: string): Message => fromFile(`${directory}/rds-${fileName(name)}.json`);
  switch (routes.kind) {
    case 'rds':
      return { rds: { route_config_name: routes.name, config_source: rds(routes.name) } };
    case 'inline':
      return { route_config: routes.config };
    case 'scoped': {
      const bySchemes = random.aside('schemes').chance(0.3);
      const keys = bySchemes ? ['http', 'https'] : ['blue', 'green', '2'];
      const scopes = keys.map((key, index) => ({
        name: `scope-${key}`,
        route_configuration: routes.configs[index % routes.configs.length],
        key: { fragments: [{ string_key: key }] },
      }));
      const extractor = random.chance(0.5) ? { index: 0, element_separator: ';' } : { index: 0 };
      const more = random.aside('scopes');
      const plain = { name: 'x-tenant', ...extractor };
      const by = more.pick<Message>([
        plain,
        plain,
        { name: 'x-tenant', element_separator: ';', element: { separator: '=', key: 'v' } },
      ]);
      const builder = { fragments: [{ header_value_extractor: bySchemes ? { name: ':scheme', index: 0 } : by }] };
      const list = { scoped_route_configurations: scopes };
      return { scoped_routes: { name: 'scopes', scope_key_builder: builder, scoped_route_configurations_list: list } };
    }
  }
}

/**
 * An extension, or a member of a oneof, that nobody knows, at each place where Envoy takes one: where it may decide about the request
 * the verdict is unknown and the type is named, and where it cannot the request ends as it does without.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/extension.proto
 */
import type { Resources } from '../../helpers/hop';
import { clusterOf, listenerOf, manager, proxyOf, tcpProxy, typed, walkOf } from '../../helpers/hop';

const HTTP = 'envoy.extensions.filters.http';
const INVENTED = 'test.invented.v3.Extension';
const EXT = typed('invented', INVENTED, { field: 'x' });
const ROUTER = typed('router', `${HTTP}.router.v3.Router`);
const ANY = { permissions: [{ any: true }], principals: [{ any: true }] };

interface Parts {
  readonly listener?: object;
  readonly chain?: object;
  readonly network?: readonly object[];
  readonly manager?: object;
  readonly filters?: readonly object[];
  readonly configuration?: object;
  readonly host?: object;
  readonly route?: object;
  readonly match?: object;
  readonly action?: object;
  readonly cluster?: object;
  readonly bootstrap?: object;
  readonly scopes?: Resources['scopes'];
  readonly hosts?: number;
}

function walked(parts: Parts): ReturnType<typeof walkOf> {
  const match = { prefix: '/', ...parts.match };
  const route = { name: 'r', match, route: { cluster: 'c', ...parts.action }, ...parts.route };
  const virtual_hosts = [{ name: 'v', domains: ['*'], routes: [route], ...parts.host }];
  const route_config = { name: 'rc', virtual_hosts, ...parts.configuration };
  const http = manager({ route_config, http_filters: [...(parts.filters ?? []), ROUTER], ...parts.manager });
  const hosts = Array.from({ length: parts.hosts ?? 1 }, (_unused, index) => ({ port: index + 1 }));
  const proxy = proxyOf({
    listeners: [listenerOf([...(parts.network ?? []), http], parts.listener, parts.chain)],
    clusters: [clusterOf('c', hosts, parts.cluster)],
    ...(parts.bootstrap === undefined ? {} : { bootstrap: parts.bootstrap }),
    ...(parts.scopes === undefined ? {} : { scopes: parts.scopes }),
  });
  return walkOf(proxy, 'http://h/', { sourceIp: '10.0.0.1' });
}

const rbac = (policy: object, more: object = {}): Parts => ({
  filters: [typed('rbac', `${HTTP}.rbac.v3.RBAC`, { rules: { policies: { p: { ...ANY, ...policy } } }, ...more })],
});
const treeOf = (predicate: object, action: object): object => ({
  matcher_list: { matchers: [{ predicate: { single_predicate: predicate }, on_match: { action } }] },
});
const METHOD = typed('m', 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: ':method' });
const GET = { input: METHOD, value_match: { exact: 'GET' } };
const OWN_INPUT = { input: EXT, value_match: { exact: 'GET' } };
const OWN_MATCH = { input: METHOD, custom_match: EXT };
const ROUTE_ACTION = typed('route', 'envoy.config.route.v3.Route', {
  name: 'r',
  match: { prefix: '/' },
  route: { cluster: 'c' },
});
const ALLOWS = typed('a', 'envoy.config.rbac.v3.Action', { name: 'a', action: 'ALLOW' });
const http2 = (more: object): object => ({
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http_protocol_options: {} },
      ...more,
    },
  },
});
const behind = (name: string, matcher: object): Parts => ({
  filters: [
    typed(name, 'envoy.extensions.common.matching.v3.ExtensionWithMatcher', {
      extension_config: typed('cors', `${HTTP}.cors.v3.Cors`),
      xds_matcher: matcher,
    }),
  ],
});

/** Places where it may decide. */
const DECIDES: Readonly<Record<string, Parts>> = {
  'Listener.listener_filters': { listener: { listener_filters: [EXT] } },
  'Listener.filter_chain_matcher, input': {
    listener: {
      filter_chain_matcher: treeOf(OWN_INPUT, typed('n', 'google.protobuf.StringValue', { value: 'chain' })),
    },
  },
  'FilterChain.filters': { network: [EXT] },
  'FilterChain.transport_socket': { chain: { transport_socket: EXT } },
  'HttpConnectionManager.http_filters': { filters: [EXT] },
  'HttpConnectionManager.early_header_mutation_extensions': { manager: { early_header_mutation_extensions: [EXT] } },
  'HttpConnectionManager.original_ip_detection_extensions': { manager: { original_ip_detection_extensions: [EXT] } },
  'ExtensionWithMatcher.xds_matcher, input': behind(
    'm',
    treeOf(OWN_INPUT, typed('s', `envoy.extensions.filters.common.matcher.action.v3.SkipFilter`)),
  ),
  'ExtensionWithMatcher.xds_matcher, matcher': behind(
    'm',
    treeOf(OWN_MATCH, typed('s', `envoy.extensions.filters.common.matcher.action.v3.SkipFilter`)),
  ),
  'ExtensionWithMatcher.xds_matcher, action': behind('m', treeOf(GET, EXT)),
  'ExtensionWithMatcher.extension_config': {
    filters: [typed('m', 'envoy.extensions.common.matching.v3.ExtensionWithMatcher', { extension_config: EXT })],
  },
  'VirtualHost.matcher, input': { host: { routes: undefined, matcher: treeOf(OWN_INPUT, ROUTE_ACTION) } },
  'VirtualHost.matcher, matcher': { host: { routes: undefined, matcher: treeOf(OWN_MATCH, ROUTE_ACTION) } },
  'VirtualHost.matcher, action': { host: { routes: undefined, matcher: treeOf(GET, EXT) } },
  'RouteMatch.path_specifier': { match: { prefix: undefined, invented: {} } },
  'RouteMatch.path_match_policy': { match: { prefix: undefined, path_match_policy: EXT } },
  'HeaderMatcher.header_match_specifier': { match: { headers: [{ name: 'x', invented_match: 'a' }] } },
  'HeaderMatcher.string_match': { match: { headers: [{ name: ':method', string_match: { invented: 'a' } }] } },
  'StringMatcher.custom': { match: { headers: [{ name: ':method', string_match: { custom: EXT } }] } },
  QueryParameterMatcher: { match: { query_parameters: [{ name: 'x', invented_match: {} }] } },
  'Route.action': { route: { route: undefined, invented: {} } },
  'Route.typed_per_filter_config, of a known filter': {
    ...rbac({}),
    route: { typed_per_filter_config: { rbac: EXT.typed_config } },
  },
  'RouteAction.cluster_specifier': { action: { cluster: undefined, invented: 'c' } },
  'RouteAction.inline_cluster_specifier_plugin': {
    action: { cluster: undefined, inline_cluster_specifier_plugin: { extension: EXT } },
  },
  'RouteConfiguration.cluster_specifier_plugins': {
    configuration: { cluster_specifier_plugins: [{ extension: EXT }] },
    action: { cluster: undefined, cluster_specifier_plugin: 'invented' },
  },
  'Permission.rule': rbac({ permissions: [{ invented: true }] }),
  'Permission.matcher': rbac({ permissions: [{ matcher: EXT }] }),
  'Permission.uri_template': rbac({ permissions: [{ uri_template: EXT }] }),
  'Principal.identifier': rbac({ principals: [{ invented: {} }] }),
  'Principal.custom': rbac({ principals: [{ custom: EXT }] }),
  'RBAC.matcher, input': { filters: [typed('rbac', `${HTTP}.rbac.v3.RBAC`, { matcher: treeOf(OWN_INPUT, ALLOWS) })] },
  'RBAC.matcher, action': { filters: [typed('rbac', `${HTTP}.rbac.v3.RBAC`, { matcher: treeOf(GET, EXT) })] },
  'Cluster.cluster_type': { cluster: { type: undefined, cluster_type: EXT, load_assignment: undefined } },
  'Cluster.transport_socket': { cluster: { transport_socket: EXT } },
  'Cluster.transport_socket_matches': {
    cluster: { transport_socket_matches: [{ name: 'm', match: {}, transport_socket: EXT }] },
  },
  'Cluster.filters': { cluster: { filters: [EXT] } },
  'Cluster.upstream_config': { cluster: { upstream_config: EXT } },
  'HttpProtocolOptions.http_filters': { cluster: http2({ http_filters: [EXT, ROUTER] }) },
  'RouteAction.path_rewrite_policy': { action: { path_rewrite_policy: EXT } },
  'TcpProxy.cluster_specifier': { network: [tcpProxy({ invented: 'c' })] },
};

/** Places where it cannot. */
const KEEPS: Readonly<Record<string, Parts>> = {
  'Listener.access_log': { listener: { access_log: [EXT] } },
  'Listener.connection_balance_config': { listener: { connection_balance_config: { extend_balance: EXT } } },
  'HttpConnectionManager.access_log': { manager: { access_log: [EXT] } },
  'AccessLog.filter': { manager: { access_log: [{ ...EXT, filter: { extension_filter: EXT } }] } },
  'HttpConnectionManager.tracing.provider': { manager: { tracing: { provider: EXT } } },
  'HttpConnectionManager.request_id_extension': {
    manager: { request_id_extension: { typed_config: EXT.typed_config } },
  },
  'Http1ProtocolOptions.header_key_format': {
    manager: { http_protocol_options: { header_key_format: { stateful_formatter: EXT } } },
  },
  'HttpConnectionManager.local_reply_config, of an answer that is handed on': {
    manager: { local_reply_config: { mappers: [{ filter: { extension_filter: EXT }, status_code: 418 }] } },
  },
  'RBAC.audit_logging_options': {
    filters: [
      typed('rbac', `${HTTP}.rbac.v3.RBAC`, {
        rules: { policies: { p: ANY }, audit_logging_options: { logger_configs: [{ audit_logger: EXT }] } },
      }),
    ],
  },
  'HttpFilter.disabled': { filters: [{ ...EXT, disabled: true }] },
  'Route.typed_per_filter_config, of a filter that is not there': {
    route: { typed_per_filter_config: { other: EXT.typed_config } },
  },
  'RetryPolicy.retry_host_predicate': { action: { retry_policy: { retry_on: '5xx', retry_host_predicate: [EXT] } } },
  'RetryPolicy.retry_priority': { action: { retry_policy: { retry_on: '5xx', retry_priority: EXT } } },
  'RetryPolicy.retry_options_predicates': {
    action: { retry_policy: { retry_on: '5xx', retry_options_predicates: [EXT] } },
  },
  'RouteAction.retry_policy_typed_config': { action: { retry_policy_typed_config: EXT.typed_config } },
  'RouteAction.early_data_policy': { action: { early_data_policy: EXT } },
  'RouteAction.hash_policy, where no hash decides': { action: { hash_policy: [{ invented: {} }] } },
  'Cluster.health_checks': {
    cluster: { health_checks: [{ custom_health_check: EXT, timeout: '1s', interval: '1s' }] },
  },
  'Cluster.outlier_detection.monitors': { cluster: { outlier_detection: { monitors: [EXT] } } },
  'Cluster.typed_dns_resolver_config': { cluster: { typed_dns_resolver_config: EXT } },
  'Cluster.typed_extension_protocol_options': {
    cluster: { typed_extension_protocol_options: { x: EXT.typed_config } },
  },
  'HttpProtocolOptions.header_key_format': {
    cluster: http2({
      explicit_http_config: { http_protocol_options: { header_key_format: { stateful_formatter: EXT } } },
    }),
  },
  'Cluster.load_balancing_policy, of one host': {
    cluster: { load_balancing_policy: { policies: [{ typed_extension_config: EXT }] } },
  },
  'Bootstrap.overload_manager': { bootstrap: { overload_manager: { resource_monitors: [EXT] } } },
  'Bootstrap.stats_sinks': { bootstrap: { stats_sinks: [EXT] } },
  'Bootstrap.bootstrap_extensions': { bootstrap: { bootstrap_extensions: [EXT] } },
};

it.each(Object.entries(DECIDES))('%s may decide', (place, parts) => {
  const { verdict, hop } = walked(parts);
  expect(verdict).toBe('unknown');
  if (!/specifier$|_match$|QueryParameterMatcher|Route.action|Permission.rule|Principal/.test(place)) {
    expect(JSON.stringify(hop.steps)).toMatch(/invented/);
  }
});

it.each(Object.entries(KEEPS))('%s does not', (_place, parts) => {
  expect(walked(parts)).toMatchObject({ verdict: 'delivered', reason: null });
});

test('a share of endpoints that such a policy makes is not told as known', () => {
  const { hop } = walked({
    hosts: 2,
    cluster: { load_balancing_policy: { policies: [{ typed_extension_config: EXT }] } },
  });
  expect(JSON.stringify(hop.steps)).toMatch(/invented/);
});

/** Random listeners: HTTP and TCP, plain and TLS, with RBAC and the filters around it. */
import type { HttpConnectionManager, HttpFilter } from '../../../src/lib/envoy/listener';
import type { Rbac, RbacFilter } from '../../../src/lib/envoy/rbac';
import type { Route } from '../../../src/lib/envoy/route';
import type { TypedExtension } from '../../../src/lib/envoy/any';
import { header, type Place, rules, text } from './generate';
import type { Identities } from './identity';
import type { Random } from '../rig/random';
import { HEADERS, ISSUER, METADATA, METHODS, STATE_KEY } from './vocabulary';

const T = 'type.googleapis.com/';
const HTTP = 'envoy.extensions.filters.http';
const NETWORK = 'envoy.extensions.filters.network';

export interface HttpListener {
  readonly kind: 'http';
  readonly port: number;
  readonly isTls: boolean;
  readonly manager: HttpConnectionManager & { readonly route_config: { readonly name: string } };
  readonly routes: readonly Route[];
}

export interface TcpListener {
  readonly kind: 'tcp';
  readonly port: number;
  readonly isTls: boolean;
  readonly filters: readonly TypedExtension[];
}

export type RandomListener = HttpListener | TcpListener;

export interface Files {
  readonly httpLog: string;
  readonly tcpLog: string;
  readonly upstream: number;
}

export function randomListeners(
  random: Random,
  ports: readonly number[],
  identities: Identities,
): readonly RandomListener[] {
  return ports.map((port, index): RandomListener => {
    const isTls = index % 2 === 1;
    const place = { isTls, ports: [port, port, ...ports] };
    return index % 3 === 2
      ? { kind: 'tcp', port, isTls, filters: networkFilters(random, { ...place, isHttp: false }) }
      : httpListener(random, port, { ...place, isHttp: true }, identities);
  });
}

function extension(name: string, type: string, config: object = {}): TypedExtension {
  return { name, typed_config: { '@type': `${T}${type}`, ...config } };
}

function rbacFilter(random: Random, place: Place): RbacFilter {
  const shadow = random.chance(0.3) ? { shadow_rules: rules(random, place), shadow_rules_stat_prefix: 'dry_' } : {};
  if (random.chance(0.08)) return shadow;
  if (place.isHttp && random.chance(0.15)) return { matcher: matcher(random) as NonNullable<RbacFilter['matcher']> };
  return { rules: rules(random, place), ...shadow };
}

/** A matcher tree by a header, then by the method. */
function matcher(random: Random): object {
  const input = (name: string): object =>
    extension('h', 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: name });
  const act = (): object => {
    const config = { name: random.pick(['m 1', 'm2']), action: random.pick(['ALLOW', 'DENY', 'LOG']) };
    return { action: extension('action', 'envoy.config.rbac.v3.Action', config) };
  };
  const name = random.pick(Object.keys(HEADERS));
  const single = (): object => {
    const { safe_regex: regex, ...other } = text(
      random,
      HEADERS[name]!.filter((one) => one !== ''),
    );
    const value_match = regex === undefined ? other : { safe_regex: { ...regex, google_re2: {} } };
    return { single_predicate: { input: input(name), value_match } };
  };
  const predicate = random.pick<() => object>([
    single,
    () => ({ not_matcher: single() }),
    () => ({ or_matcher: { predicate: [single(), single()] } }),
    () => ({ and_matcher: { predicate: [single(), single()] } }),
  ])();
  const tree = {
    matcher_tree: { input: input(':method'), exact_match_map: { map: { GET: act(), [random.pick(METHODS)]: act() } } },
  };
  const list = {
    matcher_list: { matchers: [{ predicate, on_match: random.chance(0.3) ? { matcher: tree } : act() }] },
  };
  return { ...random.pick([tree, list]), ...(random.chance(0.5) ? { on_no_match: act() } : {}) };
}

function networkFilters(random: Random, place: Place): readonly TypedExtension[] {
  const state = stateFilter(`${NETWORK}.set_filter_state.v3.Config`, 'on_new_connection', 'state');
  const rbac = random.list(1, 2, () =>
    extension('envoy.filters.network.rbac', `${NETWORK}.rbac.v3.RBAC`, {
      stat_prefix: 'tcp.',
      ...rbacFilter(random, place),
    }),
  );
  return [state, ...rbac, extension('envoy.filters.network.echo', `${NETWORK}.echo.v3.Echo`)];
}

function stateFilter(type: string, when: string, format: string): TypedExtension {
  const format_string = { text_format_source: { inline_string: format } };
  return extension('state', type, { [when]: [{ object_key: STATE_KEY, factory_key: 'envoy.string', format_string }] });
}

function httpListener(random: Random, port: number, place: Place, identities: Identities): HttpListener {
  const routes = Array.from({ length: 4 }, (_unused, index) => route(random, index, place));
  const filters: HttpFilter[] = [
    extension('meta', `${HTTP}.set_metadata.v3.Config`, {
      metadata: [{ metadata_namespace: 'test.meta', value: METADATA }],
    }),
    stateFilter(
      `${HTTP}.set_filter_state.v3.Config`,
      'on_request_headers',
      random.pick(place.isTls ? ['%DOWNSTREAM_PEER_URI_SAN%', '%REQ(end-user)%'] : ['state', '%REQ(end-user)%']),
    ),
  ];
  if (random.chance(0.6)) filters.push(jwt(random, identities));
  if (random.chance(0.3)) filters.push(mutation(random));
  if (random.chance(0.3)) filters.push(extension('envoy.filters.http.cors', `${HTTP}.cors.v3.Cors`));
  if (random.chance(0.4))
    filters.push(extension('envoy.filters.http.fault', `${HTTP}.fault.v3.HTTPFault`, fault(random)));
  for (const name of random.pick([['rbac'], ['rbac', 'rbac2'], ['rbac2', 'rbac']])) {
    const disabled = random.chance(0.12) ? { disabled: true } : {};
    filters.push({ ...extension(name, `${HTTP}.rbac.v3.RBAC`, rbacFilter(random, place)), ...disabled });
  }
  filters.push(extension('envoy.filters.http.router', `${HTTP}.router.v3.Router`));
  const settings = random.pick<HttpConnectionManager>([
    {},
    { use_remote_address: true },
    { use_remote_address: true, xff_num_trusted_hops: 1 },
    { use_remote_address: true, xff_num_trusted_hops: 1, skip_xff_append: true },
    { xff_num_trusted_hops: 1 },
  ]);
  const manager = { stat_prefix: 'h', http_filters: filters, ...settings, route_config: { name: `r${port}` } };
  return { kind: 'http', port, isTls: place.isTls, manager, routes };
}

/** Routes by their number in the path's first segment, each with settings of its own. */
function route(random: Random, index: number, place: Place): Route {
  const own = random.chance(0.35) ? { rbac: perRoute(random, { rbac: { rules: ownRules(random, place) } }) } : {};
  const other = random.chance(0.15) ? { rbac2: perRoute(random, {}) } : {};
  const cors = {
    'envoy.filters.http.cors': {
      '@type': `${T}${HTTP}.cors.v3.CorsPolicy`,
      allow_origin_string_match: [random.pick([{ exact: 'https://a.example' }, { suffix: '.example' }])],
      ...(random.chance(0.3) ? { forward_not_matching_preflights: false } : {}),
    },
  };
  const settings = { ...own, ...other, ...(random.chance(0.4) ? cors : {}) };
  const metadata = random.chance(0.5) ? { filter_metadata: { 'test.meta': METADATA } } : {};
  const match = { headers: [{ name: 'x-route', string_match: { exact: String(index) } }], prefix: '' };
  const action = random.chance(0.25)
    ? { weighted_clusters: { clusters: [{ name: 'upstream', weight: 1, typed_per_filter_config: settings }] } }
    : { cluster: 'upstream' };
  const isWeighted = 'weighted_clusters' in action;
  return {
    name: `route ${index}`,
    match,
    route: action,
    metadata,
    ...(isWeighted ? {} : { typed_per_filter_config: settings }),
  } as Route;
}

function ownRules(random: Random, place: Place): Rbac {
  return rules(random, place);
}

function perRoute(random: Random, rbac: object): object {
  const config = { '@type': `${T}${HTTP}.rbac.v3.RBACPerRoute`, ...rbac };
  if (random.chance(0.2)) return { '@type': `${T}envoy.config.route.v3.FilterConfig`, disabled: true };
  return random.chance(0.3) ? { '@type': `${T}envoy.config.route.v3.FilterConfig`, config } : config;
}

function jwt(random: Random, identities: Identities): TypedExtension {
  const requires = random.pick<object>([
    { requires_any: { requirements: [{ provider_name: 'p' }, { allow_missing: {} }] } },
    { requires_any: { requirements: [{ provider_name: 'p' }, { allow_missing: {} }] } },
    { provider_name: 'p' },
    { requires_any: { requirements: [{ provider_name: 'p' }, { allow_missing_or_failed: {} }] } },
  ]);
  const lists = random.chance(0.5) ? { normalize_payload_in_metadata: { space_delimited_claims: ['scope'] } } : {};
  const provider = {
    issuer: ISSUER,
    local_jwks: { inline_string: identities.jwks },
    payload_in_metadata: 'payload',
    ...lists,
  };
  const match = random.pick<object>([{ prefix: '/' }, { prefix: '/api' }, { prefix: '/', headers: [header(random)] }]);
  return extension('envoy.filters.http.jwt_authn', `${HTTP}.jwt_authn.v3.JwtAuthentication`, {
    providers: { p: provider },
    rules: [{ match, requires }],
    ...(random.chance(0.5) ? { bypass_cors_preflight: true } : {}),
  });
}

function mutation(random: Random): TypedExtension {
  const key = random.pick(Object.keys(HEADERS));
  const append = {
    header: { key, value: random.pick(HEADERS[key]!.filter((one) => one !== '')) },
    append_action: random.pick([
      'APPEND_IF_EXISTS_OR_ADD',
      'ADD_IF_ABSENT',
      'OVERWRITE_IF_EXISTS_OR_ADD',
      'OVERWRITE_IF_EXISTS',
    ]),
  };
  const one = random.chance(0.3) ? { remove: key } : { append };
  return extension('mutation', `${HTTP}.header_mutation.v3.HeaderMutation`, {
    mutations: { request_mutations: [one] },
  });
}

function fault(random: Random): object {
  const percentage = { numerator: random.pick([0, 100, 100]), denominator: 'HUNDRED' };
  const how = random.chance(0.5)
    ? { header_abort: {} }
    : random.pick<object>([{ http_status: random.pick([429, 503]) }, { grpc_status: 14 }]);
  const headers = random.chance(0.7) ? { headers: [header(random)] } : {};
  const cluster = random.chance(0.2) ? { upstream_cluster: random.pick(['upstream', 'other']) } : {};
  return { abort: { ...how, percentage }, ...headers, ...cluster };
}

export function bootstrap(listeners: readonly RandomListener[], files: Files, identities: Identities): object {
  const endpoint = { address: { socket_address: { address: '127.0.0.1', port_value: files.upstream } } };
  const cluster = {
    name: 'upstream',
    type: 'STATIC',
    load_assignment: { cluster_name: 'upstream', endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  };
  return {
    static_resources: { listeners: listeners.map((one) => listenerOf(one, files, identities)), clusters: [cluster] },
  };
}

function log(path: string, fields: object): TypedExtension {
  return extension('envoy.access_loggers.file', 'envoy.extensions.access_loggers.file.v3.FileAccessLog', {
    path,
    log_format: { json_format: fields },
  });
}

function listenerOf(listener: RandomListener, files: Files, identities: Identities): object {
  const address = { socket_address: { address: '0.0.0.0', port_value: listener.port } };
  const inspector = extension(
    'envoy.filters.listener.tls_inspector',
    'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
  );
  const socket = listener.isTls ? { transport_socket: tlsSocket(identities) } : {};
  const chain = { filters: listener.kind === 'tcp' ? listener.filters : [managerOf(listener, files)], ...socket };
  const tcpLog = log(files.tcpLog, {
    connection: '%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_LOCAL_PORT%',
    closed: '%CONNECTION_TERMINATION_DETAILS%',
    flags: '%RESPONSE_FLAGS%',
  });
  return {
    name: `l${listener.port}`,
    address,
    filter_chains: [chain],
    ...(listener.isTls ? { listener_filters: [inspector] } : {}),
    ...(listener.kind === 'tcp' ? { access_log: [tcpLog] } : {}),
  };
}

function managerOf({ manager, routes }: HttpListener, files: Files): TypedExtension {
  const virtual_hosts = [{ name: 'all', domains: ['*'], routes }];
  const access_log = [
    log(files.httpLog, {
      id: '%REQ(x-case)%',
      status: '%RESPONSE_CODE%',
      details: '%RESPONSE_CODE_DETAILS%',
      flags: '%RESPONSE_FLAGS%',
      subject: '%DOWNSTREAM_PEER_SUBJECT%',
    }),
  ];
  const config = { ...manager, route_config: { ...manager.route_config, virtual_hosts }, access_log };
  return extension('hcm', `${NETWORK}.http_connection_manager.v3.HttpConnectionManager`, config);
}

function tlsSocket(identities: Identities): TypedExtension {
  const certificate = {
    certificate_chain: { filename: identities.server.certificate },
    private_key: { filename: identities.server.key },
  };
  return extension('tls', 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
    common_tls_context: {
      tls_certificates: [certificate],
      validation_context: { trusted_ca: { filename: identities.root } },
    },
  });
}

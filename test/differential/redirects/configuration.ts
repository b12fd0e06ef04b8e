/** Random routes that follow redirects, and an upstream that redirects: an Envoy that calls itself. */
import { headerChanges } from '../generate/header-changes';
import { extension, type Message } from '../generate/message';
import { accessLog } from '../rig/access-log';
import type { Random } from '../rig/random';

/** Ports of 127.0.0.1, and files. */
export interface Setting {
  readonly plain: number;
  readonly tls: number;
  readonly back: number;
  readonly application: number;
  readonly log: string;
  readonly certificate: { readonly chain: string; readonly key: string };
}

export const PATHS = ['/p0', '/p1', '/p2', '/p3', '/p4//x', '/p5?q=1', '/none'];
export const HOSTS = ['a.test', 'b.test:81', 'c.test'];
const NAMES = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', ''];
const PREDICATE = 'envoy.extensions.internal_redirect';

/**
 * What the entry's listeners and the redirecting one are given.
 * @param seesOther whether redirects may be 303: Envoy 1.37 ends with SIGSEGV where it makes a GET of another method for one
 */
export function bootstrap(random: Random, setting: Setting, seesOther: boolean): Message {
  const { plain, tls, back, application } = setting;
  const entry = manager(random, setting, entryRoutes(random));
  const inside = {
    codec_type: 'AUTO',
    stat_prefix: 'back',
    http_filters: [ROUTER],
    route_config: backRoutes(random, seesOther),
  };
  return {
    node: { id: 'gateway', cluster: 'gateway' },
    static_resources: {
      listeners: [
        listener('plain', plain, entry, null),
        listener('tls', tls, entry, setting.certificate),
        listener('back', back, inside, null),
      ],
      clusters: [cluster('back', back), cluster('app', application)],
    },
  };
}

const ROUTER = extension('router', 'envoy.extensions.filters.http.router.v3.Router');

function manager(random: Random, { log }: Setting, routes: Message): Message {
  return {
    stat_prefix: 'entry',
    http_filters: [
      ...(random.chance(0.2) ? [changesHeaders(random)] : []),
      ...(random.chance(0.2) ? [refuses()] : []),
      ROUTER,
    ],
    access_log: accessLog(log, 'http', 'entry', 'entry'),
    ...random.maybe(0.4, 'use_remote_address', () => true),
    ...random.maybe(0.5, 'normalize_path', () => true),
    ...random.maybe(0.3, 'merge_slashes', () => true),
    ...random.maybe(0.3, 'strip_any_host_port', () => true),
    ...random.maybe(0.3, 'scheme_header_transformation', () => ({ scheme_to_overwrite: 'https' })),
    ...random.maybe(0.2, 'local_reply_config', () => ({
      mappers: [{ filter: { response_flag_filter: { flags: ['NR'] } }, status_code: 410 }],
    })),
    route_config: routes,
  };
}

function changesHeaders(random: Random): Message {
  return extension('mutation', 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation', {
    mutations: {
      request_mutations: [
        { append: { header: { key: 'x-many', value: 'again' }, append_action: 'APPEND_IF_EXISTS_OR_ADD' } },
        ...(random.chance(0.5) ? [{ remove: 'x-added' }] : []),
      ],
    },
  });
}

/** Who has been redirected once is let through no second time. */
function refuses(): Message {
  return extension('rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', {
    rules: {
      action: 'DENY',
      policies: {
        twice: {
          permissions: [{ url_path: { path: { prefix: '/p3' } } }],
          principals: [{ header: { name: 'x-envoy-original-url', present_match: true } }],
        },
      },
    },
  });
}

function entryRoutes(random: Random): Message {
  const hosts = random.sample([...HOSTS.map((one) => one.split(':')[0]!), '*'], random.int(2, 4));
  return {
    name: 'entry',
    virtual_hosts: hosts.map((domain, index) => ({
      name: `host-${index}`,
      domains: domain === '*' ? ['*'] : [domain, `${domain}:*`],
      routes: random.list(2, 6, () => entryRoute(random)),
      ...random.maybe(0.1, 'require_tls', () => random.pick(['ALL', 'EXTERNAL_ONLY'])),
      ...headerChanges(random, 0.15),
    })),
  };
}

function entryRoute(random: Random): Message {
  const match = {
    prefix: random.pick(['/p0', '/p1', '/p2', '/p', '/p3', '/']),
    ...random.maybe(0.35, 'headers', () => [condition(random)]),
  };
  return {
    name: random.pick(NAMES),
    match,
    ...random.weighted<Message>([
      [6, () => ({ route: { cluster: 'back', ...followed(random), ...rewrite(random) } })],
      [2, () => ({ route: { cluster: 'app', ...followed(random) } })],
      [1, () => ({ direct_response: { status: random.pick([200, 302, 404]) } })],
      [0.5, () => ({ redirect: { path_redirect: '/elsewhere' } })],
    ]),
    ...headerChanges(random, 0.2),
  };
}

/** Of what the walk before has left in the request. */
function condition(random: Random): Message {
  const name = random.pick([
    ':method',
    ':scheme',
    'x-added',
    'x-many',
    'x-envoy-original-url',
    'x-envoy-original-path',
    'x-envoy-expected-rq-timeout-ms',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-envoy-internal',
    'x-envoy-upstream-rq-timeout-ms',
    'content-length',
  ]);
  const wants = random.pick<Message>([
    { present_match: true },
    { present_match: false },
    { string_match: { exact: 'GET' } },
    { string_match: { prefix: 'http' } },
    { string_match: { contains: 'p1' } },
    { string_match: { suffix: 'again' } },
  ]);
  return { name, ...wants };
}

function followed(random: Random): Message {
  return random.maybe(0.85, 'internal_redirect_policy', () => ({
    ...random.maybe(0.7, 'max_internal_redirects', () => random.int(0, 4)),
    ...random.maybe(0.6, 'redirect_response_codes', () => random.sample([301, 302, 303, 307, 308], random.int(1, 5))),
    ...random.maybe(0.5, 'allow_cross_scheme_redirect', () => true),
    ...random.maybe(0.4, 'predicates', () => random.list(1, 2, () => predicate(random))),
    ...random.maybe(0.1, 'response_headers_to_copy', () => ['x-copied']),
  }));
}

function predicate(random: Random): Message {
  return random.weighted<Message>([
    [2, () => extension('previous', `${PREDICATE}.previous_routes.v3.PreviousRoutesConfig`)],
    [
      2,
      () =>
        extension('listed', `${PREDICATE}.allow_listed_routes.v3.AllowListedRoutesConfig`, {
          allowed_route_names: random.sample(NAMES, 4),
        }),
    ],
    [1, () => extension('scheme', `${PREDICATE}.safe_cross_scheme.v3.SafeCrossSchemeConfig`)],
  ]);
}

function rewrite(random: Random): Message {
  return {
    ...random.maybe(0.15, 'prefix_rewrite', () => random.pick(['/p2', '/new'])),
    ...random.maybe(0.1, 'host_rewrite_literal', () => 'b.test'),
    ...random.maybe(0.1, 'timeout', () => '3s'),
  };
}

/** By path, whatever the host: most send the caller elsewhere. */
function backRoutes(random: Random, seesOther: boolean): Message {
  const routes = ['/p0', '/p1', '/p2', '/p3', '/p4', '/new', '/p'].map((prefix) => ({
    match: { prefix },
    ...random.weighted<Message>([
      [7, () => ({ redirect: redirect(random, seesOther) })],
      [1, () => ({ direct_response: { status: random.pick([200, 302, 503]) } })],
      [1, () => ({ route: { cluster: 'app' } })],
    ]),
  }));
  return { name: 'back', virtual_hosts: [{ name: 'back', domains: ['*'], routes }] };
}

function redirect(random: Random, seesOther: boolean): Message {
  return {
    ...random.maybe(0.85, 'path_redirect', () => random.pick(PATHS)),
    ...random.maybe(0.4, 'host_redirect', () => random.pick(HOSTS)),
    ...random.weighted<Message>([
      [5, () => ({})],
      [2, () => ({ https_redirect: true })],
      [1, () => ({ scheme_redirect: random.pick(['http', 'https', 'HTTP', 'ftp']) })],
    ]),
    ...random.maybe(0.15, 'strip_query', () => true),
    ...random.maybe(0.8, 'response_code', () =>
      random.pick([
        ...(seesOther ? ['SEE_OTHER', 'SEE_OTHER'] : ['FOUND', 'FOUND']),
        'FOUND',
        'MOVED_PERMANENTLY',
        'TEMPORARY_REDIRECT',
        'PERMANENT_REDIRECT',
      ]),
    ),
  };
}

function listener(name: string, port: number, config: Message, tls: Setting['certificate'] | null): Message {
  const hcm = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
  const filters = [extension('envoy.filters.network.http_connection_manager', hcm, config)];
  const chain = { filters, ...(tls === null ? {} : { transport_socket: downstreamTls(tls) }) };
  return { name, address: addressOf(port), filter_chains: [chain] };
}

function downstreamTls({ chain, key }: Setting['certificate']): Message {
  const certificate = { certificate_chain: { filename: chain }, private_key: { filename: key } };
  return extension('tls', 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
    common_tls_context: { tls_certificates: [certificate] },
  });
}

function cluster(name: string, port: number): Message {
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: addressOf(port) } }] }];
  return { name, type: 'STATIC', connect_timeout: '2s', load_assignment: { cluster_name: name, endpoints } };
}

function addressOf(port_value: number): Message {
  return { socket_address: { address: '127.0.0.1', port_value } };
}

/** As `drawn-fields` looks at it. */
export function resourcesOf(made: Message): {
  readonly listeners: readonly unknown[];
  readonly clusters: readonly unknown[];
} {
  return made['static_resources'] as { readonly listeners: readonly unknown[]; readonly clusters: readonly unknown[] };
}

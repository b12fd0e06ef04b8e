/** Random routes: what they match and what they do. */
import type { Random } from '../rig/random';
import { headerChanges } from './header-changes';
import { routeFilters } from './http-filters';
import { headerMatcher, queryParameterMatcher } from './matchers';
import { extension, type Message } from './message';
import { PATHS } from './vocabulary';

const TEMPLATES = [
  '/api/{version}/products/{id}',
  '/api/*/items/**',
  '/{file}.html',
  '/reviews/*',
  '/reviews/{id=*}',
  '/**',
];
const REGEXES = [
  '/reviews/[0-9]+',
  '/api/.*',
  '.*',
  '/(reviews|ratings).*',
  '/reviews/?',
  '/a.*b',
  '/[^/]+',
  '/.*\\.js',
  '(?i)/reviews.*',
];

export function route(random: Random, name: string, clusters: readonly string[]): Message {
  const match = routeMatch(random);
  return {
    name,
    match,
    ...action(random, match, clusters),
    ...routeFilters(random, 0.06),
    ...headerChanges(random, 0.15),
  };
}

function routeMatch(random: Random): Message {
  const path = pathMatch(random);
  const foldable = !('safe_regex' in path) && !('path_match_policy' in path);
  return {
    ...path,
    ...(foldable ? random.maybe(0.15, 'case_sensitive', () => false) : {}),
    ...random.maybe(0.4, 'headers', () =>
      Array.from({ length: random.pick([1, 1, 1, 2]) }, () => headerMatcher(random)),
    ),
    ...random.maybe(0.15, 'query_parameters', () => [queryParameterMatcher(random)]),
    ...random.maybe(0.06, 'runtime_fraction', () => fraction(random.pick([0, 100]))),
    ...random.maybe(0.05, 'grpc', () => ({})),
    ...random.maybe(0.04, 'tls_context', () => ({ presented: random.chance(0.5) })),
    ...cookies(random.aside('cookies')),
    ...byLot(random.aside('lots')),
    ...ofState(random.aside('state')),
  };
}

/** What filters wrote: those of the connection before a route is sought, most of those of the request after. */
function ofState(random: Random): Message {
  const value = (): Message => ({
    string_match: random.pick([{ exact: 'yes' }, { exact: 'fixed' }, { prefix: 'lu' }]),
  });
  return {
    ...random.maybe(0.03, 'dynamic_metadata', () => [
      {
        filter: random.pick(['own', 'other']),
        path: [{ key: random.pick(['static', 'from']) }],
        value: random.chance(0.6) ? value() : { present_match: true },
        ...random.maybe(0.4, 'invert', () => true),
      },
    ]),
    ...random.maybe(0.03, 'filter_state', () => [{ key: random.pick(['state.net', 'state.one']), ...value() }]),
  };
}

/** A share of the requests, by fractions of each whole. */
function byLot(random: Random): Message {
  return random.maybe(0.03, 'runtime_fraction', () => ({
    default_value: random.pick<Message>([
      { numerator: 30, denominator: 'HUNDRED' },
      { numerator: 7500, denominator: 'TEN_THOUSAND' },
      { numerator: 500_000, denominator: 'MILLION' },
    ]),
  }));
}

function cookies(random: Random): Message {
  return random.maybe(0.06, 'cookies', () => [
    {
      name: random.pick(['user', 'group', 'none']),
      string_match: random.pick([{ exact: 'a' }, { prefix: 't' }, { safe_regex: { regex: '.*' } }]),
      ...random.maybe(0.3, 'invert_match', () => true),
    },
  ]);
}

export function fraction(percent: number): Message {
  return { default_value: { numerator: percent, denominator: 'HUNDRED' }, runtime_key: `key-${percent}` };
}

function pathMatch(random: Random): Message {
  const path = random.pick(PATHS).split('?')[0]!;
  return random.weighted<Message>([
    [6, () => ({ prefix: random.pick(['/', '/', path, path.slice(0, 5), '/rev', '/api/v1', '/reviews/']) })],
    [2, () => ({ path })],
    [2, () => ({ safe_regex: { regex: random.pick(REGEXES) } })],
    [2, () => ({ path_separated_prefix: random.pick(['/reviews', '/api/v1', '/api/v1/products', '/static', '/a']) })],
    [2, () => ({ path_match_policy: template(random.pick(TEMPLATES)) })],
    [0.3, () => ({ connect_matcher: {} })],
  ]);
}

function template(text: string): Message {
  const type = 'envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig';
  return extension('envoy.path.match.uri_template.uri_template_matcher', type, { path_template: text });
}

function action(random: Random, match: Message, clusters: readonly string[]): Message {
  return random.weighted<Message>([
    [
      12,
      () => ({
        route: {
          ...target(random, clusters),
          timeout: '5s',
          ...rewrite(random, match),
          ...policies(random, clusters),
          ...timeouts(random.aside('timeouts')),
          ...moreOfAction(random.aside('more of action')),
          ...hedges(random.aside('hedges'), 0.06),
        },
      }),
    ],
    [3, () => ({ redirect: redirect(random, match) })],
    [2, () => ({ direct_response: directResponse(random) })],
    [0.2, () => ({ non_forwarding_action: {} })],
  ]);
}

/** Whether a try that takes too long goes on beside the next one, of which the upstream is told the whole time. */
export function hedges(random: Random, probability: number): Message {
  return random.maybe(probability, 'hedge_policy', () => ({ hedge_on_per_try_timeout: random.chance(0.8) }));
}

/** Fields that few routes have. */
function moreOfAction(random: Random): Message {
  return {
    ...random.maybe(0.08, 'append_x_forwarded_host', () => true),
    ...random.maybe(0.06, 'priority', () => 'HIGH'),
    ...random.maybe(0.06, 'upgrade_configs', () => [
      { upgrade_type: 'websocket', ...random.maybe(0.4, 'enabled', () => false) },
    ]),
    ...random.maybe(0.12, 'retry_policy', () => retries(random)),
  };
}

/** On answers that an application gives where a request asks it to. */
function retries(random: Random): Message {
  return {
    retry_on: random.pick([
      '5xx',
      'gateway-error',
      'retriable-4xx',
      'retriable-status-codes',
      '5xx,nonsense',
      ' gateway-error , retriable-status-codes',
      '503',
      'connect-failure',
    ]),
    ...random.maybe(0.8, 'num_retries', () => random.int(0, 3)),
    ...random.maybe(0.5, 'retriable_status_codes', () => random.sample([409, 429, 503], 2)),
    ...random.maybe(0.2, 'retriable_request_headers', () => [headerMatcher(random)]),
    retry_back_off: { base_interval: '0.001s', max_interval: '0.002s' },
  };
}

/** Time-outs beside the route's own: all longer than an answer takes here. */
function timeouts(random: Random): Message {
  return {
    ...random.maybe(0.1, 'timeout', () => random.pick(['0s', '7s', '2.5s'])),
    ...random.maybe(0.15, 'max_grpc_timeout', () => random.pick(['0s', '3s', '60s'])),
    ...random.maybe(0.1, 'grpc_timeout_offset', () => '0.25s'),
    ...random.maybe(0.08, 'max_stream_duration', () => ({
      ...random.maybe(0.6, 'max_stream_duration', () => '9s'),
      ...random.maybe(0.5, 'grpc_timeout_header_max', () => random.pick(['0s', '8s'])),
      ...random.aside('offset').maybe(0.4, 'grpc_timeout_header_offset', () => random.pick(['0.25s', '1s'])),
    })),
  };
}

function directResponse(random: Random): Message {
  return {
    status: random.pick([200, 204, 403, 404, 418, 503]),
    ...random.maybe(0.4, 'body', () => ({ inline_string: 'no' })),
  };
}

function target(random: Random, clusters: readonly string[]): Message {
  return random.weighted<Message>([
    [10, () => ({ cluster: random.pick(clusters) })],
    [0.6, () => ({ cluster: 'missing', ...notFoundCode(random) })],
    [3, () => ({ weighted_clusters: weightedClusters(random, clusters) })],
    [
      0.8,
      () => {
        const header = random.aside('cluster header').pick(['x-cluster', 'x-cluster', ...PSEUDO]);
        return { cluster_header: header, ...notFoundCode(random) };
      },
    ],
  ]);
}

/** Headers of another name than their own. */
const PSEUDO = [':authority', 'Host', ':path', ':method'];

function notFoundCode(random: Random): Message {
  return random.maybe(0.4, 'cluster_not_found_response_code', () =>
    random.pick(['NOT_FOUND', 'INTERNAL_SERVER_ERROR']),
  );
}

function weightedClusters(random: Random, clusters: readonly string[]): Message {
  const weights = random.pick([
    [90, 10],
    [50, 50],
    [100, 0],
    [0, 1],
    [1, 2, 3],
    [80, 20],
    [5, 5, 90],
  ]);
  const names = random.sample(clusters, weights.length);
  return {
    clusters: weights.map((weight, index) => ({
      name: names[index],
      weight,
      ...random.maybe(0.1, 'host_rewrite_literal', () => 'weighted.example.com'),
      ...routeFilters(random, 0.04),
      ...ofWeighted(random.aside(`weighted ${index}`)),
      ...byHeader(random.aside(`weighted by header ${index}`)),
    })),
    ...random.maybe(0.1, 'header_name', () => 'x-number'),
    ...random.aside('runtime').maybe(0.25, 'runtime_key_prefix', () => 'weights'),
  };
}

/** Envoy takes one of the two names. */
function byHeader(random: Random): Message {
  return random.chance(0.05) ? { name: '', cluster_header: random.pick(['x-cluster', ...PSEUDO]) } : {};
}

function ofWeighted(random: Random): Message {
  return { ...headerChanges(random, 0.08), ...random.maybe(0.06, 'metadata_match', () => subset(random)) };
}

/** What the route changes of the request, and metadata that chooses a subset. */
function rewrite(random: Random, match: Message): Message {
  const isTemplate = 'path_match_policy' in match;
  return {
    ...random.weighted<Message>([
      [16, () => ({})],
      [
        2,
        () => (isTemplate || 'connect_matcher' in match ? {} : { prefix_rewrite: random.pick(['/', '/new', '/new/']) }),
      ],
      [
        2,
        () => {
          const usual = {
            pattern: { regex: random.pick(['^/reviews/(\\d+)', '/', '[aeiou]+', '^/.*$']) },
            substitution: random.pick(['/r/\\1', '/x', '-', '\\0\\0']).replace(/\\1/, '\\0'),
          };
          return { regex_rewrite: oddRewrite(random.aside('odd rewrites')) ?? usual };
        },
      ],
    ]),
    ...random.weighted<Message>([
      [12, () => ({})],
      [1, () => ({ host_rewrite_literal: 'rewritten.example.com' })],
      [1, () => ({ host_rewrite_header: 'x-tenant' })],
      [
        1,
        () => ({ host_rewrite_path_regex: { pattern: { regex: '^/([^/?]+).*$' }, substitution: '\\1.example.com' } }),
      ],
      [0.5, () => ({ auto_host_rewrite: true })],
    ]),
    ...random.maybe(0.12, 'metadata_match', () => subset(random)),
  };
}

/** Expressions that take nothing, or everything, and leave nothing. */
function oddRewrite(random: Random): Message | null {
  if (!random.chance(0.4)) return null;
  return {
    pattern: { regex: random.pick(['.*', '[a-z]*', '/?', '(a|b)?', 'x*']) },
    substitution: random.pick(['/x', '', '_']),
  };
}

export function subset(random: Random): Message {
  const keys = random.pick([
    { version: 'v1' },
    { version: 'v2' },
    { version: 'v9' },
    { version: 'v1', stage: 'prod' },
    { stage: 'dev' },
  ]);
  return { filter_metadata: { 'envoy.lb': keys } };
}

function policies(random: Random, clusters: readonly string[]): Message {
  return {
    retry_policy: random.chance(0.5)
      ? { retry_on: 'reset', num_retries: 0 }
      : {
          retry_on: 'connect-failure,refused-stream',
          num_retries: 1,
          ...random.aside('tries').maybe(0.2, 'per_try_timeout', () => random.pick(['1.5s', '3s', '30s'])),
        },
    ...random.maybe(0.06, 'request_mirror_policies', () => [{ cluster: random.pick(clusters) }]),
    ...random.maybe(0.1, 'hash_policy', () => [{ header: { header_name: 'end-user' } }]),
  };
}

function redirect(random: Random, match: Message): Message {
  const path = random.weighted<Message>([
    [4, () => ({})],
    [3, () => ({ path_redirect: random.pick(['/moved', '/moved?from=here', 'bare']) })],
    [
      3,
      () =>
        'prefix' in match || 'path' in match || 'path_separated_prefix' in match
          ? { prefix_rewrite: random.pick(['/new', '/', 'new/']) }
          : {},
    ],
    [
      2,
      () => ({
        regex_rewrite: {
          pattern: { regex: random.pick(['^/reviews/(\\d+)', '/', '[0-9]+']) },
          substitution: random.pick(['/r', '_', '<\\0>']),
        },
      }),
    ],
  ]);
  return {
    ...path,
    ...random.maybe(0.35, 'host_redirect', () => random.pick(['new.example.com', 'new.example.com:7777'])),
    ...random.weighted<Message>([
      [4, () => ({})],
      [3, () => ({ https_redirect: true })],
      [1, () => ({ scheme_redirect: random.pick(['https', 'http', 'ftp']) })],
    ]),
    ...random.maybe(0.2, 'port_redirect', () => random.pick([8443, 443, 80])),
    ...random.maybe(0.3, 'strip_query', () => true),
    ...random.maybe(0.7, 'response_code', () =>
      random.pick(['MOVED_PERMANENTLY', 'FOUND', 'SEE_OTHER', 'TEMPORARY_REDIRECT', 'PERMANENT_REDIRECT']),
    ),
  };
}

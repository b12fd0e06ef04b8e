/** Random HTTP filters that keep who has no right to pass, change the request, or write what matchers ask for later. */
import type { Random } from '../rig/random';
import { credentials, keySources, USERS } from './credentials';
import { headerMatcher } from './matchers';
import { extension, type Message, typed } from './message';
import { NAMED_HOSTS } from './vocabulary';

const HTTP = 'envoy.extensions.filters.http';
const KEY_AUTH = 'envoy.filters.http.api_key_auth';
const BASIC_AUTH = 'envoy.filters.http.basic_auth';
const RATE_LIMIT = 'envoy.filters.http.local_ratelimit';
const HEADERS = 'envoy.filters.http.header_mutation';

export function moreFilters(random: Random): readonly Message[] {
  return [
    ...some(random, 0.06, () =>
      extension('set_filter_state', `${HTTP}.set_filter_state.v3.Config`, filterState(random)),
    ),
    ...some(random, 0.06, () => extension('set_metadata', `${HTTP}.set_metadata.v3.Config`, metadata(random))),
    ...some(random, 0.05, () => extension('to_metadata', `${HTTP}.header_to_metadata.v3.Config`, toMetadata(random))),
    ...some(random, 0.08, () =>
      extension(HEADERS, `${HTTP}.header_mutation.v3.HeaderMutation`, headerMutation(random)),
    ),
    ...some(random, 0.06, () => extension(KEY_AUTH, `${HTTP}.api_key_auth.v3.ApiKeyAuth`, keyAuth(random))),
    ...some(random, 0.06, () => extension(BASIC_AUTH, `${HTTP}.basic_auth.v3.BasicAuth`, basicAuth(random))),
    ...some(random, 0.05, () =>
      extension(RATE_LIMIT, `${HTTP}.local_ratelimit.v3.LocalRateLimit`, emptyBucket(random)),
    ),
    ...some(random.aside('tags'), 0.05, () =>
      extension('tags', `${HTTP}.ip_tagging.v3.IPTagging`, tags(random.aside('own tags'))),
    ),
    ...some(random, 0.05, () => extension('rbac_state', `${HTTP}.rbac.v3.RBAC`, byState(random))),
    ...some(random, 0.03, () => extension('health', `${HTTP}.health_check.v3.HealthCheck`, healthCheck(random))),
  ];
}

function some(random: Random, probability: number, make: () => Message): readonly Message[] {
  return random.chance(probability) ? [make()] : [];
}

function filterState(random: Random): Message {
  return {
    on_request_headers: random.list(1, 2, () => ({
      object_key: random.pick(['state.one', 'state.two']),
      factory_key: 'envoy.string',
      format_string: {
        text_format_source: { inline_string: random.pick(['fixed', '%REQ(end-user)%', '%REQ(x-env)%-%REQ(:METHOD)%']) },
        ...random.maybe(0.3, 'omit_empty_values', () => true),
      },
      ...random.maybe(0.4, 'skip_if_empty', () => true),
    })),
  };
}

/** Tags of the caller's address, and of one that X-Forwarded-For may name. */
function tags(random: Random): Message {
  return {
    request_type: random.pick(['BOTH', 'BOTH', 'INTERNAL', 'EXTERNAL']),
    ip_tags: [
      { ip_tag_name: 'pods', ip_list: [{ address_prefix: '10.244.0.0', prefix_len: 16 }] },
      { ip_tag_name: 'luffy', ip_list: [{ address_prefix: '10.0.0.0', prefix_len: 29 }] },
    ],
    ...random.maybe(0.5, 'ip_tag_header', () => ({
      header: random.pick(['x-tags', 'end-user']),
      ...random.maybe(0.5, 'action', () => 'APPEND_IF_EXISTS_OR_ADD'),
    })),
  };
}

/** Authorization by what `set_filter_state` and those that write metadata have left. */
function byState(random: Random): Message {
  const text = random.pick<Message>([{ exact: 'fixed' }, { exact: 'luffy' }, { prefix: 'prod' }, { suffix: '-GET' }]);
  const principal = random.pick<Message>([
    { filter_state: { key: random.pick(['state.one', 'state.two']), string_match: text } },
    { metadata: { filter: 'own', path: [{ key: 'from' }], value: { string_match: text } } },
    { metadata: { filter: 'own', path: [{ key: 'static' }], value: { string_match: { exact: 'yes' } } } },
  ]);
  return {
    rules: {
      ...random.maybe(0.5, 'action', () => 'DENY'),
      policies: { 'by-state': { permissions: [{ any: true }], principals: [principal] } },
    },
  };
}

function metadata(random: Random): Message {
  return {
    metadata: random.list(1, 2, () => ({
      metadata_namespace: random.pick(['own', 'other']),
      value: random.pick<Message>([{ static: 'yes' }, { static: 'no' }, { from: 'fixed' }]),
      ...random.maybe(0.5, 'allow_overwrite', () => true),
    })),
  };
}

function toMetadata(random: Random): Message {
  const pair = { metadata_namespace: 'own', key: 'from' };
  return {
    request_rules: [
      {
        header: random.pick(['end-user', 'x-env']),
        on_header_present: { ...pair, ...random.maybe(0.3, 'value', () => 'fixed') },
        ...random.maybe(0.5, 'on_header_missing', () => ({ ...pair, value: 'luffy' })),
      },
    ],
  };
}

function headerMutation(random: Random): Message {
  const named = random.aside('named hosts');
  const made = random.list(1, 3, () => mutation(random));
  const odd = random.aside('odd mutations');
  const others = [...some(named, 0.2, () => nameHost(named)), ...some(odd, 0.25, () => oddMutation(odd))];
  return { mutations: { request_mutations: [...made, ...others] } };
}

/** Another host for clusters that a header names one for. */
function nameHost(random: Random): Message {
  const key = 'x-envoy-original-dst-host';
  if (random.chance(0.3)) return { remove: key };
  return { append: { header: { key, value: NAMED_HOSTS[0] }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' } };
}

/** Of what other than usual headers hang on: whether it is gRPC, and pseudo-headers, but for the path, without which Envoy may crash. */
function oddMutation(random: Random): Message {
  const value = random.pick(['application/grpc', 'application/json']);
  return random.weighted<Message>([
    [2, () => ({ append: { header: { key: 'content-type', value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' } })],
    [1, () => ({ remove: 'content-type' })],
    [
      2,
      () => ({
        remove_on_match: {
          key_matcher: random.pick<Message>([{ exact: ':method' }, { contains: 'author' }, { exact: ':scheme' }]),
        },
      }),
    ],
  ]);
}

function mutation(random: Random): Message {
  const name = random.pick(['end-user', 'x-env', 'x-added', 'x-tenant', 'user-agent']);
  return random.weighted<Message>([
    [2, () => ({ remove: name })],
    [
      3,
      () => ({
        append: {
          header: { key: name, value: random.pick(['luffy', 'prod', '%REQ(x-env)%', '%REQ(:PATH)%']) },
          append_action: random.pick([
            'APPEND_IF_EXISTS_OR_ADD',
            'ADD_IF_ABSENT',
            'OVERWRITE_IF_EXISTS_OR_ADD',
            'OVERWRITE_IF_EXISTS',
          ]),
          ...random.maybe(0.3, 'keep_empty_value', () => true),
        },
      }),
    ],
    [1, () => ({ remove_on_match: { key_matcher: random.pick<Message>([{ prefix: 'x-e' }, { exact: name }]) } })],
  ]);
}

function keyAuth(random: Random): Message {
  return { credentials: credentials(random), key_sources: keySources(random), ...forwarding(random) };
}

function forwarding(random: Random): Message {
  return random.maybe(0.4, 'forwarding', () => ({
    ...random.maybe(0.7, 'header', () => 'x-client'),
    ...random.maybe(0.5, 'hide_credentials', () => true),
  }));
}

function basicAuth(random: Random): Message {
  return {
    users: { inline_string: USERS },
    ...random.maybe(0.4, 'forward_username_header', () => 'x-client'),
    ...random.maybe(0.2, 'authentication_header', () => 'x-tenant'),
  };
}

/** One token for the whole run: whoever does not come first is refused, and who comes first no configuration says. */
function emptyBucket(random: Random): Message {
  const all = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  return {
    stat_prefix: 'empty',
    token_bucket: { max_tokens: 1, fill_interval: '3600s' },
    filter_enabled: all,
    filter_enforced: all,
    ...random.maybe(0.4, 'status', () => ({ code: random.pick(['ServiceUnavailable', 'Forbidden', 'OK']) })),
    ...random.maybe(0.3, 'rate_limited_as_resource_exhausted', () => true),
  };
}

function healthCheck(random: Random): Message {
  return {
    pass_through_mode: random.chance(0.3),
    headers: [random.chance(0.6) ? { name: ':path', string_match: { exact: '/health' } } : headerMatcher(random)],
  };
}

/** What a virtual host, route or weighted cluster says otherwise of them. */
export function moreRouteFilters(random: Random, probability: number): Message {
  if (!random.chance(probability)) return {};
  return random.weighted<Message>([
    [2, () => ({ [KEY_AUTH]: typed(`${HTTP}.api_key_auth.v3.ApiKeyAuthPerRoute`, keysOfRoute(random)) })],
    [
      1,
      () => ({ [BASIC_AUTH]: typed(`${HTTP}.basic_auth.v3.BasicAuthPerRoute`, { users: { inline_string: USERS } }) }),
    ],
    [1, () => ({ [HEADERS]: typed(`${HTTP}.header_mutation.v3.HeaderMutationPerRoute`, headerMutation(random)) })],
    [1, () => ({ [RATE_LIMIT]: typed(`${HTTP}.local_ratelimit.v3.LocalRateLimit`, emptyBucket(random)) })],
    [1, () => ({ 'envoy.filters.http.cors': typed(`${HTTP}.cors.v3.CorsPolicy`, corsPolicy(random)) })],
  ]);
}

function keysOfRoute(random: Random): Message {
  return {
    ...random.maybe(0.4, 'credentials', () => credentials(random)),
    ...random.maybe(0.4, 'key_sources', () => keySources(random)),
    ...random.maybe(0.5, 'allowed_clients', () => random.sample(['blue', 'letter', 'bearer'], 2)),
    ...forwarding(random),
  };
}

function corsPolicy(random: Random): Message {
  return {
    allow_origin_string_match: [
      random.pick<Message>([{ exact: 'http://a.example.com' }, { suffix: '.test/' }, { exact: '*' }]),
    ],
    allow_methods: 'GET',
    ...random.maybe(0.4, 'forward_not_matching_preflights', () => random.chance(0.5)),
    ...random.maybe(0.3, 'filter_enabled', () => ({
      default_value: { numerator: random.pick([0, 100]), denominator: 'HUNDRED' },
    })),
  };
}

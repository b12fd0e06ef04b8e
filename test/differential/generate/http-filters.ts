/** Random HTTP filters in front of the router, and what routes say otherwise of them. */
import { answeringFilters, answersOfRoute } from './answering-filters';
import { FIRST_KEY, USERS } from './credentials';
import type { Random } from '../rig/random';
import { extension, type Message, typed } from './message';
import { rbac } from './rbac';
import { headerMatcher } from './matchers';
import { moreFilters, moreRouteFilters } from './more-filters';

const HTTP = 'envoy.extensions.filters.http';

/** @param directory where Envoy finds the files of secrets */
export function httpFilters(random: Random, directory: string): readonly Message[] {
  const filters: Message[] = [];
  if (random.chance(0.12))
    filters.push({
      ...extension('envoy.filters.http.rbac', `${HTTP}.rbac.v3.RBAC`, rbac(random)),
      ...random.maybe(0.1, 'disabled', () => true),
    });
  if (random.chance(0.12))
    filters.push(extension('envoy.filters.http.fault', `${HTTP}.fault.v3.HTTPFault`, fault(random)));
  if (random.chance(0.08))
    filters.push(extension('envoy.filters.http.csrf', `${HTTP}.csrf.v3.CsrfPolicy`, csrf(random)));
  if (random.chance(0.05))
    filters.push(extension('envoy.filters.http.api_key_auth', `${HTTP}.api_key_auth.v3.ApiKeyAuth`, ONE_KEY));
  if (random.chance(0.05))
    filters.push(extension('envoy.filters.http.basic_auth', `${HTTP}.basic_auth.v3.BasicAuth`, SOME_USERS));
  const more = random.aside('filters');
  if (more.chance(0.08)) filters.push(extension('envoy.filters.http.buffer', `${HTTP}.buffer.v3.Buffer`, buffer(more)));
  if (more.chance(0.06))
    filters.push(
      extension('envoy.filters.http.local_ratelimit', `${HTTP}.local_ratelimit.v3.LocalRateLimit`, limit(more)),
    );
  const wider = moreFilters(random.aside('wider filters'));
  const names = new Set(wider.map(({ name }) => name));
  filters.splice(0, filters.length, ...filters.filter(({ name }) => !names.has(name)), ...wider);
  filters.unshift(...answeringFilters(random.aside('answers in place'), directory));
  if (random.chance(0.2)) filters.push(extension('envoy.filters.http.cors', `${HTTP}.cors.v3.Cors`));
  filters.push(
    extension('envoy.filters.http.router', `${HTTP}.router.v3.Router`, {
      ...more.maybe(0.1, 'respect_expected_rq_timeout', () => true),
      ...ofRouter(random.aside('router')),
    }),
  );
  return filters;
}

const CHECKED = [
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-max-retries',
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
];

function ofRouter(random: Random): Message {
  return {
    ...random.maybe(0.12, 'strict_check_headers', () => random.sample(CHECKED, random.int(1, CHECKED.length))),
    ...random.maybe(0.06, 'suppress_envoy_headers', () => true),
  };
}

function buffer(random: Random): Message {
  return { max_request_bytes: random.pick([1, 5, 1000]) };
}

/** Not enabled, or not enforced: whether a bucket is empty no configuration says. */
function limit(random: Random): Message {
  const percent = (numerator: number): Message => ({ default_value: { numerator, denominator: 'HUNDRED' } });
  return {
    stat_prefix: 'limit',
    token_bucket: { max_tokens: 1, fill_interval: '3600s' },
    ...random.pick<Message>([{}, { filter_enabled: percent(0) }, { filter_enabled: percent(100) }]),
    ...random.maybe(0.5, 'filter_enforced', () => percent(0)),
  };
}

function csrf(random: Random): Message {
  return {
    filter_enabled: { default_value: { numerator: random.pick([0, 100, 100]), denominator: 'HUNDRED' } },
    ...random.maybe(0.3, 'additional_origins', () => [{ suffix: '.example.com' }]),
    ...random.aside('shadow').maybe(0.3, 'shadow_enabled', () => ({ default_value: { numerator: 100 } })),
  };
}

/** Of requests without a key or a user the answer is known, though the dump shows neither. */
const ONE_KEY = { credentials: FIRST_KEY, key_sources: [{ header: 'x-tenant' }, { query: 'user' }] };
const SOME_USERS = { users: { inline_string: USERS } };

function fault(random: Random): Message {
  return {
    ...random.weighted<Message>([
      [
        4,
        () => ({
          abort: {
            http_status: random.pick([400, 418, 503]),
            percentage: { numerator: random.pick([0, 100, 100]), denominator: 'HUNDRED' },
          },
        }),
      ],
      [1, () => ({ abort: { header_abort: {}, percentage: { numerator: 100, denominator: 'HUNDRED' } } })],
      [1, () => ({ delay: { fixed_delay: '0.01s', percentage: { numerator: 100, denominator: 'HUNDRED' } } })],
    ]),
    ...random.maybe(0.4, 'headers', () => [headerMatcher(random)]),
  };
}

/** `typed_per_filter_config` of a virtual host, route or weighted cluster. */
export function routeFilters(random: Random, probability: number): Message {
  const more = random.aside('route filters');
  const wider = more.maybe(probability / 2, 'typed_per_filter_config', () =>
    more.weighted<Message>([
      [
        2,
        () => ({
          'envoy.filters.http.buffer': typed(
            `${HTTP}.buffer.v3.BufferPerRoute`,
            more.chance(0.5) ? { disabled: true } : { buffer: buffer(more) },
          ),
        }),
      ],
      [1, () => ({ 'envoy.filters.http.csrf': typed(`${HTTP}.csrf.v3.CsrfPolicy`, csrf(more)) })],
      [1, () => ({ 'envoy.filters.http.rbac': typed('envoy.config.route.v3.FilterConfig', { config: {} }) })],
    ]),
  );
  const usual = random.maybe(probability, 'typed_per_filter_config', () =>
    random.weighted<Message>([
      [
        2,
        () => ({
          'envoy.filters.http.rbac': typed(
            `${HTTP}.rbac.v3.RBACPerRoute`,
            random.chance(0.7) ? { rbac: rbac(random) } : {},
          ),
        }),
      ],
      [2, () => ({ 'envoy.filters.http.fault': typed(`${HTTP}.fault.v3.HTTPFault`, fault(random)) })],
      [1, () => ({ 'envoy.filters.http.fault': typed('envoy.config.route.v3.FilterConfig', { disabled: true }) })],
    ]),
  );
  const others = moreRouteFilters(random.aside('more route filters'), probability);
  const first = { ...wider, ...usual }.typed_per_filter_config;
  const all = { ...answersOfRoute(random.aside('answers in place'), probability), ...others, ...first };
  return Object.keys(all).length === 0 ? {} : { typed_per_filter_config: all };
}

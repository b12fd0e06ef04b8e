/** Random HTTP filters in front of the router, and what routes say otherwise of them. */
import type { Random } from '../rig/random';
import { extension, type Message, typed } from './message';
import { rbac } from './rbac';
import { headerMatcher } from './matchers';

const HTTP = 'envoy.extensions.filters.http';

export function httpFilters(random: Random): readonly Message[] {
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
    filters.push(extension('envoy.filters.http.api_key_auth', `${HTTP}.api_key_auth.v3.ApiKeyAuth`, KEYS));
  if (random.chance(0.05))
    filters.push(extension('envoy.filters.http.basic_auth', `${HTTP}.basic_auth.v3.BasicAuth`, USERS));
  if (random.chance(0.2)) filters.push(extension('envoy.filters.http.cors', `${HTTP}.cors.v3.Cors`));
  filters.push(extension('envoy.filters.http.router', `${HTTP}.router.v3.Router`));
  return filters;
}

function csrf(random: Random): Message {
  return {
    filter_enabled: { default_value: { numerator: random.pick([0, 100, 100]), denominator: 'HUNDRED' } },
    ...random.maybe(0.3, 'additional_origins', () => [{ suffix: '.example.com' }]),
  };
}

/** Of requests without a key or a user the answer is known, though the dump shows neither. */
const KEYS = { credentials: [{ key: 'k', client: 'c' }], key_sources: [{ header: 'x-tenant' }, { query: 'user' }] };
const USERS = { users: { inline_string: 'u:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=' } };

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
  return random.maybe(probability, 'typed_per_filter_config', () =>
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
}

/**
 * The times of tokens. Every row is what Envoy 1.37.0 did with a token that was signed, by its clock.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/jwt_authn/v3/config.proto
 */
import { listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../../helpers/hop';

const NOW = new Date('2026-01-01T00:00:00Z');
const N = NOW.getTime() / 1000;
const PROVIDERS = {
  plain: {},
  exact: { clock_skew_seconds: 1 },
  loose: { clock_skew_seconds: 1000 },
  ends: { require_expiration: true },
  short: { max_lifetime: '600s' },
  heard: { audiences: ['a', 'b/'] },
};

function walked(
  provider: string,
  claims: Readonly<Record<string, string>>,
  now: Date | null = NOW,
  capturedAt: Date | null = null,
): Walked {
  const filter = typed('jwt', 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
    providers: Object.fromEntries(Object.entries(PROVIDERS).map(([name, one]) => [name, { issuer: 'i', ...one }])),
    rules: [{ match: { prefix: '/' }, requires: { provider_name: provider } }],
  });
  const routes = [{ match: { prefix: '/' }, direct_response: { status: 200 } }];
  const whole = manager({
    http_filters: [filter],
    route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] },
  });
  return walkOf(proxyOf({ listeners: [listenerOf([whole])] }), 'http://h/', {
    claims: { iss: 'i', ...claims },
    context: { now, capturedAt },
  });
}

it.each<[provider: string, claims: Readonly<Record<string, string | number>>, status: number]>([
  ['plain', { exp: N + 300 }, 200],
  ['plain', { exp: N - 55 }, 200],
  ['plain', { exp: N - 65 }, 401],
  ['plain', { exp: 0 }, 200],
  ['plain', { exp: -5 }, 401],
  ['plain', { exp: 'x' }, 401],
  ['plain', { exp: N + 300.5 }, 200],
  ['plain', { exp: 'true' }, 401],
  ['plain', { nbf: N + 55 }, 200],
  ['plain', { nbf: N + 65 }, 401],
  ['plain', { nbf: -4 }, 401],
  ['plain', { iat: N + 5000, exp: N + 300 }, 200],
  ['exact', { exp: N - 30 }, 401],
  ['exact', { nbf: N + 30 }, 401],
  ['loose', { exp: N - 500 }, 200],
  ['loose', { nbf: N + 500 }, 200],
  ['ends', { exp: N + 300 }, 200],
  ['ends', { exp: 0 }, 401],
  ['short', { exp: N + 590 }, 200],
  ['short', { exp: N + 605 }, 401],
  ['short', { exp: N - 55 }, 200],
  ['short', { iat: N - 5000, exp: N + 300 }, 200],
  ['heard', { exp: N - 65, aud: 'x' }, 401],
  ['heard', { exp: N + 300, aud: 'x' }, 403],
  ['heard', { aud: 'a' }, 200],
  ['heard', { aud: 'b' }, 200],
  ['heard', { aud: 'b/' }, 200],
  ['heard', { aud: 'b//' }, 403],
  ['heard', { aud: 'http://b' }, 200],
  ['heard', { aud: '["x","https://a/"]' }, 200],
])('%s with %j: %s', (provider, claims, status) => {
  expect(
    walked(provider, Object.fromEntries(Object.entries(claims).map(([key, value]) => [key, String(value)]))).status,
  ).toBe(status);
});

it('is unknown where the clock is not known, and where the end of the token is not given', () => {
  expect(walked('plain', { exp: String(N) }, null)).toMatchObject({ verdict: 'unknown' });
  expect(walked('plain', {}, null)).toMatchObject({ verdict: 'direct-response' });
  expect(walked('ends', {})).toMatchObject({ verdict: 'unknown' });
  expect(walked('short', {}).because).toContain('--claim exp=VALUE');
});

it.each<[provider: string, claims: Readonly<Record<string, number>>, status: number, because: string]>([
  ['plain', { exp: N + 300 }, 200, 'the route answers 200 itself'],
  [
    'plain',
    { exp: N - 65 },
    401,
    `the token has expired (exp ${N - 65}, at the time of the capture, ${NOW.toISOString()})`,
  ],
  ['plain', { nbf: N + 65 }, 401, `(nbf ${N + 65}, at the time of the capture, ${NOW.toISOString()})`],
  ['short', { exp: N + 605 }, 401, `(max_lifetime 600s, at the time of the capture, ${NOW.toISOString()})`],
])('is held against the time of a capture, and says so: %s with %j', (provider, claims, status, because) => {
  const texts = Object.fromEntries(Object.entries(claims).map(([key, value]) => [key, String(value)]));
  const found = walked(provider, texts, null, NOW);
  expect(found.status).toBe(status);
  expect(found.because).toContain(because);
});

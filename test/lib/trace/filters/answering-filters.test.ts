/**
 * Filters whose work is to refuse. Every row is what Envoy 1.37.0 answered to the request behind the same filter.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters
 */
import type { HttpFilterInput } from '../../../../src/lib/trace/filters/shared/input';
import { runHttpFilters } from '../../../../src/lib/trace/filters/http-filters';
import { isEnding } from '../../../../src/lib/trace/hop/ending';
import { HopRecord } from '../../../../src/lib/trace/hop/record';
import type { HttpMessage } from '../../../../src/lib/http/message';
import { filterOf, httpInput, messageOf } from '../../../helpers/filters';

const EXT = 'envoy.extensions.filters.http';
const ALWAYS = { default_value: { numerator: 100 } };

type Headers = readonly (readonly [string, string])[];

/** The status of the filter's answer; `passed` where it lets the request through, `unknown` where nobody can tell. */
function answerOf(filter: object, message: Partial<HttpMessage>, more: Partial<HttpFilterInput> = {}): unknown {
  const record = new HopRecord('a.b', 'inbound');
  const result = runHttpFilters(httpInput([filter], { message: messageOf(message), ...more }), record);
  if (!isEnding(result)) return 'passed';
  return result.outcome.verdict === 'unknown' ? 'unknown' : result.outcome.status;
}

describe('csrf', () => {
  const csrf = filterOf('envoy.filters.http.csrf', `${EXT}.csrf.v3.CsrfPolicy`, {
    filter_enabled: ALWAYS,
    additional_origins: [{ exact: 'x.test' }],
  });

  it.each<[string, Headers, unknown]>([
    ['POST', [['origin', 'http://evil.test']], 403],
    ['POST', [['origin', 'http://a.test']], 403],
    ['POST', [['origin', 'https://a.test:80/']], 'passed'],
    ['POST', [], 403],
    [
      'POST',
      [
        ['origin', 'null'],
        ['referer', 'http://a.test:80/x/y'],
      ],
      403,
    ],
    ['POST', [['referer', 'http://a.test:80/x/y']], 'passed'],
    ['PATCH', [], 403],
    ['DELETE', [], 403],
    ['GET', [], 'passed'],
    ['PUT', [['origin', 'http://x.test']], 'passed'],
    ['POST', [['origin', 'a.test:80']], 'passed'],
    ['POST', [['origin', 'http://A.test:80']], 403],
    ['POST', [['origin', 'http://u:p@a.test:80']], 'passed'],
  ])('%s with %j: %s', (method, headers, expected) => {
    expect(answerOf(csrf, { method, headers, authority: 'a.test:80' })).toBe(expected);
  });

  it('a route that does not enable it lets everything through', () => {
    const off = { '@type': `type.googleapis.com/${EXT}.csrf.v3.CsrfPolicy`, filter_enabled: {} };
    const route = { typed_per_filter_config: { 'envoy.filters.http.csrf': off } };
    expect(answerOf(csrf, { method: 'POST' }, { route })).toBe('passed');
  });
});

describe('api_key_auth', () => {
  const filter = (key: string): object =>
    filterOf('k', `${EXT}.api_key_auth.v3.ApiKeyAuth`, {
      credentials: [{ key, client: 'c1' }],
      key_sources: [{ header: 'X-Key' }, { query: 'k' }, { cookie: 'ck' }],
    });

  it.each<[string, Headers, unknown]>([
    ['/', [], 401],
    ['/', [['x-key', 'k1']], 'passed'],
    ['/', [['x-key', 'k2']], 401],
    ['/', [['x-key', 'Bearer k1']], 'passed'],
    ['/?k=k1', [], 'passed'],
    ['/?k=%6b1', [], 'passed'],
    ['/', [['cookie', 'ck=k1']], 'passed'],
    [
      '/',
      [
        ['x-key', ''],
        ['cookie', 'ck=k1'],
      ],
      'passed',
    ],
    [
      '/',
      [
        ['x-key', 'k2'],
        ['cookie', 'ck=k1'],
      ],
      401,
    ],
  ])('%s with %j: %s', (path, headers, expected) => {
    expect(answerOf(filter('k1'), { path, headers })).toBe(expected);
  });

  it('a key that the dump does not show decides nothing, and none at all does', () => {
    expect(answerOf(filter('[redacted]'), { headers: [['x-key', 'k1']] })).toBe('unknown');
    expect(answerOf(filter('[redacted]'), {})).toBe(401);
  });

  it('the key goes no further where it is hidden', () => {
    const headers: Headers = [
      ['x-key', 'k1'],
      ['cookie', 'a=b; ck=k1'],
    ];
    const hidden = filterOf('k', `${EXT}.api_key_auth.v3.ApiKeyAuth`, {
      credentials: [{ key: 'k1', client: 'c1' }],
      key_sources: [{ header: 'X-Key' }, { query: 'k' }, { cookie: 'ck' }],
      forwarding: { header: 'x-client', hide_credentials: true },
    });
    const input = httpInput([hidden], { message: messageOf({ path: '/a?k=k1&b=c', headers }) });
    expect(runHttpFilters(input, new HopRecord(null, 'inbound'))).toMatchObject({
      path: '/a?b=c',
      headers: [
        ['cookie', 'a=b'],
        ['x-client', 'c1'],
      ],
    });
  });

  it('a client that the route does not take', () => {
    const own = { '@type': `type.googleapis.com/${EXT}.api_key_auth.v3.ApiKeyAuthPerRoute`, allowed_clients: ['c2'] };
    const route = { typed_per_filter_config: { k: own } };
    expect(answerOf(filter('k1'), { headers: [['x-key', 'k1']] }, { route })).toBe(403);
  });
});

describe('basic_auth', () => {
  const filter = (users: string): object =>
    filterOf('b', `${EXT}.basic_auth.v3.BasicAuth`, { users: { inline_string: users } });
  const users = 'v:{SHA}AAAA\nu:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=';

  it.each<[Headers, unknown]>([
    [[], 401],
    [[['authorization', 'Basic dTp0ZXN0']], 401],
    [[['authorization', 'Basic dTpwYXNzd29yZA==']], 'passed'],
    [[['authorization', 'Basic dTpwYXNzd29yZA']], 'passed'],
    [[['authorization', 'basic dTpwYXNzd29yZA==']], 401],
    [[['authorization', 'Basic !!']], 401],
    [[['authorization', 'Basic dTpw YXNzd29yZA==']], 401],
    [[['authorization', 'Basic dTpwYXNz=d29yZA']], 401],
  ])('%j: %s', (headers, expected) => {
    expect(answerOf(filter(users), { headers })).toBe(expected);
  });

  it('users that the dump does not show decide nothing', () => {
    const headers = [['authorization', 'Basic dTpwYXNzd29yZA==']] as const;
    expect(answerOf(filter('[redacted]'), { headers })).toBe('unknown');
    expect(answerOf(filter('[redacted]'), {})).toBe(401);
  });
});

describe('limits', () => {
  it.each([
    ['6', 413],
    ['5', 'passed'],
  ])('a body of %s bytes where 5 are buffered: %s', (length, expected) => {
    const buffer = filterOf('b', `${EXT}.buffer.v3.Buffer`, { max_request_bytes: 5 });
    expect(answerOf(buffer, { method: 'POST', headers: [['content-length', length]] })).toBe(expected);
  });

  it.each<[string, Partial<HttpMessage>, unknown]>([
    ['HTTP/1 in chunks', { headers: [['transfer-encoding', 'chunked']] }, 'unknown'],
    [
      'HTTP/2 with a length, of which the last frame may not be counted',
      { protocol: 'HTTP/2', headers: [['content-length', '6']] },
      'unknown',
    ],
    [
      'HTTP/2 that is too long without the last frame',
      { protocol: 'HTTP/2', headers: [['content-length', '16390']] },
      413,
    ],
    ['HTTP/2 without a length', { protocol: 'HTTP/2' }, 'unknown'],
    ['HTTP/2 of a method without a body', { protocol: 'HTTP/2', method: 'GET' }, 'passed'],
    ['HTTP/1 without a length', {}, 'passed'],
  ])('a body of %s where 5 bytes are buffered', (_what, message, expected) => {
    const buffer = filterOf('b', `${EXT}.buffer.v3.Buffer`, { max_request_bytes: 5 });
    expect(answerOf(buffer, { method: 'POST', ...message })).toBe(expected);
  });

  it.each<[string, object, unknown]>([
    ['is enabled by nobody', { token_bucket: {} }, 'passed'],
    ['is not enforced', { token_bucket: {}, filter_enabled: ALWAYS }, 'passed'],
    ['has no tokens', { token_bucket: {}, filter_enabled: ALWAYS, filter_enforced: ALWAYS }, 429],
    ['has no bucket', { filter_enabled: ALWAYS, filter_enforced: ALWAYS }, 'passed'],
    ['has a token', { token_bucket: { max_tokens: 1 }, filter_enabled: ALWAYS, filter_enforced: ALWAYS }, 'passed'],
  ])('a local rate limit that %s', (_what, config, expected) => {
    expect(answerOf(filterOf('l', `${EXT}.local_ratelimit.v3.LocalRateLimit`, config), {})).toBe(expected);
  });
});

it('a filter that refuses by what is not evaluated leaves the end open, even where a later one refuses', () => {
  const oauth2 = filterOf('o', `${EXT}.oauth2.v3.OAuth2`);
  expect(answerOf(oauth2, {})).toBe('unknown');
});

/** Each sent to an Envoy 1.37. */
it.each<[string, string, readonly (readonly [string, string])[], unknown]>([
  ['without a session', '/', [], 302],
  ['whom a matcher lets pass', '/', [['x-pass', '1']], 'passed'],
  ['whom a matcher lets pass, on the way of the login', '/signout', [['x-pass', '1']], 'passed'],
  ['who is not to be sent to the login', '/', [['x-ajax', '1']], 401],
  [
    'who passes all the same',
    '/',
    [
      ['x-ajax', '1'],
      ['x-pass', '1'],
    ],
    'passed',
  ],
  ['with a token that is no session', '/?access_token=1', [['authorization', 'Bearer x']], 302],
  ['of gRPC', '/', [['content-type', 'application/grpc']], 302],
  [
    'of gRPC who is not to be sent to the login',
    '/',
    [
      ['content-type', 'application/grpc'],
      ['x-ajax', '1'],
    ],
    200,
  ],
  ['whose token is taken away before', '/', [['authorization', 'Bearer denied']], 302],
  ['with cookies', '/', [['cookie', 'BearerToken=a; OauthHMAC=b; OauthExpires=9999999999']], 'unknown'],
  ['who comes back from the login', '/callback?code=1', [], 'unknown'],
  ['who signs out', '/signout', [], 'unknown'],
])('oauth2, a request %s', (_who, path, headers, expected) => {
  const config = {
    pass_through_matcher: [{ name: 'x-pass', string_match: { exact: '1' } }],
    deny_redirect_matcher: [
      { name: 'x-ajax', present_match: true },
      { name: 'authorization', string_match: { suffix: 'denied' } },
    ],
    redirect_path_matcher: { path: { exact: '/callback' } },
    signout_path: { path: { exact: '/signout' } },
  };
  expect(answerOf(filterOf('o', `${EXT}.oauth2.v3.OAuth2`, { config }), { path, headers })).toBe(expected);
});

describe('a filter that is named alone', () => {
  it.each([
    ['lua.v3.Lua', 'lua.v3.LuaPerRoute'],
    ['ext_proc.v3.ExternalProcessor', 'ext_proc.v3.ExtProcPerRoute'],
    ['compressor.v3.Compressor', 'compressor.v3.CompressorPerRoute'],
  ])('%s is not where its route switches it off', (type, ofRoute) => {
    const outcomes = (fields: object): unknown => {
      const record = new HopRecord('p', 'outbound');
      const own = { '@type': `type.googleapis.com/${EXT}.${ofRoute}`, ...fields };
      const route = { typed_per_filter_config: { f: own } };
      runHttpFilters(httpInput([filterOf('f', `${EXT}.${type}`, {})], { route }), record);
      return record
        .toHop()
        .steps.filter(({ name }) => name === 'f')
        .map(({ cause }) => cause.kind);
    };
    expect(outcomes({ disabled: true })).toEqual(['off-for-route']);
    expect(outcomes({})).toEqual(['http-filter-acts']);
  });
});

it('ext_authz refuses with its flag where it is not enabled and then denies', () => {
  const off = { filter_enabled: { default_value: { numerator: 0 } }, deny_at_disable: { default_value: true } };
  const result = runHttpFilters(
    httpInput([filterOf('a', `${EXT}.ext_authz.v3.ExtAuthz`, off)]),
    new HopRecord('p', 'outbound'),
  );
  expect(isEnding(result) && result.outcome).toMatchObject({ verdict: 'denied', status: 403, responseFlags: 'UAEX' });
});

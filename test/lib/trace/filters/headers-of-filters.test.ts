/**
 * Headers that filters write beside their work. Every row is what Envoy 1.37.0 did.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/http_filters
 */
import { clusterOf, listenerOf, manager, proxyOf, typed, walkOf, type Walked } from '../../../helpers/hop';

type Headers = readonly (readonly [string, string])[];

const HTTP = 'envoy.extensions.filters.http';

function walked(type: string, config: object, headers: Headers): Walked {
  const http_filters = [typed('own', `${HTTP}.${type}`, config), typed('router', `${HTTP}.router.v3.Router`)];
  const routes = [{ match: { prefix: '/' }, route: { cluster: 'c' } }];
  const whole = manager({ http_filters, route_config: { virtual_hosts: [{ name: 'v', domains: ['*'], routes }] } });
  return walkOf(proxyOf({ listeners: [listenerOf([whole])], clusters: [clusterOf('c', [{ port: 1 }])] }), 'http://h/', {
    headers,
  });
}

function sent({ forward, verdict, status }: Walked, header: string): unknown {
  if (forward === null) return status ?? verdict;
  const found = (forward.message?.headers ?? [])
    .filter(([name]) => name === header)
    .map(([, value]) => (typeof value === 'string' ? value : value.unknown));
  return found.length === 0 ? null : found.join(',');
}

it.each<[most: number, came: readonly string[], expected: unknown]>([
  [0, [], 'me'],
  [0, ['other'], 'other,me'],
  [0, ['me'], 502],
  [0, ['ME'], 'ME,me'],
  [0, ['me; a=b'], 502],
  [0, ['other, me'], 502],
  [0, ['a', 'me'], 502],
  [0, [''], 'me'],
  [0, ['me.x'], 'me.x,me'],
  [0, [','], ',,me'],
  [0, ['a,'], 'a,,me'],
  [1, ['me'], 'me,me'],
  [1, ['me, me'], 502],
  // Not taken apart: a quotation, and what Envoy refuses with 400.
  [0, ['a;x="y,z"'], 'unknown'],
  [0, ['bad bad'], 'unknown'],
])('CDN-Loop, at most %s times, with %j: %s', (max_allowed_occurrences, came, expected) => {
  const headers = came.map((value) => ['cdn-loop', value] as const);
  const end = walked('cdn_loop.v3.CdnLoopConfig', { cdn_id: 'me', max_allowed_occurrences }, headers);
  expect(sent(end, 'cdn-loop')).toBe(expected);
});

const GZIP = {
  decompressor_library: typed('gzip', 'envoy.extensions.compression.gzip.decompressor.v3.Gzip'),
};

it.each<[type: string, config: object, came: readonly string[], expected: string | null]>([
  ['decompressor.v3.Decompressor', GZIP, [], 'gzip'],
  ['decompressor.v3.Decompressor', GZIP, ['br'], 'br,gzip'],
  ['decompressor.v3.Decompressor', GZIP, ['gzip'], 'gzip'],
  ['decompressor.v3.Decompressor', GZIP, ['gzip;q=0'], 'gzip'],
  ['decompressor.v3.Decompressor', GZIP, ['br', 'deflate'], 'br,deflate,gzip'],
  ['compressor.v3.Compressor', {}, ['gzip;q=0'], 'gzip;q=0'],
  ['compressor.v3.Compressor', { response_direction_config: { remove_accept_encoding_header: true } }, ['br'], null],
])('%s with %j makes Accept-Encoding of %j %s', (type, config, came, expected) => {
  const headers = came.map((value) => ['accept-encoding', value] as const);
  expect(sent(walked(type, config, headers), 'accept-encoding')).toBe(expected);
});

it('basic_auth.allow_missing is known of no Envoy that was asked', () => {
  expect(walked('basic_auth.v3.BasicAuth', { allow_missing: true }, [])).toMatchObject({ verdict: 'unknown' });
  expect(walked('basic_auth.v3.BasicAuth', {}, [])).toMatchObject({ status: 401 });
});

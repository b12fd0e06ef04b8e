/**
 * Targets of requests. Every row is what Envoy 1.37.0 did.
 * https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
import {
  clusterOf,
  listenerOf,
  proxyOf,
  routing,
  walkOf,
  manager,
  type Walked,
  type WalkOptions,
} from '../../helpers/hop';

const ROUTES = [
  { match: { path: '/none' }, direct_response: { status: 418 } },
  { match: { path: '/up' }, route: { cluster: 'c' } },
  { match: { prefix: '/' }, direct_response: { status: 200 } },
  { match: { connect_matcher: {} }, direct_response: { status: 202 } },
];

function walked(requestTarget: string, options: WalkOptions = {}, config: object = {}): Walked {
  const virtual_hosts = [{ name: 'v', domains: ['*'], routes: ROUTES }];
  const listeners = [listenerOf([manager({ route_config: { virtual_hosts }, ...config })])];
  return walkOf(proxyOf({ listeners, clusters: [clusterOf('c', [{ port: 1 }])] }), 'http://h.test/', {
    requestTarget,
    ...options,
  });
}

const PATHS_ONLY = { http_protocol_options: { allow_absolute_url: false } };

it.each<[target: string, get: number, options: number, pathsOnly: number]>([
  ['?x=1', 400, 400, 400],
  ['', 400, 400, 400],
  ['/', 200, 200, 200],
  ['*', 400, 404, 404],
  ['*?x', 400, 404, 404],
  ['*/', 400, 404, 404],
  ['x/y', 400, 400, 400],
  ['h.test:80', 400, 400, 400],
  ['mailto:x', 400, 400, 400],
  ['http:/none', 400, 400, 400],
  ['http://h.test/none', 418, 418, 404],
  ['HTTP://other/none?x', 418, 418, 404],
  ['https://h.test/none', 418, 418, 404],
  ['http://u:p@h.test:80/none', 418, 418, 404],
  ['http://h.test', 200, 200, 404],
  ['http://h.test?x=1', 404, 404, 404],
  ['http://h.test/none#f', 400, 400, 404],
  ['ftp://h/none', 400, 400, 404],
  ['http://', 400, 400, 404],
  ['http:///none', 400, 400, 404],
  ['//h/none', 200, 200, 200],
  ['http://h:65535/', 200, 200, 404],
  ['http://h:65536/', 400, 400, 404],
  ['http://h:/', 400, 400, 404],
  ['http://[::1]:80/', 200, 200, 404],
  ['http://[zz]/', 400, 400, 404],
  ['http://h_x/', 400, 400, 404],
  ['http://@h/', 200, 200, 404],
  ['http://u@/', 400, 400, 404],
  ['http://a@b@c/', 400, 400, 404],
])('HTTP/1.1 %s: GET %s, OPTIONS %s, and %s where an address is not taken apart', (target, get, options, pathsOnly) => {
  const status = [
    walked(target).status,
    walked(target, { method: 'OPTIONS' }).status,
    walked(target, { method: target.startsWith('*') ? 'OPTIONS' : 'GET' }, PATHS_ONLY).status,
  ];
  expect(status).toEqual([get, options, pathsOnly]);
});

it.each<[target: string, get: number, pathsOnly: number]>([
  ['http://h:0000080/none', 418, 404],
  ['http://h:000000000000080/none', 418, 404],
  ['http://h:080/none', 418, 404],
  ['http://h:00/none', 418, 404],
  ['http://h:99999/none', 400, 404],
  ['http://h:65536/none', 400, 404],
  ['http://h:/none', 400, 404],
  ['http://a!b@h/none', 418, 404],
  ['http://a"b@h/none', 400, 400],
  ['http://a$b@h/none', 418, 404],
  ['http://a%b@h/none', 418, 404],
  ['http://a&b@h/none', 418, 404],
  ["http://a'b@h/none", 418, 404],
  ['http://a(b@h/none', 418, 404],
  ['http://a)b@h/none', 418, 404],
  ['http://a*b@h/none', 418, 404],
  ['http://a+b@h/none', 418, 404],
  ['http://a,b@h/none', 418, 404],
  ['http://a-b@h/none', 418, 404],
  ['http://a.b@h/none', 418, 404],
  ['http://a:b@h/none', 418, 404],
  ['http://a;b@h/none', 418, 404],
  ['http://a<b@h/none', 400, 400],
  ['http://a=b@h/none', 418, 404],
  ['http://a>b@h/none', 400, 400],
  ['http://a[b@h/none', 400, 404],
  ['http://a\\b@h/none', 400, 400],
  ['http://a]b@h/none', 400, 404],
  ['http://a^b@h/none', 400, 400],
  ['http://a_b@h/none', 418, 404],
  ['http://a`b@h/none', 400, 400],
  ['http://a{b@h/none', 400, 400],
  ['http://a|b@h/none', 400, 400],
  ['http://a}b@h/none', 400, 400],
  ['http://a~b@h/none', 418, 404],
  ['http://a!b/none', 400, 404],
  ['http://a"b/none', 400, 400],
  ['http://a$b/none', 400, 404],
  ['http://a%b/none', 400, 404],
  ['http://a&b/none', 400, 404],
  ["http://a'b/none", 400, 404],
  ['http://a(b/none', 400, 404],
  ['http://a)b/none', 400, 404],
  ['http://a*b/none', 400, 404],
  ['http://a+b/none', 400, 404],
  ['http://a,b/none', 400, 404],
  ['http://a-b/none', 418, 404],
  ['http://a.b/none', 418, 404],
  ['http://a;b/none', 400, 404],
  ['http://a<b/none', 400, 400],
  ['http://a=b/none', 400, 404],
  ['http://a>b/none', 400, 400],
  ['http://a[b/none', 400, 404],
  ['http://a\\b/none', 400, 400],
  ['http://a]b/none', 400, 404],
  ['http://a^b/none', 400, 400],
  ['http://a_b/none', 400, 404],
  ['http://a`b/none', 400, 400],
  ['http://a{b/none', 400, 400],
  ['http://a|b/none', 400, 400],
  ['http://a}b/none', 400, 400],
  ['http://a~b/none', 400, 404],
  ['http://a:b@c@h/none', 400, 404],
  ['http://@h/none', 418, 404],
  ['http://a@/none', 400, 404],
  ['http://:b@h/none', 418, 404],
  ['http://%zz@h/none', 418, 404],
  ['http://h#', 400, 400],
  ['http://h?', 404, 404],
  ['http://h?#', 404, 404],
  ['http://h#x', 400, 400],
  ['http://h/#', 400, 404],
  ['http://h/none#x', 400, 404],
  ['http://h', 200, 404],
  ['http://h?x=1', 404, 404],
  ['http://a%41@h/none', 418, 404],
  ['http:///none', 400, 404],
  ['http://h//none', 200, 404],
  ['http:/h/none', 400, 400],
  ['h2+x://h/none', 400, 404],
  ['h2://h/none', 400, 404],
  ['h-x://h/none', 400, 404],
  ['h.x://h/none', 400, 404],
  ['2h://h/none', 400, 400],
  ['+x://h/none', 400, 400],
  ['ftp://h/none', 400, 404],
  ['https://h/none', 418, 404],
  ['http+unix://h/none', 400, 404],
])('GET %s: %s, and %s where an address is not taken apart', (target, get, pathsOnly) => {
  expect([walked(target).status, walked(target, {}, PATHS_ONLY).status]).toEqual([get, pathsOnly]);
});

it.each<[target: string, status: number]>([
  ['h.test:80', 403],
  ['[::1]:80', 403],
  ['h.test', 400],
  ['h:99999', 400],
  ['h:80/none', 400],
  ['http://h.test:80/none', 400],
  ['/', 400],
  ['*', 400],
])('CONNECT %s is %s', (target, status) => {
  expect(walked(target, { method: 'CONNECT' }).status).toBe(status);
});

it.each<[target: string, method: string, status: number | null]>([
  ['?x=1', 'GET', null],
  ['*', 'GET', null],
  ['*', 'OPTIONS', 404],
  ['*x', 'OPTIONS', null],
  ['http://h/none', 'GET', null],
  ['/none', 'GET', 418],
])('HTTP/2 %s with %s: %s', (requestTarget, method, status) => {
  expect(walked(requestTarget, { method, httpVersion: '2' }).status).toBe(status);
});

it.each<[target: string, headers: readonly (readonly [string, string])[], authority: string, scheme: string]>([
  ['http://other/up', [], 'other', 'http'],
  ['https://Other:8080/up', [['host', 'h']], 'Other:8080', 'https'],
  ['http://u:p@other/up', [['x-forwarded-proto', 'https']], 'other', 'http'],
  ['https://other/up', [['x-forwarded-proto', 'http']], 'other', 'https'],
])('%s with %j goes on to %s, of %s', (target, headers, authority, scheme) => {
  expect(walked(target, { headers }).forward?.message).toMatchObject({ authority, scheme, path: '/up' });
});

it.each<[config: object, status: number]>([
  [{}, 418],
  [{ use_remote_address: true }, 403],
  [{ use_remote_address: true, scheme_header_transformation: { scheme_to_overwrite: 'http' } }, 403],
  [{ use_remote_address: true, xff_num_trusted_hops: 1 }, 418],
])('an address of https in plain text, with %j: %s', (config, status) => {
  expect(walked('https://h/none', {}, config).status).toBe(status);
});

it('has no response flag where the target is not a path, and is told in words', () => {
  const end = walkOf(proxyOf({ listeners: [listenerOf([routing(ROUTES)])] }), 'http://h/', {
    requestTarget: '*',
    method: 'OPTIONS',
  });
  expect(end).toMatchObject({ verdict: 'failed', reason: 'invalid-path', status: 404, responseFlags: null });
  expect(end.because).toContain('is not a path');
});

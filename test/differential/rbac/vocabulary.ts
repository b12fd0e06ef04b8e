/** Values that requests and policies share, so that either may match. */
export const SPIFFE = [
  'spiffe://cluster.local/ns/shop/sa/web',
  'spiffe://cluster.local/ns/shop/sa/api',
  'spiffe://cluster.local/ns/other/sa/web',
] as const;
export const DNS = ['web.shop.svc', 'api.shop.svc'] as const;
export const PATHS = [
  '/admin',
  '/admin/x',
  '/api/v1/items',
  '/api/v1/items/7',
  '/Admin',
  '/',
  '/a%2Fb',
  '/index.html',
  '/a;v=1',
];
export const QUERIES = ['', '', '?debug=1', '?a=b&debug=', '?x=/admin'];
export const METHODS = ['GET', 'GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'];
export const HOSTS = ['web.shop', 'api.shop:8080', 'WEB.shop', ''];
export const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'end-user': ['luffy', 'nami', 'Luffy', '', 'luffy2'],
  'x-num': ['5', '10', '-3', 'abc', '007'],
  'x-multi': ['a', 'b', 'a,b'],
  'user-agent': ['curl/8.0', 'Mozilla/5.0 (X11)'],
};
export const SOURCES = ['127.0.0.1', '127.0.0.2', '127.0.1.9'];
export const RANGES: readonly (readonly [string, number])[] = [
  ['127.0.0.0', 24],
  ['127.0.0.0', 8],
  ['127.0.0.2', 32],
  ['127.0.1.0', 24],
  ['10.1.0.0', 16],
  ['0.0.0.0', 0],
  ['::', 0],
  ['10.1.2.3', 32],
];
export const FORWARDED = [
  '10.1.2.3',
  '10.1.2.3, 10.9.9.9',
  '127.0.0.2',
  'junk',
  '10.9.9.9,10.1.2.3',
  ' 10.1.2.3 ',
  '2001:db8::1',
];
export const SNIS = ['', 'web.shop', 'api.shop', 'other.example'];
export const ISSUER = 'https://idp.example';
export const CLAIMS: readonly Readonly<Record<string, unknown>>[] = [
  { iss: ISSUER, sub: 'luffy', groups: ['crew', 'captain'], realm: { role: 'admin' }, scope: 'read write' },
  { iss: ISSUER, sub: 'nami', groups: 'crew', realm: { role: 'user' } },
  { iss: ISSUER, sub: 'zoro', groups: [], scope: '' },
];
/** What the metadata filters of the chain write. */
export const METADATA = {
  text: 'v1',
  number: 7,
  yes: true,
  no: false,
  nothing: null,
  list: ['a', 'b'],
  deep: { er: 'x' },
};
export const STATE_KEY = 'test.state';

/** The words that configurations and requests are made of: few enough to meet, and odd enough to miss. */

export const SERVICES = ['reviews', 'ratings', 'details', 'productpage'];

export const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'];

export const PATHS = [
  '/',
  '/reviews',
  '/reviews/',
  '/reviews/0',
  '/reviews/42?debug=1&user=a',
  '/reviewsX',
  '/REVIEWS/0',
  '/reviews;v=1/0',
  '/api/v1/products',
  '/api/v1/products/12',
  '/api/v1/products/12/reviews?page=2&page=3',
  '/api/v2/items/7/parts',
  '/static/app.js?v=3',
  '/index.html',
  '/a//b',
  '//',
  '//reviews/',
  '/a/./b',
  '/a/../reviews/0',
  '/%72eviews/0',
  '/a%2Fb',
  '/a%2fb/%2e%2e/c',
  '/a%5Cb?x=%2F',
  '/a\\b',
  '/a|b',
  '/x?debug=',
  '/x?user=b%20c&debug',
  '/x?q=a=b',
  '/health',
  '/reviews/0?debug=1',
];

export const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'end-user': ['luffy', 'jason', 'Luffy', 'luffy2', ''],
  'x-number': ['5', '10', '-3', 'abc', '+7', '015', '5.0'],
  'x-env': ['prod', 'staging', 'prod-eu', 'PROD'],
  'x-tenant': ['blue', 'green', 'blue;v=2', 'red'],
  'user-agent': ['curl/8.5.0', 'Mozilla/5.0 (X11)', ''],
  cookie: ['user=a; group=test', 'group=test', 'user=jason'],
  'x-many': ['a', 'b', 'a,b'],
  'x-forwarded-port': ['80', '9080', '99'],
  'x-envoy-internal': ['true'],
  'x-envoy-original-path': ['/a'],
  x_under_score: ['a', 'b'],
  'content-type': ['application/grpc', 'application/grpc+proto', 'application/json', 'application/grpcx'],
  'x-forwarded-proto': ['https', 'http'],
  origin: ['http://reviews:9080', 'http://a.example.com', 'https://evil.test/', 'null', ''],
  authorization: ['Basic dTpwYXNzd29yZA==', 'basic dTpw', 'Bearer x'],
  'x-forwarded-for': ['10.0.0.1', '1.2.3.4, 10.9.9.9'],
};

/** Headers by which a request brings time-outs, retries and more of its own. */
export const OWN_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  'x-envoy-upstream-rq-timeout-ms': ['0', '2500', 'abc', '-1', ' 700', '+2600', '9000000000000000'],
  'x-envoy-upstream-rq-per-try-timeout-ms': ['1200', '0', '90000', '+1300', ''],
  'x-envoy-expected-rq-timeout-ms': ['1900', 'x'],
  'grpc-timeout': ['1S', '500m', '0S', '2X', '1H', '100000u'],
  'x-envoy-max-retries': ['3', '0', 'x', '+2'],
  'x-envoy-retry-on': ['5xx', 'connect-failure', 'nonsense', '5xx,cancelled', 'gateway-error , reset'],
  'x-envoy-retry-grpc-on': ['cancelled', '5xx', 'unavailable,internal'],
  'x-envoy-retriable-status-codes': ['503', '404,x,409'],
  'x-envoy-hedge-on-per-try-timeout': ['true', 'false', 'yes'],
  'x-envoy-force-trace': ['1'],
  'x-forwarded-for': ['', '10.0.0.7'],
  'x-envoy-decorator-operation': ['op'],
};

/** Bodies by their length, which the caller sends. */
export const BODIES = ['1', '4', '5', '6', '1500'];

/** Headers that HTTP/1.1 codecs look at before anything else. */
export const FRAMING: readonly (readonly (readonly [name: string, value: string])[])[] = [
  [['transfer-encoding', 'gzip']],
  [['transfer-encoding', '']],
  [
    ['transfer-encoding', 'chunked'],
    ['content-length', '3'],
  ],
  [['content-length', 'abc']],
  [['content-length', '0']],
  [
    ['content-length', '0'],
    ['content-length', '0'],
  ],
  [
    ['connection', 'Upgrade, HTTP2-Settings'],
    ['upgrade', 'h2c'],
    ['http2-settings', 'AAMAAABkAARAAAAAAAIAAAAA'],
  ],
  [
    ['connection', 'upgrade'],
    ['upgrade', 'websocket'],
  ],
  [['x-control', 'a\u0001b']],
  [['x-control', 'a\tb']],
];

/** Authorities that requests bear. */
export const HOSTS = [
  'reviews',
  'reviews:9080',
  'reviews.bookinfo',
  'REVIEWS.bookinfo:9080',
  'reviews.bookinfo.svc.cluster.local',
  'reviews.bookinfo.svc.cluster.local:9080',
  'reviews.bookinfo.svc.cluster.local.',
  'ratings',
  'ratings:9080',
  'details.bookinfo:80',
  'details.bookinfo',
  '10.96.0.10',
  '10.96.0.10:9080',
  'a.example.com',
  'a.b.example.com',
  'b.example.com',
  'example.com',
  'x-foo.example.com',
  'foo.bar',
  'foo.bar.baz:9080',
  'www.other.org',
  'api.other.org:8080',
  'unknown',
  '[::1]:9080',
  '',
];

/** The header by which some route configurations choose virtual hosts. */
export const VHOST_HEADER = 'x-vhost';

/** What Connection says of other headers: most are taken away, some are refused. */
export const CONNECTIONS = [
  'end-user',
  'close, X-Env',
  'x-tenant,, te',
  'cookie, x-many',
  'x-forwarded-for',
  'X-Forwarded-Proto',
  ':path',
  'host',
  'keep-alive, connection',
  'a,b,c,d,e,f,g,h,i,j',
];

/** Paths with characters that a URL does not have as they are. */
export const ODD_PATHS = ['/reviews/{id}', '/a^b', '/reviews/<1>', '/`a`/b?x={y}'];

/** Domains of virtual hosts. */
export const DOMAINS = [
  'reviews',
  'reviews:9080',
  'reviews.bookinfo',
  'reviews.bookinfo.svc.cluster.local',
  'reviews.bookinfo.svc.cluster.local:9080',
  '10.96.0.10',
  '10.96.0.10:9080',
  'ratings',
  'ratings:9080',
  'details.bookinfo',
  'details.bookinfo:*',
  '*.example.com',
  '*.b.example.com',
  '*-foo.example.com',
  'a.example.com',
  'foo.*',
  'foo.bar.*',
  '*.other.org',
  '*.org:8080',
  'api.*',
  '[::1]:9080',
];

export const SERVER_NAMES = [
  'a.example.com',
  'x.b.example.com',
  'reviews.bookinfo',
  'www.other.org',
  'Unknown.test',
  '',
];

/** Protocol lists that clients offer in TLS. */
export const ALPN_OFFERS: readonly (readonly string[])[] = [
  [],
  ['h2'],
  ['http/1.1'],
  ['h2', 'http/1.1'],
  ['http/1.1', 'h2'],
  ['istio'],
  ['istio-http/1.1', 'istio', 'http/1.1'],
];

/** The addresses of the one pod's network. */
export const POD_IP = '10.244.0.5';
export const NEIGHBOUR_IP = '10.244.0.9';
export const SERVICE_IPS = ['10.96.0.10', '10.96.0.20'];
export const OTHER_IPS = ['10.1.2.3', '192.168.1.7', '172.16.0.9'];
/** Ports of the application at 127.0.0.1, to which endpoints point. */
export const UPSTREAM_PORTS = [18080, 18081, 18082, 18083, 18084, 18085];
/** Ports that an ORIGINAL_DST cluster reaches the application on. */
export const PLAIN_PORTS = [80, 443, 3306, 8000, 9080, 9090, 27017];

/** Hosts that a request names for the cluster, and words that are none. */
export const NAMED_HOSTS = [
  ...UPSTREAM_PORTS.slice(0, 2).map((port) => `127.0.0.1:${port}`),
  '127.0.0.1',
  'reviews:9080',
];

import { harEntries } from '../../../src/lib/access-log/har';

const headers = (pairs: Readonly<Record<string, string>>): readonly { name: string; value: string }[] =>
  Object.entries(pairs).map(([name, value]) => ({ name, value }));

function one(request: object, response: object = { status: 200 }, more: object = {}): unknown {
  return harEntries('a.har', { log: { entries: [{ request, response, ...more }] } })[0];
}

const GET = { method: 'GET', url: 'http://reviews:9080/', headers: [] };

describe('an entry of an HTTP Archive', () => {
  it.each([
    ['an upgrade, which Chrome writes as wss:', 'wss://shop/live', {}, 'https://shop/live'],
    [
      'an upgrade, which Firefox writes as https:',
      'https://shop/live',
      { Connection: 'keep-alive, Upgrade', Upgrade: 'websocket' },
      'https://shop/live',
    ],
    ['an upgrade of ws:', 'ws://shop:8080/live?x', { Upgrade: 'websocket' }, 'http://shop:8080/live?x'],
  ])('is %s', (_what, url, sent, traced) => {
    expect(one({ method: 'GET', url, httpVersion: 'h2', headers: headers(sent) }, { status: 101 })).toMatchObject({
      kind: 'request',
      request: {
        status: 101,
        query: {
          url: traced,
          httpVersion: '1.1',
          headers: [
            ['connection', 'Upgrade'],
            ['upgrade', 'websocket'],
          ],
        },
      },
    });
  });

  it('is an extended CONNECT where its pseudo-headers say so', () => {
    const pairs = { ':method': 'CONNECT', ':protocol': 'websocket', ':authority': 'shop', ':path': '/live' };
    expect(
      one({ method: 'CONNECT', url: 'https://shop/live', httpVersion: 'HTTP/2.0', headers: headers(pairs) }),
    ).toMatchObject({
      request: { query: { connectProtocol: 'websocket', headers: [['Host', 'shop']] } },
    });
  });

  it.each([
    ['h2', '2'],
    ['HTTP/2', '2'],
    ['http/2.0', '2'],
    ['HTTP/1.0', '1.0'],
    ['unknown', undefined],
    ['', undefined],
  ])('of %s asks for HTTP/%s', (httpVersion, asked) => {
    expect(one({ ...GET, httpVersion })).toMatchObject({ kind: 'request' });
    const entry = one({ ...GET, httpVersion }) as { request: { query: { httpVersion?: string } } };
    expect(entry.request.query.httpVersion).toBe(asked);
  });

  it.each([
    ['data:text/plain,x', {}, {}, 'the scheme data'],
    ['blob:https://shop/1-2', {}, {}, 'the scheme blob'],
    ['chrome-extension://abc/x.js', {}, {}, 'the scheme chrome-extension'],
    ['about:blank', {}, {}, 'the scheme about'],
    ['http://h/', { _fetchedViaServiceWorker: true }, {}, 'service worker'],
    ['http://h/', {}, { _fromCache: 'disk' }, 'cache'],
    ['http://h/', { status: 0, _error: 'net::ERR_BLOCKED_BY_CLIENT' }, {}, 'never sent'],
    ['wss://h/', { status: 0, _error: 'net::ERR_BLOCKED_BY_CLIENT' }, {}, 'never sent'],
  ])('%s is left out, and the reason told', (url, response, more, because) => {
    expect(one({ method: 'GET', url, headers: [] }, response, more)).toMatchObject({
      kind: 'left-out',
      because: expect.stringContaining(because),
      text: `GET ${url}`,
    });
  });

  it('is left out where it is the tunnel of the proxy that recorded it', () => {
    expect(one({ method: 'CONNECT', url: 'https://shop:443' })).toMatchObject({ kind: 'left-out' });
  });

  it.each([
    [{}, 'the URL'],
    [{ url: null }, 'the URL'],
    [{ ...GET, httpVersion: 'h3' }, 'HTTP/3'],
    [{ ...GET, httpVersion: 'HTTP/3' }, 'HTTP/3'],
  ])('%j is unknown', (request, because) => {
    expect(one(request)).toMatchObject({ kind: 'unknown', because: expect.stringContaining(because) });
  });

  it.each([
    [{ status: 0, _error: 'net::ERR_ABORTED' }, null, 'net::ERR_ABORTED'],
    [{ status: 0 }, null, null],
    [{}, null, null],
    [null, null, null],
    [{ status: '503' }, 503, null],
    [{ status: [503] }, null, null],
    [{ status: { toString: null } }, null, null],
  ])('with the response %j has the status %j', (response, status, error) => {
    expect(harEntries('a.har', { log: { entries: [{ request: GET, response }] } })[0]).toMatchObject({
      request: { status, error },
    });
  });

  it('is counted, whatever it is', () => {
    expect(harEntries('a.har', { log: { entries: [null, 3, [], {}, 'x'] } })).toHaveLength(5);
    expect(() => harEntries('a.har', { log: {} })).toThrow('no log.entries');
  });
});

/** Entries as programs write them: what their own fields say of the request. */
describe('an archive as it is written by', () => {
  const named = headers({ accept: '*/*' });
  const get = { method: 'GET', url: 'http://h/', headers: named, httpVersion: 'HTTP/1.1' };
  const REQUEST = { kind: 'request' };
  const leftOut = (because: string): object => ({ kind: 'left-out', because: expect.stringContaining(because) });
  const unknown = (because: string): object => ({ kind: 'unknown', because: expect.stringContaining(because) });

  const ROWS: readonly (readonly [creator: string, what: string, entry: object, is: object])[] = [
    [
      'WebKit Web Inspector',
      'a request',
      { request: get, response: { status: 200 }, _fetchType: 'Network Load' },
      REQUEST,
    ],
    ['WebKit Web Inspector', 'its memory cache', { request: get, _fetchType: 'Memory Cache' }, leftOut('cache')],
    ['WebKit Web Inspector', 'its disk cache', { request: get, _fetchType: 'Disk Cache' }, leftOut('cache')],
    [
      'WebKit Web Inspector',
      'a service worker',
      { request: get, _fetchType: 'Service Worker' },
      leftOut('service worker'),
    ],
    ['WebKit Web Inspector', 'an override', { request: get, _fetchType: 'Inspector Override' }, leftOut('made itself')],
    ['WebKit Web Inspector', 'an empty method', { request: { ...get, method: '' } }, unknown('the method')],
    ['WebKit Web Inspector', 'an empty URL', { request: { ...get, url: '' } }, unknown('the URL')],
    [
      'WebKit Web Inspector',
      'a failure',
      { request: get, response: { status: 0, _error: 'The network connection was lost.' } },
      { request: { status: null, error: 'The network connection was lost.' } },
    ],
    ['Firefox', 'its cache, which it does not know', { request: get, cache: { afterRequest: null } }, leftOut('cache')],
    ['Firefox', 'its cache', { request: get, cache: { afterRequest: { eTag: '' } } }, leftOut('cache')],
    ['Firefox', 'a request', { request: get, response: { status: 200 }, cache: {} }, REQUEST],
    ['another', 'a cache that was filled', { request: get, cache: { afterRequest: { eTag: '' } } }, REQUEST],
    [
      'WebInspector',
      'a redirect of HSTS',
      { request: get, response: { status: 307, headers: headers({ 'Non-Authoritative-Reason': 'HSTS' }) } },
      leftOut('HSTS'),
    ],
    ['WebInspector', 'WebTransport', { request: get, _resourceType: 'webtransport' }, unknown('HTTP/3')],
    [
      'WebInspector',
      'no secrets',
      { request: get },
      { request: { lacks: { what: expect.stringContaining('Cookie'), headers: ['cookie', 'authorization'] } } },
    ],
    [
      'WebInspector',
      'secrets',
      { request: { ...get, headers: headers({ Cookie: 'a=b' }) } },
      { request: { lacks: null } },
    ],
    ['Playwright', 'a route that answered', { request: get, _wasFulfilled: true }, leftOut('made itself')],
    ['Playwright', 'a route that stopped it', { request: get, _wasAborted: true }, leftOut('stopped it')],
    ['Playwright', 'a route that let it go on', { request: get, _wasContinued: true }, REQUEST],
    [
      'Playwright',
      'a failure',
      { request: get, response: { status: -1, _failureText: 'net::ERR_CONNECTION_RESET' } },
      { request: { status: null, error: 'net::ERR_CONNECTION_RESET' } },
    ],
    [
      'mitmproxy',
      'a WebSocket',
      { request: { ...get, url: 'https://h/live' }, response: { status: 101 }, _webSocketMessages: [] },
      { request: { query: { url: 'https://h/live', headers: expect.arrayContaining([['upgrade', 'websocket']]) } } },
    ],
    [
      'mitmproxy',
      'no answer',
      { request: get, response: { status: 0, headers: [], content: {}, _error: null } },
      { request: { status: null, error: null } },
    ],
    [
      'Charles Proxy',
      'HTTP/2 with pseudo-headers',
      {
        request: {
          ...get,
          httpVersion: 'HTTP/2.0',
          headers: headers({ ':method': 'GET', ':authority': 'shop', ':scheme': 'http', ':path': '/', a: 'b' }),
        },
        response: { _charlesStatus: 'COMPLETE', status: 200, statusText: null },
      },
      {
        request: {
          status: 200,
          query: {
            httpVersion: '2',
            headers: [
              ['Host', 'shop'],
              ['a', 'b'],
            ],
          },
        },
      },
    ],
    [
      'Charles Proxy',
      'its own answer',
      { request: get, response: { _charlesStatus: 'FAILED', status: 503 } },
      { request: { status: null, error: 'FAILED' } },
    ],
    ['Charles Proxy', 'its tunnel', { request: { ...get, method: 'CONNECT', url: 'https://h' } }, leftOut('tunnel')],
    ['Insomnia REST Client', 'no answer', { request: get, response: { status: 0, statusText: '' } }, REQUEST],
    ['Insomnia REST Client', 'a URL without scheme', { request: { ...get, url: 'h/x' } }, unknown('the scheme')],
    ['Insomnia REST Client', 'a host and port', { request: { ...get, url: 'h:80/x' } }, unknown('the scheme')],
    [
      'k6',
      'a text body that is not there',
      { request: { ...get, method: 'POST', postData: { mimeType: 'text/plain' } }, response: { status: 200 } },
      { request: { query: { method: 'POST' } } },
    ],
    [
      'another',
      'no headers of the request',
      { request: { method: 'GET', url: 'http://h/' } },
      { request: { lacks: { what: expect.stringContaining('headers'), headers: null } } },
    ],
    [
      'another',
      'a method of the pseudo-headers alone',
      {
        request: { url: 'http://h/', headers: headers({ ':method': 'PUT' }) },
      },
      { request: { query: { method: 'PUT' } } },
    ],
  ];

  it.each(ROWS)('%s: %s', (creator, _what, entry, is) => {
    const archive = { log: { version: '1.2', creator: { name: creator, version: '1' }, pages: [], entries: [entry] } };
    expect(harEntries('a.har', archive)).toHaveLength(1);
    expect(harEntries('a.har', archive)[0]).toMatchObject(is);
  });

  it('any of them, with a long data: URL, has a short example', () => {
    const long = { method: 'GET', url: `data:text/plain,${'x'.repeat(1_000_000)}`, headers: [] };
    const { text } = one(long) as { readonly text: string };
    expect(text.length).toBeLessThan(3000);
  });
});

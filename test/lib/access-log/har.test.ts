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

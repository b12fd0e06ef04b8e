/**
 * What the codecs refuse. Every row is what Envoy 1.37.0 did with the request.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/protocol.proto
 */
import type { HttpConnectionManager } from '../../../src/lib/envoy/listener';
import { codecRefusal, decoded, sizeInDoubt } from '../../../src/lib/http/codec';
import { unknown } from '../../../src/lib/match/ternary';
import type { HttpMessage } from '../../../src/lib/http/message';
import { messageOf } from '../../helpers/filters';

type Headers = readonly (readonly [string, string])[];

function refusal(manager: HttpConnectionManager, message: Partial<HttpMessage>): unknown {
  const refused = codecRefusal(manager, messageOf({ authority: 'a.test', ...message }));
  return refused === null ? 'taken' : (refused.status ?? refused.responseFlags);
}

const many = (count: number): Headers => Array.from({ length: count }, (_one, index) => [`x-${index}`, '1']);
const REJECT = { common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' } } as const;
const DROP = { common_http_protocol_options: { headers_with_underscores_action: 'DROP_HEADER' } } as const;
const REJECTS = { headers_with_underscores_action: 'REJECT_REQUEST' } as const;
const TWO = { max_headers_count: 2 };
const FIVE = { common_http_protocol_options: { max_headers_count: 5 } };
const CHUNKED = ['transfer-encoding', 'chunked'] as const;

describe('HTTP/1.1', () => {
  it.each<[HttpConnectionManager, Headers, unknown]>([
    [REJECT, [['x_a', '1']], 400],
    [REJECT, [['x-a', '1_2']], 'taken'],
    [DROP, [['x_a', '1']], 'taken'],
    [{}, [['x_a', '1']], 'taken'],
    [FIVE, many(4), 'taken'],
    [FIVE, many(5), 431],
    [FIVE, [...many(3), ['x-1', '2']], 'taken'],
    [FIVE, [...many(4), ['connection', 'close']], 431],
    // Headers are counted as they are read: which fault comes first decides.
    [{ common_http_protocol_options: { ...TWO, ...REJECTS } }, [...many(2), ['x_a', '1']], 431],
    [{ common_http_protocol_options: { ...TWO, ...REJECTS } }, [['x_a', '1'], ...many(2)], 400],
    [
      { common_http_protocol_options: { max_headers_count: 2, headers_with_underscores_action: 'DROP_HEADER' } },
      [
        ['x_a', '1'],
        ['x-b', '1'],
      ],
      'taken',
    ],
    [{}, many(99), 'taken'],
    [{}, many(100), 431],
    [{ max_request_headers_kb: 1 }, [['x-a', 'b'.repeat(985)]], 'taken'],
    [{ max_request_headers_kb: 1 }, [['x-a', 'b'.repeat(986)]], 431],
    [{}, [['x-a', 'b'.repeat(62_000)]], 431],
  ])('%j with %j: %s', (manager, headers, expected) => {
    expect(refusal(manager, { headers })).toBe(expected);
  });

  it('the path counts for the size', () => {
    const manager = { max_request_headers_kb: 1 };
    expect(refusal(manager, { path: '/aaaa', headers: [['x-a', 'b'.repeat(981)]] })).toBe('taken');
    expect(refusal(manager, { path: '/aaaa', headers: [['x-a', 'b'.repeat(982)]] })).toBe(431);
  });

  it.each<[Headers, unknown]>([
    [[CHUNKED, ['content-length', '3']], 400],
    [[['transfer-encoding', 'gzip']], 501],
    [[['transfer-encoding', 'gzip, chunked']], 501],
    [[['transfer-encoding', 'Chunked']], 'taken'],
    [[['transfer-encoding', 'identity']], 501],
    [[['transfer-encoding', '']], 501],
    [[CHUNKED, CHUNKED], 501],
    [[['content-length', 'abc']], 400],
    [[['content-length', '-1']], 400],
    [[['content-length', '+1']], 400],
    [[['content-length', '1, 1']], 400],
    [
      [
        ['content-length', '1'],
        ['content-length', '1'],
      ],
      400,
    ],
    [[['content-length', '']], 400],
    [[['content-length', '99999999999999999999']], 400],
    [[['content-length', '0']], 'taken'],
    [[['x-a', 'a\u0001b']], 400],
    [[['x-a', 'a\tb']], 'taken'],
    [[['x-a', 'a\u007fb']], 400],
    [[['x-a', 'a\u0080b']], 'taken'],
  ])('%j: %s', (headers, expected) => {
    expect(refusal({}, { method: 'POST', headers })).toBe(expected);
  });

  it.each<[Headers, unknown]>([
    [[CHUNKED], 501],
    [[['content-length', '0']], 'taken'],
    [[['content-length', '3']], 400],
  ])('CONNECT with %j: %s', (headers, expected) => {
    expect(refusal({}, { method: 'CONNECT', path: '', authority: 'a.test:443', headers })).toBe(expected);
  });

  it('a length beside a transfer coding is dropped where that is allowed', () => {
    const manager = { http_protocol_options: { allow_chunked_length: true } };
    const headers = [CHUNKED, ['content-length', 'abc']] as const;
    expect(refusal(manager, { headers })).toBe('taken');
    expect(decoded(manager, messageOf({ headers })).headers).toEqual([CHUNKED]);
  });
});

describe('HTTP/2', () => {
  it.each<[HttpConnectionManager, Headers, unknown]>([
    [REJECT, [['x_a', '1']], 'DR'],
    [{}, many(96), 'taken'],
    [{}, many(97), 'DR'],
    [{ max_request_headers_kb: 1 }, [['x-a', 'b'.repeat(978)]], 'taken'],
    [{ max_request_headers_kb: 1 }, [['x-a', 'b'.repeat(979)]], 'DR'],
    [{}, [['te', 'gzip']], 'DPE'],
    [{}, [['te', 'trailers']], 'taken'],
    [{}, [['te', 'trailers, gzip']], 'DPE'],
    [{}, [['te', 'Trailers']], 'taken'],
    [{}, [['te', '']], 'DPE'],
    [{}, [['connection', 'close']], 'DPE'],
    [{}, [['upgrade', 'websocket']], 'DPE'],
    [{}, [['keep-alive', '1']], 'DPE'],
    [{}, [['proxy-connection', 'x']], 'DPE'],
    [{}, [CHUNKED], 'DPE'],
    [{}, [['content-length', 'abc']], 'DPE'],
    [{}, [['x-a', 'a\u0001b']], 'DPE'],
    [{}, [['x-a', 'a\tb']], 'taken'],
    [{}, [['http2-settings', 'a']], 'taken'],
  ])('%j with %j: %s', (manager, headers, expected) => {
    expect(refusal(manager, { protocol: 'HTTP/2', headers })).toBe(expected);
  });

  it('a path or an authority that is none closes the connection', () => {
    expect(refusal({}, { protocol: 'HTTP/2', path: '/a b' })).toBe('DPE');
    expect(refusal({}, { protocol: 'HTTP/2', authority: 'a b' })).toBe('DPE');
    expect(refusal({}, { protocol: 'HTTP/2', authority: '' })).toBe('DPE');
  });

  it('CONNECT has no scheme and no path to be counted', () => {
    const limit = { common_http_protocol_options: { max_headers_count: 3 } };
    const connect = { protocol: 'HTTP/2', method: 'CONNECT', path: '', headers: many(1) } as const;
    expect(refusal(limit, connect)).toBe('taken');
    expect(refusal(limit, { ...connect, headers: many(2) })).toBe('DR');
    expect(refusal(limit, { ...connect, method: 'GET', path: '/' })).toBe('DR');
  });

  it('cookies are not counted: the codec adds them when all else is there', () => {
    const cookies = Array.from({ length: 20 }, (_, index) => ['cookie', `c${index}=1`] as const);
    const limit = { common_http_protocol_options: { max_headers_count: 6 } };
    expect(refusal(limit, { protocol: 'HTTP/2', headers: cookies })).toBe('taken');
    expect(refusal(limit, { protocol: 'HTTP/2', headers: cookies.map(([, value]) => ['x', value] as const) })).toBe(
      'DR',
    );
  });

  it('cookies are one', () => {
    const headers = [
      ['cookie', 'a=1'],
      ['x', '1'],
      ['cookie', 'b=2'],
    ] as const;
    const names = decoded({}, messageOf({ protocol: 'HTTP/2', headers })).headers;
    expect(names).toEqual([
      ['x', '1'],
      ['cookie', 'a=1; b=2'],
    ]);
    expect(decoded({}, messageOf({ headers })).headers).toBe(headers);
  });
});

describe('upgrades', () => {
  const left = (manager: HttpConnectionManager, ...headers: readonly (readonly [string, string])[]): unknown =>
    decoded(manager, messageOf({ headers })).headers.map(([name]) => name);
  const IGNORES = { http_protocol_options: { ignore_http_11_upgrade: [{ prefix: 'foo' }] } };

  it.each<[HttpConnectionManager, string, string, readonly string[]]>([
    [{}, 'Upgrade, HTTP2-Settings', 'h2c', []],
    [{}, 'upgrade', 'H2C', []],
    [{}, 'upgrade', 'websocket', ['connection', 'upgrade', 'http2-settings']],
    [{}, 'close', 'h2c', ['connection', 'upgrade', 'http2-settings']],
    [IGNORES, 'upgrade', 'foo/1', ['http2-settings']],
    [IGNORES, 'upgrade', 'foo/1, bar', ['connection', 'upgrade', 'http2-settings']],
    [IGNORES, 'upgrade', 'FOO/1', ['connection', 'upgrade', 'http2-settings']],
  ])('%j, %s, %s leaves %j', (manager, connection, upgrade, expected) => {
    const sent = [
      ['connection', connection],
      ['upgrade', upgrade],
      ['http2-settings', 'AAMA'],
    ] as const;
    expect(left(manager, ...sent)).toEqual(expected);
  });

  it('what belongs to HTTP/2 stays where no upgrade asks for it', () => {
    expect(left({}, ['http2-settings', 'AAMA'])).toEqual(['http2-settings']);
  });
});

describe('what the generators found', () => {
  it.each<[Partial<HttpMessage>, unknown]>([
    [{ method: 'CONNECT', path: '', authority: 'a.test' }, 400],
    [{ method: 'CONNECT', path: '', authority: 'a.test:' }, 400],
    [{ method: 'CONNECT', path: '', authority: 'a.test', headers: many(100) }, 431],
    [{ method: 'CONNECT', path: '', authority: 'a.test:443' }, 'taken'],
    [{ method: 'CONNECT', path: '', authority: '[::1]:443' }, 'taken'],
    [{ method: 'CONNECT', path: '', authority: 'a.test', protocol: 'HTTP/2' }, 'taken'],
    [
      {
        headers: [
          ['content-length', '4'],
          ['transfer-encoding', 'gzip'],
        ],
      },
      400,
    ],
    [{ headers: [['transfer-encoding', 'gzip']] }, 501],
  ])('%j: %s', (message, expected) => {
    expect(refusal({}, message)).toBe(expected);
  });

  it('some headers are kept once, their values joined, and counted so', () => {
    const headers: Headers = [
      ['content-type', 'application/grpc'],
      ['x-a', '1'],
      ['content-type', 'text/plain'],
      ['x-a', '2'],
      ['x-forwarded-for', '1.1.1.1'],
      ['x-forwarded-for', '2.2.2.2'],
    ];
    expect(decoded({}, messageOf({ headers })).headers).toEqual([
      ['content-type', 'application/grpc,text/plain'],
      ['x-a', '1'],
      ['x-a', '2'],
      ['x-forwarded-for', '1.1.1.1,2.2.2.2'],
    ]);
    expect(refusal(FIVE, { headers })).toBe('taken');
  });
});

it('an empty value adds nothing to a header that is kept once', () => {
  const headers: Headers = [
    ['x-forwarded-for', ''],
    ['x-forwarded-for', '9.9.9.9'],
  ];
  expect(decoded({}, messageOf({ headers })).headers).toEqual([['x-forwarded-for', '9.9.9.9']]);
});

describe('a head with a value that is not known', () => {
  const headers = [
    ['x-a', unknown('what filled it')],
    ['x-b', 'b'],
  ] as const;

  it.each<[HttpConnectionManager, HttpMessage['headers'], object | null]>([
    [{ max_request_headers_kb: 1 }, headers, { unknown: 'how long the headers are: what filled it' }],
    [{ max_request_headers_kb: 1 }, headers.slice(1), null],
    [{}, headers, null],
    [{}, [...headers, ['x-c', 'c'.repeat(55_000)]], { unknown: 'how long the headers are: what filled it' }],
  ])('%j', (manager, asked, doubt) => {
    expect(sizeInDoubt(manager, messageOf({ authority: 'a.test', headers: asked }))).toEqual(doubt);
  });
});

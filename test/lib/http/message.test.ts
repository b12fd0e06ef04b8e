/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers */
import { firstHeader, headerValues, isGrpc, joinedHeader } from '../../../src/lib/http/message';
import { unknown } from '../../../src/lib/match/ternary';
import { messageOf } from '../../helpers/filters';

const message = messageOf({
  method: 'POST',
  authority: 'h:1',
  path: '/p?q',
  scheme: 'https',
  headers: [
    ['x-a', '1'],
    ['x-a', '2'],
    ['x-b', ''],
  ],
});

describe('a header is looked up', () => {
  it.each<[string, readonly string[]]>([
    ['X-A', ['1', '2']],
    ['x-b', ['']],
    ['x-c', []],
    [':method', ['POST']],
    [':Authority', ['h:1']],
    ['Host', ['h:1']],
    [':path', ['/p?q']],
    [':scheme', ['https']],
    [':status', []],
  ])('%s: %j', (name, values) => {
    expect(headerValues(message, name)).toEqual(values);
    expect(firstHeader(message, name)).toBe(values[0] ?? null);
    expect(joinedHeader(message, name)).toBe(values.length === 0 ? null : values.join(','));
  });

  it('and is missing where the message has none', () => {
    expect(headerValues(messageOf({ authority: null }), 'host')).toEqual([]);
    expect(headerValues(messageOf({ path: '' }), ':path')).toEqual([]);
  });

  it('and its joined values are not known where one of them is not', () => {
    const open = messageOf({ headers: [...message.headers, ['x-a', unknown('it')]] });
    expect(joinedHeader(open, 'x-a')).toEqual({ unknown: 'it' });
    expect(firstHeader(open, 'x-a')).toBe('1');
  });
});

it('whether a request is gRPC is not known where its content type is not', () => {
  expect(isGrpc(messageOf({ headers: [['content-type', unknown('it')]] }))).toMatchObject({
    unknown: expect.stringContaining('it') as unknown,
  });
});

it.each([
  ['/s/M', true],
  // CONNECT has no path.
  ['', false],
])('of gRPC with the path %j: %j', (path, expected) => {
  expect(isGrpc(messageOf({ path, headers: [['content-type', 'application/grpc']] }))).toBe(expected);
});

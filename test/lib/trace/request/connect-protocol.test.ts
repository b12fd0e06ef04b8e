import { planRequest } from '../../../../src/lib/trace/request/plan';

it('an extended CONNECT is an upgrade over HTTP/2', () => {
  const { message, payload } = planRequest({ url: 'http://chat/room', connectProtocol: 'websocket' });
  expect(payload).toBe('http/2');
  expect(message).toMatchObject({
    method: 'GET',
    path: '/room',
    protocol: 'HTTP/2',
    isExtendedConnect: true,
    headers: [
      ['connection', 'upgrade'],
      ['upgrade', 'websocket'],
    ],
  });
});

it('over TLS it is offered as HTTP/2', () => {
  const { tls } = planRequest({ url: 'https://chat/room', connectProtocol: 'websocket', method: 'CONNECT' });
  expect(tls?.alpn).toContain('h2');
});

it.each([
  [{ httpVersion: '1.1' as const }, /HTTP\/1\.1/],
  [{ method: 'POST' }, /the method is POST/],
  [{ connectProtocol: 'a b' }, /name of a protocol/],
])('%p is refused', (more, message) => {
  expect(() => planRequest({ url: 'http://chat/', connectProtocol: 'websocket', ...more })).toThrow(message);
});

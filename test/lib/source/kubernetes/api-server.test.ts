/** How long an API server is waited for: once, from the first look-up to the first byte, whatever stands still. */
import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ClusterAccess } from '../../../../src/lib/source/kubernetes/access';
import { ApiServer } from '../../../../src/lib/source/kubernetes/api-server';
import type { Client } from '../../../../src/lib/source/kubernetes/client';

let frozen: Server;
const sockets: Socket[] = [];

beforeEach(async () => {
  sockets.length = 0;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  frozen = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => frozen.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  jest.useRealTimers();
  for (const socket of sockets) socket.destroy();
  frozen.close();
});

function access(server: URL): ClusterAccess {
  return {
    server,
    context: 'c',
    user: 'u',
    namespace: 'default',
    agent: new Agent(),
    proxy: null,
    headers: {},
    close: () => undefined,
    renew: () => Promise.resolve(false),
  };
}

test('a frozen API server with TLS is given up after the time-out, not after twice that', async () => {
  const server = new URL(`https://127.0.0.1:${(frozen.address() as AddressInfo).port}`);
  const api = new ApiServer(undefined as unknown as Client, access(server), {
    idleTimeoutMs: 3000,
    concurrency: 8,
    showRequest: null,
  });
  const answer = api.get('/version').catch((error: unknown) => error);
  // Until the client has sent its half of the handshake.
  const [socket] = await until(() => sockets.length > 0).then(() => sockets);
  await new Promise((resolve) => socket?.once('data', resolve));
  jest.advanceTimersByTime(3001);
  expect(await answer).toMatchObject({ message: expect.stringMatching(/no byte came .* for 3 s/) as string });
  api.close();
});

test('where it said nothing for the whole time, further requests wait for a quarter of it', async () => {
  const agent = new HttpAgent();
  const api = new ApiServer(
    undefined as unknown as Client,
    { ...access(new URL(`http://127.0.0.1:${(frozen.address() as AddressInfo).port}`)), agent },
    { idleTimeoutMs: 3000, concurrency: 8, showRequest: null },
  );
  const first = api.get('/version').catch((error: unknown) => error);
  await until(() => sockets.length > 0);
  jest.advanceTimersByTime(3001);
  expect(await first).toMatchObject({ message: expect.stringMatching(/no byte came .* for 3 s/) as string });
  expect(api.isSilent).toBe(true);
  const second = api.get('/version').catch((error: unknown) => error);
  await until(() => sockets.length > 1);
  jest.advanceTimersByTime(751);
  expect(await second).toMatchObject({ message: expect.stringMatching(/no byte came .* for 0\.75 s/) as string });
  // An answer ends that.
  const third = api.get('/version');
  await until(() => sockets.length > 2);
  sockets[2]?.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
  expect(await third).toEqual({});
  expect(api.isSilent).toBe(false);
  api.close();
});

async function until(passes: () => boolean): Promise<void> {
  while (!passes()) await new Promise((resolve) => setImmediate(resolve));
}

/** How long an API server is waited for: once, from the first look-up to the first byte, whatever stands still. */
import { Agent } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ApiServer } from '../../../../src/lib/source/kubernetes/api-server';
import type { Client } from '../../../../src/lib/source/kubernetes/client';

let frozen: Server;
const sockets: Socket[] = [];

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  frozen = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => frozen.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  jest.useRealTimers();
  for (const socket of sockets) socket.destroy();
  frozen.close();
});

test('a frozen API server with TLS is given up after the time-out, not after twice that', async () => {
  const server = new URL(`https://127.0.0.1:${(frozen.address() as AddressInfo).port}`);
  const access = {
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
  const api = new ApiServer(undefined as unknown as Client, access, {
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

async function until(passes: () => boolean): Promise<void> {
  while (!passes()) await new Promise((resolve) => setImmediate(resolve));
}

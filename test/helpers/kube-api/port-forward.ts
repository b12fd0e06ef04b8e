/** The kubelet's side of a port-forward: WebSocket frames to a TCP connection and back, and its faults. */
import { connect, type Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Backend, Fault } from './backend';

const HIGH_WATER = 256 << 10;

/** Plays a port-forward until either side closes. */
export function playPortForward(socket: WebSocket, podPort: number, backend: Backend): void {
  const send = (channel: number, bytes: Uint8Array, sent?: () => void): void => {
    socket.send(Buffer.concat([Buffer.of(channel), bytes]), { binary: true }, sent);
  };
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16LE(podPort);
  send(0, prefix);
  send(1, prefix);
  const fail = (text: string): void => {
    send(1, Buffer.from(text));
    socket.close(1000);
  };
  const refused = `error forwarding port ${podPort} to pod 5f2e, uid : failed to execute portforward in network namespace "/var/run/netns/cni-1": failed to connect to localhost:${podPort} inside namespace "5f2e", IPv4: dial tcp4 127.0.0.1:${podPort}: connect: connection refused IPv6 dial tcp6 [::1]:${podPort}: connect: connection refused `;
  const port = podPort === (backend.podPort ?? 15000) ? backend.port : (backend.otherPorts?.[podPort] ?? null);
  if (port === null) {
    fail(refused);
    return;
  }
  const target = typeof port === 'string' ? connect(port) : connect(port, '127.0.0.1');
  socket.on('message', (data: Buffer) => {
    if (data[0] === 0) target.write(data.subarray(1));
  });
  socket.on('close', () => target.destroy());
  target.on('error', () => {
    fail(refused);
  });
  target.on('end', () => {
    // A kubelet takes about a second to notice; tests need not.
    setTimeout(() => {
      socket.close(1000);
    }, 100);
  });
  pipe(target, socket, backend.fault, (bytes, sent) => {
    send(0, bytes, sent);
  });
}

function pipe(
  target: Socket,
  socket: WebSocket,
  fault: Fault | undefined,
  send: (bytes: Uint8Array, sent: () => void) => void,
): void {
  let passed = 0;
  let isOver = false;
  const pass = (bytes: Uint8Array): void => {
    passed += bytes.length;
    send(bytes, () => {
      if (socket.bufferedAmount < HIGH_WATER) target.resume();
    });
    if (socket.bufferedAmount >= HIGH_WATER) target.pause();
  };
  target.on('data', (chunk: Buffer) => {
    if (isOver) return;
    if (fault === undefined) pass(chunk);
    else if (fault.kind === 'slow') setTimeout(pass, fault.milliseconds, chunk);
    else if ('after' in fault) {
      const left = fault.after - passed;
      if (chunk.length <= left) {
        pass(chunk);
        return;
      }
      isOver = true;
      pass(chunk.subarray(0, left));
      target.destroy();
      breakOff(socket, fault.kind);
    }
  });
}

function breakOff(socket: WebSocket, kind: 'reset' | 'ends' | 'dies' | 'silence'): void {
  if (kind === 'dies')
    setTimeout(() => {
      socket.terminate();
    }, 50);
  if (kind === 'ends') socket.close(1000);
  if (kind !== 'reset') return;
  const text =
    'error forwarding port 15000 to pod 5f2e, uid : read tcp4 127.0.0.1:5->127.0.0.1:15000: connection reset by peer';
  socket.send(Buffer.concat([Buffer.of(1), Buffer.from(text)]), { binary: true });
  socket.close(1000);
}

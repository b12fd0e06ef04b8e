/**
 * The kubelet's side of a port-forward over SPDY/3.1, as kubectl's client meets it: streams by their headers, one for errors and
 * one for data, and no flow control. It reads frames by itself, so that a client's mistake is one here as well.
 */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { constants, deflateSync, inflateSync } from 'node:zlib';
import type { Backend } from './backend';

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const PING = 6;
const GO_AWAY = 7;
const FIN = 1;

/** Answers the upgrade and plays the forward until either side closes. */
export function playSpdyPortForward(socket: Duplex, backend: Backend): void {
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n',
  );
  const play = new Play(socket, backend);
  let held = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 8 && held.length >= 8 + held.readUIntBE(5, 3)) {
      const length = 8 + held.readUIntBE(5, 3);
      play.take(held.subarray(0, length));
      held = held.subarray(length);
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    play.end();
  });
}

class Play {
  readonly #socket: Duplex;
  readonly #backend: Backend;
  readonly #streams = new Map<string, number>();
  #compressed = Buffer.alloc(0);
  #read = 0;
  #target: Socket | null = null;

  constructor(socket: Duplex, backend: Backend) {
    this.#socket = socket;
    this.#backend = backend;
  }

  take(frame: Buffer): void {
    const [isControl, payload] = [frame.readUInt32BE(0) >>> 31 === 1, frame.subarray(8)];
    if (!isControl) {
      const stream = frame.readUInt32BE(0);
      if (stream === this.#streams.get('data')) this.#target?.write(payload);
      return;
    }
    if (frame.readUInt16BE(0) !== 0x8003) throw new Error('a control frame of another version');
    const type = frame.readUInt16BE(2);
    if (type === GO_AWAY) this.#socket.end();
    if (type !== SYN_STREAM) return;
    const stream = payload.readUInt32BE(0);
    const headers = this.#headers(payload.subarray(10));
    this.#streams.set(headers.get('streamtype') ?? '', stream);
    this.#control(SYN_REPLY, Buffer.concat([payload.subarray(0, 4), this.#reply()]));
    if (headers.get('streamtype') === 'data') this.#connect(Number(headers.get('port')));
  }

  end(): void {
    this.#target?.destroy();
  }

  /** All header blocks of a connection are one zlib stream. */
  #headers(block: Buffer): ReadonlyMap<string, string> {
    this.#compressed = Buffer.concat([this.#compressed, block]);
    const all = inflateSync(this.#compressed, { finishFlush: constants.Z_SYNC_FLUSH });
    const own = all.subarray(this.#read);
    this.#read = all.length;
    let at = 4;
    const text = (): string => {
      const length = own.readUInt32BE(at);
      at += 4 + length;
      return own.toString('utf8', at - length, at);
    };
    const found = new Map<string, string>();
    for (let count = own.readUInt32BE(0); count > 0; count -= 1) {
      const name = text();
      found.set(name, text());
    }
    if (at !== own.length) throw new Error('a header block with more in it');
    return found;
  }

  #reply(): Buffer {
    return deflateSync(Buffer.alloc(4), { finishFlush: constants.Z_SYNC_FLUSH });
  }

  #connect(podPort: number): void {
    const { port, fault } = this.#backend;
    if (port === null || podPort !== (this.#backend.podPort ?? 15000)) {
      this.#fail(`failed to connect to localhost:${podPort} inside namespace "5f2e": connect: connection refused`);
      return;
    }
    // A server's ping, to which a client must answer.
    this.#control(PING, Buffer.of(0, 0, 0, 2));
    const target = typeof port === 'string' ? connect(port) : connect(port, '127.0.0.1');
    this.#target = target;
    let passed = 0;
    target.on('data', (chunk: Buffer) => {
      const most = fault !== undefined && 'after' in fault ? fault.after : Number.POSITIVE_INFINITY;
      const bytes = chunk.subarray(0, Math.max(0, most - passed));
      passed += chunk.length;
      if (bytes.length > 0) this.#data('data', bytes, 0);
      if (passed < most || fault === undefined) return;
      target.destroy();
      if (fault.kind === 'reset') this.#fail('read tcp4 127.0.0.1:15000: connection reset by peer');
      if (fault.kind === 'ends') this.#data('data', Buffer.alloc(0), FIN);
      if (fault.kind === 'dies') this.#socket.destroy();
    });
    target.on('error', () => {
      this.#fail('connect: connection refused');
    });
    target.on('end', () => {
      this.#data('data', Buffer.alloc(0), FIN);
    });
  }

  #fail(text: string): void {
    this.#data('error', Buffer.from(text), 0);
    this.#data('error', Buffer.alloc(0), FIN);
    this.#data('data', Buffer.alloc(0), FIN);
  }

  #data(type: string, bytes: Buffer, flags: number): void {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(this.#streams.get(type) ?? 0, 0);
    head[4] = flags;
    head.writeUIntBE(bytes.length, 5, 3);
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat([head, bytes]));
  }

  #control(type: number, payload: Buffer): void {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(0x8003, 0);
    head.writeUInt16BE(type, 2);
    head.writeUIntBE(payload.length, 5, 3);
    this.#socket.write(Buffer.concat([head, payload]));
  }
}

/**
 * A connection to a port of a pod, as a stream: the frames of a port-forward's WebSocket.
 * https://kubernetes.io/docs/reference/using-api/websocket/ (protocol v4.channel.k8s.io: the first byte is the channel)
 */
import { Duplex } from 'node:stream';
import { ConnectionLost } from '../admin-client';
import type { WebSocket } from './client';
import type { ConnectionSlot } from './connection-slots';

const DATA = 0;
const FAILURE = 1;
/** Each channel begins with the port's number, two bytes. */
const PORT_BYTES = 2;
const CLOSED_WELL = 1000;
const CLOSED_WITHOUT_CODE = 1005;
/** How long the other side may take to answer a close. */
const CLOSE_MS = 1000;

export class PodSocket extends Duplex {
  /** Resolves when nothing is open any more. */
  readonly gone: Promise<void>;
  /** Its place among the connections to pods. */
  readonly place: ConnectionSlot;
  readonly #socket: WebSocket;
  readonly #skip = [PORT_BYTES, PORT_BYTES];
  #timeoutMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, place: ConnectionSlot) {
    super();
    this.place = place;
    this.#socket = socket;
    this.gone = new Promise((resolve) => {
      socket.once('close', (code: number) => {
        this.#end(code);
        resolve();
      });
    });
    socket.on('message', (data: Buffer) => {
      this.#take(data);
    });
    socket.on('error', (error) => this.destroy(lost(error.message)));
  }

  // What node:http calls on a net.Socket.

  get timeout(): number {
    return this.#timeoutMs;
  }

  setTimeout(milliseconds: number, whenIdle?: () => void): this {
    this.#timeoutMs = milliseconds;
    if (whenIdle !== undefined) this.once('timeout', whenIdle);
    this.#wait();
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
    this.#wait();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) {
      done(lost('it is closed'));
      return;
    }
    this.#wait();
    this.#socket.send(Buffer.concat([Buffer.of(DATA), chunk]), { binary: true }, done);
  }

  /** The protocol cannot close one direction: to close would lose the answer. */
  override _final(done: (error?: Error | null) => void): void {
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    // A close waits behind what is not read yet.
    if (error !== null || socket.isPaused) socket.terminate();
    else {
      socket.close(CLOSED_WELL);
      setTimeout(() => {
        socket.terminate();
      }, CLOSE_MS).unref();
    }
    done(error);
  }

  #take(frame: Buffer): void {
    const channel = frame[0] ?? -1;
    const skipped = Math.min(this.#skip[channel] ?? 0, frame.length - 1);
    if (channel === DATA || channel === FAILURE) this.#skip[channel] = (this.#skip[channel] ?? 0) - skipped;
    const bytes = frame.subarray(1 + skipped);
    if (bytes.length === 0 || this.destroyed) return;
    if (channel === FAILURE) this.destroy(forwardFailure(bytes.toString('utf8')));
    if (channel !== DATA) return;
    this.#wait();
    if (!this.push(bytes)) this.#socket.pause();
  }

  /** Code 1000, or none, ends the stream; what it means is for HTTP to say. Any other is a connection that broke. */
  #end(code: number): void {
    if (this.destroyed) return;
    if (code === CLOSED_WELL || code === CLOSED_WITHOUT_CODE) this.push(null);
    else this.destroy(lost(`the connection broke (close ${code})`));
  }

  /** Starts the wait for the next byte anew. A reader that is slow itself waits for nothing. */
  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#timeoutMs <= 0 || this.destroyed) return;
    this.#timer = setTimeout(() => {
      if (this.#socket.isPaused) this.#wait();
      else this.emit('timeout');
    }, this.#timeoutMs);
  }
}

/** Nothing in the pod accepts connections on the port. */
export class PortRefused extends ConnectionLost {}

/** The connection to a pod broke. */
export function lost(because: string): ConnectionLost {
  return new ConnectionLost(because, {
    hint: 'The node, its kubelet or a proxy on the way went away. Try again; kubectl get nodes shows their state.',
  });
}

/** What the kubelet says on the error channel, the first line of it. */
function forwardFailure(text: string): ConnectionLost {
  const [line = ''] = text.trim().split('\n');
  if (/connection refused/i.test(text)) return new PortRefused(line);
  return new ConnectionLost(line, {
    hint: "Envoy or the pod went away in the middle. Try again; kubectl get pod shows the pod's restarts.",
  });
}

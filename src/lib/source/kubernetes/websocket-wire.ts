/**
 * A port-forward over a WebSocket.
 * https://kubernetes.io/docs/reference/using-api/websocket/ (protocol v4.channel.k8s.io: the first byte is the channel)
 */
import type { WebSocket } from './client';
import { CLOSE_MS, type ForwardEvents, type ForwardWire } from './pod-socket';

const DATA = 0;
const FAILURE = 1;
/** Each channel begins with the port's number, two bytes. */
const PORT_BYTES = 2;
const CLOSED_WELL = 1000;
const CLOSED_WITHOUT_CODE = 1005;

export class WebSocketWire implements ForwardWire {
  readonly #socket: WebSocket;
  readonly #skip = [PORT_BYTES, PORT_BYTES];

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get isPaused(): boolean {
    return this.#socket.isPaused;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  send(bytes: Buffer, sent: (error?: Error | null) => void): void {
    this.#socket.send(Buffer.concat([Buffer.of(DATA), bytes]), { binary: true }, sent);
  }

  close(): void {
    this.#socket.close(CLOSED_WELL);
    setTimeout(() => {
      this.#socket.terminate();
    }, CLOSE_MS).unref();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  listen(events: ForwardEvents): void {
    let broken: string | null = null;
    this.#socket.once('close', (code: number) => {
      const isWell = code === CLOSED_WELL || code === CLOSED_WITHOUT_CODE;
      events.closed(broken ?? (isWell ? null : `the connection broke (close ${code})`));
    });
    this.#socket.on('error', (error) => {
      broken = error.message;
    });
    this.#socket.on('message', (frame: Buffer) => {
      const channel = frame[0] ?? -1;
      const skipped = Math.min(this.#skip[channel] ?? 0, frame.length - 1);
      if (channel === DATA || channel === FAILURE) this.#skip[channel] = (this.#skip[channel] ?? 0) - skipped;
      const bytes = frame.subarray(1 + skipped);
      if (bytes.length === 0) return;
      if (channel === FAILURE) events.failed(bytes.toString('utf8'));
      if (channel === DATA) events.data(bytes);
    });
  }
}

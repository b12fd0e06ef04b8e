/**
 * A port-forward over SPDY/3.1, as kubectl spoke it before WebSockets, and still does where these are refused: asked for with
 * POST, it needs the verb `create` alone. A stream of data and one for what fails.
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
 */
import type { Duplex } from 'node:stream';
import { CLOSE_MS, type ForwardEvents, type ForwardWire } from './pod-socket';
import { controlFrame, dataFrame, finFrame, SPDY, SpdyOpener, SpdyReader } from './spdy-frames';

/** Headers of the request that becomes such a connection. */
export const SPDY_HEADERS = {
  Connection: 'Upgrade',
  Upgrade: 'SPDY/3.1',
  'X-Stream-Protocol-Version': 'portforward.k8s.io',
} as const;

/** A client's streams have odd numbers. */
const FAILURES = 1;
const DATA = 3;
/** What is kept of the kubelet's words. */
const MOST_WORDS = 16 << 10;

export class SpdyWire implements ForwardWire {
  readonly #socket: Duplex;
  readonly #head: Buffer;
  #isOpen = true;

  /**
   * @param socket the connection after its upgrade
   * @param head what came with the answer
   * @param port the pod's port
   */
  constructor(socket: Duplex, head: Buffer, port: number) {
    this.#socket = socket;
    this.#head = head;
    const opener = new SpdyOpener();
    const common = { port: String(port), requestid: '0' };
    socket.write(opener.open(FAILURES, { streamtype: 'error', ...common }));
    // Nothing is ever sent on it.
    socket.write(finFrame(FAILURES));
    socket.write(opener.open(DATA, { streamtype: 'data', ...common }));
  }

  get isOpen(): boolean {
    return this.#isOpen && this.#socket.writable;
  }

  get isPaused(): boolean {
    return this.#socket.isPaused();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  send(bytes: Buffer, sent: (error?: Error | null) => void): void {
    this.#socket.write(dataFrame(DATA, bytes), sent);
  }

  close(): void {
    this.#isOpen = false;
    this.#socket.end(controlFrame(SPDY.goAway, Buffer.alloc(8)));
    this.#socket.resume();
    setTimeout(() => {
      this.#socket.destroy();
    }, CLOSE_MS).unref();
  }

  terminate(): void {
    this.#isOpen = false;
    this.#socket.destroy();
  }

  listen(events: ForwardEvents): void {
    let words = '';
    let broken: string | null = 'the connection broke';
    const reader = new SpdyReader({
      data: (stream, bytes, isLast) => {
        if (stream === DATA) events.data(bytes);
        if (stream === FAILURES && words.length < MOST_WORDS) words += bytes.toString('utf8');
        if (!isLast) return;
        if (stream === FAILURES && words !== '') events.failed(words);
        if (stream !== DATA) return;
        broken = null;
        // What failed may be told behind the end of the data.
        setTimeout(() => {
          this.close();
        }, LINGER_MS).unref();
      },
      control: (type, payload) => {
        // A ping with an even number is the server's, and wants an answer.
        if (type === SPDY.ping && ((payload[3] ?? 1) & 1) === 0) this.#socket.write(controlFrame(SPDY.ping, payload));
        if (type === SPDY.goAway) broken = null;
        if (type === SPDY.rstStream && payload.length >= 4 && (payload.readUInt32BE(0) & 0x7fffffff) === DATA) {
          broken = 'the other side gave up the stream';
          this.terminate();
        }
      },
    });
    const take = (chunk: Buffer): void => {
      try {
        reader.take(chunk);
      } catch (error) {
        broken = (error as Error).message;
        this.terminate();
      }
    };
    this.#socket.on('error', (error) => {
      broken = error.message;
    });
    this.#socket.once('close', () => {
      this.#isOpen = false;
      if (words !== '') events.failed(words);
      events.closed(broken);
    });
    if (this.#head.length > 0) take(this.#head);
    this.#socket.on('data', take);
  }
}

const LINGER_MS = 50;

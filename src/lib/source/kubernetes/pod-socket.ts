/** A connection to a port of a pod, as a stream, whatever carries it to the API server. */
import { Duplex } from 'node:stream';
import { ConnectionLost, WayLost } from '../admin-client';
import type { ConnectionSlot } from './connection-slots';

/** What a port-forward's connection to the API server tells. */
export interface ForwardEvents {
  data(bytes: Buffer): void;
  /** The kubelet's words about what failed. */
  failed(text: string): void;
  /** Nothing is open any more: `because` says how it broke, null where the other side closed it. */
  closed(because: string | null): void;
}

/** A port-forward's connection to the API server. */
export interface ForwardWire {
  readonly isOpen: boolean;
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
  send(bytes: Buffer, sent: (error?: Error | null) => void): void;
  /** Closes it as the protocol asks for. */
  close(): void;
  /** Breaks it off. */
  terminate(): void;
  /** Called once, before anything comes. */
  listen(events: ForwardEvents): void;
}

/** How long the other side may take to answer a close, in milliseconds. */
export const CLOSE_MS = 500;

/** What is said of a connection that breaks without a close: the code stands for that in WebSockets, and SPDY has none of its own. */
export const BROKEN = 'the connection broke (close 1006)';

/** A connection to a port of a pod as Node's sockets are. */
export class PodSocket extends Duplex {
  /** Resolves when nothing is open any more. */
  readonly gone: Promise<void>;
  /** Its place among the connections to pods. */
  readonly place: ConnectionSlot;
  readonly #wire: ForwardWire;
  #timeoutMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(wire: ForwardWire, place: ConnectionSlot) {
    super();
    this.place = place;
    this.#wire = wire;
    this.gone = new Promise((resolve) => {
      wire.listen({
        data: (bytes) => {
          this.#take(bytes);
        },
        failed: (text) => {
          if (!this.destroyed) this.destroy(forwardFailure(text));
        },
        closed: (because) => {
          this.#end(because);
          resolve();
        },
      });
    });
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
    if (this.#wire.isPaused) this.#wire.resume();
    this.#wait();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.#wire.isOpen) {
      done(lost('it is closed'));
      return;
    }
    this.#wait();
    // Whether a connection that breaks is first felt here or where it is read from is chance: it is told in the same words.
    this.#wire.send(chunk, (error) => {
      done((error ?? null) === null ? null : lost(BROKEN));
    });
  }

  /** The protocol cannot close one direction: to close would lose the answer. */
  override _final(done: (error?: Error | null) => void): void {
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    // A close waits behind what is not read yet.
    if (error !== null || this.#wire.isPaused) this.#wire.terminate();
    else this.#wire.close();
    done(error);
  }

  #take(bytes: Buffer): void {
    if (bytes.length === 0 || this.destroyed) return;
    this.#wait();
    if (!this.push(bytes)) this.#wire.pause();
  }

  /** A close ends the stream; what it means is for HTTP to say. */
  #end(because: string | null): void {
    if (this.destroyed) return;
    if (because === null) this.push(null);
    else this.destroy(lost(because));
  }

  /** Starts the wait for the next byte anew. A reader that is slow itself waits for nothing. */
  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#timeoutMs <= 0 || this.destroyed) return;
    this.#timer = setTimeout(() => {
      if (this.#wire.isPaused) this.#wait();
      else this.emit('timeout');
    }, this.#timeoutMs);
  }
}

/** Nothing in the pod accepts connections on the port. */
export class PortRefused extends ConnectionLost {}

/** The connection to a pod broke. */
export function lost(because: string): WayLost {
  return new WayLost(because, {
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

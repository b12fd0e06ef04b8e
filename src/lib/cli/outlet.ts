/** One of the two standard streams: everything in order, and known to be out or not. */
import type { Writable } from 'node:stream';
import { UnavailableError } from '../errors';

/** The reader has gone away (`| head`): no failure that is told, the run just ends, as that of cat does. */
export class BrokenPipe extends Error {}

/** What a write to a stream ends with where nobody reads it any more. */
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/** A stream that is written to as fast as its reader takes it, and that knows when the reader has gone. */
export class Outlet {
  readonly #open: () => Writable;
  readonly #name: string;
  #stream: Writable | null = null;
  /** The first error; nothing can be written after it. */
  #failure: Error | null = null;

  /**
   * @param open gives the stream; asked when something is written for the first time, since to look at a stream is to make it
   * @param name what the stream is called in an error: `standard output`
   */
  constructor(open: () => Writable, name: string) {
    this.#open = open;
    this.#name = name;
  }

  /** Takes a text, and resolves when there is room for more. Throws BrokenPipe, or UnavailableError for any other error. */
  async write(text: string): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.send(text, resolve)) resolve();
    });
    this.#check();
  }

  /** Takes a text without waiting; an error comes with the next write, or with `flush`. */
  send(text: string, done: () => void = () => undefined): boolean {
    if (this.#failure !== null) {
      done();
      return false;
    }
    return this.#opened().write(text, (error) => {
      if (error !== null && error !== undefined) this.#fail(error);
      done();
    });
  }

  /** Resolves when the last byte has left the process. Throws as `write` does where it cannot. */
  async flush(): Promise<void> {
    const stream = this.#stream;
    if (stream === null) return;
    // Writes end in their order: when one that is empty has ended, all have.
    if (this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.send('', resolve);
      });
    }
    this.#check();
  }

  #opened(): Writable {
    if (this.#stream !== null) return this.#stream;
    const stream = this.#open();
    // Without a listener a broken pipe would be an uncaught exception.
    stream.on('error', (error) => {
      this.#fail(error);
    });
    this.#stream = stream;
    return stream;
  }

  #fail(error: Error): void {
    this.#failure ??= GONE.has((error as NodeJS.ErrnoException).code)
      ? new BrokenPipe()
      : new UnavailableError(`write ${this.#name}: ${error.message}`, {
          hint: 'What was written before is not the whole.',
          cause: error,
        });
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}

/** Standard streams of a run: data to stdout, everything else to stderr. */
import type { Readable, Writable } from 'node:stream';
import { visible } from '../render/visible';

/** What a run reads from and writes to: the process's own streams, or a test's. */
export interface StandardStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The reader of stdout has gone away (`| head`): no failure, the run just ends. */
export class BrokenPipe extends Error {}

/** A piece of output at a time, made when there is room for it. */
export type Output = string | Iterable<string> | AsyncIterable<string>;

/** Something that is waited for, and what shows it; null as long as the wait is short. */
interface Waiting {
  readonly timer: NodeJS.Timeout;
  spinner: { stop(): unknown } | null;
}

const DEFAULT_WIDTH = 80;
/** A wait that is longer shows a spinner. */
const LONG_WAIT_MS = 400;
/** How long a run that was interrupted may take to end. */
const PATIENCE_MS = 1000;

export class Streams {
  readonly #streams: StandardStreams;
  readonly #cleanups = new Map<() => Promise<void>, number>();
  #broken = false;
  /** Those that something was written to: the others need not be made. */
  readonly #written = new Set<Writable>();
  #waiting: Waiting | null = null;

  constructor(streams: StandardStreams) {
    this.#streams = streams;
    // Without a listener a broken pipe would be an uncaught exception; each write's own callback reports it.
    streams.stdout.on('error', () => (this.#broken = true));
  }

  get stdin(): StandardStreams['stdin'] {
    return this.#streams.stdin;
  }

  get stderr(): StandardStreams['stderr'] {
    return this.#streams.stderr;
  }

  get env(): StandardStreams['env'] {
    return this.#streams.env;
  }

  /** The terminal's width in columns; null where stdout is no terminal and lines may be any length. */
  get width(): number | null {
    const { stdout, env } = this.#streams;
    if (stdout.isTTY === true) return stdout.columns ?? DEFAULT_WIDTH;
    const columns = Number(env['COLUMNS'] ?? '');
    return Number.isInteger(columns) && columns > 0 ? columns : null;
  }

  /** Whether data may be coloured: on a terminal that can, and never against NO_COLOR. */
  get colour(): boolean {
    const { stdout, env } = this.#streams;
    return stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  }

  /** Whether a question can be asked: a person at both ends. */
  get interactive(): boolean {
    return this.#streams.stdin.isTTY === true && this.#streams.stderr.isTTY === true;
  }

  /** Whether stdout is a terminal. */
  get terminal(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  /**
   * Writes data to stdout, waiting whenever its reader is slower. On a terminal, control characters are made visible
   * unless the text is `styled`: its own colours in it and its data already clean. Throws BrokenPipe.
   */
  async write(output: Output, options: { readonly styled?: boolean } = {}): Promise<void> {
    this.quiet();
    const clean = this.terminal && options.styled !== true;
    for await (const piece of typeof output === 'string' ? [output] : output) {
      await this.#writePiece(clean ? visible(piece) : piece);
    }
  }

  /** Writes a line to stderr. Control characters are made visible. */
  note(line: string): void {
    this.quiet();
    this.#written.add(this.#streams.stderr);
    this.#streams.stderr.write(`${visible(line)}\n`);
  }

  /** Shows what is being waited for, on a terminal only, on stderr, where the wait is long; the next output ends it. */
  spin(text: string): void {
    this.quiet();
    const start = async (): Promise<void> => {
      // Not before: to look at a stream is to make it.
      const { stderr } = this.#streams;
      if (stderr.isTTY !== true) return;
      const { default: ora } = await import('ora');
      // An output may have come while it was loaded.
      if (this.#waiting === waiting)
        waiting.spinner = ora({ text: visible(text), stream: stderr, discardStdin: false }).start();
    };
    const timer = setTimeout(() => void start(), LONG_WAIT_MS);
    const waiting: Waiting = { timer: timer.unref(), spinner: null };
    this.#waiting = waiting;
  }

  /** Takes the spinner away. */
  quiet(): void {
    clearTimeout(this.#waiting?.timer);
    this.#waiting?.spinner?.stop();
    this.#waiting = null;
  }

  /**
   * Registers what Ctrl-C must still do before the run ends; the function returned takes it back.
   * @param patienceMs how long that may take
   */
  onInterrupt(cleanup: () => Promise<void>, patienceMs = PATIENCE_MS): () => void {
    this.#cleanups.set(cleanup, patienceMs);
    return () => this.#cleanups.delete(cleanup);
  }

  /** Does what was registered for Ctrl-C, the last first, each waited for no longer than it asked for. */
  async interrupted(): Promise<void> {
    this.quiet();
    for (const [cleanup, patienceMs] of [...this.#cleanups].reverse()) {
      const patience = new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
      await Promise.race([Promise.allSettled([cleanup()]), patience]);
    }
  }

  /** Resolves when everything written so far has left the process or cannot. */
  async flush(): Promise<void> {
    await Promise.all(
      [...this.#written].map(
        (stream) =>
          new Promise<void>((resolve) => {
            if (stream.destroyed || stream.writableEnded || stream.writableLength === 0) resolve();
            else
              stream.write('', () => {
                resolve();
              });
          }),
      ),
    );
  }

  async #writePiece(piece: string): Promise<void> {
    const { stdout } = this.#streams;
    this.#written.add(stdout);
    if (this.#broken || stdout.destroyed) throw new BrokenPipe();
    await new Promise<void>((resolve, reject) => {
      const hasRoom = stdout.write(piece, (error) => {
        if (error !== null && error !== undefined) reject(isBrokenPipe(error) ? new BrokenPipe() : error);
        else if (!hasRoom) resolve();
      });
      if (hasRoom) resolve();
    });
  }
}

function isBrokenPipe(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

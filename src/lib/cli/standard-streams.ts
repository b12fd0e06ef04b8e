/** The process's own standard streams, such that what is written is out, or an error. */
import { fstatSync, writeSync } from 'node:fs';
import { type Readable, Writable } from 'node:stream';

/** What a run reads from and writes to: the process's own streams, or a test's. */
export interface StandardStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The streams of this process, each made when it is first looked at: what is not used costs no start anything.
 * @param isOutputClosed whether nobody takes what is written to standard output, though the system says it went well
 */
export function standardStreams(isOutputClosed: () => boolean): StandardStreams {
  let stdout: StandardStreams['stdout'] | undefined;
  let stderr: StandardStreams['stderr'] | undefined;
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return (stdout ??= isFile(1) ? new WholeFile(1, isOutputClosed() ? refuse : undefined) : process.stdout);
    },
    get stderr() {
      return (stderr ??= isFile(2) ? new WholeFile(2) : process.stderr);
    },
    get env() {
      return process.env;
    },
  };
}

/** A regular file, a device that is no terminal, or a socket of packets. */
function isFile(descriptor: number): boolean {
  const found = fstatSync(descriptor);
  if (found.isFIFO()) return false;
  if (found.isFile()) return true;
  const own = descriptor === 1 ? process.stdout : process.stderr;
  // For what libuv does not know, such as a socket of packets, Node has a stream that throws away everything; it has no handle.
  return found.isSocket() ? !('_handle' in own) : !own.isTTY;
}

function refuse(): never {
  throw new Error('it is closed');
}

/** Writes some bytes to a descriptor, and gives their number: fs.writeSync, or what a test has in its place. */
export type WriteSome = (descriptor: number, bytes: Uint8Array, offset: number) => number;

/**
 * A descriptor of a file. Node's own stream for it takes a write that was cut short, as it is on a disk that becomes full,
 * for a whole one; this one writes the rest, and so meets the error.
 */
export class WholeFile extends Writable {
  readonly #descriptor: number;
  readonly #write: WriteSome;

  constructor(descriptor: number, write: WriteSome = writeSync) {
    super({ decodeStrings: true });
    this.#descriptor = descriptor;
    this.#write = write;
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    try {
      for (let written = 0; written < chunk.length;) written += this.#write(this.#descriptor, chunk, written);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}

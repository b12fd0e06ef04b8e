/** Streams of a run in this process, which keep what is written to them. */
import { Readable, Writable } from 'node:stream';
import { Streams } from '../../src/lib/cli/streams';

export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Columns of the terminal that all three streams are; no terminal where it is left out. */
  readonly terminal?: number;
}

export interface CapturedStreams {
  readonly streams: Streams;
  /** What was written so far, with an exit status. */
  readonly run: (exitCode: number) => Run;
}

export function capturedStreams(options: RunOptions = {}): CapturedStreams {
  const out = new Sink();
  const err = new Sink();
  const tty = options.terminal === undefined ? {} : { isTTY: true, columns: options.terminal };
  const streams = new Streams({
    stdin: Object.assign(Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]), tty),
    stdout: Object.assign(out, tty),
    stderr: Object.assign(err, tty),
    env: options.env ?? {},
  });
  return { streams, run: (exitCode) => ({ stdout: out.text, stderr: err.text, exitCode }) };
}

class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

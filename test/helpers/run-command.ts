/** Runs a command in this process, with streams of its own: what it wrote, and its exit status. */
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { Config } from '@oclif/core';
import type { MctlCommand } from '../../src/lib/cli/command';
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

type CommandClass = new (argv: string[], config: Config, streams: Streams) => MctlCommand & { run(): Promise<void> };

export async function runCommand(
  command: CommandClass,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Run> {
  const out = new Sink();
  const err = new Sink();
  const tty = options.terminal === undefined ? {} : { isTTY: true, columns: options.terminal };
  const streams = new Streams({
    stdin: Object.assign(Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]), tty),
    stdout: Object.assign(out, tty),
    stderr: Object.assign(err, tty),
    env: options.env ?? {},
  });
  let exitCode = 0;
  try {
    await (new command([...argv], commandConfig(), streams) as unknown as { _run(): Promise<void> })._run();
  } catch (error) {
    const { oclif } = error as { oclif?: { exit?: number } };
    if (oclif?.exit === undefined) throw error;
    exitCode = oclif.exit;
  }
  await streams.flush();
  return { stdout: out.text, stderr: err.text, exitCode };
}

/** A configuration that has loaded nothing: commands in tests need no build. */
function commandConfig(): Config {
  const config = new Config({ root: join(__dirname, '../..') });
  config.bin = 'mctl';
  config.runHook = () => Promise.resolve({ successes: [], failures: [] });
  return config;
}

class Sink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

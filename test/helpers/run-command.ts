/** Runs a command in this process, with streams of its own: what it wrote, and its exit status. */
import { join } from 'node:path';
import { Config } from '@oclif/core';
import type { MctlCommand } from '../../src/lib/cli/command';
import type { Streams } from '../../src/lib/cli/streams';
import { capturedStreams, type Run, type RunOptions } from './captured-streams';

export type { Run, RunOptions } from './captured-streams';

type CommandClass = new (argv: string[], config: Config, streams: Streams) => MctlCommand & { run(): Promise<void> };

export async function runCommand(
  command: CommandClass,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Run> {
  const { streams, run } = capturedStreams(options);
  let exitCode = 0;
  try {
    await (new command([...argv], commandConfig(), streams) as unknown as { _run(): Promise<void> })._run();
  } catch (error) {
    const { oclif } = error as { oclif?: { exit?: number } };
    if (oclif?.exit === undefined) throw error;
    exitCode = oclif.exit;
  }
  await streams.flush();
  return run(exitCode);
}

/** A configuration that has loaded nothing: commands in tests need no build. */
function commandConfig(): Config {
  const config = new Config({ root: join(__dirname, '../..') });
  config.bin = 'mctl';
  config.runHook = () => Promise.resolve({ successes: [], failures: [] });
  return config;
}

/** The entry: finds the command, shows help, and turns what escapes into an exit status. */
import type { Command } from '@oclif/core';
import { ExitCode } from '../errors';
import { type KnownCommand, readCommandLine } from './command-line';
import { failureOf } from './failure';
import { Streams } from './streams';
import { versionText } from './version-text';

/** What the entry needs of the package: what is known of it and its commands without loading them, and a way to them. */
export interface Package {
  readonly root: string;
  readonly version: string;
  readonly commands: readonly KnownCommand[];
  /** Spellings of shared flags that take the next word, so that they may stand before the command. */
  readonly valueFlags: ReadonlySet<string>;
  load(id: string): CommandClass;
}

/** A command's class, made and run as oclif's own Command.run does, with a configuration that has no plug-ins to load. */
export type CommandClass = (new (argv: string[], config: Command['config']) => object) & { id: string };

interface Runnable {
  _run(): Promise<unknown>;
}

/**
 * Runs one command line and resolves to its exit status, with everything written.
 * @param argv the command line behind `mctl`
 */
export async function main(own: () => Package, argv: readonly string[]): Promise<number> {
  const streams = new Streams(process);
  // Thrown where nobody waits, such as in an event's listener: a bug, told as one.
  process.once('uncaughtException', (error) => {
    void report(error, streams).then((status) => process.exit(status));
  });
  try {
    await run(own(), argv, streams);
    await streams.flush();
    return ExitCode.ok;
  } catch (error) {
    return await report(error, streams);
  }
}

async function report(error: unknown, streams: Streams): Promise<number> {
  const failure = failureOf(error, { debug: (process.env['DEBUG'] ?? '') !== '', help: 'mctl --help' });
  for (const line of failure.lines) streams.note(line);
  await streams.flush();
  return failure.exitCode;
}

async function run(own: Package, argv: readonly string[], streams: Streams): Promise<void> {
  const line = readCommandLine(argv, own.commands, own.valueFlags);
  switch (line.kind) {
    case 'version':
      await streams.write(`${versionText(own.version)}\n`);
      return;
    case 'help': {
      const { showHelp } = await import('./help.js');
      await showHelp(own.root, line.subject);
      return;
    }
    case 'command': {
      const { commandConfig } = await import('./command-config.js');
      const loaded = own.load(line.id);
      loaded.id = line.id;
      const command = new loaded([...line.argv], commandConfig(own.root, own.version)) as unknown as Runnable;
      await command._run();
    }
  }
}

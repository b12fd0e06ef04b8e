/** The entry: finds the command, shows help, and turns what escapes into an exit status. */
import type { Command } from '@oclif/core';
import { ExitCode } from '../errors';
import { type KnownCommand, readCommandLine } from './command-line';
import { failureOf } from './failure';
import { standardStreams } from './standard-streams';
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
export type CommandClass = (new (argv: string[], config: Command['config'], streams: Streams) => object) & {
  id: string;
};

/** What the entry needs of the process. */
interface Around {
  /** Ends it with a status, where a signal or a bug in an event's listener does so. */
  readonly exit: (status: number) => void;
  /** Whether nobody takes what is written to standard output. */
  readonly isOutputClosed: () => boolean;
}

interface Runnable {
  _run(): Promise<unknown>;
}

/**
 * Runs one command line and resolves to its exit status, with everything written: a status that says that all is well is
 * given only once the last byte is out.
 * @param argv the command line behind `mctl`
 */
export async function main(
  own: () => Package,
  argv: readonly string[],
  { exit, isOutputClosed }: Around,
): Promise<number> {
  const streams = new Streams(standardStreams(isOutputClosed), exit);
  // Thrown where nobody waits, such as in an event's listener: a bug, told as one.
  process.once('uncaughtException', (error) => {
    void settled(report(error, streams), streams).then(exit);
  });
  return await runLine(own, argv, streams);
}

/** Runs one command line on given streams, and resolves to its exit status as `main` does. */
export async function runLine(own: () => Package, argv: readonly string[], streams: Streams): Promise<number> {
  let status: number = ExitCode.ok;
  try {
    await run(own(), argv, streams);
  } catch (error) {
    status = report(error, streams);
  }
  return await settled(status, streams);
}

/** Says what went wrong, and gives the exit status. */
function report(error: unknown, streams: Streams): number {
  const failure = failureOf(error, { debug: (streams.env['DEBUG'] ?? '') !== '', help: 'mctl --help' });
  for (const line of failure.lines) streams.note(line);
  return failure.exitCode;
}

/** Waits until everything is out, and gives the status: another one where an answer could not be written. */
async function settled(status: number, streams: Streams): Promise<number> {
  try {
    await streams.flush();
    return status;
  } catch (error) {
    if (status !== ExitCode.ok && status !== ExitCode.no) return status;
    const instead = report(error, streams);
    await streams.flush().catch(() => undefined);
    return instead;
  }
}

async function run(own: Package, argv: readonly string[], streams: Streams): Promise<void> {
  const line = readCommandLine(argv, own.commands, own.valueFlags);
  switch (line.kind) {
    case 'version':
      await streams.write(`${versionText(own.version)}\n`);
      return;
    case 'help': {
      const { helpText } = await import('./help.js');
      await streams.write(await helpText(own.root, line.subject));
      return;
    }
    case 'command': {
      const { commandConfig } = await import('./command-config.js');
      const loaded = own.load(line.id);
      loaded.id = line.id;
      const command = new loaded([...line.argv], commandConfig(own.root, own.version), streams) as unknown as Runnable;
      await command._run();
    }
  }
}

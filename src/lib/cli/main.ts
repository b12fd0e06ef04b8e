/** The entry: finds the command, shows help, and turns what escapes into an exit status. */
import { Config, Help } from '@oclif/core';
import { ExitCode } from '../errors';
import { type KnownCommand, readCommandLine } from './command-line';
import { failureOf } from './failure';
import { outputFlag, replicaFlags, sourceFlags } from './flags';
import { Streams } from './streams';

/**
 * Runs one command line and resolves to its exit status, with everything written.
 * @param root the package's directory
 * @param argv the command line behind `mctl`
 */
export async function main(root: string, argv: readonly string[]): Promise<number> {
  const streams = new Streams(process);
  // Thrown where nobody waits, such as in an event's listener: a bug, told as one.
  process.once('uncaughtException', (error) => {
    void report(error, streams).then((status) => process.exit(status));
  });
  try {
    await run(root, argv, streams);
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

async function run(root: string, argv: readonly string[], streams: Streams): Promise<void> {
  const config = await Config.load({ root });
  const line = readCommandLine(argv, canonical(config), valueFlags());
  switch (line.kind) {
    case 'version':
      await streams.write(`${config.userAgent}\n`);
      return;
    case 'help':
      await showHelp(config, line.subject);
      return;
    case 'command':
      await config.runCommand(line.id, [...line.argv]);
  }
}

/** Commands by their own ids; oclif lists each once more for every alias. */
function canonical(config: Config): readonly KnownCommand[] {
  return [...config.plugins.values()].flatMap((plugin) =>
    plugin.commands.map(({ id, aliases, hidden }) => ({ id, aliases, hidden })),
  );
}

async function showHelp(config: Config, subject: string | null): Promise<void> {
  const help = new Help(config, { flagSortOrder: 'none', hideAliasesFromRoot: true });
  await help.showHelp(subject === null ? [] : [subject]);
}

/** Spellings of shared flags that take the next word, so that they may stand before the command. */
function valueFlags(): ReadonlySet<string> {
  const flags = { ...sourceFlags, ...replicaFlags, output: outputFlag([], 'short') };
  return new Set(
    Object.entries(flags).flatMap(([name, flag]) => {
      if (flag.type !== 'option') return [];
      return flag.char === undefined ? [`--${name}`] : [`--${name}`, `-${flag.char}`];
    }),
  );
}

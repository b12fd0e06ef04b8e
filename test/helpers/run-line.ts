/** Runs a whole command line in this process as the entry does: the command is found, and its exit status is the real one. */
import { join } from 'node:path';
import { COMMANDS } from '../../src/commands';
import { runLine as runOn } from '../../src/lib/cli/main';
import { readPackage } from '../../src/lib/cli/package-info';
import { capturedStreams, type Run, type RunOptions } from './captured-streams';

const PACKAGE = readPackage(join(__dirname, '../..'), COMMANDS);

/** @param argv the command line behind `mctl` */
export async function runLine(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { streams, run } = capturedStreams(options);
  return run(await runOn(() => PACKAGE, argv, streams));
}

/** What the built package exports to bin/run.js and to oclif. */
import { COMMANDS } from './commands';
import { main as runMain } from './lib/cli/main';
import { readPackage } from './lib/cli/package-info';

export { COMMANDS } from './commands';

/**
 * Runs one command line and resolves to its exit status.
 * @param root the package's directory
 * @param argv the command line behind `mctl`
 * @param exit ends the process where it does not come to that, by a signal
 * @param isOutputClosed whether nobody takes what is written to standard output
 */
export async function main(
  root: string,
  argv: readonly string[],
  exit: (status: number) => void = (status) => process.exit(status),
  isOutputClosed: () => boolean = () => false,
): Promise<number> {
  return await runMain(() => readPackage(root, COMMANDS), argv, { exit, isOutputClosed });
}

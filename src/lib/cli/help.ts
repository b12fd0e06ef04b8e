/** Help, as oclif writes it from the manifest. */
import type { Command } from '@oclif/core/command';
import { Config } from '@oclif/core/config';
import { CommandHelp, Help } from '@oclif/core/help';

/** oclif cuts the indentation of a section's first row: with a flag that has a letter there, all rows are aligned. */
class AlignedHelp extends CommandHelp {
  protected override flags(flags: Command.Flag.Any[]): [string, string | undefined][] | undefined {
    const hasLetter = ({ char }: Command.Flag.Any): boolean => char !== undefined;
    return super.flags([...flags.filter(hasLetter), ...flags.filter((flag) => !hasLetter(flag))]);
  }
}

/** oclif's help, kept in place of being printed: there is one way to standard output, which knows whether all is out. */
class HelpText extends Help {
  text = '';
  protected override CommandHelpClass = AlignedHelp;

  protected override log(...lines: string[]): void {
    this.text += `${lines.join(' ')}\n`;
  }
}

/** The help of everything, of a group (`proxy-config`) or of a command (`proxy-config:listener`). */
export async function helpText(root: string, subject: string | null): Promise<string> {
  const help = new HelpText(await Config.load({ root }), { flagSortOrder: 'none', hideAliasesFromRoot: true });
  await help.showHelp(subject === null ? [] : [subject]);
  const examples = subject === null || subject === GROUP ? EXAMPLES : [];
  if (examples.length === 0) return help.text;
  return `${help.text}EXAMPLES\n${examples.map((line) => `  $ ${line}\n`).join('')}\n`;
}

const GROUP = 'proxy-config';
const POD = 'productpage-v1-6b746f74dc-9stvs.bookinfo';

/** What to try first: the sample needs nothing else. */
export const EXAMPLES = [
  `mctl pc listener ${POD} --sample --port 15001`,
  `mctl pc route ${POD} --sample --name 9080 -o wide`,
  `mctl pc trace ${POD} http://reviews:9080/reviews/0 --sample`,
  'mctl proxy-status --sample',
];

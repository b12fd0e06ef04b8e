import { Args } from '@oclif/core';
import { MctlCommand } from '../lib/cli/command';
import { completionScript, type Shell, SHELLS } from '../lib/completion/scripts';
import { parseChoice } from '../lib/cli/flags';
import { UsageError } from '../lib/errors';

export default class CompletionCommand extends MctlCommand {
  static override readonly summary = 'A script that completes commands, flags, values and pods in bash, zsh or fish.';
  static override readonly usage = '<%= command.id %> bash|zsh|fish';
  static override readonly examples = [
    { description: 'This bash', command: 'source <(<%= config.bin %> <%= command.id %> bash)' },
    {
      description: 'Every later bash',
      command: '<%= config.bin %> <%= command.id %> bash >> ~/.bash_completion',
    },
    { description: 'zsh', command: 'source <(<%= config.bin %> <%= command.id %> zsh)' },
    { description: 'fish', command: '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/mctl.fish' },
  ];
  static override readonly args = {
    shell: Args.string({ description: `The shell: ${SHELLS.join(', ')}.` }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(CompletionCommand);
    if (args.shell === undefined) {
      throw new UsageError('completion requires a shell', { hint: `It is one of ${SHELLS.join(', ')}.` });
    }
    const shell: Shell = parseChoice(args.shell, SHELLS, 'shell');
    await this.print(completionScript(shell, ['mctl', 'kubectl-mctl']));
  }
}

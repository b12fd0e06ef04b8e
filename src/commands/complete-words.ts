import { MctlCommand } from '../lib/cli/command';
import { completeWords } from '../lib/cli/complete-words';

/** Asked by the shells' scripts: one candidate a line. It never fails, and writes nothing but candidates. */
export default class CompleteWordsCommand extends MctlCommand {
  static override readonly summary = 'What may stand at the cursor, for the scripts of completion.';
  static override readonly hidden = true;
  static override readonly examples = [
    {
      description: 'Pods of the sample',
      command: '<%= config.bin %> <%= command.id %> -- pc listener --sample productpage',
    },
  ];
  static override readonly strict = false;

  async run(): Promise<void> {
    const dashes = this.argv.indexOf('--');
    const words = dashes < 0 ? this.argv : this.argv.slice(dashes + 1);
    const lines = await completeWords(words, this.streams);
    if (lines.length > 0) await this.print(`${lines.join('\n')}\n`);
  }
}

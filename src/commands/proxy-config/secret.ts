import { targetArgument } from '../../lib/cli/flags';
import { aliasesOf, ViewCommand, viewFlags } from '../../lib/cli/view-command';
import { fromDump } from '../../lib/session/read-view';
import { secretView } from '../../lib/view/secret-view';

export default class SecretCommand extends ViewCommand {
  static override readonly summary =
    'Certificates of a proxy: its own and the roots that it trusts. Private keys are never shown.';
  static override readonly aliases = aliasesOf('secret', 'secrets', 's');
  static override readonly examples = [
    {
      description: 'The certificates of a proxy of the sample',
      command: '<%= config.bin %> pc secret productpage-v1-6b746f74dc-9stvs.bookinfo --sample',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = viewFlags(secretView(new Date()));

  async run(): Promise<void> {
    const view = secretView(new Date());
    await this.show({ noun: 'secret', view, read: fromDump(view) }, await this.parse(SecretCommand));
  }
}

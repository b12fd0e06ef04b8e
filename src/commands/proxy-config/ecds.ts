import { targetArgument } from '../../lib/cli/flags';
import { aliasesOf, ViewCommand, viewFlags } from '../../lib/cli/view-command';
import { fromDump } from '../../lib/session/read-view';
import { ecdsView } from '../../lib/view/ecds-view';

export default class EcdsCommand extends ViewCommand {
  static override readonly summary = 'Filters that a proxy fetched by extension discovery (ECDS).';
  static override readonly aliases = aliasesOf('ecds', 'ec');
  static override readonly examples = [
    {
      description: 'The discovered filters of a proxy of the sample; it has none',
      command: '<%= config.bin %> pc ecds productpage-v1-6b746f74dc-9stvs.bookinfo --sample',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = viewFlags(ecdsView);

  async run(): Promise<void> {
    await this.show({ noun: 'ecds', view: ecdsView, read: fromDump(ecdsView) }, await this.parse(EcdsCommand));
  }
}

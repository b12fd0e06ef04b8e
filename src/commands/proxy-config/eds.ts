import { targetArgument } from '../../lib/cli/flags';
import { aliasesOf, ViewCommand, viewFlags } from '../../lib/cli/view-command';
import { fromDump } from '../../lib/session/read-view';
import { edsView } from '../../lib/view/endpoint/eds-view';

export default class EdsCommand extends ViewCommand {
  static override readonly summary = 'Endpoints as the control plane delivered them (EDS).';
  static override readonly hidden = true;
  static override readonly aliases = aliasesOf('eds');
  static override readonly examples = [
    {
      description: 'What the control plane told of one cluster of the sample',
      command:
        "<%= config.bin %> pc eds productpage-v1-6b746f74dc-9stvs.bookinfo --sample --cluster 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local'",
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = viewFlags(edsView);

  async run(): Promise<void> {
    await this.show({ noun: 'eds', view: edsView, read: fromDump(edsView) }, await this.parse(EdsCommand));
  }
}

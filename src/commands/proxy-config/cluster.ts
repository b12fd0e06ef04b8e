import { targetArgument } from '../../lib/cli/flags';
import { aliasesOf, ViewCommand, viewFlags } from '../../lib/cli/view-command';
import { fromDump } from '../../lib/session/read-view';
import { clusterView } from '../../lib/view/cluster-view';

export default class ClusterCommand extends ViewCommand {
  static override readonly summary = 'Clusters of a proxy: the services and subsets that it can send traffic to.';
  static override readonly aliases = aliasesOf('cluster', 'clusters', 'c');
  static override readonly examples = [
    {
      description: 'The clusters of one service of the sample',
      command:
        '<%= config.bin %> pc cluster productpage-v1-6b746f74dc-9stvs.bookinfo --sample --fqdn reviews.bookinfo.svc.cluster.local --direction outbound',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = viewFlags(clusterView);

  async run(): Promise<void> {
    await this.show(
      { noun: 'cluster', view: clusterView, read: fromDump(clusterView) },
      await this.parse(ClusterCommand),
    );
  }
}

import { ztunnelArgument } from '../../lib/cli/ztunnel/ztunnel-flags';
import { ztunnelAliasesOf, ZtunnelViewCommand, ztunnelViewFlags } from '../../lib/cli/ztunnel/ztunnel-view-command';
import { workloadView } from '../../lib/view/ztunnel/workloads';

export default class WorkloadCommand extends ZtunnelViewCommand {
  static override readonly summary =
    'The workloads that a ztunnel knows: addresses, node, waypoint, and whether they speak HBONE.';
  static override readonly aliases = ztunnelAliasesOf('workload', 'w', 'workloads');
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'The pods of one node of the sample',
      command: '<%= config.bin %> zc workload --sample=ambient --workload-node worker2',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = ztunnelViewFlags(workloadView);

  async run(): Promise<void> {
    await this.show(workloadView, true, await this.parse(WorkloadCommand));
  }
}

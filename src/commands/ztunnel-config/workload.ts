import { MctlCommand } from '../../lib/cli/command';
import { failOnEmptyFlag, filterFlag, outputFlag } from '../../lib/cli/flags';
import { rulesOf, VIEW_FORMATS } from '../../lib/cli/formats';
import { runZtunnelView } from '../../lib/cli/ztunnel/run-ztunnel-view';
import { ztunnelArgument, ztunnelSourceFlags } from '../../lib/cli/ztunnel/ztunnel-flags';
import { gatherWorkloads } from '../../lib/view/ztunnel/gather';

export default class WorkloadCommand extends MctlCommand {
  static override readonly summary =
    'The workloads that a ztunnel knows: addresses, node, waypoint, and whether they speak HBONE.';
  static override readonly aliases = [
    'ztunnel-config:w',
    'ztunnel-config:workloads',
    'zc:workload',
    'zc:w',
    'zc:workloads',
  ];
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'The pods of one node of the sample',
      command: '<%= config.bin %> zc workload --sample=ambient --workload-node worker2',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = {
    address: filterFlag('Workloads with this IP address.', { helpValue: 'IP' }),
    'workload-namespace': filterFlag('Workloads of this namespace.', { helpValue: 'NAMESPACE' }),
    'workload-node': filterFlag('Workloads of this node.', { helpValue: 'NODE' }),
    output: outputFlag(VIEW_FORMATS, 'short'),
    'fail-on-empty': failOnEmptyFlag,
    ...ztunnelSourceFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(WorkloadCommand);
    const status = await runZtunnelView(
      {
        wanted: { flags, argv, any: true },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        gather: (pod) =>
          gatherWorkloads(
            {
              namespace: flags['workload-namespace'],
              node: flags['workload-node'],
              address: flags.address,
              pod: pod ?? undefined,
            },
            rulesOf(flags.output).isTable ? 'rows' : 'entries',
          ),
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

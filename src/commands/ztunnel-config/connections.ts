import { Flags } from '@oclif/core';
import { MctlCommand } from '../../lib/cli/command';
import { failOnEmptyFlag, filterFlag, outputFlag } from '../../lib/cli/flags';
import { VIEW_FORMATS } from '../../lib/cli/formats';
import { runZtunnelView } from '../../lib/cli/ztunnel/run-ztunnel-view';
import { ztunnelArgument, ztunnelSourceFlags } from '../../lib/cli/ztunnel/ztunnel-flags';
import { gatherConnections } from '../../lib/view/ztunnel/gather';

export default class ConnectionsCommand extends MctlCommand {
  static override readonly summary = 'The connections that a ztunnel holds open for the workloads of its node.';
  static override readonly aliases = ['ztunnel-config:cons', 'zc:connections', 'zc:cons'];
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'Who is connected to the pods of one namespace of the sample',
      command: '<%= config.bin %> zc connections --sample=ambient --workload-namespace bookinfo --direction inbound',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = {
    direction: filterFlag('Only this direction, in the tables: inbound, outbound.', { helpValue: 'DIRECTION' }),
    raw: Flags.boolean({ summary: 'Addresses as they are, without names, in the tables.' }),
    'workload-namespace': filterFlag('Connections of workloads of this namespace.', { helpValue: 'NAMESPACE' }),
    output: outputFlag(VIEW_FORMATS, 'short'),
    'fail-on-empty': failOnEmptyFlag,
    ...ztunnelSourceFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ConnectionsCommand);
    const status = await runZtunnelView(
      {
        wanted: { flags, argv, any: false },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        gather: (pod) =>
          gatherConnections(
            { namespace: flags['workload-namespace'], pod: pod ?? undefined },
            { direction: flags.direction ?? '', raw: flags.raw },
          ),
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

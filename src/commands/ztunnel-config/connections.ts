import { Flags } from '@oclif/core';
import { ztunnelArgument } from '../../lib/cli/ztunnel/ztunnel-flags';
import { ztunnelAliasesOf, ZtunnelViewCommand, ztunnelViewFlags } from '../../lib/cli/ztunnel/ztunnel-view-command';
import { connectionView } from '../../lib/view/ztunnel/connections';

export default class ConnectionsCommand extends ZtunnelViewCommand {
  static override readonly summary = 'The connections that a ztunnel holds open for the workloads of its node.';
  static override readonly aliases = ztunnelAliasesOf('connections', 'cons');
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'Who is connected to the pods of one namespace of the sample',
      command: '<%= config.bin %> zc connections --sample=ambient --workload-namespace bookinfo --direction inbound',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = {
    ...ztunnelViewFlags(connectionView),
    raw: Flags.boolean({ summary: 'Addresses as they are, without names, in the tables.' }),
  };

  async run(): Promise<void> {
    await this.show(connectionView, false, await this.parse(ConnectionsCommand));
  }
}

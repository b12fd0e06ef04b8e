import { ztunnelArgument } from '../../lib/cli/ztunnel/ztunnel-flags';
import { ztunnelAliasesOf, ZtunnelViewCommand, ztunnelViewFlags } from '../../lib/cli/ztunnel/ztunnel-view-command';
import { policyView } from '../../lib/view/ztunnel/policies';

export default class PolicyCommand extends ZtunnelViewCommand {
  static override readonly summary = 'The L4 policies that a ztunnel enforces.';
  static override readonly aliases = ztunnelAliasesOf('policy', 'policies', 'p', 'pol');
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'The policies of the sample, and which of them act',
      command: '<%= config.bin %> zc policy --sample=ambient -o wide',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = ztunnelViewFlags(policyView);

  async run(): Promise<void> {
    await this.show(policyView, true, await this.parse(PolicyCommand));
  }
}

import { MctlCommand } from '../../lib/cli/command';
import { failOnEmptyFlag, filterFlag, outputFlag } from '../../lib/cli/flags';
import { VIEW_FORMATS } from '../../lib/cli/formats';
import { runZtunnelView } from '../../lib/cli/ztunnel/run-ztunnel-view';
import { ztunnelArgument, ztunnelSourceFlags } from '../../lib/cli/ztunnel/ztunnel-flags';
import { gatherPolicies } from '../../lib/view/ztunnel/gather';

export default class PolicyCommand extends MctlCommand {
  static override readonly summary = 'The L4 policies that a ztunnel enforces.';
  static override readonly aliases = [
    'ztunnel-config:policies',
    'ztunnel-config:p',
    'ztunnel-config:pol',
    'zc:policy',
    'zc:policies',
    'zc:p',
    'zc:pol',
  ];
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'The policies of the sample, and which of them act',
      command: '<%= config.bin %> zc policy --sample=ambient -o wide',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = {
    'policy-namespace': filterFlag('Policies of this namespace.', { helpValue: 'NAMESPACE' }),
    output: outputFlag(VIEW_FORMATS, 'short'),
    'fail-on-empty': failOnEmptyFlag,
    ...ztunnelSourceFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(PolicyCommand);
    const status = await runZtunnelView(
      {
        wanted: { flags, argv, any: true },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        gather: () => gatherPolicies(flags['policy-namespace'] ?? ''),
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

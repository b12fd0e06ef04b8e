import { MctlCommand } from '../../lib/cli/command';
import { failOnEmptyFlag, filterFlag, outputFlag } from '../../lib/cli/flags';
import { rulesOf, VIEW_FORMATS } from '../../lib/cli/formats';
import { runZtunnelView } from '../../lib/cli/ztunnel/run-ztunnel-view';
import { ztunnelArgument, ztunnelSourceFlags } from '../../lib/cli/ztunnel/ztunnel-flags';
import { gatherServices } from '../../lib/view/ztunnel/gather';

export default class ServiceCommand extends MctlCommand {
  static override readonly summary = 'The services that a ztunnel knows: VIPs, waypoint and endpoints.';
  static override readonly aliases = [
    'ztunnel-config:services',
    'ztunnel-config:s',
    'ztunnel-config:svc',
    'zc:service',
    'zc:services',
    'zc:s',
    'zc:svc',
  ];
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'The services of one namespace of the sample, with what istioctl leaves out',
      command: '<%= config.bin %> zc service --sample=ambient --service-namespace bookinfo -o wide',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = {
    'service-namespace': filterFlag('Services of this namespace.', { helpValue: 'NAMESPACE' }),
    output: outputFlag(VIEW_FORMATS, 'short'),
    'fail-on-empty': failOnEmptyFlag,
    ...ztunnelSourceFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ServiceCommand);
    const status = await runZtunnelView(
      {
        wanted: { flags, argv, any: true },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        gather: () =>
          gatherServices(flags['service-namespace'] ?? '', rulesOf(flags.output).isTable ? 'rows' : 'entries'),
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

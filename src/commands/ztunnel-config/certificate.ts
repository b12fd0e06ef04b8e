import { MctlCommand } from '../../lib/cli/command';
import { failOnEmptyFlag, outputFlag } from '../../lib/cli/flags';
import { VIEW_FORMATS } from '../../lib/cli/formats';
import { runZtunnelView } from '../../lib/cli/ztunnel/run-ztunnel-view';
import { ztunnelArgument, ztunnelSourceFlags } from '../../lib/cli/ztunnel/ztunnel-flags';
import { gatherCertificates } from '../../lib/view/ztunnel/gather';

export default class CertificateCommand extends MctlCommand {
  static override readonly summary =
    'The certificates that a ztunnel holds for the workloads of its node. Whether one is valid is judged by the clock.';
  static override readonly aliases = [
    'ztunnel-config:certificates',
    'ztunnel-config:certs',
    'ztunnel-config:cert',
    'zc:certificate',
    'zc:certificates',
    'zc:certs',
    'zc:cert',
  ];
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: "The certificates of the sample's ztunnel",
      command: '<%= config.bin %> zc certificate --sample=ambient',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = {
    output: outputFlag(VIEW_FORMATS, 'short'),
    'fail-on-empty': failOnEmptyFlag,
    ...ztunnelSourceFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(CertificateCommand);
    const status = await runZtunnelView(
      {
        wanted: { flags, argv, any: false },
        format: flags.output,
        failOnEmpty: flags['fail-on-empty'],
        gather: () => gatherCertificates(new Date()),
      },
      this.streams,
    );
    if (status !== 0) this.exit(status);
  }
}

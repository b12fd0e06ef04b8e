import { ztunnelArgument } from '../../lib/cli/ztunnel/ztunnel-flags';
import { ztunnelAliasesOf, ZtunnelViewCommand, ztunnelViewFlags } from '../../lib/cli/ztunnel/ztunnel-view-command';
import { certificateView } from '../../lib/view/ztunnel/certificates';

export default class CertificateCommand extends ZtunnelViewCommand {
  static override readonly summary =
    'The certificates that a ztunnel holds for the workloads of its node. Whether one is valid is judged by the clock.';
  static override readonly aliases = ztunnelAliasesOf('certificate', 'certificates', 'certs', 'cert');
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: "The certificates of the sample's ztunnel",
      command: '<%= config.bin %> zc certificate --sample=ambient',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = ztunnelViewFlags(certificateView);

  async run(): Promise<void> {
    await this.show(certificateView, false, await this.parse(CertificateCommand));
  }
}

import { ztunnelArgument } from '../../lib/cli/ztunnel/ztunnel-flags';
import { ztunnelAliasesOf, ZtunnelViewCommand, ztunnelViewFlags } from '../../lib/cli/ztunnel/ztunnel-view-command';
import { serviceView } from '../../lib/view/ztunnel/services';

export default class ServiceCommand extends ZtunnelViewCommand {
  static override readonly summary = 'The services that a ztunnel knows: VIPs, waypoint and endpoints.';
  static override readonly aliases = ztunnelAliasesOf('service', 'services', 's', 'svc');
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'The services of one namespace of the sample, with what istioctl leaves out',
      command: '<%= config.bin %> zc service --sample=ambient --service-namespace bookinfo -o wide',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = ztunnelViewFlags(serviceView);

  async run(): Promise<void> {
    await this.show(serviceView, true, await this.parse(ServiceCommand));
  }
}

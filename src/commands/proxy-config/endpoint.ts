import { targetArgument } from '../../lib/cli/flags';
import { aliasesOf, ViewCommand, viewFlags } from '../../lib/cli/view-command';
import { endpoints } from '../../lib/session/read-view';
import { endpointView } from '../../lib/view/endpoint/endpoint-view';

export default class EndpointCommand extends ViewCommand {
  static override readonly summary = "Endpoints of a proxy's clusters, and their health.";
  static override readonly aliases = aliasesOf('endpoint', 'endpoints', 'ep');
  static override readonly examples = [
    {
      description: 'The pods behind one subset of the sample',
      command:
        "<%= config.bin %> pc endpoint productpage-v1-6b746f74dc-9stvs.bookinfo --sample --cluster 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local'",
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = viewFlags(endpointView);

  async run(): Promise<void> {
    await this.show({ noun: 'endpoints', view: endpointView, read: endpoints }, await this.parse(EndpointCommand));
  }
}

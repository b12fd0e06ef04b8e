import { targetArgument } from '../../lib/cli/flags';
import { aliasesOf, ViewCommand, viewFlags } from '../../lib/cli/view-command';
import { fromDump } from '../../lib/session/read-view';
import { routeView } from '../../lib/view/route-view';

export default class RouteCommand extends ViewCommand {
  static override readonly summary =
    'Route configurations of a proxy: virtual hosts, their routes, and where they lead.';
  static override readonly aliases = aliasesOf('route', 'routes', 'r');
  static override readonly examples = [
    {
      description: 'What the sample does with HTTP to port 9080, with conditions and destinations',
      command: '<%= config.bin %> pc route productpage-v1-6b746f74dc-9stvs.bookinfo --sample --name 9080 -o wide',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = viewFlags(routeView);

  async run(): Promise<void> {
    await this.show({ noun: 'route', view: routeView, read: fromDump(routeView) }, await this.parse(RouteCommand));
  }
}

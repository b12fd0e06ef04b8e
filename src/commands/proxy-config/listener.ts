import { Flags } from '@oclif/core';
import { targetArgument } from '../../lib/cli/flags';
import { aliasesOf, ViewCommand, viewFlags } from '../../lib/cli/view-command';
import { fromDump } from '../../lib/session/read-view';
import { listenerView } from '../../lib/view/listener-view';
import { waypointView } from '../../lib/view/waypoint-view';

export default class ListenerCommand extends ViewCommand {
  static override readonly summary = 'Listeners of a proxy: where it accepts connections, and what becomes of them.';
  static override readonly aliases = aliasesOf('listener', 'listeners', 'l');
  static override readonly examples = [
    {
      description: 'The outbound capture listener of the sample mesh',
      command: '<%= config.bin %> pc listener productpage-v1-6b746f74dc-9stvs.bookinfo --sample --port 15001',
    },
    {
      description: 'Everything that listens on 9080, as JSON',
      command: '<%= config.bin %> pc listener productpage-v1-6b746f74dc-9stvs.bookinfo --sample --port 9080 -o json',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    ...viewFlags(listenerView),
    waypoint: Flags.boolean({
      hidden: true,
      summary: 'Filter chains in their order, with the way through the matcher tree.',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ListenerCommand);
    const view = flags.waypoint ? waypointView : listenerView;
    const output = flags.waypoint ? 'short' : flags.output;
    await this.show({ noun: 'listener', view, read: fromDump(view) }, { args, flags: { ...flags, output } });
  }
}

import { MctlCommand } from '../../lib/cli/command';
import { outputFlag, portFlag, replicaFlags, sourceFlags, targetArgument } from '../../lib/cli/flags';
import { loadDump } from '../../lib/cli/load';
import { withProxy } from '../../lib/cli/session';

export default class ListenerCommand extends MctlCommand {
  static override readonly summary = 'Listeners of a proxy: where it accepts connections, and what becomes of them.';
  static override readonly aliases = [
    'proxy-config:listeners',
    'proxy-config:l',
    'pc:listener',
    'pc:listeners',
    'pc:l',
  ];
  static override readonly examples = [
    {
      description: 'The outbound capture listener of the sample mesh',
      command: '<%= config.bin %> pc listener productpage-v1-6b746f74dc-9stvs.bookinfo --sample --port 15001',
    },
  ];
  static override readonly args = {
    target: targetArgument,
  };
  static override readonly flags = {
    port: portFlag({ summary: 'Listeners on this port.' }),
    output: outputFlag(['short', 'json'], 'short'),
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ListenerCommand);
    await withProxy({ flags, target: args.target, noun: 'listener' }, this.streams, async (proxy) => {
      const dump = await loadDump(proxy, ['Listeners']);
      await this.print(dump.listeners.map(({ name }) => `${name}\n`));
    });
  }
}

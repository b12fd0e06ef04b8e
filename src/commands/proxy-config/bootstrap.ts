import { MctlCommand } from '../../lib/cli/command';
import { outputFlag, sourceFlags, targetArgument } from '../../lib/cli/flags';
import { loadDump } from '../../lib/session/load';
import { requireSection } from '../../lib/session/read-view';
import { withProxy } from '../../lib/cli/session';
import { printValue } from '../../lib/cli/formats';
import { bootstrapJson, bootstrapVersions } from '../../lib/view/bootstrap-view';

export default class BootstrapCommand extends MctlCommand {
  static override readonly summary = 'The configuration that a proxy was started with, or with -o short its versions.';
  static override readonly aliases = ['proxy-config:b', 'pc:b', 'pc:bootstrap'];
  static override readonly examples = [
    {
      description: 'The versions of a proxy of the sample',
      command: '<%= config.bin %> pc bootstrap productpage-v1-6b746f74dc-9stvs.bookinfo --sample -o short',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    output: outputFlag(['json', 'yaml', 'short', 'jsonpath='], 'json'),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BootstrapCommand);
    await withProxy({ flags, target: args.target, noun: 'bootstrap' }, this.streams, async (proxy) => {
      const dump = await loadDump(proxy, ['Bootstrap']);
      requireSection(dump, 'Bootstrap');
      const { output } = flags;
      if (output === 'short') await this.print(bootstrapVersions(dump, this.streams.cells), 'bytes');
      else await printValue(bootstrapJson(dump), output, this.streams);
    });
  }
}

import { Flags } from '@oclif/core';
import { MctlCommand } from '../../lib/cli/command';
import { outputFlag } from '../../lib/cli/flags';
import { printValue } from '../../lib/cli/formats';
import { KeptDump } from '../../lib/cli/ztunnel/kept-dump';
import { readBody, withZtunnel } from '../../lib/cli/ztunnel/run-ztunnel-view';
import { ztunnelArgument, ztunnelSourceFlags } from '../../lib/cli/ztunnel/ztunnel-flags';
import { gatherAll } from '../../lib/view/ztunnel/all';
import { withoutSecrets } from '../../lib/secrets/secret-text';

export default class ZtunnelAllCommand extends MctlCommand {
  static override readonly summary = 'Every view of a ztunnel at once, or its dump as it is.';
  static override readonly aliases = ['zc:all'];
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'Everything that the ztunnel of the sample knows',
      command: '<%= config.bin %> zc all --sample=ambient --with-headers',
    },
  ];
  static override readonly args = { target: ztunnelArgument };
  static override readonly flags = {
    'with-headers': Flags.boolean({ summary: 'A heading over each part.' }),
    output: outputFlag(['short', 'json', 'yaml', 'jsonpath='], 'short'),
    ...ztunnelSourceFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ZtunnelAllCommand);
    await withZtunnel({ flags, argv, any: true }, this.streams, async ({ ztunnel }) => {
      const body = await ztunnel.configDump();
      if (flags.output === 'short') {
        const gathering = gatherAll(new Date());
        const outline = await readBody(body, gathering.takers);
        const text = gathering.text(outline, flags['with-headers'], this.streams.cells);
        await this.print(withoutSecrets(text), 'bytes');
        return;
      }
      const kept = await KeptDump.read(body);
      if (flags.output === 'json') {
        await this.print(kept.text(), 'data');
        await this.print('\n');
      } else await printValue(kept.value(), flags.output, this.streams);
      if (flags.output === 'yaml') await this.print('\n');
    });
  }
}

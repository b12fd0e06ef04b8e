import { Flags } from '@oclif/core';
import { MctlCommand } from '../../lib/cli/command';
import { filterFlag, outputFlag, portFlag, sourceFlags, targetArgument, verboseFlag } from '../../lib/cli/flags';
import { loadDump, loadWholeDump } from '../../lib/session/load';
import { withProxy } from '../../lib/cli/session';
import { structuredText } from '../../lib/cli/show-view';
import { ALL_SECTIONS, allJson, allNotes, allText } from '../../lib/view/all-view';

export default class AllCommand extends MctlCommand {
  static override readonly summary = 'Every view of a proxy at once, or its dump cut to what the filters let through.';
  static override readonly aliases = ['proxy-config:a', 'pc:a', 'pc:all'];
  static override readonly examples = [
    {
      description: 'Everything that a proxy of the sample knows of port 9080',
      command: '<%= config.bin %> pc all productpage-v1-6b746f74dc-9stvs.bookinfo --sample --port 9080 --with-headers',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    fqdn: filterFlag('Clusters whose name holds this service name.', { helpValue: 'HOST' }),
    direction: filterFlag('Clusters of this direction: inbound, outbound.'),
    subset: filterFlag('Clusters of this subset.'),
    port: portFlag({ helpGroup: 'filter', summary: 'Clusters, listeners and endpoints of this port.' }),
    address: filterFlag('Listeners and endpoints at this address.', { helpValue: 'ADDRESS' }),
    type: filterFlag('Listeners of this type.'),
    name: filterFlag('The route configuration of this name.', { helpValue: 'NAME' }),
    verbose: verboseFlag,
    'with-headers': Flags.boolean({ summary: 'A heading over each part.' }),
    output: outputFlag(['short', 'json', 'yaml', 'jsonpath='], 'short'),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AllCommand);
    const filters = { ...flags, withHeaders: flags['with-headers'] };
    await withProxy({ flags, target: args.target, noun: 'all' }, this.streams, async (proxy) => {
      const isShort = flags.output === 'short';
      const dump = isShort ? await loadDump(proxy, ALL_SECTIONS) : await loadWholeDump(proxy);
      await this.print(
        isShort ? allText(dump, filters, new Date()) : await structuredText(allJson(dump, filters), flags.output),
      );
      for (const note of allNotes(dump, filters)) this.note(note);
    });
  }
}

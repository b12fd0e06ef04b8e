import { Flags } from '@oclif/core';
import { MctlCommand } from '../../lib/cli/command';
import { filterFlag, outputFlag, portFlag, sourceFlags, targetArgument, verboseFlag } from '../../lib/cli/flags';
import { loadDump, loadWholeDump } from '../../lib/session/load';
import { withProxy } from '../../lib/cli/session';
import { printAll } from '../../lib/cli/print-all';
import { withoutSecrets } from '../../lib/secrets/secret-text';
import { ALL_SECTIONS, allSections, allView } from '../../lib/view/all-view';

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
    const { output, verbose, 'with-headers': withHeaders } = flags;
    const { fqdn, direction, subset, port, address, type, name } = flags;
    const asked = { values: { fqdn, direction, subset, port, address, type, name }, isBrief: !verbose, withHeaders };
    await withProxy({ flags, target: args.target, noun: 'all' }, this.streams, async (proxy) => {
      const dump = await (output === 'short' ? loadDump(proxy, ALL_SECTIONS) : loadWholeDump(proxy));
      const { text, notes } = allView(dump, asked, { now: new Date(), cells: this.streams.cells });
      if (output === 'short') await this.print(withoutSecrets(text), 'bytes');
      else await printAll(allSections(dump, asked.values), output, this.streams);
      for (const note of notes) this.note(note);
    });
  }
}

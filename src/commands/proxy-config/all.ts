import { Flags } from '@oclif/core';
import { MctlCommand } from '../../lib/cli/command';
import { outputFlag, sourceFlags, targetArgument, verboseFlag } from '../../lib/cli/flags';
import { cleanLines, type ValueFormat } from '../../lib/cli/formats';
import { printedFormats } from '../../lib/cli/result-formats';
import type { Streams } from '../../lib/cli/streams';
import { filterFlags } from '../../lib/cli/view-command';
import { loadDump, loadWholeDump } from '../../lib/session/load';
import { withProxy } from '../../lib/cli/session';
import { printAll } from '../../lib/cli/print-all';
import type { ProxySource } from '../../lib/source/source';
import { ALL_FILTERS, ALL_SECTIONS, type AllAsked, allSections, allValues, allView } from '../../lib/view/all-view';

/** What is printed, of which proxy. */
interface Job {
  readonly proxy: ProxySource;
  readonly asked: AllAsked;
  readonly note: (text: string) => void;
}

const FORMATS = printedFormats({ short, json: whole, yaml: whole, 'jsonpath=': whole });

async function short({ proxy, asked, note }: Job, _format: 'short', streams: Streams): Promise<void> {
  const dump = await loadDump(proxy, ALL_SECTIONS);
  const { text, notes } = allView(dump, asked, { now: new Date(), cells: streams.cells });
  await streams.write(cleanLines(text), 'bytes');
  notes.forEach(note);
}

async function whole({ proxy, asked, note }: Job, format: ValueFormat, streams: Streams): Promise<void> {
  const dump = await loadWholeDump(proxy);
  await printAll(allSections(dump, asked.values), format, streams);
  allView(dump, asked, { now: new Date(), cells: streams.cells }).notes.forEach(note);
}

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
    ...filterFlags(ALL_FILTERS),
    verbose: verboseFlag,
    'with-headers': Flags.boolean({ summary: 'A heading over each part.' }),
    output: outputFlag(FORMATS.names, 'short'),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AllCommand);
    const asked = { values: allValues(flags), isBrief: !flags.verbose, withHeaders: flags['with-headers'] };
    const note = (text: string): void => {
      this.note(text);
    };
    await withProxy({ flags, target: args.target, noun: 'all' }, this.streams, async (proxy) => {
      await FORMATS.print({ proxy, asked, note }, flags.output, this.streams);
    });
  }
}

import { Flags } from '@oclif/core';
import { MctlCommand } from '../../lib/cli/command';
import { outputFlag } from '../../lib/cli/flags';
import { printValue, type ValueFormat } from '../../lib/cli/formats';
import { printedFormats } from '../../lib/cli/result-formats';
import type { Streams } from '../../lib/cli/streams';
import { KeptDump } from '../../lib/cli/ztunnel/kept-dump';
import { readBody, withZtunnel } from '../../lib/cli/ztunnel/run-ztunnel-view';
import { ztunnelArgument, ztunnelSourceFlags } from '../../lib/cli/ztunnel/ztunnel-flags';
import { gatherAll } from '../../lib/view/ztunnel/all';

/** A ztunnel's dump, and whether each part of its text has a heading. */
interface Job {
  readonly body: Parameters<typeof readBody>[0];
  readonly withHeaders: boolean;
}

const FORMATS = printedFormats({ short, json, yaml, 'jsonpath=': byPath });

async function short({ body, withHeaders }: Job, _format: 'short', streams: Streams): Promise<void> {
  const gathering = gatherAll(new Date(), streams.exact ? null : streams.cells);
  const outline = await readBody(body, gathering);
  await streams.write(gathering.text(outline, withHeaders), 'bytes');
}

async function json({ body }: Job, _format: 'json', streams: Streams): Promise<void> {
  await streams.write((await KeptDump.read(body)).text(), 'data');
  await streams.write('\n', 'data');
}

/** As istioctl has it, with an empty line behind. */
async function yaml({ body }: Job, _format: 'yaml', streams: Streams): Promise<void> {
  await printValue((await KeptDump.read(body)).value(), 'yaml', streams);
  await streams.write('\n', 'data');
}

async function byPath({ body }: Job, format: ValueFormat, streams: Streams): Promise<void> {
  await printValue((await KeptDump.read(body)).value(), format, streams);
}

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
    output: outputFlag(FORMATS.names, 'short'),
    ...ztunnelSourceFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ZtunnelAllCommand);
    await withZtunnel({ flags, argv, any: true }, this.streams, async ({ ztunnel }) => {
      const job = { body: await ztunnel.configDump(), withHeaders: flags['with-headers'] };
      await FORMATS.print(job, flags.output, this.streams);
    });
  }
}

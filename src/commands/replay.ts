import { Args, Flags } from '@oclif/core';
import type { ReplayResult } from '../lib/access-log/replay-result';
import { runReplay } from '../lib/cli/access-log/run-replay';
import { MctlCommand } from '../lib/cli/command';
import { outputFlag, sourceFlags } from '../lib/cli/flags';
import { resultFormats } from '../lib/cli/result-formats';
import { withMesh } from '../lib/cli/session';
import { ExitCode, UsageError } from '../lib/errors';
import { replaySentence, replayTable } from '../lib/explain/access-log/replay-table';
import { replayJunit } from '../lib/explain/access-log/replay-junit';
import { renderFramed, renderPlain } from '../lib/render/table';

const FORMATS = resultFormats(
  (result: ReplayResult) => result,
  {
    short: (result) => renderPlain(replayTable(result, false)),
    table: (result, { width }) => renderFramed(replayTable(result, false), width),
    wide: (result) => renderPlain(replayTable(result, true)),
    junit: replayJunit,
  },
  ['json', 'yaml'],
);

export default class ReplayCommand extends MctlCommand {
  static override readonly summary =
    'Whole access logs held against the configuration: what it predicts and what the log says.';
  static override readonly description =
    'Lines are grouped by what differs. Exit status 1 where any differs. What a line does not hold (headers, identities) is open: a line agrees where some value of it makes the configuration do what the line says.';
  static override readonly usage = '<%= command.id %> FILE… [FLAGS]';
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: "A day's log of one proxy",
      command:
        '<%= config.bin %> <%= command.id %> access.log.gz --proxy productpage-v1-6b746f74dc-9stvs.bookinfo --snapshot ./mesh',
    },
    {
      description: 'Logs of several pods, as kubectl prefixes them',
      command:
        'kubectl logs -l app=reviews -c istio-proxy --prefix --tail 1000 | <%= config.bin %> <%= command.id %> - --snapshot ./mesh',
    },
  ];
  static override readonly args = {
    files: Args.string({ description: 'Access logs, .gz too, and .har archives; - is standard input.' }),
  };
  static override readonly flags = {
    proxy: Flags.string({ helpValue: 'POD.NAMESPACE', summary: 'The proxy that wrote lines that do not say it.' }),
    format: Flags.string({
      helpValue: 'FORMAT',
      summary: "The lines' format: a format string of Envoy, or a JSON object of them.",
    }),
    grep: Flags.string({ helpValue: 'TEXT', summary: 'Only lines that hold this text.' }),
    since: Flags.string({ helpValue: 'TIME', summary: 'Only lines from this time on: 2026-08-01T12:00:00Z.' }),
    every: Flags.integer({ helpValue: 'N', min: 1, summary: 'Only every N-th line.' }),
    output: outputFlag(FORMATS.names, 'short'),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ReplayCommand);
    const files = argv.map(String);
    if (files.length === 0) {
      throw new UsageError('replay requires a file', {
        hint: 'Name access logs or .har archives; - is standard input.',
      });
    }
    const wishes = { ...flags, files, sample: flags.every };
    const result = await withMesh(flags, this.streams, async (mesh) => await runReplay(mesh, wishes, this.streams));
    await FORMATS.print(result, flags.output, this.streams);
    this.note(replaySentence(result));
    if (result.differ > 0) this.exit(ExitCode.no);
  }
}

import { Args, Flags, type Interfaces } from '@oclif/core';
import { type CheckReport, exitStatusOf } from '../lib/check/result';
import { parseShard, type Shard } from '../lib/check/shard';
import { generateFile } from '../lib/cli/check/generate-file';
import { judgeFiles } from '../lib/cli/check/judge-files';
import { canBeLive, type LiveReport } from '../lib/cli/check/live-report';
import { mergedReport } from '../lib/cli/check/merge-reports';
import { readCheckFiles } from '../lib/cli/check/read-check-files';
import {
  holdsTraces,
  liveReportIn,
  parseReportFile,
  REPORT_FORMATS,
  type ReportFile,
  writeReports,
} from '../lib/cli/check/write-reports';
import { MctlCommand } from '../lib/cli/command';
import { outputFlag, parseChoice, sourceFlags } from '../lib/cli/flags';
import { proveFlags, timesToSend } from '../lib/cli/prove/prove-flags';
import { locator, manifestsFlag } from '../lib/cli/trace/locator';
import { UsageError } from '../lib/errors';
import type { RequestMode } from '../lib/check/check-file';

const MODES: readonly RequestMode[] = ['outbound', 'inbound', 'gateway', 'waypoint'];

export default class CheckCommand extends MctlCommand {
  static override readonly summary = 'Runs files of expectations: which requests go where, and what a proxy is told.';
  static override readonly description =
    'Exit status 0 where every expectation is met, 1 where one is not, 65 or 69 where a check could not be judged.';
  static override readonly usage = '<%= command.id %> FILE… [FLAGS]';
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'Expectations of a captured mesh, with a report for the CI system',
      command: '<%= config.bin %> <%= command.id %> checks.yaml --snapshot ./mesh --report junit=report.xml',
    },
    {
      description: 'A first file, from what a proxy does today',
      command: '<%= config.bin %> <%= command.id %> --generate deploy/productpage-v1.bookinfo --sample > checks.yaml',
    },
    {
      description: 'Every request is sent for real, too, and each step held against what the Envoys then say',
      command: '<%= config.bin %> <%= command.id %> checks.yaml --context staging --prove',
    },
    {
      description: 'The second of four jobs',
      command: '<%= config.bin %> <%= command.id %> checks.yaml --shard 2/4 --report json=2.json',
    },
    {
      description: 'The reports of four jobs as one',
      command: '<%= config.bin %> <%= command.id %> --merge 1.json 2.json 3.json 4.json',
    },
  ];
  static override readonly args = {
    files: Args.string({
      description:
        'Check files, YAML or JSON; - is standard input. With --merge, reports in JSON; with --generate, the proxy.',
    }),
  };
  static override readonly flags = {
    output: outputFlag(REPORT_FORMATS, 'pretty'),
    report: Flags.custom<ReportFile>({
      multiple: true,
      helpValue: 'FORMAT=FILE',
      summary: 'Write a report to a file, too, such as junit=report.xml; repeat it for several.',
      parse: (text) => Promise.resolve(parseReportFile(text)),
    })(),
    shard: Flags.custom<Shard>({
      helpValue: 'I/N',
      summary: 'Run the I-th of N parts of the checks; with --generate, write that of the routes.',
      parse: (text) => Promise.resolve(parseShard(text)),
    })(),
    generate: Flags.boolean({
      default: false,
      summary: 'Write a check file: for each route of a proxy a request that meets it, and what happens today.',
    }),
    mode: Flags.custom<RequestMode>({
      helpValue: MODES.join('|'),
      summary: "With --generate: how requests come to the proxy, where its type and its listeners don't say.",
      parse: (text, _context, options) => Promise.resolve(parseChoice(text, MODES, options.name)),
    })(),
    merge: Flags.boolean({ default: false, summary: 'Make one report of several in JSON, and judge nothing.' }),
    coverage: Flags.boolean({
      default: false,
      summary: 'Tell which virtual hosts, routes and clusters of the proxies no check meets.',
    }),
    grep: Flags.string({ helpValue: 'TEXT', summary: 'Run the checks whose name holds this text.' }),
    ...manifestsFlag,
    ...proveFlags,
    bail: Flags.boolean({ default: false, summary: 'Stop after the first check that does not pass.' }),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(CheckCommand);
    const paths = argv as string[];
    if (timesToSend(flags) > 0 && (flags.generate || flags.merge)) {
      throw new UsageError(
        `--prove sends the requests of checks, and --${flags.generate ? 'generate' : 'merge'} judges none`,
      );
    }
    if (flags.generate) {
      await generateFile(paths, flags, this.streams);
      return;
    }
    if (flags.mode !== undefined)
      throw new UsageError('--mode belongs to --generate; a check names the mode of its request');
    if (paths.length === 0) throw new UsageError(`check requires ${flags.merge ? 'reports to merge' : 'a file'}`);
    const { output: format, report: files = [] } = flags;
    const { report, live } = flags.merge
      ? { report: await mergedReport(paths), live: null }
      : await this.#judged(paths, flags);
    await writeReports(report, { format, files, live }, this.streams);
    const status = exitStatusOf(report);
    if (status !== 0) this.exit(status);
  }

  /** The report, and what has printed its checks already. */
  async #judged(paths: readonly string[], flags: JudgeFlags): Promise<Judged> {
    const { shard = null, grep = null, bail, coverage, output } = flags;
    const locate = await locator(flags.manifests, this.streams);
    const files = await readCheckFiles(paths, this.streams);
    const keepTraces = holdsTraces(output, flags.report ?? []);
    // The number of checks is not known where one that fails ends the run.
    const live = bail || !canBeLive(files, this.streams) ? null : liveReportIn(output, this.streams);
    const options = { source: flags, shard, grep, bail, coverage, locate, live, keepTraces };
    return { report: await judgeFiles(files, options, this.streams), live };
  }
}

type JudgeFlags = Interfaces.InferredFlags<typeof CheckCommand.flags>;

interface Judged {
  readonly report: CheckReport;
  readonly live: LiveReport | null;
}

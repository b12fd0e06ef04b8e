import { Flags } from '@oclif/core';
import { readCheckFiles } from '../lib/cli/check/read-check-files';
import { MctlCommand } from '../lib/cli/command';
import { COMPARED_VIEWS, type ComparedView, compareConfigurations, compareRequests } from '../lib/cli/diff-sides';
import type { compareBehavior } from '../lib/cli/diff-behavior';
import { Progress } from '../lib/cli/progress';
import { outputFlag, parseChoice, sourceFlags } from '../lib/cli/flags';
import { resultFormats } from '../lib/cli/result-formats';
import { maxClassesFlag, oneHopFlag, whereFlag } from '../lib/cli/reach/flags';
import { sideArguments, twoSides, withSides } from '../lib/cli/comparison-sides';
import { diffNotes, renderDiff } from '../lib/diff/render-diff';
import { diffJson, type DiffReport, isSame } from '../lib/diff/report';
import { ExitCode, UsageError } from '../lib/errors';

const viewFlag = Flags.custom<ComparedView>({
  multiple: true,
  helpValue: COMPARED_VIEWS.join('|'),
  summary: 'Compare this view only; repeat it for several.',
  parse: (text, _context, options) => Promise.resolve(parseChoice(text, COMPARED_VIEWS, options.name)),
});

const FORMATS = resultFormats(
  diffJson,
  { short: (report) => renderDiff(report, false), wide: (report) => renderDiff(report, true) },
  ['json', 'yaml', 'jsonpath='],
);

export default class DiffCommand extends MctlCommand {
  static override readonly summary =
    'What differs between two proxies, files or meshes: resources by name, field by field, or what requests do.';
  static override readonly description =
    'Two meshes are compared proxy by proxy: those of the same name, then those of the same workload. The order of resources, versions, times and renewed certificates make no difference. With --requests or --behavior, what requests do is compared instead, and alone decides the exit status; with --view as well, both are.';
  static override readonly examples = [
    { description: 'Two captures of a mesh', command: '<%= config.bin %> diff ./before ./after' },
    {
      description: 'Two replicas of the sample',
      command: '<%= config.bin %> diff deploy/reviews-v2.bookinfo deploy/reviews-v3.bookinfo --sample --view cluster',
    },
    {
      description: 'One proxy of a capture, and what it is now',
      command: '<%= config.bin %> diff ./before#productpage-v1.bookinfo deploy/productpage-v1.bookinfo',
    },
    {
      description: "Two ztunnels' dumps: workloads, services and policies",
      command: '<%= config.bin %> diff before.json after.json --view policy',
    },
    {
      description: 'Which requests have a different outcome',
      command: '<%= config.bin %> diff ./before ./after --requests requests.yaml',
    },
    {
      description: 'Every request that ends otherwise, and the statement that there is no other',
      command: '<%= config.bin %> diff deploy/reviews-v2.bookinfo deploy/reviews-v3.bookinfo --sample --behavior',
    },
  ];
  static override readonly args = sideArguments;
  static override readonly flags = {
    view: viewFlag(),
    requests: Flags.string({
      multiple: true,
      helpValue: 'FILE',
      summary: 'Compare what the requests of this check file do on both sides; their expectations do not matter.',
    }),
    behavior: Flags.boolean({
      summary: 'Compare what becomes of every request at once: the classes of requests that have a different outcome.',
    }),
    where: whereFlag(),
    'one-hop': oneHopFlag(),
    'max-classes': maxClassesFlag(),
    output: outputFlag(FORMATS.names, 'short'),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DiffCommand);
    const two = twoSides('diff', args, flags);
    if (!flags.behavior && (flags.where !== undefined || flags['one-hop'])) {
      throw new UsageError('--where and --one-hop say which requests are compared: they belong to --behavior');
    }
    const files = flags.requests === undefined ? null : await readCheckFiles(flags.requests, this.streams);
    const checks = files?.flatMap((file) => file.checks) ?? null;
    const requests = checks?.filter(isRequest) ?? null;
    for (const { file, line, name } of checks?.filter((one) => !isRequest(one)) ?? []) {
      this.note(`${file}:${line}: ${name} is no request: it was left out.`);
    }
    const hasConfiguration = (requests === null && !flags.behavior) || flags.view !== undefined;
    const [a, b] = two.texts;
    const progress = new Progress(this.streams, 'proxies');
    const onPair = (...step: Parameters<Progress['update']>): void => {
      progress.update(...step);
    };
    const report = await withSides(two.texts, two.flags, this.streams, async (left, right): Promise<DiffReport> => ({
      a,
      b,
      configuration: hasConfiguration ? await compareConfigurations(left, right, flags.view ?? null, onPair) : null,
      requests: requests === null ? null : await compareRequests(left, right, requests),
      behavior: flags.behavior ? await behaviorOf(left, right, flags, this.streams) : null,
    })).finally(() => {
      progress.clear();
    });
    await FORMATS.print(report, flags.output, this.streams);
    diffNotes(report).forEach((line) => {
      this.note(line);
    });
    const status = statusOf(report);
    if (status !== ExitCode.ok) this.exit(status);
  }
}

function isRequest({ subject }: Awaited<ReturnType<typeof readCheckFiles>>[number]['checks'][number]): boolean {
  return subject.kind === 'trace';
}

async function behaviorOf(...asked: Parameters<typeof compareBehavior>): ReturnType<typeof compareBehavior> {
  const { compareBehavior: compare } = await import('../lib/cli/diff-behavior.js');
  return await compare(...asked);
}

/** A request that could not be judged is no answer: its status stands above the difference. */
function statusOf(report: DiffReport): number {
  const errors = (report.requests ?? [])
    .flatMap(({ a, b }) => [a, b])
    .flatMap((one) => ('error' in one ? [one.exitStatus] : []));
  if (errors.length > 0) return errors.reduce((worst, error) => Math.max(worst, error));
  return isSame(report) ? ExitCode.ok : ExitCode.no;
}

import { Args, Flags } from '@oclif/core';
import { MctlCommand } from '../lib/cli/command';
import { outputFlag, parseChoice, sourceFlags } from '../lib/cli/flags';
import { resultFormats } from '../lib/cli/result-formats';
import { maxClassesFlag, oneHopFlag, reachModeFlag, whereFlag } from '../lib/cli/reach/flags';
import { type ReachFound, runReach } from '../lib/cli/reach/run-reach';
import type { Reach } from '../lib/reach/reach';
import type { Verdict } from '../lib/trace/model';

const VERDICTS: readonly Verdict[] = ['delivered', 'redirected', 'direct-response', 'denied', 'failed', 'unknown'];

const FORMATS = resultFormats(
  ({ result }: ReachFound) => result,
  {
    table: async ({ result, again }, { width }) => {
      const { framedReach } = await import('../lib/reach/table.js');
      return await framedReach(result.classes, width, again);
    },
    short: async ({ result }) => await plainText(result, false),
    wide: async ({ result }) => await plainText(result, true),
    html: async ({ result }) => (await import('../lib/reach/page.js')).reachPage(result),
  },
  ['json', 'yaml', 'jsonpath='],
);

async function plainText(result: Reach, isWide: boolean): Promise<string> {
  const [{ renderPlain }, { reachTable }] = await Promise.all([
    import('../lib/render/table.js'),
    import('../lib/reach/table.js'),
  ]);
  return renderPlain(reachTable(result.classes, isWide));
}

export default class ReachCommand extends MctlCommand {
  static override readonly summary = 'Every request at once: classes in which all end alike, each with an example.';
  static override readonly description =
    'Divides the plain HTTP requests that a pod can send (a gateway: that clients can send it) by what the configuration asks of them: host, path, method, headers, query parameters. Each example is traced and ends as its class says.';
  static override readonly examples = [
    {
      description: 'What becomes of requests to reviews',
      command:
        '<%= config.bin %> <%= command.id %> productpage-v1-6b746f74dc-9stvs.bookinfo --where host=reviews --sample',
    },
    {
      description: 'Who can reach a Service, and with which requests',
      command: '<%= config.bin %> <%= command.id %> --to svc/ratings.bookinfo --sample',
    },
  ];
  static override readonly args = {
    from: Args.string({
      description: 'The proxy that requests come from: POD.NAMESPACE. With --to it may be left out.',
    }),
  };
  static override readonly flags = {
    to: Flags.string({
      helpValue: 'DEST',
      summary:
        'Only requests for POD.NAMESPACE, svc/NAME.NAMESPACE, cluster=NAME, host=NAME or outside the mesh (outside).',
    }),
    where: whereFlag(),
    verdict: Flags.custom<readonly Verdict[]>({
      helpValue: VERDICTS.join('|'),
      summary: 'Only requests that end so; a comma-separated list.',
      parse: (text, _context, options) =>
        Promise.resolve(text.split(',').map((one) => parseChoice(one.trim(), VERDICTS, options.name))),
    })(),
    status: Flags.integer({ helpValue: 'CODE', min: 100, max: 599, summary: 'Only requests with this HTTP status.' }),
    policy: Flags.string({ helpValue: 'NAME', summary: 'Only requests that the policy of this name denies.' }),
    mode: reachModeFlag(),
    'one-hop': oneHopFlag(),
    'max-classes': maxClassesFlag(),
    output: outputFlag(FORMATS.names, 'table'),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ReachCommand);
    const found = await runReach(args.from, flags, this.streams);
    const { result, remark } = found;
    await FORMATS.print(found, flags.output, this.streams);
    const { reachSentence } = await import('../lib/reach/table.js');
    this.note(reachSentence(result));
    if (remark !== null) this.note(remark);
  }
}

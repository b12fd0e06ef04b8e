import { Args, Flags } from '@oclif/core';
import { capture, type CaptureResult } from '../lib/capture/capture';
import { captureTargets, captureZtunnels, checkTargets, nodeName } from '../lib/cli/capture-targets';
import { MctlCommand } from '../lib/cli/command';
import { idleTimeoutMs, sourceFlags } from '../lib/cli/flags';
import { Progress } from '../lib/cli/progress';
import { withMesh } from '../lib/cli/session';
import { lackLines } from '../lib/capture/lack';
import { ExitCode, UsageError } from '../lib/errors';
import { tryNamedFile, writeNamedFile } from '../lib/files/named';

export default class CaptureCommand extends MctlCommand {
  static override readonly summary =
    'Saves a mesh, or part of one, as a snapshot that every command reads with --snapshot.';
  static override readonly description =
    'No secrets are written: no private keys, no environment of containers. A capture that is broken off goes on when it is run again; until it is done no command takes it for a snapshot. What could not be had is listed at the end (exit status 69), and the rest is kept.';
  static override readonly strict = false;
  static override readonly examples = [
    {
      description: 'The sample mesh, to try what reads captures',
      command: '<%= config.bin %> <%= command.id %> ./mesh -A --sample',
    },
    { description: 'Every proxy of the cluster', command: '<%= config.bin %> <%= command.id %> ./mesh -A' },
    {
      description: 'One namespace, without its names',
      command: '<%= config.bin %> <%= command.id %> ./mesh -n shop --redact',
    },
    {
      description: 'Two proxies',
      command: '<%= config.bin %> <%= command.id %> ./mesh deploy/web.shop reviews-v2-7bf8c9648f-rzfp6.shop',
    },
  ];
  static override readonly args = {
    directory: Args.string({
      description: 'The directory to write; it must be new, or a capture to go on with.',
    }),
    targets: Args.string({ description: 'Proxies, as other commands name them; none with -A, -n, or --selector.' }),
  };
  static override readonly flags = {
    all: Flags.boolean({
      default: false,
      char: 'A',
      aliases: ['all-namespaces'],
      summary: 'Every proxy of the source.',
    }),
    selector: Flags.string({
      char: 'l',
      helpValue: 'LABELS',
      summary: 'Proxies by their pod labels, such as app=reviews.',
    }),
    parallel: Flags.integer({ hidden: true, min: 1, max: 64, summary: 'An older name of --concurrency.' }),
    gzip: Flags.boolean({ default: false, summary: 'Compress every file.' }),
    redact: Flags.boolean({
      default: false,
      summary:
        'Replace host names, IP addresses and principals, the same everywhere, so that traces stay what they are.',
    }),
    'redact-map': Flags.string({
      helpValue: 'FILE',
      summary: 'Write down, for yourself, what each name was replaced by.',
    }),
    force: Flags.boolean({ default: false, summary: 'Capture anew where the directory holds a snapshot.' }),
    ...sourceFlags,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(CaptureCommand);
    const [directory, ...targets] = argv as string[];
    if (directory === undefined || directory === '') {
      throw new UsageError('capture requires a directory', {
        hint: 'It is written there, and must be new: mctl capture ./mesh -n NAMESPACE, or with -A for every namespace.',
      });
    }
    if (flags['redact-map'] !== undefined && !flags.redact) throw new UsageError('--redact-map needs --redact');
    if (flags['show-secrets']) this.note('A capture never holds secrets: --show-secrets changes nothing here.');
    checkTargets(targets, flags, this.streams);
    if (flags['redact-map'] !== undefined) await tryNamedFile(flags['redact-map']);
    const concurrency = flags.parallel ?? flags.concurrency;
    const stop = new AbortController();
    const progress = new Progress(this.streams, 'proxies');
    const result = await withMesh({ ...flags, concurrency }, this.streams, async (mesh) => {
      let finished: Promise<unknown> = Promise.resolve();
      const forget = this.streams.onInterrupt(async () => {
        stop.abort();
        await finished.catch(() => undefined);
        progress.clear();
        this.note(`Interrupted. Run the same command again to go on with ${directory}.`);
      });
      const running = captureTargets(mesh, targets).then(async ({ proxies, ztunnels }) => {
        return await capture(mesh, proxies, {
          ztunnels: await captureZtunnels(mesh, flags.all, ztunnels),
          directory,
          parallel: concurrency,
          gzip: flags.gzip,
          redact: flags.redact,
          force: flags.force,
          idleMs: idleTimeoutMs(flags),
          signal: stop.signal,
          now: new Date(),
          context: flags.context ?? null,
          idOf: nodeName,
          onProgress: ({ done, total, proxy }) => {
            progress.update(done, total, proxy);
          },
        });
      });
      finished = running;
      try {
        return await running;
      } catch (error) {
        // The signal ends the run, with its own exit status, once what it asked for is done.
        if (stop.signal.aborted) await new Promise<never>(() => undefined);
        throw error;
      } finally {
        forget();
        progress.clear();
      }
    });
    await this.#report(directory, result, flags['redact-map']);
  }

  async #report(directory: string, result: CaptureResult, mapFile: string | undefined): Promise<void> {
    const { saved, resumed, total, names } = result;
    if (mapFile !== undefined && names !== null) {
      const text = `${JSON.stringify(Object.fromEntries([...names].sort()), null, 2)}\n`;
      try {
        await writeNamedFile(mapFile, text, true);
      } catch (error) {
        this.note(
          `${directory} is a whole snapshot, but what its names were is written nowhere: capture it anew with --force.`,
        );
        throw error;
      }
    }
    const before = resumed === 0 ? '' : `, ${resumed} of them by an earlier run`;
    this.note(`Saved ${saved} of ${total} proxies in ${directory}${before}.`);
    for (const line of lackLines(result.lacks)) this.note(line);
    if (result.lacks.some((lack) => !lack.isOptional)) this.exit(ExitCode.unavailable);
  }
}

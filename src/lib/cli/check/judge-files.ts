/** Runs the checks of files against the sources that they name. */
import { type Coverage, CoverageCollector } from '../../check/coverage';
import type { Check, CheckFile } from '../../check/check-file';
import { type CheckReport, type CheckResult, reportOf } from '../../check/result';
import { runChecks } from '../../check/run-checks';
import { type Shard, shardOf } from '../../check/shard';
import { UsageError } from '../../errors';
import type { Trace } from '../../trace/model';
import { Progress } from '../progress';
import type { SourceFlags } from '../session';
import type { Streams } from '../streams';
import { type ProveFlags, timesToSend } from '../prove/prove-flags';
import { CheckMeshes } from './check-meshes';
import type { LiveReport } from './live-report';
import type { CheckProver } from './check-prover';

export interface JudgeOptions {
  readonly source: SourceFlags & ProveFlags;
  /** Null for all checks. */
  readonly shard: Shard | null;
  /** Only checks whose name holds this text; null for all. */
  readonly grep: string | null;
  readonly bail: boolean;
  readonly coverage: boolean;
  /** Keep the traces of checks that passed, too. */
  readonly keepTraces: boolean;
  /** Names the lines of YAML that the steps of a trace came from. */
  readonly locate: (trace: Trace) => Trace;
  /** Prints results as they come; null where the report is printed as a whole. */
  readonly live: LiveReport | null;
}

/** Judges every check over one load of each dump. Throws UsageError where no check has the text that `grep` wants. */
export async function judgeFiles(
  files: readonly CheckFile[],
  options: JudgeOptions,
  streams: Streams,
): Promise<CheckReport> {
  const checks = chosen(
    files.flatMap((file) => file.checks),
    options,
  );
  const meshes = new CheckMeshes(files, options.source, streams);
  const progress = new Progress(streams, 'checks');
  const collector = new CoverageCollector();
  let prover: CheckProver | null = null;
  try {
    prover = await proverOf(checks, meshes, options.source, streams);
    const judged = await runChecks(checks, (check) => meshes.judgeOf(check), {
      bail: options.bail ? 1 : null,
      keepTraces: options.keepTraces,
      prover,
      onResult: async ({ trace, name }, done, total, kept) => {
        if (trace !== null) collector.add(trace);
        if (streams.watched) progress.update(done, total, name);
        await options.live?.check(located(kept, options), total);
      },
    });
    const results = judged.map((one) => located(one, options));
    if (!options.coverage) return reportOf(results, null, options.shard);
    // Of one proxy under several names the last counts.
    const covered = new Map<string, Coverage>();
    for await (const { proxy, config } of meshes.judges()) {
      const name = proxy ?? config.dump.label;
      for (const one of collector.of(new Map([[name, config]]))) covered.set(name, one);
    }
    return reportOf(results, [...covered.values()], options.shard);
  } finally {
    progress.clear();
    await prover?.close();
    await meshes.close();
  }
}

function located(result: CheckResult, { locate }: JudgeOptions): CheckResult {
  return result.trace === null ? result : { ...result, trace: locate(result.trace) };
}

/** Loaded where it is asked for alone; null where nothing is to be sent. */
async function proverOf(
  checks: readonly Check[],
  meshes: CheckMeshes,
  flags: ProveFlags,
  streams: Streams,
): Promise<CheckProver | null> {
  if (timesToSend(flags) === 0) return null;
  const { CheckProver } = await import('./check-prover.js');
  return await CheckProver.of(checks, meshes, flags, streams);
}

function chosen(checks: readonly Check[], { grep, shard }: JudgeOptions): readonly Check[] {
  const named = grep === null ? checks : checks.filter((check) => check.name.includes(grep));
  if (named.length === 0 && checks.length > 0) {
    throw new UsageError(`no check has ${JSON.stringify(grep)} in its name`);
  }
  return shard === null ? named : shardOf(named, shard, ({ file, proxy }) => `${file}\n${proxy ?? ''}`);
}
